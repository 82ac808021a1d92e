//! The checks of a map as a whole: dependencies and published ports.

use alloc::collections::BTreeMap;
use alloc::format;
use alloc::string::{String, ToString};
use alloc::vec::Vec;

use super::Checker;
use super::container::Current;
use super::update::legacy_links;
use crate::config::{NetworkMode, Publish};
use crate::error::ViolationKind;
use crate::graph::Dag;
use crate::map::ContainerMap;
use crate::name::{ConfigName, InterfaceName};
use crate::port::Protocol;
use crate::raw::Place;

/// A port of the host that a configuration publishes on.
pub(super) struct Published {
    port: (u16, Protocol),
    /// None for all interfaces.
    interface: Option<(InterfaceName, bool)>,
    config: String,
    /// The instances; several cannot share the port.
    instances: Vec<String>,
    /// The clients; none for all of the map.
    clients: Vec<String>,
    place: Place,
}

impl Published {
    pub(super) fn new(publish: &Publish, protocol: Protocol, current: &Current<'_>, place: Place) -> Self {
        Self {
            port: (publish.host_port.number(), protocol),
            interface: publish.interface.clone().map(|interface| (interface, publish.ipv6)),
            config: current.label().to_string(),
            instances: current.known.instance_names(),
            clients: current.raw.clients.iter().map(|client| client.value.clone()).collect(),
            place,
        }
    }

    /// Returns whether the two cannot be published on one host, or never are.
    fn conflicts(&self, other: &Self) -> bool {
        let is_free = matches!((&self.interface, &other.interface), (Some(a), Some(b)) if a != b);
        let meet = self.clients.is_empty()
            || other.clients.is_empty()
            || self.clients.iter().any(|client| other.clients.contains(client));
        meet && !is_free
    }

    fn container(&self, position: usize) -> String {
        match self.instances.get(position) {
            Some(instance) => format!("{}.{instance}", self.config),
            None => self.config.clone(),
        }
    }
}

impl Checker<'_> {
    /// Checks what only the map as a whole shows.
    pub(super) fn whole(&mut self, map: &ContainerMap) {
        self.cycles();
        self.host_ports();
        self.neighbours(map);
        self.fixed_addresses(map);
        self.one_build_each(map);
        self.unreachable_links(map);
    }

    /// Reports links to containers that have no place in the default bridge and cannot be given one: the engine fails to
    /// start who has them.
    fn unreachable_links(&mut self, map: &ContainerMap) {
        for (name, links) in core::mem::take(&mut self.links) {
            let Some(config) = map.containers().get(&name) else { continue };
            let is_legacy = |target: &ConfigName| legacy_links(config).any(|link| link.config == *target);
            for (target, place) in links.into_iter().filter(|(target, _)| is_legacy(target)) {
                if let Some(network) = without_bridge(map, &target) {
                    let (config, target) = (name.to_string(), target.to_string());
                    let kind = ViolationKind::UnreachableLink { config, target, network };
                    self.problems.report(&place, kind);
                }
            }
        }
    }

    /// Reports configurations that need each other: all instances of a configuration need the same containers, so a cycle
    /// of containers is one of configurations.
    fn cycles(&mut self) {
        let edges = self.references.iter();
        let edges = edges.map(|(name, needed)| (name.clone(), needed.keys().cloned().collect())).collect();
        let Err(cycles) = Dag::<ConfigName>::new(edges) else {
            return;
        };
        for cycle in cycles {
            let (Some(first), Some(second)) = (cycle.0.first(), cycle.0.get(1)) else {
                continue;
            };
            let Some(place) = self.references.get(first).and_then(|needed| needed.get(second)) else {
                continue;
            };
            let path = cycle.0.iter().map(ToString::to_string).collect();
            self.problems.report(place, ViolationKind::Cycle { path });
        }
    }

    fn host_ports(&mut self) {
        let mut by_port: BTreeMap<(u16, Protocol), Vec<&Published>> = BTreeMap::new();
        let mut found = Vec::new();
        for published in &self.published {
            let earlier = by_port.entry(published.port).or_default();
            // Instances of one configuration can take turns, like the two of a blue and green pair; whether two of them are
            // to run at once shows when they are asked for.
            let conflict = earlier.iter().find(|other| other.conflicts(published));
            if let Some(other) = conflict {
                let (first, second) = (other.container(0), published.container(0));
                let port = format!("{}/{}", published.port.0, published.port.1.as_str());
                found.push((published.place.clone(), ViolationKind::SameHostPort { port, first, second }));
            }
            earlier.push(published);
        }
        for (place, kind) in found {
            self.problems.report(&place, kind);
        }
    }
}

/// Says what a container has that has neither a place in the default bridge nor can take one. Who has the network of
/// another container is reached where that is.
fn without_bridge(map: &ContainerMap, name: &ConfigName) -> Option<&'static str> {
    let mut name = name;
    // Configurations that have each other's network are reported elsewhere.
    for _ in map.containers() {
        match &map.containers().get(name)?.network_mode {
            Some(NetworkMode::Host) => return Some("the network of the host"),
            Some(NetworkMode::None) => return Some("no network"),
            Some(NetworkMode::Container { config, .. }) => name = config,
            Some(NetworkMode::Bridge | NetworkMode::Foreign(_)) | None => return None,
        }
    }
    None
}
