//! Places in networks.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use bollard::models::{
    EndpointIpamConfig, EndpointSettings, NetworkConnectRequest, NetworkDisconnectRequest,
};
use map_planner::engine::ObservedEndpoint;
use map_planner::spec::EndpointSpec;
use serde::Deserialize;

use super::nullable;

/// Makes the settings of an endpoint, as
/// [`NetworkConnect`](https://docs.docker.com/reference/api/engine/version/v1.41/#tag/Network/operation/NetworkConnect)
/// and `ContainerCreate` take them.
pub(crate) fn settings(spec: &EndpointSpec) -> EndpointSettings {
    let listed = |items: Vec<String>| (!items.is_empty()).then_some(items);
    let ipam = EndpointIpamConfig {
        ipv4_address: spec.ipv4_address.map(|address| address.to_string()),
        ipv6_address: spec.ipv6_address.map(|address| address.to_string()),
        link_local_ips: listed(spec.link_local_ips.iter().map(ToString::to_string).collect()),
    };
    EndpointSettings {
        ipam_config: (ipam != EndpointIpamConfig::default()).then_some(ipam),
        links: listed(spec.links.iter().map(|(alias, target)| format!("{target}:{alias}")).collect()),
        aliases: listed(spec.aliases.iter().cloned().collect()),
        driver_opts: (!spec.driver_options.is_empty())
            .then(|| spec.driver_options.clone().into_iter().collect()),
        ..EndpointSettings::default()
    }
}

/// Makes the body of `NetworkConnect`.
pub(crate) fn connect(container: String, spec: &EndpointSpec) -> NetworkConnectRequest {
    NetworkConnectRequest { container, endpoint_config: Some(settings(spec)) }
}

/// Makes the body of
/// [`NetworkDisconnect`](https://docs.docker.com/reference/api/engine/version/v1.41/#tag/Network/operation/NetworkDisconnect).
pub(crate) fn disconnect(container: String) -> NetworkDisconnectRequest {
    NetworkDisconnectRequest { container, force: None }
}

/// Makes the endpoints of `ContainerCreate`, by the networks' names.
pub(super) fn named<'a>(
    endpoints: impl Iterator<Item = (String, &'a EndpointSpec)>,
) -> Option<HashMap<String, EndpointSettings>> {
    let endpoints: HashMap<_, _> = endpoints.map(|(name, spec)| (name, settings(spec))).collect();
    (!endpoints.is_empty()).then_some(endpoints)
}

/// One entry of `NetworkSettings.Networks`.
#[derive(Debug, Default, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub(super) struct Endpoint {
    #[serde(default, rename = "IPAMConfig", deserialize_with = "nullable")]
    ipam: Ipam,
    #[serde(default, deserialize_with = "nullable")]
    links: Vec<String>,
    #[serde(default, deserialize_with = "nullable")]
    aliases: Vec<String>,
    #[serde(default, rename = "NetworkID")]
    network_id: String,
    #[serde(default, deserialize_with = "nullable")]
    driver_opts: BTreeMap<String, String>,
}

#[derive(Debug, Default, Deserialize)]
struct Ipam {
    #[serde(default, rename = "IPv4Address")]
    ipv4: String,
    #[serde(default, rename = "IPv6Address")]
    ipv6: String,
    #[serde(default, rename = "LinkLocalIPs", deserialize_with = "nullable")]
    link_local: Vec<String>,
}

impl Endpoint {
    /// Returns what was configured. The engine lists the short identifier of the container, its host name, and in some
    /// versions its name among its aliases, asked for or not.
    pub(super) fn observed(self, id: &str, names: [&str; 2]) -> ObservedEndpoint {
        let own = |alias: &String| {
            names.contains(&alias.as_str()) || (alias.len() == 12 && id.starts_with(alias.as_str()))
        };
        let link = |link: &String| {
            let (target, alias) = link.split_once(':').unwrap_or((link, link));
            (alias.to_owned(), target.to_owned())
        };
        ObservedEndpoint {
            network: self.network_id,
            aliases: self.aliases.into_iter().filter(|alias| !own(alias)).collect::<BTreeSet<_>>(),
            links: self.links.iter().map(link).collect::<BTreeMap<_, _>>(),
            ipv4_address: self.ipam.ipv4.parse().ok(),
            ipv6_address: self.ipam.ipv6.parse().ok(),
            link_local_ips: self.ipam.link_local.iter().filter_map(|address| address.parse().ok()).collect(),
            driver_options: self.driver_opts,
        }
    }
}
