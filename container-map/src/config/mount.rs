//! What a container mounts.

use super::options::words;
use crate::name::{ConfigName, InstanceName, VolumeName};
use crate::path::{ContainerPath, HostPath};

/// Whether a mount can be written to.
#[derive(
    Debug,
    Clone,
    Copy,
    PartialEq,
    Eq,
    PartialOrd,
    Ord,
    Hash,
    Default,
    serde::Serialize,
    serde::Deserialize,
    schemars::JsonSchema,
)]
#[serde(rename_all = "kebab-case")]
pub enum Access {
    /// Read and write (`rw`).
    #[default]
    ReadWrite,
    /// Read only (`ro`).
    ReadOnly,
}

impl Access {
    /// Returns the engine's word for it, `rw` or `ro`.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::ReadWrite => "rw",
            Self::ReadOnly => "ro",
        }
    }
}

words! {
    "one of `private`, `rprivate`, `shared`, `rshared`, `slave` and `rslave`" =>
    /// Whether what is mounted later below a bind is seen on the other side
    /// ([mount propagation](https://docs.docker.com/engine/storage/bind-mounts/#configure-bind-propagation)).
    ///
    /// The engine takes `rprivate` without it; the words without `r` leave out what is mounted below already.
    pub enum Propagation {
        /// Neither side sees the other's.
        Private = "private",
        /// Neither side sees the other's, at any depth.
        PrivateBelow = "rprivate",
        /// Both sides see the other's.
        Shared = "shared",
        /// Both sides see the other's, at any depth.
        SharedBelow = "rshared",
        /// The container sees the host's.
        Slave = "slave",
        /// The container sees the host's, at any depth.
        SlaveBelow = "rslave",
    }
}

/// A host directory mounted into a container (`binds`).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Bind {
    /// What is mounted.
    pub source: BindSource,
    /// Where it appears.
    pub target: ContainerPath,
    /// Whether it can be written to.
    pub access: Access,
    /// Whether mounts below it are seen on the other side; none for the engine's default.
    pub propagation: Option<Propagation>,
}

/// The host side of a bind.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum BindSource {
    /// An alias of the map's `host`, which may differ per instance.
    Alias(VolumeName),
    /// A path given in place.
    Path(HostPath),
}

/// A volume a configuration owns (`attaches`).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Attach {
    /// The alias.
    pub volume: VolumeName,
    /// Where the owner mounts it.
    pub path: ContainerPath,
}

/// Something of another configuration that a container mounts (`uses`).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Use {
    /// What is mounted.
    pub source: UseSource,
    /// Whether it can be written to.
    pub access: Access,
}

/// What a `uses` entry names.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum UseSource {
    /// One attached volume.
    Volume {
        /// The configuration that attaches it.
        owner: ConfigName,
        /// The alias.
        volume: VolumeName,
        /// Where it is mounted in the using container.
        path: ContainerPath,
    },
    /// All volumes of another container (the engine's "volumes from").
    Container {
        /// Its configuration.
        config: ConfigName,
        /// Its instance.
        instance: Option<InstanceName>,
    },
}
