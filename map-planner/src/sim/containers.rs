//! All containers of the engine, and where to look for one.

use alloc::borrow::ToOwned;
use alloc::collections::{BTreeMap, BTreeSet};
use alloc::string::String;

use container_map::Protocol;

use super::SimContainer;
use crate::engine::EngineId;

/// The containers by identifier, found by name and by the host ports they publish without looking at all of them.
#[derive(Debug, Clone, Default)]
pub(super) struct Containers {
    all: BTreeMap<EngineId, SimContainer>,
    // Invariant: each container of `all` is here once, under its name.
    by_name: BTreeMap<String, EngineId>,
    // Invariant: each container of `all` is here under every host port it publishes, whether it runs or not.
    by_port: BTreeMap<(Protocol, u16), BTreeSet<EngineId>>,
}

impl Containers {
    pub(super) fn get(&self, id: &EngineId) -> Option<&SimContainer> {
        self.all.get(id)
    }

    /// Returns them in the order of their identifiers, which is the one they were made in.
    pub(super) fn values(&self) -> impl Iterator<Item = &SimContainer> {
        self.all.values()
    }

    pub(super) fn named(&self, name: &str) -> Option<&SimContainer> {
        self.by_name.get(name).and_then(|id| self.all.get(id))
    }

    /// Returns a container to change anything about it but its name, its identifier and what it publishes.
    pub(super) fn named_mut(&mut self, name: &str) -> Option<&mut SimContainer> {
        self.by_name.get(name).and_then(|id| self.all.get_mut(id))
    }

    /// Returns who publishes a host port at any address.
    pub(super) fn publishing(&self, protocol: Protocol, port: u16) -> impl Iterator<Item = &SimContainer> {
        self.by_port.get(&(protocol, port)).into_iter().flatten().filter_map(|id| self.all.get(id))
    }

    /// Takes in a container; its name is nobody else's.
    pub(super) fn insert(&mut self, container: SimContainer) {
        let id = container.facts.id.clone();
        for port in host_ports(&container) {
            self.by_port.entry(port).or_default().insert(id.clone());
        }
        self.by_name.insert(container.name.clone(), id.clone());
        self.all.insert(id, container);
    }

    pub(super) fn remove(&mut self, name: &str) {
        let Some(container) = self.by_name.remove(name).and_then(|id| self.all.remove(&id)) else {
            return;
        };
        for port in host_ports(&container) {
            if let Some(publishing) = self.by_port.get_mut(&port) {
                publishing.remove(&container.facts.id);
            }
        }
    }

    /// Gives a container another name, which is nobody else's.
    pub(super) fn rename(&mut self, name: &str, to: &str) {
        let Some(id) = self.by_name.remove(name) else { return };
        if let Some(container) = self.all.get_mut(&id) {
            to.clone_into(&mut container.name);
        }
        self.by_name.insert(to.to_owned(), id);
    }
}

fn host_ports(container: &SimContainer) -> impl Iterator<Item = (Protocol, u16)> {
    let published = container.facts.published.iter();
    published.flat_map(|(port, held)| held.iter().map(|held| (port.protocol, held.port)))
}
