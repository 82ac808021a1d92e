//! The fixed attributes of a container as comparable texts.

use alloc::borrow::ToOwned;
use alloc::collections::{BTreeMap, BTreeSet};
use alloc::format;
use alloc::string::{String, ToString};
use alloc::vec::Vec;

use container_map::config::{Access, CompareMode, CompareRules};
use container_map::{Secret, SecretSource};

use super::options::{covers, options};
use crate::attribute::{Attribute, Remedy};
use crate::label;
use crate::spec::{ContainerSpec, EnvValue, HostBinding, MountSource, NetworkModeSpec};

/// One fixed attribute, and which one of several.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct FactKey {
    pub(super) attribute: Attribute,
    pub(super) item: Option<String>,
}

impl FactKey {
    pub(super) fn one(attribute: Attribute) -> Self {
        Self { attribute, item: None }
    }

    pub(super) fn item(attribute: Attribute, item: &impl ToString) -> Self {
        Self { attribute, item: Some(item.to_string()) }
    }
}

impl FactKey {
    /// Returns how the map wants it compared, if not as usual.
    pub(super) fn rule(&self, rules: &CompareRules) -> Option<CompareMode> {
        match (self.attribute, &self.item) {
            (Attribute::Option, Some(option)) => rules.mode(option),
            (attribute, _) => rules.mode(attribute.as_str()),
        }
    }

    /// Returns whether an engine adds to what the map says by itself.
    pub(super) fn may_be_filled_in(&self) -> bool {
        self.attribute == Attribute::Option && self.item.as_deref() == Some("log_config")
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

impl Fact {
    /// Returns whether the engine has all that is wanted, and only more.
    pub(super) fn is_covered(&self, key: &FactKey, live: Option<&str>) -> bool {
        match (key.attribute, self, live) {
            (Attribute::Option, Self::Text(wanted), Some(live)) => covers(live, wanted),
            (Attribute::Port, Self::Text(wanted), Some(live)) => {
                let bindings = |text: &str| -> BTreeSet<String> {
                    let listed = text.strip_prefix(PUBLISHED).unwrap_or_default();
                    listed.split(", ").filter(|binding| !binding.is_empty()).map(ToOwned::to_owned).collect()
                };
                bindings(wanted).is_subset(&bindings(live))
            }
            _ => false,
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
        if Attribute::Option.remedy(Some(&name)) == Remedy::Replace {
            item(Attribute::Option, &name, value);
        }
    }
    for (path, mount) in &spec.mounts {
        let source = match &mount.source {
            MountSource::Bind(path) => format!("host path {path}"),
            MountSource::Volume(key) | MountSource::PreparedVolume(key) => format!("volume {key}"),
            MountSource::Anonymous | MountSource::Kept(_) => ANONYMOUS.to_owned(),
        };
        item(Attribute::Mount, path, with_access(&source, mount.access));
        if let Some(propagation) = mount.propagation {
            item(Attribute::Propagation, path, propagation.to_string());
        }
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

fn network_mode(mode: &NetworkModeSpec) -> String {
    match mode {
        NetworkModeSpec::Default => "bridge".to_owned(),
        NetworkModeSpec::Network(network) => network.docker_name(),
        NetworkModeSpec::Container(owner) => format!("container {}", owner.key),
        NetworkModeSpec::Foreign(name) => format!("foreign container {name}"),
    }
}

pub(super) const ANONYMOUS: &str = "anonymous volume";

pub(super) fn words(words: &[String]) -> String {
    json(&words)
}

pub(super) fn json(value: &impl serde::Serialize) -> String {
    serde_json::to_string(value).expect("because the value has no maps with other keys than strings")
}

pub(super) fn with_access(source: &str, access: Access) -> String {
    format!("{source} {}", access.as_str())
}

pub(super) fn published(bindings: &BTreeSet<HostBinding>) -> String {
    if bindings.is_empty() {
        return "exposed".to_owned();
    }
    let texts: Vec<String> = bindings.iter().map(ToString::to_string).collect();
    format!("{PUBLISHED}{}", texts.join(", "))
}

const PUBLISHED: &str = "published on ";
