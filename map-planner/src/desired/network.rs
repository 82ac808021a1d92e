//! Where a container's network namespace comes from, its places in networks, and its links.

use alloc::borrow::ToOwned;
use alloc::collections::{BTreeMap, BTreeSet};
use alloc::string::String;

use container_map::config::{ContainerConfig, Endpoint, Link, NetworkMode};
use container_map::{ContainerKey, ContainerMap, NetworkKey, PresetNetwork};

use crate::container_ref::ContainerRef;
use crate::spec::{EndpointSpec, LinkSpec, NetworkModeSpec};

/// The network side of a container.
#[derive(Debug)]
pub(super) struct Network {
    pub(super) mode: NetworkModeSpec,
    pub(super) endpoints: BTreeMap<NetworkKey, EndpointSpec>,
    pub(super) links: BTreeSet<LinkSpec>,
}

impl From<NetworkModeSpec> for Network {
    /// A namespace without places in networks.
    fn from(mode: NetworkModeSpec) -> Self {
        Self { mode, endpoints: BTreeMap::new(), links: BTreeSet::new() }
    }
}

/// Returns whether a container shares the host's own namespace.
pub(super) fn is_host(mode: &NetworkModeSpec) -> bool {
    *mode == NetworkModeSpec::Network(NetworkKey::Preset(PresetNetwork::Host))
}

/// Works out the network side of a container.
pub(super) fn network(map: &ContainerMap, config: &ContainerConfig) -> Network {
    let preset = |preset| NetworkModeSpec::Network(NetworkKey::Preset(preset));
    match &config.network_mode {
        Some(NetworkMode::Host) => preset(PresetNetwork::Host).into(),
        Some(NetworkMode::None) => preset(PresetNetwork::None).into(),
        Some(NetworkMode::Foreign(name)) => NetworkModeSpec::Foreign(name.clone()).into(),
        Some(NetworkMode::Container { config, instance }) => {
            let owner = map.resolve(config, instance.as_ref()).into_iter().next();
            let owner = owner.expect("because the network mode of a map names one existing container");
            NetworkModeSpec::Container(ContainerRef::current(&owner)).into()
        }
        Some(NetworkMode::Bridge) | None => match config.networks.first() {
            None => on_default_bridge(map, config),
            Some(first) => joined(map, config, &first.network),
        },
    }
}

fn on_default_bridge(map: &ContainerMap, config: &ContainerConfig) -> Network {
    Network {
        mode: NetworkModeSpec::Default,
        endpoints: BTreeMap::from([(NetworkKey::Preset(PresetNetwork::Bridge), EndpointSpec::default())]),
        links: legacy_links(map, &config.links),
    }
}

/// The engine wants the network mode of a container to be the network it is created in.
fn joined(map: &ContainerMap, config: &ContainerConfig, first: &NetworkKey) -> Network {
    let endpoints = config
        .networks
        .iter()
        .map(|endpoint| (endpoint.network.clone(), endpoint_spec(map, config, endpoint)))
        .collect();
    let links = if first.is_preset() { legacy_links(map, &config.links) } else { BTreeSet::new() };
    Network { mode: NetworkModeSpec::Network(first.clone()), endpoints, links }
}

fn endpoint_spec(map: &ContainerMap, config: &ContainerConfig, endpoint: &Endpoint) -> EndpointSpec {
    let mut links = endpoint_links(map, &endpoint.links);
    if !endpoint.network.is_preset() {
        // The engine drops legacy links on user networks; within the network, links are looked up by name.
        links.extend(endpoint_links(map, &config.links));
    }
    EndpointSpec {
        aliases: endpoint.aliases.clone(),
        links,
        ipv4_address: endpoint.ipv4_address,
        ipv6_address: endpoint.ipv6_address,
        link_local_ips: endpoint.link_local_ips.clone(),
        driver_options: endpoint.driver_options.clone(),
    }
}

fn targets<'a>(map: &'a ContainerMap, links: &'a [Link]) -> impl Iterator<Item = (ContainerKey, &'a str)> {
    links.iter().flat_map(|link| {
        let targets = map.resolve(&link.config, link.instance.as_ref());
        targets.into_iter().map(|target| (target, link.alias.as_str()))
    })
}

fn legacy_links(map: &ContainerMap, links: &[Link]) -> BTreeSet<LinkSpec> {
    targets(map, links)
        .map(|(target, alias)| LinkSpec {
            container: ContainerRef::current(&target),
            alias: alias.to_owned(),
        })
        .collect()
}

fn endpoint_links(map: &ContainerMap, links: &[Link]) -> BTreeMap<String, String> {
    targets(map, links).map(|(target, alias)| (alias.to_owned(), target.docker_name())).collect()
}
