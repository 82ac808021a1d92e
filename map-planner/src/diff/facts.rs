//! The fixed attributes of a container as comparable texts.

use alloc::borrow::ToOwned;
use alloc::collections::{BTreeMap, BTreeSet};
use alloc::format;
use alloc::string::{String, ToString};
use alloc::vec::Vec;

use container_map::config::{Access, HostOptions};
use container_map::{Port, Secret, SecretSource, Signal};
use serde_json::{Map, Value};

use crate::attribute::Attribute;
use crate::container_ref::ContainerRef;
use crate::engine::{
    EngineState, ObservedContainer, ObservedMount, ObservedMountSource, ObservedNetworkMode,
};
use crate::label;
use crate::spec::{ContainerSpec, EnvValue, HostBinding, MountSource, NetworkModeSpec};

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

/// What the map sets an attribute to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Fact {
    /// There is to be none.
    Absent,
    /// This text.
    Text(String),
    /// What a secret holds: it is compared in memory, and everything that is written names its source.
    Secret(SecretSource),
}

impl Fact {
    /// Returns whether what the engine has is as wanted; nobody can tell if the secret that says so was not read.
    pub(super) fn is_met(
        &self,
        live: Option<&str>,
        secrets: &BTreeMap<SecretSource, Secret>,
    ) -> Option<bool> {
        match self {
            Self::Absent => Some(live.is_none()),
            Self::Text(text) => Some(live == Some(text)),
            // A variable that is not there at all differs whatever the secret is.
            Self::Secret(_) if live.is_none() => Some(false),
            Self::Secret(source) => secrets.get(source).map(|secret| live == Some(secret.expose())),
        }
    }
}

/// What a container is made with, per attribute that the map sets.
pub(super) type Facts = BTreeMap<FactKey, Fact>;

/// Returns the facts a specification sets.
pub(super) fn wanted(spec: &ContainerSpec) -> Facts {
    let mut facts = Facts::new();
    let mut set = |attribute, value: Option<String>| {
        facts.extend(value.map(|value| (FactKey::one(attribute), Fact::Text(value))));
    };
    set(Attribute::Image, Some(spec.image.to_string()));
    set(Attribute::Command, spec.command.as_deref().map(words));
    set(Attribute::Entrypoint, spec.entrypoint.as_deref().map(words));
    set(Attribute::User, spec.user.clone());
    set(Attribute::WorkingDir, spec.working_dir.as_ref().map(ToString::to_string));
    set(Attribute::Tty, spec.tty.as_ref().map(ToString::to_string));
    set(Attribute::StdinOpen, spec.stdin_open.as_ref().map(ToString::to_string));
    set(Attribute::MacAddress, spec.mac_address.as_ref().map(ToString::to_string));
    set(Attribute::Platform, spec.platform.clone());
    set(Attribute::Hostname, spec.hostname.clone());
    set(Attribute::Domainname, spec.domainname.clone());
    set(Attribute::NetworkMode, Some(network_mode(&spec.network)));
    set(Attribute::Healthcheck, spec.healthcheck.as_ref().map(json));
    set(Attribute::StopSignal, spec.stop_signal.as_ref().map(ToString::to_string));
    set(Attribute::StopTimeout, spec.stop_timeout.map(|timeout| format!("{} s", timeout.as_secs())));
    for (name, value) in &spec.environment {
        facts.insert(FactKey::item(Attribute::Environment, name), variable(value.as_ref()));
    }
    let mut item = |attribute, item: &dyn ToString, value: String| {
        facts.insert(FactKey { attribute, item: Some(item.to_string()) }, Fact::Text(value));
    };
    for (name, value) in label::of_map(&spec.labels) {
        item(Attribute::Label, name, value.clone());
    }
    for (name, value) in options(&spec.host) {
        item(Attribute::Option, &name, value);
    }
    for (path, mount) in &spec.mounts {
        let source = match &mount.source {
            MountSource::Bind(path) => format!("host path {path}"),
            MountSource::Volume(key) | MountSource::PreparedVolume(key) => format!("volume {key}"),
            MountSource::Anonymous | MountSource::Kept(_) => ANONYMOUS.to_owned(),
        };
        item(Attribute::Mount, path, with_access(&source, mount.access));
    }
    for from in &spec.volumes_from {
        item(Attribute::VolumesFrom, &from.container.key, from.access.as_str().to_owned());
    }
    for (port, bindings) in &spec.ports {
        item(Attribute::Port, port, published(bindings));
    }
    for link in &spec.links {
        item(Attribute::Link, &link.alias, link.container.key.to_string());
    }
    facts
}

fn variable(value: Option<&EnvValue>) -> Fact {
    match value {
        None => Fact::Absent,
        Some(EnvValue::Text(text)) => Fact::Text(text.expose().to_owned()),
        Some(EnvValue::Secret { secret }) => Fact::Secret(secret.clone()),
    }
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
        Attribute::WorkingDir => some(&container.working_dir),
        Attribute::Tty => Some(container.tty.to_string()),
        Attribute::StdinOpen => Some(container.stdin_open.to_string()),
        Attribute::Label => container.labels.get(item).cloned(),
        Attribute::Option => return live_option(container, item),
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
        | Attribute::MacAddress
        | Attribute::Platform
        | Attribute::VolumesFrom
        | Attribute::Endpoint
        | Attribute::Owner
        | Attribute::Mode
        | Attribute::NetworkOptions
        | Attribute::VolumeOptions => return Live::Untold,
    })
}

/// Returns the options that are set, each as a text.
fn options(host: &HostOptions) -> impl Iterator<Item = (String, String)> + use<> {
    let options = serde_json::to_value(host).expect("because all keys of options are strings");
    let options = match options {
        Value::Object(options) => options,
        _ => Map::new(),
    };
    options.into_iter().map(|(name, value)| match value {
        Value::String(text) => (name, text),
        value => (name, value.to_string()),
    })
}

/// Returns what a container has for an option, where that is observed.
fn live_option(container: &ObservedContainer, name: &str) -> Live {
    let mut live = HostOptions::default();
    match name {
        // An engine that cannot limit memory drops the limit, and no limit cannot be set later.
        "mem_limit" if container.memory.is_some() => live.mem_limit = container.memory,
        "restart_policy" => live.restart_policy = Some(container.restart_policy),
        _ => return Live::Untold,
    }
    Live::Told(options(&live).find(|(found, _)| found == name).map(|(_, text)| text))
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
