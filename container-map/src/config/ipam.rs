//! Addresses of networks.

use alloc::collections::BTreeMap;
use alloc::string::String;
use alloc::vec::Vec;
use core::fmt;
use core::net::IpAddr;
use core::str::FromStr;

use super::OptionError;
use crate::path::serde_as_text;

/// How a network gives out addresses (Docker API: `IPAM`).
#[derive(
    Debug, Clone, PartialEq, Eq, Default, serde::Serialize, serde::Deserialize, schemars::JsonSchema,
)]
#[serde(deny_unknown_fields)]
pub struct Ipam {
    /// The driver; none for the engine's own.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub driver: Option<String>,
    /// Options of the driver.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub options: BTreeMap<String, String>,
    /// The subnets; empty for one that the engine chooses.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub pools: Vec<Pool>,
}

/// A subnet of a network, and what is special in it (Docker API: `IPAMConfig`).
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize, serde::Deserialize, schemars::JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Pool {
    /// The subnet.
    pub subnet: Subnet,
    /// The part of it that containers get addresses from.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub ip_range: Option<Subnet>,
    /// The address of the way out.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub gateway: Option<IpAddr>,
    /// Addresses that something else than a container has, by its name.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub aux_addresses: BTreeMap<String, IpAddr>,
}

/// A range of addresses: `10.20.0.0/16`.
///
/// ```
/// # use container_map::config::Subnet;
/// let subnet: Subnet = "10.20.0.0/16".parse()?;
/// assert!(subnet.contains("10.20.3.4".parse().expect("because it is an address")));
/// # Ok::<(), container_map::config::OptionError>(())
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Subnet {
    // Invariant: without bits behind the length.
    address: IpAddr,
    // Invariant: at most the bits of the address.
    length: u8,
}

impl Subnet {
    /// Returns its first address.
    pub fn address(self) -> IpAddr {
        self.address
    }

    /// Returns how many bits its addresses have in common.
    pub fn length(self) -> u8 {
        self.length
    }

    /// Returns whether an address is in it.
    pub fn contains(self, address: IpAddr) -> bool {
        self.address.is_ipv4() == address.is_ipv4() && masked(address, self.length) == bits(self.address)
    }

    /// Returns whether all addresses of another one are in it.
    pub fn covers(self, other: Self) -> bool {
        self.length <= other.length && self.contains(other.address)
    }
}

impl From<IpAddr> for Subnet {
    /// Returns the subnet of one address.
    fn from(address: IpAddr) -> Self {
        Self { address, length: if address.is_ipv4() { 32 } else { 128 } }
    }
}

/// Returns the bits of an address, the first one at the top.
fn bits(address: IpAddr) -> u128 {
    match address {
        IpAddr::V4(address) => u128::from(address.to_bits()) << 96,
        IpAddr::V6(address) => address.to_bits(),
    }
}

fn masked(address: IpAddr, length: u8) -> u128 {
    let kept = u128::MAX.checked_shl(128 - u32::from(length)).unwrap_or(0);
    bits(address) & kept
}

impl FromStr for Subnet {
    type Err = OptionError;

    fn from_str(text: &str) -> Result<Self, OptionError> {
        let wrong = || OptionError::form(text, "a subnet as `10.20.0.0/16`");
        let (address, length) = text.split_once('/').ok_or_else(wrong)?;
        let address: IpAddr = address.parse().map_err(|_| wrong())?;
        let most = if address.is_ipv4() { 32 } else { 128 };
        let is_number = length.bytes().all(|byte| byte.is_ascii_digit());
        let length = length.parse().ok().filter(|length| is_number && *length <= most).ok_or_else(wrong)?;
        if masked(address, length) == bits(address) {
            Ok(Self { address, length })
        } else {
            Err(OptionError::form(text, "a subnet: its address has bits behind its length"))
        }
    }
}

impl fmt::Display for Subnet {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}/{}", self.address, self.length)
    }
}

serde_as_text!(Subnet => "a subnet as `10.20.0.0/16`");

#[cfg(test)]
mod tests {
    use alloc::string::ToString;

    use super::*;

    fn subnet(text: &str) -> Subnet {
        text.parse().unwrap_or_else(|error| panic!("{error}"))
    }

    #[test]
    fn subnets_know_their_addresses() {
        for (text, address, expected) in [
            ("10.20.0.0/16", "10.20.255.1", true),
            ("10.20.0.0/16", "10.21.0.1", false),
            ("10.20.0.0/16", "::a14:1", false),
            ("0.0.0.0/0", "255.255.255.255", true),
            ("10.0.0.7/32", "10.0.0.7", true),
            ("10.0.0.7/32", "10.0.0.6", false),
            ("fd00::/8", "fd12::1", true),
            ("fd00::/8", "fe00::1", false),
            ("::/0", "1::", true),
            ("::/0", "1.2.3.4", false),
        ] {
            let address = address.parse().unwrap();
            assert_eq!(subnet(text).contains(address), expected, "{text} {address}");
            assert_eq!(subnet(text).to_string(), text);
        }
        assert!(subnet("10.0.0.0/8").covers(subnet("10.20.0.0/16")));
        assert!(!subnet("10.20.0.0/16").covers(subnet("10.0.0.0/8")));
    }

    #[test]
    fn what_is_no_subnet_is_refused() {
        for text in
            ["", "10.0.0.0", "10.0.0.0/33", "10.0.0.0/+8", "10.0.0.0/", "fd00::/129", "10.0.0.1/8", "x/8"]
        {
            assert!(text.parse::<Subnet>().is_err(), "{text}");
        }
    }
}
