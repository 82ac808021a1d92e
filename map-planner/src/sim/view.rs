//! The state of an engine without what two equal engines may differ in.

use alloc::borrow::ToOwned;
use alloc::collections::BTreeMap;
use alloc::format;
use alloc::string::String;
use alloc::vec::Vec;

use container_map::ImageRef;

use super::{SimContainer, SimEngine, SimVolume};
use crate::engine::{EngineId, ObservedContainer, ObservedMountSource, ObservedNetwork, ObservedNetworkMode};

/// The state of an engine modulo identifiers: objects are named by what they are to each other.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SimView {
    /// What the tags stand for.
    pub tags: BTreeMap<ImageRef, EngineId>,
    /// Containers, by name.
    pub containers: BTreeMap<String, ObservedContainer>,
    /// Networks, by name.
    pub networks: BTreeMap<String, Vec<ObservedNetwork>>,
    /// Volumes, by name; anonymous ones by who mounts them, and only if somebody does.
    pub volumes: BTreeMap<String, SimVolume>,
}

impl SimView {
    /// Returns the containers, networks and volumes with names of which this holds, and no tags.
    #[must_use]
    pub fn only(mut self, holds: impl Fn(&str) -> bool) -> Self {
        self.tags.clear();
        self.containers.retain(|name, _| holds(name));
        self.networks.retain(|name, _| holds(name));
        self.volumes.retain(|name, _| holds(name));
        self
    }
}

impl SimEngine {
    /// Returns the state without identifiers.
    pub fn view(&self) -> SimView {
        let anonymous = self.anonymous_names();
        let containers = self
            .containers
            .values()
            .map(|container| (container.name.clone(), self.normalised(container, &anonymous)))
            .collect();
        let mut networks: BTreeMap<String, Vec<ObservedNetwork>> = BTreeMap::new();
        for network in self.networks.values() {
            let network = ObservedNetwork { id: EngineId::new(""), ..network.clone() };
            networks.entry(network.name.clone()).or_default().push(network);
        }
        let volumes = self.volumes.iter().filter_map(|(name, volume)| {
            let is_anonymous = ObservedMountSource::Volume(name.clone()).anonymous().is_some();
            let name = if is_anonymous { anonymous.get(name)?.clone() } else { name.clone() };
            Some((name, volume.clone()))
        });
        SimView { tags: self.tags.clone(), containers, networks, volumes: volumes.collect() }
    }

    /// Names every anonymous volume after the first container that mounts it, and the path.
    fn anonymous_names(&self) -> BTreeMap<String, String> {
        let mut by_name: Vec<&SimContainer> = self.containers.values().collect();
        by_name.sort_by(|a, b| a.name.cmp(&b.name));
        let mut names = BTreeMap::new();
        for container in by_name {
            for (path, mount) in &container.facts.mounts {
                if let Some(found) = mount.source.anonymous() {
                    names.entry(found.to_owned()).or_insert_with(|| format!("{}:{path}", container.name));
                }
            }
        }
        names
    }

    fn normalised(
        &self,
        container: &SimContainer,
        anonymous: &BTreeMap<String, String>,
    ) -> ObservedContainer {
        let mut seen = self.report(container);
        let short_id: String = seen.id.as_str().chars().take(12).collect();
        if seen.hostname == short_id {
            "(identifier)".clone_into(&mut seen.hostname);
        }
        seen.id = EngineId::new("");
        (seen.created, seen.started) = (None, None);
        // They come and go by themselves.
        (seen.health, seen.processes) = (None, None);
        // It says how the object came to be: the same volumes can be its own or carried over.
        seen.labels.remove(crate::label::KEPT);
        if let ObservedNetworkMode::Container(owner) = &seen.network {
            let name = self.containers.get(owner).map_or("(gone)", |owner| owner.name.as_str());
            seen.network = ObservedNetworkMode::Container(EngineId::new(name));
        }
        for place in seen.endpoints.values_mut() {
            let is_known = self.networks.contains_key(&EngineId::new(place.network.as_str()));
            if !place.network.is_empty() {
                if is_known { "(known)" } else { "(gone)" }.clone_into(&mut place.network);
            }
        }
        for mount in seen.mounts.values_mut() {
            if let Some(name) = mount.source.anonymous().and_then(|name| anonymous.get(name)) {
                mount.source = ObservedMountSource::Volume(name.clone());
            }
        }
        seen
    }
}
