//! Further names of hosts.

use alloc::string::String;
use core::fmt;
use core::net::IpAddr;
use core::str::FromStr;

use super::OptionError;
use crate::path::serde_as_text;

/// A line of a container's hosts file: `db:10.0.0.5`.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct ExtraHost {
    // Invariant: not empty, without separators and spaces.
    name: String,
    /// Its address.
    pub address: HostAddress,
}

/// The address of a further host.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum HostAddress {
    /// This address.
    Ip(IpAddr),
    /// The address under which containers reach the host (`host-gateway`).
    Gateway,
}

impl ExtraHost {
    /// Returns the host's name.
    pub fn name(&self) -> &str {
        &self.name
    }
}

impl FromStr for ExtraHost {
    type Err = OptionError;

    fn from_str(text: &str) -> Result<Self, OptionError> {
        let wrong = || OptionError::form(text, "a host as `name:10.0.0.5` or `name:host-gateway`");
        // Names have neither; addresses of version 6 are full of colons.
        let (name, address) = text.split_once([':', '=']).ok_or_else(wrong)?;
        let bare = address.strip_prefix('[').and_then(|inner| inner.strip_suffix(']')).unwrap_or(address);
        let address = match bare {
            "host-gateway" => HostAddress::Gateway,
            _ => HostAddress::Ip(bare.parse().map_err(|_| wrong())?),
        };
        let is_foreign = |c: char| c.is_whitespace() || c.is_control() || c == '#';
        if name.is_empty() || name.contains(is_foreign) {
            return Err(wrong());
        }
        Ok(Self { name: name.into(), address })
    }
}

impl fmt::Display for HostAddress {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Ip(address) => address.fmt(f),
            Self::Gateway => f.write_str("host-gateway"),
        }
    }
}

impl fmt::Display for ExtraHost {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}:{}", self.name, self.address)
    }
}

serde_as_text!(ExtraHost => "a host as `name:10.0.0.5`");
