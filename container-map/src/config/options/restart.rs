//! Restart policies.

use core::fmt;
use core::num::NonZeroU32;
use core::str::FromStr;

use super::OptionError;
use crate::path::serde_as_text;

/// When the engine starts a container again that has ended.
///
/// ```
/// # use container_map::config::RestartPolicy;
/// let policy: RestartPolicy = "on-failure:5".parse()?;
/// assert_eq!(policy.to_string(), "on-failure:5");
/// # Ok::<(), container_map::config::OptionError>(())
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default)]
pub enum RestartPolicy {
    /// Never (`no`).
    #[default]
    No,
    /// Always (`always`), also when the engine starts.
    Always,
    /// Unless it was stopped (`unless-stopped`).
    UnlessStopped,
    /// After an exit code that is not 0 (`on-failure`).
    OnFailure {
        /// How often in a row, at most (`on-failure:5`); none for no limit.
        retries: Option<NonZeroU32>,
    },
}

const POLICIES: &str = "`no`, `always`, `unless-stopped`, `on-failure` or `on-failure:5`";

impl FromStr for RestartPolicy {
    type Err = OptionError;

    fn from_str(text: &str) -> Result<Self, OptionError> {
        Ok(match text.split_once(':') {
            None => match text {
                "no" => Self::No,
                "always" => Self::Always,
                "unless-stopped" => Self::UnlessStopped,
                "on-failure" => Self::OnFailure { retries: None },
                _ => return Err(OptionError::form(text, POLICIES)),
            },
            Some(("on-failure", retries)) => match retries.parse() {
                Ok(number) if !retries.starts_with('+') => {
                    Self::OnFailure { retries: NonZeroU32::new(number) }
                }
                _ => return Err(OptionError::form(text, POLICIES)),
            },
            Some(("no" | "always" | "unless-stopped", _)) => {
                return Err(OptionError::form(text, "a restart policy: only `on-failure` counts"));
            }
            Some(_) => return Err(OptionError::form(text, POLICIES)),
        })
    }
}

impl fmt::Display for RestartPolicy {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::No => f.write_str("no"),
            Self::Always => f.write_str("always"),
            Self::UnlessStopped => f.write_str("unless-stopped"),
            Self::OnFailure { retries: None } => f.write_str("on-failure"),
            Self::OnFailure { retries: Some(retries) } => write!(f, "on-failure:{retries}"),
        }
    }
}

serde_as_text!(RestartPolicy => "a restart policy as `always` or `on-failure:5`");
