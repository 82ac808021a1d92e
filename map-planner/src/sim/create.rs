//! Creating containers: everything that names become when they turn into objects.

use alloc::borrow::ToOwned;
use alloc::boxed::Box;
use alloc::collections::{BTreeMap, BTreeSet};
use alloc::string::{String, ToString};
use alloc::vec::Vec;

use container_map::{NetworkKey, PresetNetwork};

use super::host::given;
use super::{SimContainer, SimEngine, SimError, SimImage};
use crate::engine::{EngineId, Moment, ObservedContainer, ObservedEndpoint, ObservedNetworkMode, RunState};
use crate::spec::{ContainerSpec, EndpointSpec, EnvText, EnvValue, NetworkModeSpec};

/// Whether the paths an image declares as volumes get one, or are covered by something that is not kept.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Declared {
    Anonymous,
    Covered,
}

impl SimEngine {
    /// Creates a container under any name; returns its identifier.
    ///
    /// # Errors
    ///
    /// What it names does not exist, the name is taken, or the specification contradicts itself.
    pub fn create_container(&mut self, name: &str, spec: &ContainerSpec) -> Result<EngineId, SimError> {
        let image = self.image(&spec.image)?.0.clone();
        self.create(name, &image, spec, Declared::Anonymous)
    }

    pub(super) fn create(
        &mut self,
        name: &str,
        image_id: &EngineId,
        spec: &ContainerSpec,
        declared: Declared,
    ) -> Result<EngineId, SimError> {
        let image = self.images.get(image_id).cloned();
        let image = image.ok_or_else(|| SimError::not_found("image", image_id.as_str()))?;
        if self.find(name).is_ok() {
            return Err(SimError::NameTaken { what: "container", name: name.to_owned() });
        }
        contradiction(spec).map_or(Ok(()), |why| Err(SimError::refused(name, why)))?;
        let network = self.network_mode(&spec.network)?;
        let environment = self.environment(spec, &image)?;
        // Volumes come before the rest is looked at, and stay when that fails.
        let mounts = self.mounts(&image, spec, declared)?;
        let links = self.links(spec)?;
        let endpoints = self.endpoints(name, spec)?;
        self.copy_up(&image, &mounts);
        let (command, entrypoint) = words(spec, &image);
        let id = EngineId::new(self.issue('c'));
        let short_id: String = id.as_str().chars().take(12).collect();
        let shares = matches!(network, ObservedNetworkMode::Container(_));
        self.clock += 1;
        let facts = ObservedContainer {
            created: Some(Moment::tick(self.clock)),
            started: None,
            id: id.clone(),
            image: image_id.clone(),
            labels: merged(&image.labels, &spec.labels),
            state: RunState::Created,
            has_run: false,
            processes: None,
            user: spec.user.clone().unwrap_or_else(|| image.user.clone()),
            working_dir: own_or(spec.working_dir.as_ref(), &image.working_dir),
            mac_address: spec.mac_address,
            tty: spec.tty.unwrap_or_default(),
            stdin_open: spec.stdin_open.unwrap_or_default(),
            hostname: spec.hostname.clone().unwrap_or(if shares { String::new() } else { short_id }),
            domainname: spec.domainname.clone().unwrap_or_default(),
            command,
            entrypoint,
            environment,
            mounts: mounts.into_iter().map(|(path, mount)| (path, mount.observed)).collect(),
            exposed: spec.ports.keys().chain(&image.exposed).copied().collect(),
            published: published(spec),
            network,
            namespace_lost: false,
            endpoints,
            links: BTreeSet::new(),
            host: Box::new(given(&spec.host)),
            unsayable: BTreeMap::new(),
            health: None,
            healthcheck: spec.healthcheck.clone().or_else(|| image.healthcheck.clone()),
            stop_signal: own_or(spec.stop_signal.as_ref(), &image.stop_signal),
            stop_timeout: spec.stop_timeout,
        };
        let container = SimContainer { name: name.to_owned(), facts, links, executed: Vec::new() };
        self.containers.insert(container);
        Ok(id)
    }

    fn network_mode(&self, mode: &NetworkModeSpec) -> Result<ObservedNetworkMode, SimError> {
        let owner =
            |name: &str| self.find(name).map(|owner| ObservedNetworkMode::Container(owner.facts.id.clone()));
        match mode {
            NetworkModeSpec::Default => Ok(ObservedNetworkMode::Default),
            NetworkModeSpec::Network(key) => Ok(ObservedNetworkMode::Named(key.docker_name())),
            NetworkModeSpec::Container(found) => owner(&found.docker_name()),
            NetworkModeSpec::Foreign(name) => owner(name),
        }
    }

    /// An image's variables, with those of the container's own in their place or without them.
    fn environment(
        &self,
        spec: &ContainerSpec,
        image: &SimImage,
    ) -> Result<BTreeMap<String, Option<EnvText>>, SimError> {
        let inherited = image.environment.iter();
        let mut environment: BTreeMap<String, Option<EnvText>> =
            inherited.map(|(name, value)| (name.clone(), Some(EnvText::new(value)))).collect();
        for (name, value) in &spec.environment {
            let Some(value) = value else {
                environment.remove(name);
                continue;
            };
            let text = match value {
                EnvValue::Text(text) => text.clone(),
                EnvValue::Secret { secret } => {
                    let found = self.secrets.get(secret);
                    let found = found.ok_or_else(|| SimError::not_found("secret", secret.to_string()))?;
                    EnvText::new(found.expose())
                }
            };
            environment.insert(name.clone(), Some(text));
        }
        Ok(environment)
    }

    /// Legacy links exist on the default bridge only; elsewhere the engine drops them without a word.
    fn links(&self, spec: &ContainerSpec) -> Result<BTreeSet<(EngineId, String)>, SimError> {
        let bridge = NetworkKey::Preset(PresetNetwork::Bridge);
        let on_bridge =
            spec.network == NetworkModeSpec::Default || spec.network == NetworkModeSpec::Network(bridge);
        let resolve = |link: &crate::spec::LinkSpec| {
            let target = self.find(&link.container.docker_name())?;
            Ok((target.facts.id.clone(), link.alias.clone()))
        };
        if on_bridge { spec.links.iter().map(resolve).collect() } else { Ok(BTreeSet::new()) }
    }

    fn endpoints(
        &self,
        name: &str,
        spec: &ContainerSpec,
    ) -> Result<BTreeMap<String, ObservedEndpoint>, SimError> {
        let network = match &spec.network {
            NetworkModeSpec::Default => NetworkKey::Preset(PresetNetwork::Bridge),
            NetworkModeSpec::Network(key) => key.clone(),
            NetworkModeSpec::Container(_) | NetworkModeSpec::Foreign(_) => return Ok(BTreeMap::new()),
        };
        self.network(&network.docker_name())?;
        let unset = EndpointSpec::default();
        let endpoint = spec.endpoints.get(&network).unwrap_or(&unset);
        self.check_endpoint(name, &network.docker_name(), endpoint)?;
        Ok(BTreeMap::from([(network.docker_name(), super::network::endpoint(endpoint, None))]))
    }
}

/// Returns why the engine refuses a specification whatever its own state is.
fn contradiction(spec: &ContainerSpec) -> Option<&'static str> {
    let host = NetworkModeSpec::Network(NetworkKey::Preset(PresetNetwork::Host));
    let shares = matches!(spec.network, NetworkModeSpec::Container(_) | NetworkModeSpec::Foreign(_));
    let network = match &spec.network {
        NetworkModeSpec::Network(key) => Some(key),
        NetworkModeSpec::Default => Some(&NetworkKey::Preset(PresetNetwork::Bridge)),
        NetworkModeSpec::Container(_) | NetworkModeSpec::Foreign(_) => None,
    };
    if spec.endpoints.keys().any(|key| Some(key) != network) {
        // Below API 1.44 there can be one, and it has to be the one that the network mode names.
        Some("a container is created in the network of its network mode alone")
    } else if shares && spec.hostname.is_some() {
        Some("a host name conflicts with somebody else's namespace")
    } else if shares && !spec.ports.is_empty() {
        Some("ports conflict with somebody else's namespace")
    } else if (shares || spec.network == host) && !spec.links.is_empty() {
        Some("links conflict with this network mode")
    } else {
        None
    }
}

/// Returns command and entrypoint: an entrypoint of the container's own drops the image's command.
fn words(spec: &ContainerSpec, image: &SimImage) -> (Vec<String>, Vec<String>) {
    let given = |words: &Option<Vec<String>>| words.clone().filter(|words| !words.is_empty());
    let inherited = if given(&spec.entrypoint).is_some() { Vec::new() } else { image.command.clone() };
    let command = given(&spec.command).unwrap_or(inherited);
    (command, spec.entrypoint.clone().unwrap_or_else(|| image.entrypoint.clone()))
}

/// Returns the container's own value as the engine reports it, or else the image's.
fn own_or(own: Option<&impl ToString>, image: &str) -> String {
    own.map_or_else(|| image.to_owned(), ToString::to_string)
}

fn published(spec: &ContainerSpec) -> BTreeMap<container_map::Port, BTreeSet<crate::spec::HostBinding>> {
    let published = spec.ports.iter().filter(|(_, bindings)| !bindings.is_empty());
    published.map(|(port, bindings)| (*port, bindings.clone())).collect()
}

fn merged(image: &BTreeMap<String, String>, own: &BTreeMap<String, String>) -> BTreeMap<String, String> {
    image.iter().chain(own).map(|(name, value)| (name.clone(), value.clone())).collect()
}
