//! A project: the maps that are worked with together, and the clients they are for.

use alloc::collections::BTreeMap;
use alloc::vec::Vec;

use indexmap::IndexMap;

use crate::client::ClientConfig;
use crate::map::ContainerMap;
use crate::name::{ClientName, MapName};

/// One or several maps with the clients they name.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Project {
    // Invariant: every client that a map names is there, and the default one is.
    pub(crate) maps: IndexMap<MapName, ContainerMap>,
    pub(crate) clients: BTreeMap<ClientName, ClientConfig>,
}

impl Project {
    /// Returns the maps in the order they were given.
    pub fn maps(&self) -> impl ExactSizeIterator<Item = &ContainerMap> {
        self.maps.values()
    }

    /// Returns the map of a name.
    pub fn map(&self, name: &MapName) -> Option<&ContainerMap> {
        self.maps.get(name)
    }

    /// Returns all clients; the default one is always there.
    pub fn clients(&self) -> impl ExactSizeIterator<Item = &ClientConfig> {
        self.clients.values()
    }

    /// Returns the client of a name.
    pub fn client(&self, name: &ClientName) -> Option<&ClientConfig> {
        self.clients.get(name)
    }

    /// Returns the clients a map is for: those it names, or the default one.
    pub fn clients_of(&self, map: &ContainerMap) -> Vec<&ClientConfig> {
        if map.clients().is_empty() {
            return self.clients.get(&ClientName::default()).into_iter().collect();
        }
        map.clients().iter().filter_map(|name| self.clients.get(name)).collect()
    }
}
