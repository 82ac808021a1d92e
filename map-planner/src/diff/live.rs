//! What an engine reports of a container, in the words of the facts.

use alloc::borrow::ToOwned;
use alloc::collections::BTreeSet;
use alloc::format;
use alloc::string::{String, ToString};

use container_map::{Port, Signal};

use super::facts::{ANONYMOUS, Fact, FactKey, json, published, with_access, words};
use super::options::live_option;
use crate::attribute::Attribute;
use crate::container_ref::ContainerRef;
use crate::engine::{
    EngineState, ObservedContainer, ObservedMount, ObservedMountSource, ObservedNetworkMode,
};

/// What a container has for an attribute.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Live {
    /// This value, or none.
    Told(Option<String>),
    /// The engine does not tell: the birth certificate alone decides.
    Untold,
}

/// Returns what a container has for an attribute.
pub(super) fn live(
    container: &ObservedContainer,
    engine: &EngineState,
    key: &FactKey,
    wanted: Option<&Fact>,
) -> Live {
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
        Attribute::Option => return live_option(container, engine, item, wanted),
        Attribute::MacAddress => match &container.mac_address {
            Some(address) => Some(address.to_string()),
            None => return Live::Untold,
        },
        Attribute::Hostname => some(&container.hostname),
        Attribute::Domainname => some(&container.domainname),
        Attribute::Environment => match container.environment.get(item) {
            None => None,
            Some(None) => return Live::Untold,
            Some(Some(value)) => Some(value.expose().to_owned()),
        },
        Attribute::Mount => container.mounts.get(item).map(live_mount),
        Attribute::Propagation => container
            .mounts
            .get(item)
            .and_then(|mount| mount.propagation)
            .map(|propagation| propagation.to_string()),
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
        | Attribute::Platform
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
            let Some(name) = engine.name_of(id) else { return "container that is gone".to_owned() };
            match object_key(name).filter(|_| engine.containers.contains_key(name)) {
                Some(owner) => format!("container {owner}"),
                None => format!("foreign container {name}"),
            }
        }
    }
}

/// Returns the key of the container whose object has a name, whatever its slot.
pub(super) fn object_key(name: &str) -> Option<String> {
    name.parse::<ContainerRef>().ok().map(|found| found.key.to_string())
}
