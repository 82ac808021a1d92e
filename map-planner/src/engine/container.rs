//! Containers as the engine reports them (Docker API: `ContainerInspect`, `ContainerList`).

use alloc::boxed::Box;
use alloc::collections::{BTreeMap, BTreeSet};
use alloc::string::String;
use alloc::vec::Vec;
use core::net::{IpAddr, Ipv4Addr, Ipv6Addr};
use core::time::Duration;

use container_map::config::{Access, HostOptions, MacAddress, Propagation};
use container_map::{ContainerKey, Port};
use serde::{Deserialize, Serialize};

use super::{EngineId, Moment};
use crate::action::Condition;
use crate::spec::{EnvText, HealthcheckSpec, HostBinding};

/// A container that is inspected: in one of the map's slots, or labelled as the map's.
#[allow(
    clippy::struct_excessive_bools,
    reason = "each is a fact the engine tells, independent of the others"
)]
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ObservedContainer {
    /// The engine's identifier.
    pub id: EngineId,
    /// The image it runs.
    pub image: EngineId,
    /// Its labels, the image's included.
    #[serde(default)]
    pub labels: BTreeMap<String, String>,
    /// Whether it runs.
    pub state: RunState,
    /// Whether it was ever started.
    pub has_run: bool,
    /// When it was made, if that was recorded.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub created: Option<Moment>,
    /// When it was started last.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub started: Option<Moment>,
    /// Its processes, if it runs and they were asked for.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub processes: Option<Vec<ObservedProcess>>,
    /// Working user; empty for the image's default.
    #[serde(default)]
    pub user: String,
    /// Where commands start, from the map or the image.
    #[serde(default)]
    pub working_dir: String,
    /// The hardware address in the first network, where the engine tells the one that was asked for.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub mac_address: Option<MacAddress>,
    /// Whether there is a terminal.
    #[serde(default)]
    pub tty: bool,
    /// Whether the standard input stays open without a reader.
    #[serde(default)]
    pub stdin_open: bool,
    /// Host name.
    #[serde(default)]
    pub hostname: String,
    /// Domain name.
    #[serde(default)]
    pub domainname: String,
    /// The command's words, from the map or the image.
    #[serde(default)]
    pub command: Vec<String>,
    /// The entrypoint's words, from the map or the image.
    #[serde(default)]
    pub entrypoint: Vec<String>,
    /// The environment; no value where a snapshot was taken without values.
    #[serde(default)]
    pub environment: BTreeMap<String, Option<EnvText>>,
    /// What is mounted, by path.
    #[serde(default)]
    pub mounts: BTreeMap<String, ObservedMount>,
    /// Ports exposed by the map or the image.
    #[serde(default)]
    pub exposed: BTreeSet<Port>,
    /// Where ports are to be published, whether it runs or not (`HostConfig.PortBindings`).
    #[serde(default)]
    pub published: BTreeMap<Port, BTreeSet<HostBinding>>,
    /// Where the network namespace comes from.
    pub network: ObservedNetworkMode,
    /// Whether it shares a namespace whose owner was started again since: it runs, but is cut off.
    #[serde(default)]
    pub namespace_lost: bool,
    /// Places in networks, by the network's name.
    #[serde(default)]
    pub endpoints: BTreeMap<String, ObservedEndpoint>,
    /// Legacy links.
    #[serde(default)]
    pub links: BTreeSet<ObservedLink>,
    /// What the host gives it: the options that have a value, those that the engine filled in included.
    #[serde(default)]
    pub host: Box<HostOptions>,
    /// Options with a value that no map can say, by name, in the engine's words.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub unsayable: BTreeMap<String, String>,
    /// What its health check says, if it runs and has one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub health: Option<Health>,
    /// Health check set at creation or by the image.
    #[serde(default)]
    pub healthcheck: Option<HealthcheckSpec>,
    /// Stop signal set at creation or by the image; empty for the default.
    #[serde(default)]
    pub stop_signal: String,
    /// Stop timeout set at creation.
    #[serde(default)]
    pub stop_timeout: Option<Duration>,
}

impl ObservedContainer {
    /// Returns whether it has a health check, of its own or of its image.
    pub(crate) fn is_checked(&self) -> bool {
        self.healthcheck.as_ref().is_some_and(HealthcheckSpec::checks)
    }

    /// Returns whether it is as far as somebody waits for it to be.
    pub(crate) fn has_reached(&self, condition: Condition) -> bool {
        match condition {
            Condition::Started => {
                matches!(self.state, RunState::Running | RunState::Paused | RunState::Exited(0))
            }
            Condition::Healthy => self.health == Some(Health::Healthy),
            Condition::Ready => {
                self.has_reached(Condition::Started)
                    && self.health.is_none_or(|health| health == Health::Healthy)
            }
            Condition::Completed => self.has_run && self.state == RunState::Exited(0),
        }
    }
}

/// Whether a container runs (Docker API: `State.Status`).
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum RunState {
    /// Never started.
    Created,
    /// Running.
    Running,
    /// Frozen; it holds what a running one holds.
    Paused,
    /// Between two runs of its restart policy.
    Restarting,
    /// Ended with this exit code.
    Exited(i64),
    /// Could not be removed completely.
    Dead,
    /// On its way out.
    Removing,
}

impl RunState {
    /// Returns whether the container holds ports, addresses and a namespace.
    pub fn is_up(self) -> bool {
        matches!(self, Self::Running | Self::Paused | Self::Restarting)
    }
}

/// What a health check says (Docker API: `State.Health.Status`).
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Health {
    /// Nothing yet.
    Starting,
    /// It works.
    Healthy,
    /// It does not.
    Unhealthy,
}

/// One mount of a container.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ObservedMount {
    /// What is mounted.
    #[serde(flatten)]
    pub source: ObservedMountSource,
    /// Whether it can be written to.
    pub access: Access,
    /// Whether mounts below a host path are seen on the other side.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub propagation: Option<Propagation>,
}

/// What is mounted.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum ObservedMountSource {
    /// A volume, by name; anonymous ones have a name of 64 hexadecimal digits.
    Volume(String),
    /// A host path.
    Bind(String),
    /// Anything else, by the engine's word for it.
    Other(String),
}

impl ObservedMountSource {
    /// Returns the name of the volume, if it is one nobody named.
    pub fn anonymous(&self) -> Option<&str> {
        match self {
            Self::Volume(name) if name.len() == 64 && name.bytes().all(|b| b.is_ascii_hexdigit()) => {
                Some(name)
            }
            Self::Volume(_) | Self::Bind(_) | Self::Other(_) => None,
        }
    }
}

/// Where a container's network namespace comes from, as reported.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum ObservedNetworkMode {
    /// Not said: the default bridge.
    Default,
    /// A network by name (`bridge`, `host`, `none`, or a user's).
    Named(String),
    /// The namespace of the container with this identifier, which may be gone.
    Container(EngineId),
}

/// A place in a network, as configured (not what was assigned at run time).
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct ObservedEndpoint {
    /// The network's identifier; a stopped container keeps the one of a network that was made anew. Empty if the
    /// engine has not looked the network up yet.
    pub network: String,
    /// Further names, without the container's own short identifier.
    #[serde(default)]
    pub aliases: BTreeSet<String>,
    /// Links: alias to container name.
    #[serde(default)]
    pub links: BTreeMap<String, String>,
    /// Fixed IPv4 address.
    #[serde(default)]
    pub ipv4_address: Option<Ipv4Addr>,
    /// Fixed IPv6 address.
    #[serde(default)]
    pub ipv6_address: Option<Ipv6Addr>,
    /// Link-local addresses.
    #[serde(default)]
    pub link_local_ips: BTreeSet<IpAddr>,
    /// Options of the network's driver.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub driver_options: BTreeMap<String, String>,
}

/// A legacy link, by the name its target has now.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct ObservedLink {
    /// The target's present name.
    pub target: String,
    /// The alias.
    pub alias: String,
}

/// A process of a container, as the engine's host sees it (Docker API: `ContainerTop`).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ObservedProcess {
    /// The number of its user.
    pub uid: u32,
    /// The name that the host has for that user, or the number.
    pub user: String,
    /// Its command line.
    pub line: String,
}

/// Any other container of the engine: only what it holds that a map may want.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Bystander {
    /// The engine's identifier; none in a snapshot that does not tell.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub id: Option<EngineId>,
    /// Whether it runs.
    pub is_up: bool,
    /// The container of a map beside which dmap runs, or ran, something in it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub beside: Option<ContainerKey>,
    /// Names of the volumes it mounts.
    #[serde(default)]
    pub volumes: BTreeSet<String>,
    /// Names of the networks it is in.
    #[serde(default)]
    pub networks: BTreeSet<String>,
    /// Host ports it holds now.
    #[serde(default)]
    pub ports: BTreeMap<Port, BTreeSet<HostBinding>>,
}
