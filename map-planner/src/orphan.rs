//! Objects of dmap's own that the map no longer has.

use alloc::collections::{BTreeMap, BTreeSet};
use alloc::string::String;

use container_map::{ClientConfig, ContainerKey, ContainerMap, MapName, ResourceKey};

use crate::desired::DesiredState;
use crate::engine::EngineState;
use crate::label;

/// Returns what dmap made for a map on a client and the map no longer has there. Two clients can be one engine, so what was
/// made for another client is that one's.
pub(crate) fn orphans(
    map: &MapName,
    client: &ClientConfig,
    engine: &EngineState,
    desired: &DesiredState,
) -> BTreeSet<ResourceKey> {
    let containers = engine.containers.iter().map(|(name, live)| (name, &live.labels));
    let networks = engine.networks.iter().map(|live| (&live.name, &live.labels));
    let volumes = engine.volumes.iter().map(|(name, live)| (name, &live.labels));
    let all = containers.chain(networks).chain(volumes);
    let is_no_longer = |key: &ResourceKey| match key {
        ResourceKey::Container(key) => !desired.containers.contains_key(key),
        ResourceKey::Network(key) => !desired.networks.contains_key(key),
        ResourceKey::Volume(key) => !desired.volumes.contains_key(key),
        ResourceKey::Image(_) => false,
    };
    let of_client = all.filter(|(_, labels)| is_of_client(labels, client));
    let keys = of_client.filter_map(|(name, labels)| label::own_key(name, labels));
    keys.filter(|key| label::is_of_map(key, map) && is_no_longer(key)).collect()
}

/// Returns what containers need that the map no longer has: instances of a configuration that it still has, what that
/// needs.
pub(crate) fn needs<'a>(
    orphans: impl Iterator<Item = &'a ResourceKey>,
    map: &ContainerMap,
) -> BTreeMap<ContainerKey, BTreeSet<ContainerKey>> {
    let containers = orphans.filter_map(|key| match key {
        ResourceKey::Container(key) => Some(key.clone()),
        ResourceKey::Image(_) | ResourceKey::Network(_) | ResourceKey::Volume(_) => None,
    });
    containers.map(|key| (key.clone(), map.dependencies(&key))).collect()
}

/// Returns whether labels do not say that an object was made for another client.
pub(crate) fn is_of_client(labels: &BTreeMap<String, String>, client: &ClientConfig) -> bool {
    labels.get(label::CLIENT).is_none_or(|made_for| made_for == client.name.as_str())
}
