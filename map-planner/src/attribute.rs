//! What of a container or volume is compared, and what a difference leads to: the update policy as one table.

mod option;

use core::fmt;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

pub(crate) use self::option::AMENDABLE as AMENDABLE_OPTIONS;

/// A comparable property.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Attribute {
    /// The image behind the tag.
    Image,
    /// The command's words.
    Command,
    /// The entrypoint's words.
    Entrypoint,
    /// An environment variable.
    Environment,
    /// The working user.
    User,
    /// Where commands start.
    WorkingDir,
    /// Whether there is a terminal.
    Tty,
    /// Whether the standard input stays open.
    StdinOpen,
    /// A label of the map's own.
    Label,
    /// An option of what the host gives it.
    Option,
    /// The hardware address.
    MacAddress,
    /// The platform of the image.
    Platform,
    /// The host name.
    Hostname,
    /// The domain name.
    Domainname,
    /// What is mounted at a path.
    Mount,
    /// Whether mounts below a path are seen on the other side.
    Propagation,
    /// Containers whose volumes are mounted.
    VolumesFrom,
    /// A port and where it is published.
    Port,
    /// Where the network namespace comes from.
    NetworkMode,
    /// A legacy link.
    Link,
    /// The health check.
    Healthcheck,
    /// The signal that stops it.
    StopSignal,
    /// The time between the stop signal and the kill.
    StopTimeout,
    /// A place in a network.
    Endpoint,
    /// Owner of a volume's directory.
    Owner,
    /// Mode of a volume's directory.
    Mode,
    /// The network's driver, options, labels or addresses.
    NetworkOptions,
    /// The volume's driver, options or labels.
    VolumeOptions,
}

/// What a difference leads to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Remedy {
    /// It is put right in place.
    Amend,
    /// The container is taken out of the network and put in again.
    Reconnect,
    /// A new object takes the place of the old one.
    Replace,
    /// It is reported and left alone: putting it right would cost data, or everything that uses the object.
    Report,
}

impl Attribute {
    /// All attributes.
    const ALL: [Self; 28] = [
        Self::Image,
        Self::Command,
        Self::Entrypoint,
        Self::Environment,
        Self::User,
        Self::WorkingDir,
        Self::Tty,
        Self::StdinOpen,
        Self::Label,
        Self::Option,
        Self::MacAddress,
        Self::Platform,
        Self::Hostname,
        Self::Domainname,
        Self::Mount,
        Self::Propagation,
        Self::VolumesFrom,
        Self::Port,
        Self::NetworkMode,
        Self::Link,
        Self::Healthcheck,
        Self::StopSignal,
        Self::StopTimeout,
        Self::Endpoint,
        Self::Owner,
        Self::Mode,
        Self::NetworkOptions,
        Self::VolumeOptions,
    ];

    /// Returns the attribute of a name.
    pub(crate) fn named(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|attribute| attribute.as_str() == name)
    }

    /// Returns what a difference leads to; of options, it depends on which one it is.
    ///
    /// What takes a replacement is what a container gets at creation and never changes. That, and nothing else, is in
    /// birth certificates.
    pub fn remedy(self, item: Option<&str>) -> Remedy {
        match self {
            Self::Option => item.map_or(Remedy::Replace, option::remedy),
            Self::Image
            | Self::Command
            | Self::Entrypoint
            | Self::Environment
            | Self::User
            | Self::WorkingDir
            | Self::Tty
            | Self::StdinOpen
            | Self::Label
            | Self::MacAddress
            | Self::Platform
            | Self::Hostname
            | Self::Domainname
            | Self::Mount
            | Self::Propagation
            | Self::VolumesFrom
            | Self::Port
            | Self::NetworkMode
            | Self::Link
            | Self::Healthcheck
            | Self::StopSignal
            | Self::StopTimeout => Remedy::Replace,
            Self::Endpoint => Remedy::Reconnect,
            Self::Owner | Self::Mode => Remedy::Amend,
            Self::NetworkOptions | Self::VolumeOptions => Remedy::Report,
        }
    }

    /// Returns the name it has in plans and in birth certificates.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Image => "image",
            Self::Command => "command",
            Self::Entrypoint => "entrypoint",
            Self::Environment => "env",
            Self::User => "user",
            Self::WorkingDir => "working-dir",
            Self::Tty => "tty",
            Self::StdinOpen => "stdin-open",
            Self::Label => "label",
            Self::Option => "option",
            Self::MacAddress => "mac-address",
            Self::Platform => "platform",
            Self::Hostname => "hostname",
            Self::Domainname => "domainname",
            Self::Mount => "mount",
            Self::Propagation => "propagation",
            Self::VolumesFrom => "volumes-from",
            Self::Port => "port",
            Self::NetworkMode => "network-mode",
            Self::Link => "link",
            Self::Healthcheck => "healthcheck",
            Self::StopSignal => "stop-signal",
            Self::StopTimeout => "stop-timeout",
            Self::Endpoint => "network",
            Self::Owner => "owner",
            Self::Mode => "mode",
            Self::NetworkOptions => "network-options",
            Self::VolumeOptions => "volume-options",
        }
    }
}

impl fmt::Display for Attribute {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}
