//! Clients: one Docker engine each, and what is particular about its host.

use alloc::collections::BTreeMap;
use alloc::string::String;
use core::net::{Ipv4Addr, Ipv6Addr};
use core::time::Duration;

use crate::name::{ClientName, InterfaceName};

/// One Docker engine and its host-specific settings (docker-map 2.8).
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct ClientConfig {
    /// Its name.
    pub name: ClientName,
    /// Where the engine answers; none for the environment's default.
    pub base_url: Option<String>,
    /// Interface aliases and their IPv4 addresses.
    pub interfaces: BTreeMap<InterfaceName, Ipv4Addr>,
    /// Interface aliases and their IPv6 addresses.
    pub interfaces_ipv6: BTreeMap<InterfaceName, Ipv6Addr>,
    /// Domain name of new containers; takes precedence over the map's.
    pub domainname: Option<String>,
    /// How long the engine waits after a stop signal, for containers that do not say.
    pub stop_timeout: Option<Duration>,
}
