//! Compares a container's places in networks.

use alloc::string::{String, ToString};
use alloc::vec;
use alloc::vec::Vec;

use container_map::config::CompareMode;
use container_map::{NetworkKey, PresetNetwork};

use super::record::Noted;
use crate::attribute::Attribute;
use crate::desired::DesiredContainer;
use crate::engine::{EngineState, ObservedContainer, ObservedEndpoint};
use crate::label;
use crate::reason::{Difference, Origin, Reason, Shown};
use crate::spec::{ContainerSpec, EndpointSpec};
use crate::verdict::EndpointChange;

/// Returns the places to give up, to take, and to take anew.
///
/// A place in a network that is neither the map's nor the default bridge is somebody else's business and stays.
pub(super) fn compare_endpoints(
    desired: &DesiredContainer,
    container: &ObservedContainer,
    engine: &EngineState,
) -> Vec<EndpointChange> {
    let (spec, rule) = (&desired.spec, desired.compare.mode(Attribute::Endpoint.as_str()));
    let noted = Noted::of_container(engine, &container.id);
    let mut changes = Vec::new();
    for (network, wanted) in &spec.endpoints {
        let problem = match container.endpoints.get(&network.docker_name()) {
            None => Some((false, Shown::Unset)),
            Some(live) => {
                let wanted = without_implied_names(spec, container, wanted);
                mismatch(network, &wanted, live, engine, rule).map(|shown| (true, Shown::Value(shown)))
            }
        };
        // Without a network that is there, a container could not even start.
        let problem = problem.filter(|(_, live)| {
            rule != Some(CompareMode::Ignore) || *live == Shown::value(GONE) || *live == Shown::Unset
        });
        if let Some((disconnect, live)) = problem {
            let wanted_text = describe_wanted(wanted);
            let origin = noted.origin(&entry(network), Some(&wanted_text));
            changes.push(EndpointChange {
                network: network.clone(),
                disconnect,
                connect: Some(wanted.clone()),
                reason: reason(network, origin, live, Shown::value(wanted_text)),
            });
        }
    }
    if matches!(rule, Some(CompareMode::AtLeast | CompareMode::Ignore)) {
        return changes;
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
                reason: reason(
                    &network,
                    noted.origin(&entry(&network), None),
                    Shown::value(describe(live)),
                    Shown::Unset,
                ),
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
    rule: Option<CompareMode>,
) -> Option<String> {
    // A stopped container keeps the identifier of a network that was removed and made anew, and cannot start.
    let known = live.network.is_empty()
        || network.is_preset()
        || engine.networks_of(network).any(|found| found.id.as_str() == live.network);
    if !known {
        return Some(GONE.into());
    }
    let names = if rule == Some(CompareMode::AtLeast) {
        live.aliases.is_superset(&wanted.aliases)
            && wanted.links.iter().all(|(alias, target)| live.links.get(alias) == Some(target))
    } else {
        live.aliases == wanted.aliases && live.links == wanted.links
    };
    let same = names
        && live.ipv4_address == wanted.ipv4_address
        && live.ipv6_address == wanted.ipv6_address
        && live.link_local_ips == wanted.link_local_ips
        && has_options(wanted, live, rule);
    (!same).then(|| describe(live))
}

/// Engines since 27.0 keep here what the sysctls of a container say of one interface.
const SYSCTLS: &str = "com.docker.network.endpoint.sysctls";

fn has_options(wanted: &EndpointSpec, live: &ObservedEndpoint, rule: Option<CompareMode>) -> bool {
    let may_have_more = rule == Some(CompareMode::AtLeast);
    wanted.driver_options.iter().all(|(name, value)| live.driver_options.get(name) == Some(value))
        && live
            .driver_options
            .keys()
            .all(|name| may_have_more || name == SYSCTLS || wanted.driver_options.contains_key(name))
}

const GONE: &str = "network that is gone";

/// Returns the name that a place in a network has in records.
pub(super) fn entry(network: &NetworkKey) -> String {
    alloc::format!("{}:{network}", Attribute::Endpoint)
}

/// Returns whether a name in a record is one of a place in a network.
pub(super) fn is_entry(name: &str) -> bool {
    name.split_once(':').is_some_and(|(attribute, _)| attribute == Attribute::Endpoint.as_str())
}

fn reason(network: &NetworkKey, origin: Origin, live: Shown, wanted: Shown) -> Reason {
    Reason::Differs(vec![Difference {
        attribute: Attribute::Endpoint,
        item: Some(network.to_string()),
        origin,
        live,
        wanted,
    }])
}

pub(super) fn describe_wanted(endpoint: &EndpointSpec) -> String {
    describe(&ObservedEndpoint {
        network: String::new(),
        aliases: endpoint.aliases.clone(),
        links: endpoint.links.clone(),
        ipv4_address: endpoint.ipv4_address,
        ipv6_address: endpoint.ipv6_address,
        link_local_ips: endpoint.link_local_ips.clone(),
        driver_options: endpoint.driver_options.clone(),
    })
}

pub(super) fn describe(endpoint: &ObservedEndpoint) -> String {
    let mut parts: Vec<String> = Vec::from(["connected".to_string()]);
    parts.extend(endpoint.aliases.iter().map(|alias| alloc::format!("alias {alias}")));
    parts.extend(endpoint.links.iter().map(|(alias, target)| alloc::format!("link {target} as {alias}")));
    parts.extend(endpoint.ipv4_address.map(|address| address.to_string()));
    parts.extend(endpoint.ipv6_address.map(|address| address.to_string()));
    parts.extend(endpoint.link_local_ips.iter().map(ToString::to_string));
    parts.extend(endpoint.driver_options.iter().map(|(name, value)| alloc::format!("option {name}={value}")));
    parts.join(", ")
}
