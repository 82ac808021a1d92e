//! What a container runs, and in which environment.

use alloc::string::String;
use alloc::vec::Vec;

use serde::{Deserialize, Serialize};

use crate::secret::SecretSource;

/// A command as the engine takes it: words, never a line.
///
/// A line in a map is split as a POSIX shell would split it (docker-map and docker-py do the same).
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Default, Serialize, Deserialize)]
pub struct CommandLine(pub Vec<String>);

impl CommandLine {
    /// Splits a line into words; returns none where a quote is left open or the line ends in a backslash.
    pub fn split(line: &str) -> Option<Self> {
        shlex::split(line).map(Self)
    }
}

/// The value of an environment variable.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(untagged)]
pub enum Variable {
    /// This text.
    Text(String),
    /// What a secret holds; serialised as a mapping of `secret` to its source.
    #[serde(with = "wrapped")]
    Secret(SecretSource),
}

mod wrapped {
    use serde::{Deserialize, Deserializer, Serialize, Serializer};

    use crate::secret::SecretSource;

    #[derive(Serialize)]
    struct Wrapped<'a> {
        secret: &'a SecretSource,
    }

    #[derive(Deserialize)]
    #[serde(deny_unknown_fields)]
    struct Unwrapped {
        secret: SecretSource,
    }

    pub(super) fn serialize<S: Serializer>(secret: &SecretSource, serializer: S) -> Result<S::Ok, S::Error> {
        Wrapped { secret }.serialize(serializer)
    }

    pub(super) fn deserialize<'de, D: Deserializer<'de>>(deserializer: D) -> Result<SecretSource, D::Error> {
        Unwrapped::deserialize(deserializer).map(|unwrapped| unwrapped.secret)
    }
}
