//! What an engine changes of a container in place (Docker API: `ContainerUpdate`).

use alloc::boxed::Box;

use container_map::config::HostOptions;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// The options that are changed in place. Those that are not set stay as they are: an engine takes 0 for "not said".
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Limits {
    /// The options with their new values; only such that an engine changes in place.
    pub options: Box<HostOptions>,
    /// What becomes of the limit of processes, if it gets no new value.
    #[serde(default, skip_serializing_if = "Processes::is_kept")]
    pub processes: Processes,
}

/// What becomes of a container's limit of processes: the one that an engine takes away again.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Processes {
    /// It stays, or gets the value that is set.
    #[default]
    Kept,
    /// There is none any more.
    Unlimited,
}

impl Processes {
    #[expect(clippy::trivially_copy_pass_by_ref, reason = "serde hands over a reference")]
    fn is_kept(&self) -> bool {
        *self == Self::Kept
    }
}
