//! Namespaces that are not a container's own.

use alloc::borrow::ToOwned;
use alloc::string::String;
use core::fmt;
use core::str::FromStr;

use super::OptionError;
use super::words::words;
use crate::path::serde_as_text;

words! {
    "`host`" =>
    /// A namespace of the host instead of one of the container's own.
    pub enum HostNamespace {
        /// The host's.
        Host = "host",
    }
}

words! {
    "`private` or `host`" =>
    /// Whose namespace of control groups a container has.
    pub enum CgroupNamespace {
        /// Its own.
        Private = "private",
        /// The host's.
        Host = "host",
    }
}

words! {
    "`default`, `process` or `hyperv`" =>
    /// How a container is kept apart on Windows.
    pub enum Isolation {
        /// As the engine is set up.
        Default = "default",
        /// By namespaces.
        Process = "process",
        /// By a virtual machine.
        Hyperv = "hyperv",
    }
}

/// Whose processes a container sees.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum PidMode {
    /// The host's.
    Host,
    /// Those of a container that dmap does not manage, by its name in the engine (`container:name`).
    Container(String),
}

/// Whose shared memory a container has.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum IpcMode {
    /// Its own, without `/dev/shm`.
    None,
    /// Its own.
    Private,
    /// Its own, which other containers can have as well.
    Shareable,
    /// The host's.
    Host,
    /// That of a container that dmap does not manage, by its name in the engine (`container:name`).
    Container(String),
}

/// Returns the name behind `container:`.
fn container(text: &str) -> Option<String> {
    text.strip_prefix("container:").filter(|name| !name.is_empty()).map(ToOwned::to_owned)
}

impl FromStr for PidMode {
    type Err = OptionError;

    fn from_str(text: &str) -> Result<Self, OptionError> {
        if text == "host" {
            return Ok(Self::Host);
        }
        let unknown = || OptionError::form(text, "`host` or `container:name`");
        container(text).map(Self::Container).ok_or_else(unknown)
    }
}

impl FromStr for IpcMode {
    type Err = OptionError;

    fn from_str(text: &str) -> Result<Self, OptionError> {
        Ok(match text {
            "none" => Self::None,
            "private" => Self::Private,
            "shareable" => Self::Shareable,
            "host" => Self::Host,
            _ => Self::Container(container(text).ok_or_else(|| {
                OptionError::form(text, "`none`, `private`, `shareable`, `host` or `container:name`")
            })?),
        })
    }
}

impl fmt::Display for PidMode {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Host => f.write_str("host"),
            Self::Container(name) => write!(f, "container:{name}"),
        }
    }
}

impl fmt::Display for IpcMode {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::None => f.write_str("none"),
            Self::Private => f.write_str("private"),
            Self::Shareable => f.write_str("shareable"),
            Self::Host => f.write_str("host"),
            Self::Container(name) => write!(f, "container:{name}"),
        }
    }
}

serde_as_text! {
    PidMode => "`host` or `container:name`",
    IpcMode => "`none`, `private`, `shareable`, `host` or `container:name`",
}
