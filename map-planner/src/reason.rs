//! Why a step is taken, and what the planner has to say besides.

use alloc::collections::BTreeSet;
use alloc::string::String;
use alloc::vec::Vec;

use container_map::{ContainerPath, Port, ResourceKey, SecretSource};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::attribute::Attribute;
use crate::label::Helper;

/// Why a step is taken.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub enum Reason {
    /// It is not there.
    Absent,
    /// It is there and does not run.
    Stopped,
    /// It ended with an exit code after which starting it again is of no use.
    Unrecoverable {
        /// The exit code.
        exit: i64,
    },
    /// It is not as the map wants it.
    Differs(Vec<Difference>),
    /// It is bound to an object that is replaced or started anew.
    Follows(ResourceKey),
    /// Another container starts only when it is ready.
    NeededBy(ResourceKey),
    /// It was asked for.
    Requested,
    /// What the image was built from has changed since.
    ContextChanged,
    /// The map says something else about how the image is built than it did then.
    BuildChanged,
    /// The image that it is based on is another one than when it was built, or will be.
    BaseChanged(ResourceKey),
    /// The image was not built by dmap.
    BuiltElsewhere,
    /// Nobody noted that the command was run there.
    NotRun,
    /// No process looks like the command.
    NoProcess,
    /// The map no longer has it.
    Orphaned,
    /// An interrupted run left it.
    Leftover,
    /// Its successor did not come up.
    RolledBack,
    /// It belongs to nobody dmap knows and is taken over.
    Adopted,
    /// No container mounts the volume, so what is in it shows only when it is opened.
    Unmounted,
}

/// One property that is not as wanted.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Difference {
    /// The property.
    pub attribute: Attribute,
    /// Which one, where there are several: a variable, path, port, alias or network.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub item: Option<String>,
    /// Who made it differ.
    pub origin: Origin,
    /// What the engine has.
    pub live: Shown,
    /// What the map wants.
    pub wanted: Shown,
}

/// Who made a property differ.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Origin {
    /// The map was edited.
    Changed,
    /// The engine was.
    Drifted,
    /// Nobody edited anything: the tag stands for another image than it did.
    TagMoved,
    /// There is neither a birth certificate nor a note to tell.
    Unknown,
}

/// A value as a plan may show it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Shown {
    /// The value.
    Value(String),
    /// A value that is never shown.
    Hidden,
    /// What a secret holds, or what is there in its place.
    Secret,
    /// There is none.
    Unset,
}

impl Shown {
    /// Wraps a value.
    pub fn value(value: impl Into<String>) -> Self {
        Self::Value(value.into())
    }

    /// Wraps a value, or says that there is none.
    pub fn optional(value: Option<impl Into<String>>) -> Self {
        value.map_or(Self::Unset, |value| Self::Value(value.into()))
    }
}

/// Something the reader of a plan should know that is not a step.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub enum Note {
    /// Differences that are reported and left alone.
    Ignored {
        /// The resource.
        key: ResourceKey,
        /// How it differs.
        differences: Vec<Difference>,
    },
    /// A foreign volume or network that fits the map is used as it is, and never prepared or removed.
    Unmanaged {
        /// The resource.
        key: ResourceKey,
    },
    /// The map wants the successor to start first, and it has to start last.
    StartFirstImpossible {
        /// The container.
        key: ResourceKey,
        /// Why.
        because: Obstacle,
    },
    /// Something that the request could be taken to mean is left alone.
    Kept {
        /// The resource.
        key: ResourceKey,
        /// Why.
        because: KeptBecause,
    },
    /// An object of dmap's that the map no longer has, and that stays.
    Orphaned {
        /// The resource.
        key: ResourceKey,
    },
    /// A helper of dmap's own that is not needed any more, or should not be, and stays.
    Left {
        /// The helper.
        helper: Helper,
    },
    /// An image will be pulled before the plan is carried out, which can change it.
    PulledFirst {
        /// The image.
        key: ResourceKey,
    },
    /// An image is not what a build would make, and is used as it is.
    Outdated {
        /// The image.
        key: ResourceKey,
        /// Why not.
        because: Reason,
    },
    /// The container stays without the health check that the map wants, so others start after it when it runs.
    Unchecked {
        /// The container.
        key: ResourceKey,
    },
    /// The container's environment was not recorded in the snapshot.
    EnvironmentUnknown {
        /// The container.
        key: ResourceKey,
    },
    /// Secrets of the container were not read.
    SecretsUnknown {
        /// The container.
        key: ResourceKey,
        /// Where they are read from.
        sources: BTreeSet<SecretSource>,
    },
}

impl Note {
    /// Returns the resource it is about, if it is one of the map's.
    pub fn key(&self) -> Option<&ResourceKey> {
        match self {
            Self::Ignored { key, .. }
            | Self::Unmanaged { key }
            | Self::Kept { key, .. }
            | Self::StartFirstImpossible { key, .. }
            | Self::EnvironmentUnknown { key }
            | Self::SecretsUnknown { key, .. }
            | Self::Outdated { key, .. }
            | Self::Unchecked { key }
            | Self::PulledFirst { key } => Some(key),
            Self::Orphaned { .. } | Self::Left { .. } => None,
        }
    }
}

/// Why a successor cannot run beside the container it replaces.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub enum Obstacle {
    /// It publishes a port of the host.
    HostPort {
        /// The port in the container.
        port: Port,
    },
    /// It has an address of its own in a network.
    FixedAddress,
    /// It has the host's network.
    HostNetwork,
    /// It shares a network namespace.
    SharesNamespace {
        /// The other container.
        with: ResourceKey,
    },
    /// It alone writes to a volume or directory that outlives it.
    Volume {
        /// Where that is mounted.
        path: ContainerPath,
    },
    /// It holds data or runs once.
    Persistent,
    /// It is bound to a dependency that is started anew, or follows it: it has to stop first.
    StopsBefore {
        /// The dependency.
        dependency: ResourceKey,
    },
}

/// Why something is left alone.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub enum KeptBecause {
    /// dmap did not make it.
    Foreign,
    /// Another container uses it.
    InUse {
        /// That container's name.
        by: String,
    },
    /// It is persistent, or others wait for its end, and it ended with success.
    Completed,
    /// It is persistent.
    Persistent,
    /// It is not there.
    Absent,
    /// It was never started.
    NeverStarted,
    /// It runs.
    Running,
    /// It does not run.
    NotRunning,
    /// It is bound to an object that is gone or will be, so it cannot be started.
    Bound {
        /// What it is bound to.
        to: ResourceKey,
    },
    /// The target of one of its links is gone, so it cannot be started.
    Unlinked {
        /// The link's alias.
        alias: String,
    },
    /// It starts after another one, which is not so far.
    Waits {
        /// The other one.
        on: ResourceKey,
    },
    /// Starting it again is of no use.
    Unrecoverable,
    /// It was not asked for, although what becomes of another one cuts it off.
    NotAskedFor {
        /// The other one.
        cut_off_from: ResourceKey,
    },
}
