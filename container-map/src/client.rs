//! Clients: one Docker engine each, and what is particular about its host.

mod read;

use alloc::collections::BTreeMap;
use alloc::string::String;
use core::net::{Ipv4Addr, Ipv6Addr};
use core::time::Duration;

use crate::name::{ClientName, InterfaceName};
use crate::secret::{Secret, SecretSource};

pub(crate) use read::{CLIENT, LOGIN, RawClient, RawClients, client_name, read};

/// One Docker engine and its host-specific settings (docker-map 2.8).
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct ClientConfig {
    /// Its name.
    pub name: ClientName,
    /// Where the engine answers, like `unix:///var/run/docker.sock` or `tcp://host:2375`; none for the environment's
    /// default.
    pub base_url: Option<String>,
    /// How long one request may take, where dmap has no limit of its own for it.
    pub timeout: Option<Duration>,
    /// Interface aliases and their IPv4 addresses.
    pub interfaces: BTreeMap<InterfaceName, Ipv4Addr>,
    /// Interface aliases and their IPv6 addresses.
    pub interfaces_ipv6: BTreeMap<InterfaceName, Ipv6Addr>,
    /// How to log in to registries, by the registry's name.
    pub auth_configs: BTreeMap<String, Login>,
    /// Domain name of new containers; takes precedence over the map's.
    pub domainname: Option<String>,
    /// How long the engine waits after a stop signal, for containers that do not say.
    pub stop_timeout: Option<Duration>,
    /// How long to wait for containers that have to end.
    pub wait_timeout: Option<Duration>,
}

/// Who logs in to a registry.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Login {
    /// The user.
    pub username: String,
    /// The password.
    pub password: Password,
}

/// A password, or where it is read from.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Password {
    /// It stands in the file.
    Given(Secret),
    /// It is a secret of this source.
    Source(SecretSource),
}
