//! The snapshot.

use alloc::collections::{BTreeMap, BTreeSet};
use alloc::string::String;
use alloc::vec::Vec;

use container_map::{ContainerKey, ImageRef, NetworkKey, VolumeKey};
use serde::{Deserialize, Serialize};

use super::{
    Bystander, EngineId, ObservedContainer, ObservedImage, ObservedMountSource, ObservedNetwork,
    ObservedVolume, Record,
};
use crate::container_ref::{ContainerRef, Slot};

/// All that is known of an engine: taken once, and never asked again while planning.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct EngineState {
    /// Which engine it is, if it says so (Docker API: `SystemInfo`, `ID`).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub engine: Option<EngineId>,
    /// What the tags in scope stand for; an image that is not here is absent.
    #[serde(default)]
    pub tags: BTreeMap<ImageRef, EngineId>,
    /// The images behind those tags and behind the inspected containers, as far as they are still there.
    #[serde(default)]
    pub images: BTreeMap<EngineId, ObservedImage>,
    /// The inspected containers, by name.
    #[serde(default)]
    pub containers: BTreeMap<String, ObservedContainer>,
    /// All other containers, by name.
    #[serde(default)]
    pub bystanders: BTreeMap<String, Bystander>,
    /// The networks in scope, by name and identifier.
    #[serde(default)]
    pub networks: Vec<ObservedNetwork>,
    /// The volumes in scope, by name.
    #[serde(default)]
    pub volumes: BTreeMap<String, ObservedVolume>,
    /// The options of containers that the engine cannot do: it drops them, with no more than a warning.
    #[serde(default, skip_serializing_if = "BTreeSet::is_empty")]
    pub drops: BTreeSet<String>,
    /// Whether somebody has a lease on the map, or had one and is gone.
    #[serde(default, skip_serializing_if = "core::ops::Not::not")]
    pub leased: bool,
    /// What dmap noted about earlier runs.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub record: Option<Record>,
}

impl EngineState {
    /// Returns the container in a slot.
    pub fn container(&self, at: &ContainerRef) -> Option<&ObservedContainer> {
        self.containers.get(&at.docker_name())
    }

    /// Returns one of a container's objects by its identifier.
    pub(crate) fn object(&self, key: &ContainerKey, id: &EngineId) -> Option<&ObservedContainer> {
        self.slots(key).find(|found| found.id == *id)
    }

    /// Returns a container's objects, in the order of the slots.
    pub(crate) fn slots(&self, key: &ContainerKey) -> impl Iterator<Item = &ObservedContainer> {
        Slot::ALL.into_iter().filter_map(|slot| self.container(&ContainerRef::new(key, slot)))
    }

    /// Returns an attached volume.
    pub fn volume(&self, key: &VolumeKey) -> Option<&ObservedVolume> {
        self.volumes.get(&key.docker_name())
    }

    /// Returns the networks of a key's name: none, one, or several after a race.
    pub fn networks_of<'a>(
        &'a self,
        key: &NetworkKey,
    ) -> impl Iterator<Item = &'a ObservedNetwork> + use<'a> {
        let name = key.docker_name();
        self.networks.iter().filter(move |network| network.name == name)
    }

    /// Returns the name of the container with an identifier.
    pub fn name_of(&self, id: &EngineId) -> Option<&str> {
        let inspected = self.containers.iter().map(|(name, container)| (name, Some(&container.id)));
        let others = self.bystanders.iter().map(|(name, other)| (name, other.id.as_ref()));
        inspected.chain(others).find(|(_, found)| *found == Some(id)).map(|(name, _)| name.as_str())
    }

    /// Returns the names of the volumes that any container, running or not, mounts.
    pub(crate) fn mounted_volumes(&self) -> BTreeSet<&str> {
        let mounts = self.containers.values().flat_map(|container| container.mounts.values());
        let inspected = mounts.filter_map(|mount| match &mount.source {
            ObservedMountSource::Volume(name) => Some(name),
            ObservedMountSource::Bind(_) | ObservedMountSource::Other(_) => None,
        });
        let others = self.bystanders.values().flat_map(|other| &other.volumes);
        inspected.chain(others).map(String::as_str).collect()
    }

    /// Returns the snapshot without the values of environment variables, so that it can be passed around.
    #[must_use]
    pub fn without_environment_values(mut self) -> Self {
        for container in self.containers.values_mut() {
            container.environment.values_mut().for_each(|value| *value = None);
        }
        self.images.values_mut().for_each(|image| image.defaults.environment.clear());
        self
    }
}
