//! `create_options` and `host_config`: what a map passes on to the engine's create operation.

use alloc::collections::BTreeMap;
use alloc::string::String;
use alloc::vec::Vec;

use crate::secret::SecretSource;

/// Further arguments of the container create operation, under docker-map's names.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct CreateOptions {
    /// The command; none for the image's.
    pub command: Option<CommandLine>,
    /// The entrypoint; none for the image's.
    pub entrypoint: Option<CommandLine>,
    /// Environment variables; no value removes the variable the image sets.
    pub environment: BTreeMap<String, Option<Variable>>,
}

/// The value of an environment variable.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Variable {
    /// This text.
    Text(String),
    /// What a secret holds.
    Secret(SecretSource),
}

/// Further arguments of a container's host configuration, under docker-map's names.
///
/// Empty for now: the options arrive together with their comparison, so that none is ever accepted and then ignored.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
#[non_exhaustive]
pub struct HostOptions {}

/// A command as the engine takes it: words, never a line.
///
/// A line in a map is split as a POSIX shell would split it (docker-map and docker-py do the same).
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Default)]
pub struct CommandLine(pub Vec<String>);

impl CommandLine {
    /// Splits a line into words; returns none where a quote is left open or the line ends in a backslash.
    pub fn split(line: &str) -> Option<Self> {
        shlex::split(line).map(Self)
    }
}
