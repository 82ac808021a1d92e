//! Networks as the engine reports them (Docker API: `NetworkList`).

use alloc::collections::BTreeMap;
use alloc::string::String;
use alloc::vec::Vec;
use core::net::IpAddr;

use container_map::config::Subnet;
use serde::{Deserialize, Serialize};

use super::EngineId;

/// A network. Names are not unique: creates that race make several of one name.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ObservedNetwork {
    /// The engine's identifier.
    pub id: EngineId,
    /// Its name.
    pub name: String,
    /// The driver.
    #[serde(default)]
    pub driver: String,
    /// Its options.
    #[serde(default)]
    pub options: BTreeMap<String, String>,
    /// Whether it has no way out.
    #[serde(default)]
    pub internal: bool,
    /// Whether it has IPv6 addresses.
    #[serde(default)]
    pub enable_ipv6: bool,
    /// Whether containers of no service can join it, if it is one of a swarm.
    #[serde(default)]
    pub attachable: bool,
    /// How it gives out addresses.
    #[serde(default)]
    pub ipam: ObservedIpam,
    /// Its labels.
    #[serde(default)]
    pub labels: BTreeMap<String, String>,
}

/// How a network gives out addresses (Docker API: `IPAM`).
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct ObservedIpam {
    /// The driver.
    #[serde(default)]
    pub driver: String,
    /// Its options.
    #[serde(default)]
    pub options: BTreeMap<String, String>,
    /// The subnets, those that the engine chose included.
    #[serde(default)]
    pub pools: Vec<ObservedPool>,
}

/// A subnet of a network (Docker API: `IPAMConfig`).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ObservedPool {
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
