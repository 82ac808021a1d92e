//! Health checks.

use alloc::string::String;
use alloc::vec::Vec;
use core::time::Duration;

/// How the engine finds out whether a container works (Docker API: `HealthConfig`).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Healthcheck {
    /// The test.
    pub test: HealthTest,
    /// Time between two tests; none for the engine's default.
    pub interval: Option<Duration>,
    /// Time after which a test counts as failed.
    pub timeout: Option<Duration>,
    /// How many failures in a row make the container unhealthy.
    pub retries: Option<u32>,
    /// Time in which failures do not count.
    pub start_period: Option<Duration>,
}

/// The test of a health check.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum HealthTest {
    /// No test, also not the image's.
    Disabled,
    /// A command with its arguments (`CMD`).
    Exec(Vec<String>),
    /// A line for the image's shell (`CMD-SHELL`).
    Shell(String),
}
