//! How a container changes: in which order it is replaced, what it does when a dependency changes, and what becomes of its
//! anonymous volumes. docker-map has none of this.

use core::num::NonZeroU32;

use crate::name::{ConfigName, InstanceName};

/// How the containers of a configuration are replaced (`update`).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Update {
    /// Which of the two runs first.
    pub order: UpdateOrder,
    /// How many instances are replaced at a time; none for all at once. The next ones wait until these are ready.
    pub batch: Option<NonZeroU32>,
}

/// Which of the two objects of a replacement runs first.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default)]
pub enum UpdateOrder {
    /// The old one stops, then the new one starts.
    #[default]
    StopFirst,
    /// The new one starts and gets ready, then the old one stops: where nothing forbids that both run.
    StartFirst,
}

impl UpdateOrder {
    /// Returns the word for it in a map.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::StopFirst => "stop-first",
            Self::StartFirst => "start-first",
        }
    }
}

/// What a container does when a dependency changes (`follow`).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Follow {
    /// The configuration it depends on.
    pub config: ConfigName,
    /// One of its instances; none for all.
    pub instance: Option<InstanceName>,
    /// What is done.
    pub policy: FollowPolicy,
}

/// What a container does when a dependency becomes another process or another object.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum FollowPolicy {
    /// It stops before the dependency does and starts after it.
    Restart,
    /// As [`FollowPolicy::Restart`], and it is made anew if the dependency is.
    Recreate,
    /// Nothing, which is also what counts where nothing is said and the engine binds nothing.
    Leave,
}

impl FollowPolicy {
    /// Returns the word for it in a map.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Restart => "restart",
            Self::Recreate => "recreate",
            Self::Leave => "leave",
        }
    }
}

/// What becomes of the anonymous volumes of a container that is replaced (`anonymous_volumes`).
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default)]
pub enum AnonymousVolumes {
    /// They go over to the successor.
    #[default]
    Keep,
    /// The successor gets new ones; the old ones stay behind.
    Renew,
}

impl AnonymousVolumes {
    /// Returns the word for it in a map.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Keep => "keep",
            Self::Renew => "renew",
        }
    }
}
