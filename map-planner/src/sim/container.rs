//! Containers within the engine.

use alloc::collections::BTreeSet;
use alloc::string::String;
use alloc::vec::Vec;

use super::{SimEngine, SimError};
use crate::action::Condition;
use crate::engine::{EngineId, Moment, ObservedContainer, ObservedLink, ObservedMountSource, RunState};
use crate::spec::ExecSpec;

/// A container. What is reported of it is kept in the form of the report; what the report works out anew each time
/// (links, a lost namespace) is kept beside it.
#[derive(Debug, Clone)]
pub(super) struct SimContainer {
    pub(super) name: String,
    pub(super) facts: ObservedContainer,
    /// Legacy links: the object and the alias.
    pub(super) links: BTreeSet<(EngineId, String)>,
    /// The commands that were run in it, with the start before.
    pub(super) executed: Vec<(Option<Moment>, ExecSpec)>,
}

impl SimContainer {
    pub(super) fn is_up(&self) -> bool {
        self.facts.state.is_up()
    }

    /// Returns the names of the volumes it mounts.
    pub(super) fn volumes(&self) -> impl Iterator<Item = &str> {
        self.facts.mounts.values().filter_map(|mount| match &mount.source {
            ObservedMountSource::Volume(name) => Some(name.as_str()),
            ObservedMountSource::Bind(_) | ObservedMountSource::Other(_) => None,
        })
    }
}

impl SimEngine {
    pub(super) fn find(&self, name: &str) -> Result<&SimContainer, SimError> {
        self.containers.named(name).ok_or_else(|| SimError::not_found("container", name))
    }

    pub(super) fn find_mut(&mut self, name: &str) -> Result<&mut SimContainer, SimError> {
        self.containers.named_mut(name).ok_or_else(|| SimError::not_found("container", name))
    }

    /// Returns the names of all containers.
    pub fn container_names(&self) -> BTreeSet<String> {
        self.containers.values().map(|container| container.name.clone()).collect()
    }

    /// Returns whether a container runs, if it exists.
    pub fn state_of(&self, name: &str) -> Option<RunState> {
        self.find(name).ok().map(|container| container.facts.state)
    }

    /// Returns whether a container is as far as somebody waits for it to be.
    pub fn has_reached(&self, name: &str, condition: Condition) -> bool {
        self.find(name).is_ok_and(|container| container.facts.has_reached(condition))
    }

    /// Returns whether a container has a health check, of its own or of its image.
    pub fn is_checked(&self, name: &str) -> bool {
        self.find(name).is_ok_and(|container| container.facts.is_checked())
    }

    /// Returns the identifier of a container.
    pub fn id_of(&self, name: &str) -> Option<EngineId> {
        self.find(name).ok().map(|container| container.facts.id.clone())
    }

    /// Returns what the engine reports of a container now.
    pub(super) fn report(&self, container: &SimContainer) -> ObservedContainer {
        let mut report = container.facts.clone();
        let link = |(target, alias): &(EngineId, String)| {
            let target = self.containers.get(target)?.name.clone();
            Some(ObservedLink { target, alias: alias.clone() })
        };
        report.links = container.links.iter().filter_map(link).collect();
        report.namespace_lost = self.is_cut_off(container);
        report
    }

    /// A guest keeps the namespace it joined; its owner makes a new one at every start.
    fn is_cut_off(&self, container: &SimContainer) -> bool {
        let crate::engine::ObservedNetworkMode::Container(owner) = &container.facts.network else {
            return false;
        };
        let owner = self.containers.get(owner);
        container.is_up() && owner.is_some_and(|owner| owner.facts.started > container.facts.started)
    }
}
