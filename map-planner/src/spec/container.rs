//! The container an engine should have (Docker API: `ContainerCreate`).

use alloc::collections::{BTreeMap, BTreeSet};
use alloc::string::String;
use alloc::sync::Arc;
use alloc::vec::Vec;
use core::fmt;
use core::net::{IpAddr, Ipv4Addr, Ipv6Addr};
use core::time::Duration;

use container_map::config::{Access, HealthTest, Healthcheck, HostOptions, MacAddress, Propagation};
use container_map::{ContainerPath, HostPath, ImageRef, NetworkKey, Port, Signal, VolumeKey};
use schemars::JsonSchema;
use serde::{Deserialize, Deserializer, Serialize, Serializer};

use super::EnvValue;
use crate::container_ref::ContainerRef;

/// All that a container is created with. Unset fields are left to the image and the engine.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct ContainerSpec {
    /// The image.
    pub image: ImageRef,
    /// Host name inside the container.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub hostname: Option<String>,
    /// Domain name inside the container.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub domainname: Option<String>,
    /// Working user, as the engine takes it: `user` or `user:group`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub user: Option<String>,
    /// Where commands start.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub working_dir: Option<ContainerPath>,
    /// Whether there is a terminal.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub tty: Option<bool>,
    /// Whether the standard input stays open without a reader.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub stdin_open: Option<bool>,
    /// The hardware address in the first network.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub mac_address: Option<MacAddress>,
    /// The platform of the image, as `linux/arm64`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub platform: Option<String>,
    /// The command's words.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub command: Option<Vec<String>>,
    /// The entrypoint's words.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub entrypoint: Option<Vec<String>>,
    /// Environment; no value removes the variable the image sets.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub environment: BTreeMap<String, Option<EnvValue>>,
    /// What is mounted where.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub mounts: BTreeMap<ContainerPath, MountSpec>,
    /// Containers whose volumes are mounted too.
    #[serde(default, skip_serializing_if = "BTreeSet::is_empty")]
    pub volumes_from: BTreeSet<VolumesFrom>,
    /// Exposed ports, each with the host's addresses it is published on.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub ports: BTreeMap<Port, BTreeSet<HostBinding>>,
    /// Where the network namespace comes from.
    pub network: NetworkModeSpec,
    /// The places in networks; in a create action only the one that `network` names, the others are connected to.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub endpoints: BTreeMap<NetworkKey, EndpointSpec>,
    /// Legacy links, on the default bridge only.
    #[serde(default, skip_serializing_if = "BTreeSet::is_empty")]
    pub links: BTreeSet<LinkSpec>,
    /// Health check.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub healthcheck: Option<HealthcheckSpec>,
    /// The signal that stops it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub stop_signal: Option<Signal>,
    /// Time between the stop signal and the kill, whole seconds.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub stop_timeout: Option<Duration>,
    /// What the host gives it; shared with the map.
    #[serde(
        default,
        skip_serializing_if = "is_unset",
        serialize_with = "write_options",
        deserialize_with = "read_options"
    )]
    pub host: Arc<HostOptions>,
    /// Labels: the map's own, identity and birth certificate.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub labels: BTreeMap<String, String>,
}

fn is_unset(options: &Arc<HostOptions>) -> bool {
    **options == HostOptions::default()
}

fn write_options<S: Serializer>(options: &Arc<HostOptions>, serializer: S) -> Result<S::Ok, S::Error> {
    options.as_ref().serialize(serializer)
}

fn read_options<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Arc<HostOptions>, D::Error> {
    HostOptions::deserialize(deserializer).map(Arc::new)
}

impl ContainerSpec {
    /// Returns a specification that says nothing but the image.
    pub fn new(image: ImageRef) -> Self {
        Self {
            image,
            hostname: None,
            domainname: None,
            user: None,
            working_dir: None,
            tty: None,
            stdin_open: None,
            mac_address: None,
            platform: None,
            command: None,
            entrypoint: None,
            environment: BTreeMap::new(),
            mounts: BTreeMap::new(),
            volumes_from: BTreeSet::new(),
            ports: BTreeMap::new(),
            network: NetworkModeSpec::Default,
            endpoints: BTreeMap::new(),
            links: BTreeSet::new(),
            healthcheck: None,
            stop_signal: None,
            stop_timeout: None,
            host: Arc::default(),
            labels: BTreeMap::new(),
        }
    }
}

impl ContainerSpec {
    /// Takes out the places in networks that come after creation: an engine takes one at creation, which is in the network
    /// that gives the namespace.
    pub(crate) fn keep_first_endpoint(&mut self) -> BTreeMap<NetworkKey, EndpointSpec> {
        let mut later = core::mem::take(&mut self.endpoints);
        let first = match &self.network {
            NetworkModeSpec::Default => later.pop_first(),
            NetworkModeSpec::Network(network) => later.remove_entry(network),
            NetworkModeSpec::Container(_) | NetworkModeSpec::Foreign(_) => None,
        };
        self.endpoints.extend(first);
        later
    }
}

/// One mount.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct MountSpec {
    /// What is mounted.
    #[serde(flatten)]
    pub source: MountSource,
    /// Whether it can be written to.
    pub access: Access,
    /// Whether mounts below a host directory are seen on the other side; none for the engine's default.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub propagation: Option<Propagation>,
}

impl MountSpec {
    /// Returns a mount with the engine's default propagation.
    pub fn new(source: MountSource, access: Access) -> Self {
        Self { source, access, propagation: None }
    }

    /// Returns how the engine takes the mode of a host directory: `rw`, or `ro,rslave`.
    pub fn mode(&self) -> String {
        let access = self.access.as_str();
        self.propagation.map_or_else(|| access.into(), |propagation| alloc::format!("{access},{propagation}"))
    }
}

/// What is mounted.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum MountSource {
    /// A host directory; the engine makes it at start if it is missing.
    Bind(HostPath),
    /// An attached volume; the engine copies the image's directory into it while it is empty.
    Volume(VolumeKey),
    /// An attached volume that was prepared: the engine's copy would undo owner and mode, so it is told not to copy.
    PreparedVolume(VolumeKey),
    /// A new anonymous volume.
    // It is flattened into a mount, where a word becomes a key with `null`.
    #[schemars(with = "()")]
    Anonymous,
    /// The anonymous volume of the container's predecessor, by its name in the engine.
    Kept(String),
}

impl MountSource {
    /// Returns the attached volume, if it is one.
    pub fn volume(&self) -> Option<&VolumeKey> {
        match self {
            Self::Volume(key) | Self::PreparedVolume(key) => Some(key),
            Self::Bind(_) | Self::Anonymous | Self::Kept(_) => None,
        }
    }
}

/// Another container whose volumes are mounted at the same paths.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct VolumesFrom {
    /// The other container.
    pub container: ContainerRef,
    /// Whether they can be written to.
    pub access: Access,
}

/// An address of the host that a port is published on.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct HostBinding {
    /// The address; none for all.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub address: Option<IpAddr>,
    /// The port.
    pub port: u16,
}

impl HostBinding {
    /// Returns whether two bindings cannot be held at once.
    pub fn collides(&self, other: &Self) -> bool {
        let overlap = match (self.address, other.address) {
            (Some(a), Some(b)) => a == b,
            _ => true,
        };
        overlap && self.port == other.port
    }
}

impl fmt::Display for HostBinding {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.address {
            Some(IpAddr::V4(address)) => write!(f, "{address}:{}", self.port),
            Some(IpAddr::V6(address)) => write!(f, "[{address}]:{}", self.port),
            None => write!(f, "{}", self.port),
        }
    }
}

/// Where a container's network namespace comes from (Docker API: `HostConfig.NetworkMode`).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum NetworkModeSpec {
    /// Not said: the engine's default bridge.
    Default,
    /// This network; the first endpoint's, if there are endpoints.
    Network(NetworkKey),
    /// Another container's namespace.
    Container(ContainerRef),
    /// The namespace of a container dmap does not manage, by name.
    Foreign(String),
}

/// A place in a network (Docker API: `EndpointSettings`).
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct EndpointSpec {
    /// Further names within the network.
    #[serde(default, skip_serializing_if = "BTreeSet::is_empty")]
    pub aliases: BTreeSet<String>,
    /// Links within the network: alias to container name. They are looked up by name at every start.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub links: BTreeMap<String, String>,
    /// Fixed IPv4 address.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub ipv4_address: Option<Ipv4Addr>,
    /// Fixed IPv6 address.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub ipv6_address: Option<Ipv6Addr>,
    /// Link-local addresses.
    #[serde(default, skip_serializing_if = "BTreeSet::is_empty")]
    pub link_local_ips: BTreeSet<IpAddr>,
    /// Options of the network's driver.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub driver_options: BTreeMap<String, String>,
}

/// A legacy link. The engine binds it to the object that has the name at creation, and follows that object.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct LinkSpec {
    /// The container linked to.
    pub container: ContainerRef,
    /// The name it gets.
    pub alias: String,
}

/// A health check in the engine's form (Docker API: `HealthConfig`).
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct HealthcheckSpec {
    /// The test: `NONE`, `CMD …` or `CMD-SHELL …`.
    pub test: Vec<String>,
    /// Time between tests.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub interval: Option<Duration>,
    /// Time a test may take.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub timeout: Option<Duration>,
    /// Failures in a row until unhealthy.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub retries: Option<u32>,
    /// Time in which failures do not count.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub start_period: Option<Duration>,
}

impl HealthcheckSpec {
    /// Returns whether it checks anything: one that is switched off does not.
    pub(crate) fn checks(&self) -> bool {
        self.test.first().is_some_and(|word| word != "NONE")
    }
}

impl From<&Healthcheck> for HealthcheckSpec {
    fn from(config: &Healthcheck) -> Self {
        let words = |first: &str, rest: &[String]| {
            core::iter::once(String::from(first)).chain(rest.iter().cloned()).collect()
        };
        Self {
            test: match &config.test {
                HealthTest::Disabled => words("NONE", &[]),
                HealthTest::Exec(command) => words("CMD", command),
                HealthTest::Shell(line) => words("CMD-SHELL", core::slice::from_ref(line)),
            },
            interval: config.interval,
            timeout: config.timeout,
            retries: config.retries,
            start_period: config.start_period,
        }
    }
}
