//! What a container mounts.

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

/// A host directory mounted into a container (`binds`).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Bind {
    /// What is mounted.
    pub source: BindSource,
    /// Where it appears.
    pub target: ContainerPath,
    /// Whether it can be written to.
    pub access: Access,
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
