//! When something happened, by the engine's clock.

use alloc::format;
use alloc::string::String;

use serde::{Deserialize, Serialize};

/// A point in time as an engine tells it, in a form that compares as the times do. It is only compared with others of the
/// same engine: which of two came first says which knows the other.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Moment(String);

impl Moment {
    /// Reads a time like `2026-01-31T08:00:00.25Z`; none if it stands for never.
    ///
    /// The engine cuts zeros at the end of the fraction, so the text itself does not compare.
    ///
    /// ```
    /// use map_planner::engine::Moment;
    ///
    /// let at = |text| Moment::read(text);
    /// assert!(at("2026-01-31T08:00:00.3Z") > at("2026-01-31T08:00:00.25Z"));
    /// assert_eq!(at("0001-01-01T00:00:00Z"), None);
    /// ```
    pub fn read(text: &str) -> Option<Self> {
        let text = text.trim_end_matches('Z');
        let (seconds, fraction) = text.split_once('.').unwrap_or((text, ""));
        let is_never = seconds.is_empty() || seconds.starts_with("0001-");
        (!is_never).then(|| Self(format!("{seconds}.{fraction:0<9}")))
    }

    /// Returns the moment with this number, of a clock that counts.
    #[cfg(feature = "sim")]
    pub(crate) fn tick(number: u64) -> Self {
        Self(format!("{number:020}"))
    }
}
