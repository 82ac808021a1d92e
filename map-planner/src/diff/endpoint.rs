//! Compares a container's places in networks.

use alloc::string::{String, ToString};
use alloc::vec;
use alloc::vec::Vec;

use container_map::{NetworkKey, PresetNetwork};

use crate::attribute::Attribute;
use crate::engine::{EngineState, ObservedContainer, ObservedEndpoint};
use crate::label;
use crate::reason::{Difference, Origin, Reason, Shown};
use crate::spec::{ContainerSpec, EndpointSpec};
use crate::verdict::EndpointChange;

/// Returns the places to give up, to take, and to take anew.
///
/// A place in a network that is neither the map's nor the default bridge is somebody else's business and stays.
pub(super) fn compare_endpoints(
    spec: &ContainerSpec,
    container: &ObservedContainer,
    engine: &EngineState,
) -> Vec<EndpointChange> {
    let mut changes = Vec::new();
    for (network, wanted) in &spec.endpoints {
        let problem = match container.endpoints.get(&network.docker_name()) {
            None => Some((false, Shown::Unset)),
            Some(live) => {
                let wanted = without_implied_names(spec, container, wanted);
                mismatch(network, &wanted, live, engine).map(|shown| (true, Shown::Value(shown)))
            }
        };
        if let Some((disconnect, live)) = problem {
            let wanted_text = Shown::value(describe_wanted(wanted));
            changes.push(EndpointChange {
                network: network.clone(),
                disconnect,
                connect: Some(wanted.clone()),
                reason: reason(network, live, wanted_text),
            });
        }
    }
    let map = map_of(container);
    for (name, live) in &container.endpoints {
        let Ok(network) = name.parse::<NetworkKey>() else {
            continue;
        };
        let is_ours = match &network {
            NetworkKey::Preset(preset) => *preset == PresetNetwork::Bridge,
            NetworkKey::Own { map: found, .. } => Some(found.as_str()) == map.as_deref(),
        };
        if is_ours && !spec.endpoints.contains_key(&network) {
            changes.push(EndpointChange {
                reason: reason(&network, Shown::value(describe(live)), Shown::Unset),
                network,
                disconnect: true,
                connect: None,
            });
        }
    }
    changes
}

/// The engine knows a container by its name and host name in every network, and lists the host name as an alias or not,
/// depending on its version; the observed aliases are without both.
fn without_implied_names(
    spec: &ContainerSpec,
    container: &ObservedContainer,
    endpoint: &EndpointSpec,
) -> EndpointSpec {
    let key = container.labels.get(label::KEY).and_then(|key| key.strip_prefix("container/"));
    let mut endpoint = endpoint.clone();
    endpoint.aliases.retain(|alias| Some(alias) != spec.hostname.as_ref() && Some(alias.as_str()) != key);
    endpoint
}

fn map_of(container: &ObservedContainer) -> Option<String> {
    match container.labels.get(label::KEY)?.parse().ok()? {
        container_map::ResourceKey::Container(key) => Some(key.map.to_string()),
        container_map::ResourceKey::Image(_)
        | container_map::ResourceKey::Network(_)
        | container_map::ResourceKey::Volume(_) => None,
    }
}

/// Returns what is wrong with a place, if something is.
fn mismatch(
    network: &NetworkKey,
    wanted: &EndpointSpec,
    live: &ObservedEndpoint,
    engine: &EngineState,
) -> Option<String> {
    // A stopped container keeps the identifier of a network that was removed and made anew, and cannot start.
    let known = live.network.is_empty()
        || network.is_preset()
        || engine.networks_of(network).any(|found| found.id.as_str() == live.network);
    if !known {
        return Some("network that is gone".into());
    }
    let same = live.aliases == wanted.aliases
        && live.links == wanted.links
        && live.ipv4_address == wanted.ipv4_address
        && live.ipv6_address == wanted.ipv6_address
        && live.link_local_ips == wanted.link_local_ips;
    (!same).then(|| describe(live))
}

fn reason(network: &NetworkKey, live: Shown, wanted: Shown) -> Reason {
    Reason::Differs(vec![Difference {
        attribute: Attribute::Endpoint,
        item: Some(network.to_string()),
        origin: Origin::Unknown,
        live,
        wanted,
    }])
}

fn describe_wanted(endpoint: &EndpointSpec) -> String {
    describe(&ObservedEndpoint {
        network: String::new(),
        aliases: endpoint.aliases.clone(),
        links: endpoint.links.clone(),
        ipv4_address: endpoint.ipv4_address,
        ipv6_address: endpoint.ipv6_address,
        link_local_ips: endpoint.link_local_ips.clone(),
    })
}

fn describe(endpoint: &ObservedEndpoint) -> String {
    let mut parts: Vec<String> = Vec::from(["connected".to_string()]);
    parts.extend(endpoint.aliases.iter().map(|alias| alloc::format!("alias {alias}")));
    parts.extend(endpoint.links.iter().map(|(alias, target)| alloc::format!("link {target} as {alias}")));
    parts.extend(endpoint.ipv4_address.map(|address| address.to_string()));
    parts.extend(endpoint.ipv6_address.map(|address| address.to_string()));
    parts.extend(endpoint.link_local_ips.iter().map(ToString::to_string));
    parts.join(", ")
}
