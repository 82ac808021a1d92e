//! The checks of where containers run: their clients, and what an engine would refuse there.

use alloc::collections::BTreeMap;
use alloc::string::{String, ToString};
use alloc::vec::Vec;

use super::Checker;
use super::container::Current;
use crate::config::{ContainerConfig, NetworkMode, UseSource};
use crate::error::ViolationKind;
use crate::key::ContainerKey;
use crate::map::ContainerMap;
use crate::name::{ClientName, ConfigName};
use crate::path::ContainerPath;
use crate::raw::Text;

/// The longest host name that Linux takes, in bytes.
const LONGEST_HOSTNAME: usize = 64;

impl Checker<'_> {
    /// Checks a configuration for the engines it is for.
    pub(super) fn hosting(&mut self, current: Current<'_>, config: &ContainerConfig) {
        let own = if config.clients.is_empty() { &self.clients } else { &config.clients };
        let clients = if own.is_empty() { Vec::from([ClientName::default()]) } else { own.clone() };
        self.interfaces(current, config, &clients);
        self.published_without_network(current, config);
        self.hostnames(current, config, &clients);
        self.note_mounts(current, config);
    }

    /// Checks the configurations of a map against each other.
    pub(super) fn neighbours(&mut self, map: &ContainerMap) {
        for name in map.containers().keys() {
            self.dependencies_run_there(map, name);
        }
        self.hidden_mounts(map);
    }

    pub(super) fn known_client(&mut self, client: &ClientName, text: &Text) {
        let clients = &self.surroundings.clients;
        if clients.contains_key(client) || !self.surroundings.closed {
            return;
        }
        let suggestion = self.problems.closest(text.as_str(), clients.keys().map(ClientName::as_str));
        let kind = ViolationKind::UnknownClient { name: text.value.clone(), suggestion };
        self.problems.report(&text.place, kind);
    }

    /// Engines do not reach each other's containers, so what a container needs has to be where it is.
    fn dependencies_run_there(&mut self, map: &ContainerMap, name: &ConfigName) {
        let clients = map.clients_of(name);
        for (needed, place) in self.references.get(name).into_iter().flatten() {
            if let Some(client) = clients.iter().find(|client| !map.runs_on(needed, client)) {
                let (config, needs) = (name.to_string(), needed.to_string());
                let kind = ViolationKind::NotOnClient { config, needs, client: client.to_string() };
                self.problems.report(place, kind);
            }
        }
    }

    fn interfaces(&mut self, current: Current<'_>, config: &ContainerConfig, clients: &[ClientName]) {
        if !self.surroundings.closed {
            return;
        }
        let published: Vec<_> =
            config.exposes.iter().filter_map(|exposed| exposed.publish.as_ref()).collect();
        for client in clients.iter().filter_map(|client| self.surroundings.clients.get(client)) {
            for publish in &published {
                let Some(interface) = &publish.interface else { continue };
                let is_known = if publish.ipv6 {
                    client.interfaces_ipv6.contains_key(interface)
                } else {
                    client.interfaces.contains_key(interface)
                };
                if is_known {
                    continue;
                }
                let kind = ViolationKind::UnknownInterface {
                    client: client.name.to_string(),
                    interface: interface.to_string(),
                    ipv6: publish.ipv6,
                };
                let text = current.raw.exposes.iter().find_map(|expose| {
                    expose.interface.as_ref().filter(|text| text.as_str() == interface.as_str())
                });
                if let Some(text) = text {
                    self.problems.report(&text.place, kind);
                }
            }
        }
    }

    /// The engine refuses ports in somebody else's network, and drops them silently on the host's.
    fn published_without_network(&mut self, current: Current<'_>, config: &ContainerConfig) {
        let whose = match &config.network_mode {
            Some(NetworkMode::Host) => "the host",
            Some(NetworkMode::Container { .. } | NetworkMode::Foreign(_)) => "another container",
            Some(NetworkMode::Bridge | NetworkMode::None) | None => return,
        };
        if let Some(text) = current.raw.exposes.iter().find_map(|expose| expose.host_port.as_ref()) {
            let config = current.label().to_string();
            let kind = ViolationKind::PublishedWithoutNetwork { config, whose };
            self.problems.report(&text.place, kind);
        }
    }

    /// A longer name lets a container be created, but not started.
    fn hostnames(&mut self, current: Current<'_>, config: &ContainerConfig, clients: &[ClientName]) {
        let shares_network = matches!(
            config.network_mode,
            Some(NetworkMode::Host | NetworkMode::Container { .. } | NetworkMode::Foreign(_))
        );
        if let Some(hostname) = &config.create_options.hostname {
            if hostname.len() > LONGEST_HOSTNAME {
                let place = current.raw.options.place("hostname", "");
                self.problems.report(&place, ViolationKind::LongHostname { hostname: hostname.clone() });
            }
            return;
        }
        let sets_hostname = self.raw.set_hostname.as_ref().is_none_or(|text| text.as_str() != "false");
        let Some(name) = current.known.name.clone().filter(|_| sets_hostname && !shares_network) else {
            return;
        };
        let longest = config.instances.iter().max_by_key(|instance| instance.as_str().len()).cloned();
        let key = ContainerKey { map: self.name.clone(), config: name, instance: longest };
        let hostnames = clients.iter().map(|client| key.hostname_on(client));
        if let Some(hostname) = hostnames.max_by_key(String::len).filter(|name| name.len() > LONGEST_HOSTNAME)
        {
            let place = &current.known.text.place;
            self.problems.report(place, ViolationKind::LongHostname { hostname });
        }
    }

    /// Notes where a container mounts something, if it uses other containers as a whole.
    fn note_mounts(&mut self, current: Current<'_>, config: &ContainerConfig) {
        let Some(name) = current.known.name.clone() else { return };
        if config.uses.iter().all(|used| matches!(used.source, UseSource::Volume { .. })) {
            return;
        }
        let raw = current.raw;
        let texts = raw.shares.iter().chain(raw.binds.iter().map(|bind| &bind.target));
        let texts = texts.chain(raw.attaches.iter().map(|attach| &attach.name));
        let texts = texts.chain(raw.uses.iter().map(|used| &used.name));
        let paths = config.shares.iter().map(Some);
        let paths = paths.chain(config.binds.iter().map(|bind| Some(&bind.target)));
        let paths = paths.chain(config.attaches.iter().map(|attach| Some(&attach.path)));
        let paths = paths.chain(config.uses.iter().map(|used| match &used.source {
            UseSource::Volume { path, .. } => Some(path),
            UseSource::Container { .. } => None,
        }));
        // What is wrong was left out and reported, and then the two do not correspond.
        let counts = (texts.clone().count(), paths.clone().count());
        if counts.0 == counts.1 {
            let mounts = paths.zip(texts);
            let mounts = mounts.filter_map(|(path, text)| Some((path?.clone(), text.place.clone())));
            self.mounted.push((name, mounts.collect()));
        }
    }

    /// The engine lets a container's own mount win over one that comes with another container, without a word.
    fn hidden_mounts(&mut self, map: &ContainerMap) {
        for (name, mounts) in core::mem::take(&mut self.mounted) {
            let mut used: BTreeMap<ContainerPath, ConfigName> = BTreeMap::new();
            let sources = map.containers().get(&name).map_or(&[][..], |config| &config.uses);
            for source in sources.iter().map(|used| &used.source) {
                if let UseSource::Container { config, .. } = source {
                    used.extend(own_mounts(map, config).map(|path| (path.clone(), config.clone())));
                }
            }
            for (path, place) in mounts {
                if let Some(from) = used.get(&path) {
                    let (config, from) = (name.to_string(), from.to_string());
                    let kind = ViolationKind::HidesUsed { config, path: path.to_string(), from };
                    self.problems.report(&place, kind);
                }
            }
        }
    }
}

/// Returns where a container mounts something of its own.
fn own_mounts<'a>(
    map: &'a ContainerMap,
    config: &ConfigName,
) -> impl Iterator<Item = &'a ContainerPath> + use<'a> {
    map.containers().get(config).into_iter().flat_map(|config| {
        let volumes = config.uses.iter().filter_map(|used| match &used.source {
            UseSource::Volume { path, .. } => Some(path),
            UseSource::Container { .. } => None,
        });
        let binds = config.binds.iter().map(|bind| &bind.target);
        let attached = config.attaches.iter().map(|attach| &attach.path);
        config.shares.iter().chain(binds).chain(attached).chain(volumes)
    })
}
