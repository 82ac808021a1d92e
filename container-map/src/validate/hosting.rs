//! The checks of where containers run: their clients, and what an engine would refuse there.

use alloc::collections::BTreeMap;
use alloc::string::ToString;
use alloc::vec::Vec;

use super::Checker;
use crate::config::{ContainerConfig, NetworkMode, UseSource};
use crate::error::ViolationKind;
use crate::key::ContainerKey;
use crate::map::ContainerMap;
use crate::name::{ClientName, ConfigName};
use crate::path::ContainerPath;
use crate::raw::{Text, closest};

/// The longest host name that Linux takes, in bytes.
const LONGEST_HOSTNAME: usize = 64;

impl Checker<'_> {
    /// Checks a map for the engines it is for.
    pub(super) fn hosting(&mut self, map: &ContainerMap) {
        for text in &self.raw.clients {
            self.known_client(text);
        }
        for (name, config) in map.containers() {
            for text in self.scope.configs.get(name.as_str()).map_or(&[][..], |known| &known.raw.clients) {
                self.known_client(text);
            }
            let clients = map.clients_of(name);
            self.dependencies_run_there(map, name, &clients);
            self.interfaces(name, config, &clients);
            self.published_without_network(name, config);
            self.hostnames(map, name, config, &clients);
            self.hidden_mounts(map, name, config);
        }
    }

    fn known_client(&mut self, text: &Text) {
        let clients = &self.surroundings.clients;
        let is_known = clients.keys().any(|client| client.as_str() == text.as_str());
        if is_known || !self.surroundings.closed || text.as_str().parse::<ClientName>().is_err() {
            return;
        }
        let suggestion = closest(text.as_str(), clients.keys().map(ClientName::as_str));
        let kind = ViolationKind::UnknownClient {
            name: text.value.clone(),
            suggestion: suggestion.map(ToString::to_string),
        };
        self.problems.report(&text.place, kind);
    }

    /// Engines do not reach each other's containers, so what a container needs has to be where it is.
    fn dependencies_run_there(&mut self, map: &ContainerMap, name: &ConfigName, clients: &[ClientName]) {
        for key in map.instances(name).first().map(|key| map.dependencies(key)).unwrap_or_default() {
            let Some(place) = self.references.get(&(name.clone(), key.config.clone())).cloned() else {
                continue;
            };
            let Some(client) = clients.iter().find(|client| !map.runs_on(&key.config, client)) else {
                continue;
            };
            let kind = ViolationKind::NotOnClient {
                config: name.to_string(),
                needs: key.config.to_string(),
                client: client.to_string(),
            };
            self.problems.report(&place, kind);
        }
    }

    fn interfaces(&mut self, name: &ConfigName, config: &ContainerConfig, clients: &[ClientName]) {
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
                let known = self.scope.configs.get(name.as_str());
                let mut texts = known.into_iter().flat_map(|known| &known.raw.exposes);
                let text = texts.find_map(|expose| {
                    expose.interface.as_ref().filter(|text| text.as_str() == interface.as_str())
                });
                if let Some(text) = text {
                    self.problems.report(&text.place, kind);
                }
            }
        }
    }

    /// The engine refuses ports in somebody else's network, and drops them silently on the host's.
    fn published_without_network(&mut self, name: &ConfigName, config: &ContainerConfig) {
        let whose = match &config.network_mode {
            Some(NetworkMode::Host) => "the host",
            Some(NetworkMode::Container { .. } | NetworkMode::Foreign(_)) => "another container",
            Some(NetworkMode::Bridge | NetworkMode::None) | None => return,
        };
        let known = self.scope.configs.get(name.as_str());
        let mut texts = known.into_iter().flat_map(|known| &known.raw.exposes);
        if let Some(text) = texts.find_map(|expose| expose.host_port.as_ref()) {
            let kind = ViolationKind::PublishedWithoutNetwork { config: name.to_string(), whose };
            self.problems.report(&text.place, kind);
        }
    }

    /// A longer name lets a container be created, but not started.
    fn hostnames(
        &mut self,
        map: &ContainerMap,
        name: &ConfigName,
        config: &ContainerConfig,
        clients: &[ClientName],
    ) {
        let shares_network = matches!(
            config.network_mode,
            Some(NetworkMode::Host | NetworkMode::Container { .. } | NetworkMode::Foreign(_))
        );
        if !map.sets_hostname() || shares_network {
            return;
        }
        let names = map.instances(name).into_iter().flat_map(|key| {
            clients.iter().map(move |client| key.hostname_on(client)).collect::<Vec<_>>()
        });
        let Some(hostname) = names.into_iter().find(|hostname| hostname.len() > LONGEST_HOSTNAME) else {
            return;
        };
        if let Some(known) = self.scope.configs.get(name.as_str()) {
            let place = known.text.place.clone();
            self.problems.report(&place, ViolationKind::LongHostname { hostname });
        }
    }

    /// The engine lets a container's own mount win over one that comes with another container, without a word.
    fn hidden_mounts(&mut self, map: &ContainerMap, name: &ConfigName, config: &ContainerConfig) {
        let mut used: BTreeMap<ContainerPath, ConfigName> = BTreeMap::new();
        for source in config.uses.iter().map(|used| &used.source) {
            if let UseSource::Container { config, instance } = source {
                for key in map.resolve(config, instance.as_ref()) {
                    used.extend(own_mounts(map, &key).into_iter().map(|path| (path, config.clone())));
                }
            }
        }
        if used.is_empty() {
            return;
        }
        let Some(known) = self.scope.configs.get(name.as_str()) else { return };
        let raw = &known.raw;
        let mut mounts = Vec::new();
        let shares = config.shares.iter().map(|path| (path, path.as_str()));
        mounts.extend(shares.filter_map(|(path, text)| Some((path, find(&raw.shares, text)?))));
        mounts.extend(config.binds.iter().zip(&raw.binds).map(|(bind, raw)| (&bind.target, &raw.target)));
        mounts.extend(config.attaches.iter().zip(&raw.attaches).map(|(own, raw)| (&own.path, &raw.name)));
        mounts.extend(config.uses.iter().zip(&raw.uses).filter_map(|(used, raw)| match &used.source {
            UseSource::Volume { path, .. } => Some((path, &raw.name)),
            UseSource::Container { .. } => None,
        }));
        for (path, text) in mounts {
            if let Some(from) = used.get(path) {
                let (config, from) = (name.to_string(), from.to_string());
                let kind = ViolationKind::HidesUsed { config, path: path.to_string(), from };
                self.problems.report(&text.place, kind);
            }
        }
    }
}

fn find<'a>(texts: &'a [Text], path: &str) -> Option<&'a Text> {
    texts.iter().find(|text| text.as_str().trim_end_matches('/') == path)
}

/// Returns where a container mounts something of its own.
fn own_mounts(map: &ContainerMap, key: &ContainerKey) -> Vec<ContainerPath> {
    let Some(config) = map.config(key) else {
        return Vec::new();
    };
    let volumes = config.uses.iter().filter_map(|used| match &used.source {
        UseSource::Volume { path, .. } => Some(path),
        UseSource::Container { .. } => None,
    });
    let binds = config.binds.iter().map(|bind| &bind.target);
    let attached = config.attaches.iter().map(|attach| &attach.path);
    config.shares.iter().chain(binds).chain(attached).chain(volumes).cloned().collect()
}
