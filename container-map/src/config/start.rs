//! What a container waits for before it starts.

use core::time::Duration;

use crate::name::{ConfigName, InstanceName};

/// Another container that comes first, and how far it has to be (`start`, which docker-map does not have).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StartAfter {
    /// The configuration.
    pub config: ConfigName,
    /// One of its instances; none for all.
    pub instance: Option<InstanceName>,
    /// How far it has to be.
    pub condition: StartCondition,
    /// How long that is waited for at most, where it is not as long as it may take by its health check or the client.
    pub within: Option<Duration>,
}

/// How far a container has to be before what waits for it starts.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default)]
pub enum StartCondition {
    /// It runs.
    #[default]
    Started,
    /// Its health check has passed.
    Healthy,
    /// It has ended with exit code 0.
    Completed,
}

impl StartCondition {
    /// Returns the word for it in a map.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Started => "started",
            Self::Healthy => "healthy",
            Self::Completed => "completed",
        }
    }
}
