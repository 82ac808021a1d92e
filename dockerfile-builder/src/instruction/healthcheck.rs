//! How an engine finds out whether a container is well.

use core::time::Duration;
use std::fmt;

use crate::command::Command;

/// What `HEALTHCHECK` says.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Healthcheck {
    /// Nothing is asked, whatever the base image says.
    Disabled,
    /// A command is executed now and then.
    Check(HealthCommand),
}

/// A command that ends with 0 if the container is well, and when it is executed.
///
/// The engine counts in nanoseconds and takes nothing below a millisecond; what is not said it decides itself.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct HealthCommand {
    /// What is executed.
    pub command: Command,
    /// How long to wait between two executions.
    pub interval: Option<Duration>,
    /// After what time an execution has failed.
    pub timeout: Option<Duration>,
    /// For how long failures do not count after the start.
    pub start_period: Option<Duration>,
    /// How long to wait between two executions in the start period; needs engine 25.
    pub start_interval: Option<Duration>,
    /// How many failures in a row mean that the container is not well.
    pub retries: Option<u32>,
}

impl<C: Into<Command>> From<C> for HealthCommand {
    fn from(command: C) -> Self {
        let command = command.into();
        Self {
            command,
            interval: None,
            timeout: None,
            start_period: None,
            start_interval: None,
            retries: None,
        }
    }
}

impl fmt::Display for Healthcheck {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self::Check(check) = self else {
            return f.write_str("NONE");
        };
        for (name, duration) in [
            ("interval", check.interval),
            ("timeout", check.timeout),
            ("start-period", check.start_period),
            ("start-interval", check.start_interval),
        ] {
            if let Some(duration) = duration {
                write!(f, "--{name}={} ", Go(duration))?;
            }
        }
        if let Some(retries) = check.retries {
            write!(f, "--retries={retries} ")?;
        }
        write!(f, "CMD {}", check.command)
    }
}

/// A duration as Go writes one, in the largest unit that holds it whole.
struct Go(Duration);

impl fmt::Display for Go {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let nanoseconds = self.0.as_nanos();
        match nanoseconds {
            0 => f.write_str("0s"),
            whole if whole.is_multiple_of(1_000_000_000) => write!(f, "{}s", whole / 1_000_000_000),
            whole if whole.is_multiple_of(1_000_000) => write!(f, "{}ms", whole / 1_000_000),
            whole => write!(f, "{whole}ns"),
        }
    }
}

/// Reads what [`Go`] writes.
pub(crate) fn duration(text: &str) -> Option<Duration> {
    let unit = text.find(|c: char| !c.is_ascii_digit())?;
    let (number, unit) = text.split_at(unit);
    let number: u64 = number.parse().ok()?;
    match unit {
        "s" => Some(Duration::from_secs(number)),
        "ms" => Some(Duration::from_millis(number)),
        "ns" => Some(Duration::from_nanos(number)),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn durations_are_whole_numbers() {
        for (value, text) in [
            (Duration::ZERO, "0s"),
            (Duration::from_secs(90), "90s"),
            (Duration::from_millis(1500), "1500ms"),
            (Duration::from_nanos(1_000_001), "1000001ns"),
        ] {
            assert_eq!((Go(value).to_string().as_str(), duration(text)), (text, Some(value)));
        }
        assert_eq!((duration("1"), duration("m"), duration("1h")), (None, None, None));
    }
}
