//! Variables in the text of a map: `${NAME}` and its defaults, `!path`, and the folder that relative secrets start at.
//!
//! The tree is expanded before it is read, so every value can hold a variable; keys never do. `$NAME` without braces stays
//! as it is, because docker-map passed it on to shells inside containers.

mod expand;
mod path;

use alloc::collections::BTreeMap;
use alloc::string::String;

pub(crate) use expand::{distribute, expand};
pub(crate) use path::{folder, join};

/// What `${NAME}`, `$NAME` in a `!path`, and `~` stand for: the environment, read by whoever loads a map.
#[derive(Clone, PartialEq, Eq, Default)]
pub struct Variables {
    /// Values by name.
    pub values: BTreeMap<String, String>,
    /// Home directory of the user who loads the map.
    pub home: Option<String>,
    /// Home directories of other users by name, for `~name`.
    pub homes: BTreeMap<String, String>,
}

/// The values can be secret, so only the names are shown.
impl core::fmt::Debug for Variables {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        f.debug_struct("Variables").field("names", &self.values.keys()).finish_non_exhaustive()
    }
}

impl<N: Into<String>, V: Into<String>> FromIterator<(N, V)> for Variables {
    fn from_iter<I: IntoIterator<Item = (N, V)>>(values: I) -> Self {
        let values = values.into_iter().map(|(name, value)| (name.into(), value.into())).collect();
        Self { values, home: None, homes: BTreeMap::new() }
    }
}

/// Returns how many bytes at the start of a text are the name of a variable.
fn name_length(text: &str) -> usize {
    let is_start = |c: char| c.is_ascii_alphabetic() || c == '_';
    if !text.starts_with(is_start) {
        return 0;
    }
    text.find(|c: char| !c.is_ascii_alphanumeric() && c != '_').unwrap_or(text.len())
}
