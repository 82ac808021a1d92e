//! The one error of the chores: a sentence for the reader and the exit code that goes with it.

use std::fmt;

/// Exit code of a chore that ran and failed.
const FAILED: u8 = 1;
/// Exit code of a command line that makes no sense.
const USAGE: u8 = 64;

/// Says what was being done, what went wrong, and what to do about it.
#[derive(Debug)]
pub(crate) struct Failure {
    message: String,
    code: u8,
}

/// What every chore returns.
pub(crate) type Result<T = ()> = std::result::Result<T, Failure>;

impl Failure {
    /// A chore that failed.
    pub(crate) fn new(message: impl Into<String>) -> Self {
        Self { message: message.into(), code: FAILED }
    }

    /// A command line that was not understood.
    pub(crate) fn usage(message: impl fmt::Display) -> Self {
        Self { message: format!("{message}\nsee `cargo xtask --help`"), code: USAGE }
    }

    /// The exit code of the process.
    pub(crate) fn code(&self) -> u8 {
        self.code
    }
}

impl fmt::Display for Failure {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.write_str(&self.message)
    }
}

/// Adds to a foreign error what was being done when it came.
pub(crate) trait Doing<T> {
    /// Turns the error into `cannot <what>: <error>`.
    fn doing(self, what: impl fmt::Display) -> Result<T>;
}

impl<T, E: fmt::Display> Doing<T> for std::result::Result<T, E> {
    fn doing(self, what: impl fmt::Display) -> Result<T> {
        self.map_err(|error| Failure::new(format!("cannot {what}: {error}")))
    }
}
