//! The fixed attributes of a container as comparable texts.

use alloc::borrow::ToOwned;
use alloc::collections::{BTreeMap, BTreeSet};
use alloc::format;
use alloc::string::{String, ToString};
use alloc::vec::Vec;

use container_map::config::Access;
use container_map::{Port, Signal};

use crate::attribute::Attribute;
use crate::container_ref::ContainerRef;
use crate::engine::{
    EngineState, ObservedContainer, ObservedMount, ObservedMountSource, ObservedNetworkMode,
};
use crate::spec::{ContainerSpec, HostBinding, MountSource, NetworkModeSpec};

/// One fixed attribute, and which one of several.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct FactKey {
    pub(super) attribute: Attribute,
    pub(super) item: Option<String>,
}

impl FactKey {
    fn one(attribute: Attribute) -> Self {
        Self { attribute, item: None }
    }

    fn item(attribute: Attribute, item: &impl ToString) -> Self {
        Self { attribute, item: Some(item.to_string()) }
    }
}

/// What a container is made with, per attribute that the map sets; no value where the map wants there to be none.
pub(super) type Facts = BTreeMap<FactKey, Option<String>>;

/// Returns the facts a specification sets.
pub(super) fn wanted(spec: &ContainerSpec) -> Facts {
    let mut facts = Facts::new();
    let mut set = |attribute, value: Option<String>| {
        if value.is_some() {
            facts.insert(FactKey::one(attribute), value);
        }
    };
    set(Attribute::Image, Some(spec.image.to_string()));
    set(Attribute::Command, spec.command.as_deref().map(words));
    set(Attribute::Entrypoint, spec.entrypoint.as_deref().map(words));
    set(Attribute::User, spec.user.clone());
    set(Attribute::Hostname, spec.hostname.clone());
    set(Attribute::Domainname, spec.domainname.clone());
    set(Attribute::NetworkMode, Some(network_mode(&spec.network)));
    set(Attribute::Healthcheck, spec.healthcheck.as_ref().map(json));
    set(Attribute::StopSignal, spec.stop_signal.as_ref().map(ToString::to_string));
    set(Attribute::StopTimeout, spec.stop_timeout.map(|timeout| format!("{} s", timeout.as_secs())));
    for (name, value) in &spec.environment {
        facts.insert(
            FactKey::item(Attribute::Environment, name),
            value.as_ref().map(|value| value.expose().to_owned()),
        );
    }
    for (path, mount) in &spec.mounts {
        let source = match &mount.source {
            MountSource::Bind(path) => format!("host path {path}"),
            MountSource::Volume(key) | MountSource::PreparedVolume(key) => format!("volume {key}"),
            MountSource::Anonymous | MountSource::Kept(_) => ANONYMOUS.to_owned(),
        };
        facts.insert(FactKey::item(Attribute::Mount, path), Some(with_access(&source, mount.access)));
    }
    for from in &spec.volumes_from {
        let key = FactKey::item(Attribute::VolumesFrom, &from.container.key);
        facts.insert(key, Some(from.access.as_str().to_owned()));
    }
    for (port, bindings) in &spec.ports {
        facts.insert(FactKey::item(Attribute::Port, port), Some(published(bindings)));
    }
    for link in &spec.links {
        facts.insert(FactKey::item(Attribute::Link, &link.alias), Some(link.container.key.to_string()));
    }
    facts
}

/// What a container has for an attribute.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Live {
    /// This value, or none.
    Told(Option<String>),
    /// The engine does not tell: the birth certificate alone decides.
    Untold,
}

/// Returns what a container has for an attribute.
pub(super) fn live(container: &ObservedContainer, engine: &EngineState, key: &FactKey) -> Live {
    let item = key.item.as_deref().unwrap_or_default();
    let some = |text: &str| (!text.is_empty()).then(|| text.to_owned());
    Live::Told(match key.attribute {
        Attribute::Command => Some(words(&container.command)),
        Attribute::Entrypoint => Some(words(&container.entrypoint)),
        Attribute::User => some(&container.user),
        Attribute::Hostname => some(&container.hostname),
        Attribute::Domainname => some(&container.domainname),
        Attribute::Environment => match container.environment.get(item) {
            None => None,
            Some(None) => return Live::Untold,
            Some(Some(value)) => Some(value.expose().to_owned()),
        },
        Attribute::Mount => container.mounts.get(item).map(live_mount),
        Attribute::Port => live_port(container, item),
        Attribute::NetworkMode => Some(live_network_mode(container, engine)),
        Attribute::Link => {
            let link = container.links.iter().find(|link| link.alias == item);
            link.map(|link| object_key(&link.target).unwrap_or_else(|| link.target.clone()))
        }
        Attribute::Healthcheck => container.healthcheck.as_ref().map(json),
        Attribute::StopSignal => {
            let signal = container.stop_signal.as_str();
            some(&signal.parse::<Signal>().map_or_else(|_| signal.to_owned(), |signal| signal.to_string()))
        }
        Attribute::StopTimeout => container.stop_timeout.map(|timeout| format!("{} s", timeout.as_secs())),
        // Images are compared by identifier, the others are not fixed or not told.
        Attribute::Image
        | Attribute::VolumesFrom
        | Attribute::Endpoint
        | Attribute::Owner
        | Attribute::Mode
        | Attribute::NetworkOptions
        | Attribute::VolumeOptions => return Live::Untold,
    })
}

fn live_mount(mount: &ObservedMount) -> String {
    let source = match &mount.source {
        source if source.anonymous().is_some() => ANONYMOUS.to_owned(),
        ObservedMountSource::Volume(name) => format!("volume {name}"),
        ObservedMountSource::Bind(path) => format!("host path {path}"),
        ObservedMountSource::Other(kind) => kind.clone(),
    };
    with_access(&source, mount.access)
}

const ANONYMOUS: &str = "anonymous volume";

fn live_port(container: &ObservedContainer, item: &str) -> Option<String> {
    let port: Port = item.parse().ok()?;
    match container.published.get(&port) {
        Some(bindings) => Some(published(bindings)),
        None => container.exposed.contains(&port).then(|| published(&BTreeSet::new())),
    }
}

/// `default` and `bridge` are two words of the engine for one thing.
fn live_network_mode(container: &ObservedContainer, engine: &EngineState) -> String {
    match &container.network {
        ObservedNetworkMode::Default => "bridge".to_owned(),
        ObservedNetworkMode::Named(name) => name.clone(),
        ObservedNetworkMode::Container(id) => {
            let owner = engine.name_of(id).map(|name| object_key(name).unwrap_or_else(|| name.to_owned()));
            owner.map_or_else(|| "container that is gone".to_owned(), |owner| format!("container {owner}"))
        }
    }
}

fn network_mode(mode: &NetworkModeSpec) -> String {
    match mode {
        NetworkModeSpec::Default => "bridge".to_owned(),
        NetworkModeSpec::Network(network) => network.docker_name(),
        NetworkModeSpec::Container(owner) => format!("container {}", owner.key),
        NetworkModeSpec::Foreign(name) => format!("foreign container {name}"),
    }
}

/// Returns the key of the container whose object has a name, whatever its slot.
fn object_key(name: &str) -> Option<String> {
    name.parse::<ContainerRef>().ok().map(|found| found.key.to_string())
}

fn words(words: &[String]) -> String {
    json(&words)
}

fn json(value: &impl serde::Serialize) -> String {
    serde_json::to_string(value).expect("because the value has no maps with other keys than strings")
}

fn with_access(source: &str, access: Access) -> String {
    format!("{source} {}", access.as_str())
}

fn published(bindings: &BTreeSet<HostBinding>) -> String {
    if bindings.is_empty() {
        return "exposed".to_owned();
    }
    let texts: Vec<String> = bindings.iter().map(ToString::to_string).collect();
    format!("published on {}", texts.join(", "))
}
