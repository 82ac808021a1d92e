//! What a plan can do: one variant, one request to the engine (preparing a volume and building an image are compounds).

use alloc::boxed::Box;
use alloc::collections::BTreeSet;
use alloc::string::String;
use core::time::Duration;

use container_map::config::{BuildConfig, StartCondition};
use container_map::{ContainerPath, ImageRef, Mode, NetworkKey, Owner, ResourceKey, Signal, VolumeKey};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::build::ContextDigest;
use crate::container_ref::{ContainerRef, Slot};
use crate::label::Helper;
use crate::limits::Limits;
use crate::spec::{ContainerSpec, EndpointSpec, ExecSpec, NetworkSpec, VolumeSpec};

/// One change of the engine. Resources are named by key; the names in the engine are functions of the keys.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(tag = "action", rename_all = "kebab-case", deny_unknown_fields)]
pub enum Action {
    /// Pulls an image from its registry.
    PullImage {
        /// The image.
        image: ImageRef,
        /// The platform, where it is not the engine's own.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        platform: Option<String>,
    },
    /// Builds an image: sends its context and waits for the end.
    BuildImage {
        /// The image.
        image: ImageRef,
        /// How it is built.
        build: Box<BuildConfig>,
        /// The context that it is built from; another one is not.
        context: ContextDigest,
        /// The images of the map that it is based on. A label notes which they are when it is built.
        #[serde(default, skip_serializing_if = "BTreeSet::is_empty")]
        bases: BTreeSet<ImageRef>,
        /// The other images that it is based on, if they are to be pulled first: a builder that is told to pull would look for
        /// those of the map in a registry, too.
        #[serde(default, skip_serializing_if = "BTreeSet::is_empty")]
        pulls: BTreeSet<ImageRef>,
    },
    /// Creates a network.
    CreateNetwork {
        /// The network.
        network: NetworkKey,
        /// How it is made.
        spec: NetworkSpec,
    },
    /// Removes a network.
    RemoveNetwork {
        /// The network.
        network: NetworkKey,
    },
    /// Gives a container a place in a network.
    ConnectNetwork {
        /// The network.
        network: NetworkKey,
        /// The container.
        container: ContainerRef,
        /// Its place.
        endpoint: EndpointSpec,
    },
    /// Takes a container out of a network.
    DisconnectNetwork {
        /// The network.
        network: NetworkKey,
        /// The container.
        container: ContainerRef,
    },
    /// Creates a volume.
    CreateVolume {
        /// The volume.
        volume: VolumeKey,
        /// How it is made.
        spec: VolumeSpec,
    },
    /// Sets owner and mode of a volume's files, through a container that is never started.
    PrepareVolume {
        /// The volume.
        volume: VolumeKey,
        /// The owner's image: its directory at `at` is what an empty volume is filled with.
        image: ImageRef,
        /// Where the owner mounts the volume.
        at: ContainerPath,
        /// The owner to set.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        owner: Option<Owner>,
        /// The mode to set.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        mode: Option<Mode>,
        /// How much of the volume is rewritten.
        depth: Depth,
    },
    /// Removes a volume and what is in it.
    RemoveVolume {
        /// The volume.
        volume: VolumeKey,
    },
    /// Creates a container in a slot, in the network its specification names.
    CreateContainer {
        /// The container.
        container: ContainerRef,
        /// How it is made.
        spec: Box<ContainerSpec>,
    },
    /// Changes limits and the restart policy of a container, whether it runs or not.
    UpdateContainer {
        /// The container.
        container: ContainerRef,
        /// What is changed.
        limits: Limits,
    },
    /// Starts a container.
    StartContainer {
        /// The container.
        container: ContainerRef,
        /// How long to pause after the start (docker-map: `start_delay`).
        #[serde(default, skip_serializing_if = "Option::is_none")]
        settle: Option<Duration>,
    },
    /// Stops a container.
    StopContainer {
        /// The container.
        container: ContainerRef,
        /// The signal, where it is not the one the container was created with.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        signal: Option<Signal>,
        /// Time until the kill, where it is not the one the container was created with.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        timeout: Option<Duration>,
    },
    /// Sends a signal to a container's process.
    KillContainer {
        /// The container.
        container: ContainerRef,
        /// The signal.
        signal: Signal,
    },
    /// Stops a container and starts it again, in one request.
    RestartContainer {
        /// The container.
        container: ContainerRef,
        /// Time until the kill, where it is not the one the container was created with.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        timeout: Option<Duration>,
    },
    /// Moves a container to another slot.
    RenameContainer {
        /// The container where it is.
        container: ContainerRef,
        /// The slot it gets.
        to: Slot,
    },
    /// Waits for a container.
    AwaitContainer {
        /// The container.
        container: ContainerRef,
        /// What is waited for.
        until: Condition,
        /// How long at most.
        within: Duration,
        /// How long it has to go on running to count as started, where it is not the executor's usual time.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        steady: Option<Duration>,
    },
    /// Runs a command in a container that runs, and waits for its end.
    Exec {
        /// The container.
        container: ContainerRef,
        /// The command.
        command: ExecSpec,
    },
    /// Removes a stopped container; its anonymous volumes stay.
    RemoveContainer {
        /// The container.
        container: ContainerRef,
    },
    /// Removes one of dmap's own helpers that does not run, with its anonymous volumes.
    RemoveHelper {
        /// The helper.
        helper: Helper,
    },
}

/// How much of a volume is rewritten when it is prepared.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Depth {
    /// Every file: the volume is new, or its preparation was not finished.
    Whole,
    /// Every file if the volume turns out to be empty, its directory alone otherwise.
    WholeIfEmpty,
    /// The volume's directory alone; files in it are the user's data.
    Top,
}

/// What a container is waited for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Condition {
    /// Running, and still running after a short while.
    Started,
    /// Its health check passes.
    Healthy,
    /// Ended with exit code 0.
    Completed,
    /// Healthy if it has a health check, of the map or of its image, and started otherwise. A replacement is waited for
    /// until it is ready: until then its predecessor is kept.
    Ready,
}

impl Condition {
    /// Returns the word for it in plans.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Started => "started",
            Self::Healthy => "healthy",
            Self::Completed => "completed",
            Self::Ready => "ready",
        }
    }
}

impl From<StartCondition> for Condition {
    fn from(condition: StartCondition) -> Self {
        match condition {
            StartCondition::Started => Self::Started,
            StartCondition::Healthy => Self::Healthy,
            StartCondition::Completed => Self::Completed,
        }
    }
}

/// What an action means to somebody who watches: drives symbols, progress and order.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Effect {
    /// Makes something ready beside what runs.
    Prepare,
    /// Changes something in place.
    Amend,
    /// Ends something that runs, or may.
    Stop,
    /// Starts something.
    Start,
    /// Removes something.
    Destroy,
}

/// How long an action takes, and for whom: drives what is done side by side.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Pace {
    /// It keeps the engine at work and is soon over.
    Quick,
    /// It takes as long as a container, a registry or the amount of data takes.
    Long,
    /// It only waits: it changes nothing, so it may be given up at any time.
    Waits,
}

impl Action {
    /// Returns the resource the action is about.
    pub fn target(&self) -> ResourceKey {
        match self {
            Self::PullImage { image, .. } | Self::BuildImage { image, .. } => image.clone().into(),
            Self::CreateNetwork { network, .. } | Self::RemoveNetwork { network } => network.clone().into(),
            Self::CreateVolume { volume, .. }
            | Self::PrepareVolume { volume, .. }
            | Self::RemoveVolume { volume } => volume.clone().into(),
            Self::ConnectNetwork { container, .. }
            | Self::DisconnectNetwork { container, .. }
            | Self::CreateContainer { container, .. }
            | Self::UpdateContainer { container, .. }
            | Self::StartContainer { container, .. }
            | Self::StopContainer { container, .. }
            | Self::KillContainer { container, .. }
            | Self::RestartContainer { container, .. }
            | Self::RenameContainer { container, .. }
            | Self::AwaitContainer { container, .. }
            | Self::Exec { container, .. }
            | Self::RemoveContainer { container } => container.key.clone().into(),
            Self::RemoveHelper { helper } => helper.key(),
        }
    }

    /// Returns the container and its slot, if the action is about one.
    pub fn container(&self) -> Option<&ContainerRef> {
        match self {
            Self::ConnectNetwork { container, .. }
            | Self::DisconnectNetwork { container, .. }
            | Self::CreateContainer { container, .. }
            | Self::UpdateContainer { container, .. }
            | Self::StartContainer { container, .. }
            | Self::StopContainer { container, .. }
            | Self::KillContainer { container, .. }
            | Self::RestartContainer { container, .. }
            | Self::RenameContainer { container, .. }
            | Self::AwaitContainer { container, .. }
            | Self::Exec { container, .. }
            | Self::RemoveContainer { container } => Some(container),
            Self::PullImage { .. }
            | Self::BuildImage { .. }
            | Self::CreateNetwork { .. }
            | Self::RemoveNetwork { .. }
            | Self::CreateVolume { .. }
            | Self::PrepareVolume { .. }
            | Self::RemoveVolume { .. }
            | Self::RemoveHelper { .. } => None,
        }
    }

    /// Returns what the action means to somebody who watches.
    pub fn effect(&self) -> Effect {
        match self {
            Self::PullImage { .. }
            | Self::BuildImage { .. }
            | Self::CreateNetwork { .. }
            | Self::CreateVolume { .. }
            | Self::CreateContainer { .. } => Effect::Prepare,
            Self::ConnectNetwork { .. }
            | Self::DisconnectNetwork { .. }
            | Self::PrepareVolume { .. }
            | Self::UpdateContainer { .. }
            | Self::RenameContainer { .. }
            | Self::Exec { .. } => Effect::Amend,
            Self::StopContainer { .. } | Self::KillContainer { .. } | Self::RestartContainer { .. } => {
                Effect::Stop
            }
            Self::StartContainer { .. } | Self::AwaitContainer { .. } => Effect::Start,
            Self::RemoveNetwork { .. }
            | Self::RemoveVolume { .. }
            | Self::RemoveContainer { .. }
            | Self::RemoveHelper { .. } => Effect::Destroy,
        }
    }

    /// Returns how long the action takes, and for whom.
    pub fn pace(&self) -> Pace {
        match self {
            Self::CreateNetwork { .. }
            | Self::RemoveNetwork { .. }
            | Self::ConnectNetwork { .. }
            | Self::DisconnectNetwork { .. }
            | Self::CreateVolume { .. }
            | Self::CreateContainer { .. }
            | Self::UpdateContainer { .. }
            | Self::StartContainer { .. }
            | Self::KillContainer { .. }
            | Self::RemoveVolume { .. }
            | Self::RenameContainer { .. }
            | Self::RemoveContainer { .. }
            | Self::RemoveHelper { .. } => Pace::Quick,
            Self::PullImage { .. }
            | Self::BuildImage { .. }
            | Self::PrepareVolume { .. }
            | Self::StopContainer { .. }
            | Self::RestartContainer { .. }
            | Self::Exec { .. } => Pace::Long,
            Self::AwaitContainer { .. } => Pace::Waits,
        }
    }

    /// Returns whether the action only waits: it changes nothing, so it may be given up at any time.
    pub fn only_waits(&self) -> bool {
        self.pace() == Pace::Waits
    }

    /// Returns whether the action, once it was begun, can be ended so that nothing of it is left.
    pub fn can_be_ended(&self) -> bool {
        matches!(self, Self::BuildImage { .. })
    }

    /// Returns the imperative that names the action in plans and progress.
    pub fn verb(&self) -> &'static str {
        match self {
            Self::PullImage { .. } => "pull",
            Self::BuildImage { .. } => "build",
            Self::CreateNetwork { .. } | Self::CreateVolume { .. } | Self::CreateContainer { .. } => "create",
            Self::RemoveNetwork { .. }
            | Self::RemoveVolume { .. }
            | Self::RemoveContainer { .. }
            | Self::RemoveHelper { .. } => "remove",
            Self::ConnectNetwork { .. } => "connect",
            Self::UpdateContainer { .. } => "update",
            Self::DisconnectNetwork { .. } => "disconnect",
            Self::PrepareVolume { .. } => "prepare",
            Self::StartContainer { .. } => "start",
            Self::StopContainer { .. } => "stop",
            Self::KillContainer { .. } => "signal",
            Self::RestartContainer { .. } => "restart",
            Self::RenameContainer { .. } => "rename",
            Self::AwaitContainer { .. } => "await",
            Self::Exec { .. } => "exec",
        }
    }
}
