//! Devices of the host.

use alloc::collections::{BTreeMap, BTreeSet};
use alloc::string::String;
use core::fmt;
use core::str::FromStr;

use super::OptionError;
use crate::path::{ContainerPath, HostPath, serde_as_text};

/// A device of the host in a container: `/dev/sda:/dev/xvda:rwm`.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Device {
    /// Where it is in the container.
    pub container: ContainerPath,
    /// Where it is on the host.
    pub host: HostPath,
    /// What the container may do with it.
    pub access: DeviceAccess,
}

/// What may be done with a device: to read (`r`), to write (`w`), and to make (`m`) it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct DeviceAccess {
    /// It can be read.
    pub read: bool,
    /// It can be written.
    pub write: bool,
    /// Its file can be made.
    pub make: bool,
}

impl DeviceAccess {
    /// Everything (`rwm`).
    pub const ALL: Self = Self { read: true, write: true, make: true };
}

/// A rule for devices that come and go: `c 42:* rmw`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct DeviceRule {
    /// `a` for all kinds, `b` for block devices, `c` for character devices.
    kind: char,
    /// The kind of device, by its driver.
    pub major: DeviceNumber,
    /// The device of this kind.
    pub minor: DeviceNumber,
    /// What the container may do with it.
    pub access: DeviceAccess,
}

/// Half of the number of a device.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum DeviceNumber {
    /// This one.
    One(u32),
    /// Every one (`*`).
    Any,
}

/// Devices that a driver finds, like GPUs.
#[derive(
    Debug,
    Clone,
    PartialEq,
    Eq,
    PartialOrd,
    Ord,
    Hash,
    serde::Serialize,
    serde::Deserialize,
    schemars::JsonSchema,
)]
#[serde(deny_unknown_fields)]
pub struct DeviceRequest {
    /// The driver, as `nvidia`; none for any that has the capabilities.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub driver: Option<String>,
    /// How many, if they are not named.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub count: Option<DeviceCount>,
    /// Which ones, by the driver's names for them.
    #[serde(default, skip_serializing_if = "BTreeSet::is_empty")]
    pub device_ids: BTreeSet<String>,
    /// What they have to be able to do: all of one of these sets.
    #[serde(default, skip_serializing_if = "BTreeSet::is_empty")]
    pub capabilities: BTreeSet<BTreeSet<String>>,
    /// Options of the driver.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub options: BTreeMap<String, String>,
}

/// How many devices are requested.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum DeviceCount {
    /// As many.
    Some(core::num::NonZeroU32),
    /// As many as there are (`-1`).
    All,
}

impl FromStr for Device {
    type Err = OptionError;

    /// Reads the paths on the host and in the container and the access; as for `docker run --device`, the middle one can be
    /// left out, and so can the last one.
    fn from_str(text: &str) -> Result<Self, OptionError> {
        const EXPECTED: &str = "a device as `/dev/sda`, `/dev/sda:/dev/xvda` or `/dev/sda:/dev/xvda:rwm`";
        let wrong = || OptionError::form(text, EXPECTED);
        let mut parts = text.split(':');
        let host = parts.next().unwrap_or_default();
        let (container, access) = match (parts.next(), parts.next(), parts.next()) {
            (None, ..) => (host, DeviceAccess::ALL),
            (Some(second), None, _) => match second.parse() {
                Ok(access) => (host, access),
                Err(_) => (second, DeviceAccess::ALL),
            },
            (Some(second), Some(third), None) => (second, third.parse().map_err(|_: OptionError| wrong())?),
            (Some(_), Some(_), Some(_)) => return Err(wrong()),
        };
        let host = host.parse().map_err(|_| wrong())?;
        Ok(Self { container: container.parse().map_err(|_| wrong())?, host, access })
    }
}

impl FromStr for DeviceAccess {
    type Err = OptionError;

    fn from_str(text: &str) -> Result<Self, OptionError> {
        let is_access = text.chars().all(|c| matches!(c, 'r' | 'w' | 'm'));
        if text.is_empty() || text.len() > 3 || !is_access {
            return Err(OptionError::form(text, "an access to a device as `rwm`"));
        }
        Ok(Self { read: text.contains('r'), write: text.contains('w'), make: text.contains('m') })
    }
}

impl FromStr for DeviceRule {
    type Err = OptionError;

    fn from_str(text: &str) -> Result<Self, OptionError> {
        let wrong = || OptionError::form(text, "a rule for devices as `c 42:* rmw`");
        let mut parts = text.split(' ');
        let (Some(kind), Some(numbers), Some(access), None) =
            (parts.next(), parts.next(), parts.next(), parts.next())
        else {
            return Err(wrong());
        };
        let kind = match kind {
            "a" => 'a',
            "b" => 'b',
            "c" => 'c',
            _ => return Err(wrong()),
        };
        let (major, minor) = numbers.split_once(':').ok_or_else(wrong)?;
        let (major, minor) = device_number(major).zip(device_number(minor)).ok_or_else(wrong)?;
        Ok(Self { kind, major, minor, access: access.parse().map_err(|_| wrong())? })
    }
}

fn device_number(text: &str) -> Option<DeviceNumber> {
    match text {
        "*" => Some(DeviceNumber::Any),
        _ => text.parse().ok().filter(|_| !text.starts_with('+')).map(DeviceNumber::One),
    }
}

impl FromStr for DeviceCount {
    type Err = OptionError;

    fn from_str(text: &str) -> Result<Self, OptionError> {
        match text {
            "-1" | "all" => Ok(Self::All),
            _ => text
                .parse()
                .map(Self::Some)
                .map_err(|_| OptionError::form(text, "a number of devices, or `all`")),
        }
    }
}

impl fmt::Display for Device {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}:{}:{}", self.host, self.container, self.access)
    }
}

impl fmt::Display for DeviceAccess {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let letters = [(self.read, "r"), (self.write, "w"), (self.make, "m")];
        letters.into_iter().filter(|(may, _)| *may).try_for_each(|(_, letter)| f.write_str(letter))
    }
}

impl fmt::Display for DeviceRule {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} {}:{} {}", self.kind, self.major, self.minor, self.access)
    }
}

impl fmt::Display for DeviceNumber {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::One(number) => number.fmt(f),
            Self::Any => f.write_str("*"),
        }
    }
}

impl fmt::Display for DeviceCount {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Some(number) => number.fmt(f),
            Self::All => f.write_str("all"),
        }
    }
}

serde_as_text! {
    Device => "a device as `/dev/sda:/dev/xvda:rwm`",
    DeviceRule => "a rule for devices as `c 42:* rmw`",
    DeviceCount => "a number of devices, or `all`",
}
