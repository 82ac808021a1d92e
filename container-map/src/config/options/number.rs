//! Whole numbers with bounds.

use alloc::borrow::Cow;
use alloc::format;
use alloc::string::ToString;
use core::fmt;
use core::str::FromStr;

use super::OptionError;

/// A whole number from `LEAST` to `MOST`.
///
/// ```
/// # use container_map::config::Number;
/// assert_eq!("500".parse::<Number<10, 1000>>()?.get(), 500);
/// assert!("5".parse::<Number<10, 1000>>().is_err());
/// # Ok::<(), container_map::config::OptionError>(())
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, serde::Serialize)]
pub struct Number<const LEAST: i64, const MOST: i64 = { i64::MAX }>(
    // Invariant: within the bounds.
    i64,
);

impl<const LEAST: i64, const MOST: i64> Number<LEAST, MOST> {
    /// Returns a number, if it is within the bounds.
    pub fn new(number: i64) -> Option<Self> {
        (LEAST..=MOST).contains(&number).then_some(Self(number))
    }

    /// Returns the number.
    pub fn get(self) -> i64 {
        self.0
    }

    /// Returns whether a number that is out of bounds says for the engine that nothing is set: 0, and -1 where there is
    /// no upper bound.
    pub(crate) fn is_unset(number: i64) -> bool {
        LEAST > 0 && (number == 0 || number == -1 && MOST == i64::MAX)
    }
}

impl<const LEAST: i64, const MOST: i64> FromStr for Number<LEAST, MOST> {
    type Err = OptionError;

    fn from_str(text: &str) -> Result<Self, OptionError> {
        // The standard parser takes `+5`, which is no number for YAML's readers.
        let number = text.parse().ok().filter(|_| !text.starts_with('+'));
        let found = number.map(Self::new).ok_or_else(|| OptionError::form(text, "a whole number"))?;
        found.ok_or_else(|| OptionError::Range { text: text.to_string(), least: LEAST, most: MOST })
    }
}

impl<const LEAST: i64, const MOST: i64> fmt::Display for Number<LEAST, MOST> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

impl<const LEAST: i64, const MOST: i64> schemars::JsonSchema for Number<LEAST, MOST> {
    fn inline_schema() -> bool {
        true
    }

    fn schema_name() -> Cow<'static, str> {
        format!("Number_{LEAST}_{MOST}").into()
    }

    fn json_schema(_: &mut schemars::SchemaGenerator) -> schemars::Schema {
        schemars::json_schema!({"type": "integer", "minimum": LEAST, "maximum": MOST})
    }
}

impl<'de, const LEAST: i64, const MOST: i64> serde::Deserialize<'de> for Number<LEAST, MOST> {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let number = i64::deserialize(deserializer)?;
        number.to_string().parse().map_err(serde::de::Error::custom)
    }
}
