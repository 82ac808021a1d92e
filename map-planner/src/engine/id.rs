//! Identifiers the daemon hands out.

use alloc::string::String;
use core::fmt;

use serde::{Deserialize, Serialize};

/// The engine's own identifier of a container, image or network. It appears in snapshots only, never in a plan's actions.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct EngineId(String);

impl EngineId {
    /// Takes an identifier as the engine reported it.
    pub fn new(id: impl Into<String>) -> Self {
        Self(id.into())
    }

    /// Returns it as text.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for EngineId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}
