//! A project: the maps that are worked with together, and the clients they are for.

use alloc::collections::{BTreeMap, BTreeSet};
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

impl From<ContainerMap> for Project {
    /// Makes a project of one map; clients it names are not configured.
    fn from(map: ContainerMap) -> Self {
        let names = map.clients().iter().cloned().chain([ClientName::default()]);
        let clients =
            names.map(|name| (name.clone(), ClientConfig { name, ..ClientConfig::default() })).collect();
        Self { maps: IndexMap::from([(map.name().clone(), map)]), clients }
    }
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

    /// Returns the clients that something of a map is for, those of the map first.
    pub fn clients_of(&self, map: &ContainerMap) -> Vec<&ClientConfig> {
        let of_containers = map.containers().keys().flat_map(|config| map.clients_of(config));
        let mut names: Vec<ClientName> = map.clients().to_vec();
        names.extend(of_containers);
        let mut seen = BTreeSet::new();
        names.retain(|name| seen.insert(name.clone()));
        names.iter().filter_map(|name| self.clients.get(name)).collect()
    }
}
