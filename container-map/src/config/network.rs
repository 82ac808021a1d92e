//! Networks, the containers' places in them, and ports.

use alloc::collections::{BTreeMap, BTreeSet};
use alloc::string::String;
use alloc::vec::Vec;
use core::net::{IpAddr, Ipv4Addr, Ipv6Addr};

use super::{Ipam, Link};
use crate::key::NetworkKey;
use crate::name::InterfaceName;
use crate::port::{HostPort, Port};

/// A network of the map.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NetworkConfig {
    /// The network driver; docker-map's default is `bridge`.
    pub driver: String,
    /// Options of the driver.
    pub driver_options: BTreeMap<String, String>,
    /// Whether the network has no way out.
    pub internal: bool,
    /// Labels, besides those of dmap.
    pub labels: BTreeMap<String, String>,
    /// Whether it has IPv6 addresses; none for the engine's default.
    pub enable_ipv6: Option<bool>,
    /// Whether containers that belong to no service can join it, if it is one of a swarm.
    pub attachable: Option<bool>,
    /// How it gives out addresses; none for the engine's choice.
    pub ipam: Option<Ipam>,
}

impl Default for NetworkConfig {
    fn default() -> Self {
        Self {
            driver: "bridge".into(),
            driver_options: BTreeMap::new(),
            internal: false,
            labels: BTreeMap::new(),
            enable_ipv6: None,
            attachable: None,
            ipam: None,
        }
    }
}

/// A container's place in a network.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Endpoint {
    /// The network.
    pub network: NetworkKey,
    /// Further names of the container in this network.
    pub aliases: BTreeSet<String>,
    /// Links to other containers within this network.
    pub links: Vec<Link>,
    /// A fixed IPv4 address.
    pub ipv4_address: Option<Ipv4Addr>,
    /// A fixed IPv6 address.
    pub ipv6_address: Option<Ipv6Addr>,
    /// Link-local addresses.
    pub link_local_ips: BTreeSet<IpAddr>,
    /// Options of the network's driver for this place.
    pub driver_options: BTreeMap<String, String>,
}

impl Endpoint {
    /// Returns an endpoint that says nothing but the network.
    pub fn new(network: NetworkKey) -> Self {
        Self {
            network,
            aliases: BTreeSet::new(),
            links: Vec::new(),
            ipv4_address: None,
            ipv6_address: None,
            link_local_ips: BTreeSet::new(),
            driver_options: BTreeMap::new(),
        }
    }
}

/// A port a container exposes (`exposes`).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Exposed {
    /// The port inside the container.
    pub port: Port,
    /// Where it is published on the host, if it is.
    pub publish: Option<Publish>,
}

/// The host side of a published port.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Publish {
    /// The port on the host.
    pub host_port: HostPort,
    /// The interface, by the client's alias; none for all interfaces.
    pub interface: Option<InterfaceName>,
    /// Whether the alias is looked up among the client's IPv6 addresses.
    pub ipv6: bool,
}
