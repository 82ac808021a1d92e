//! The network an engine should have (Docker API: `NetworkCreate`).

use alloc::collections::BTreeMap;
use alloc::string::String;

use container_map::config::Ipam;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// All that a network is created with. Unset fields are left to the engine.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct NetworkSpec {
    /// The driver.
    pub driver: String,
    /// Its options.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub options: BTreeMap<String, String>,
    /// Whether it has no way out.
    pub internal: bool,
    /// Whether it has IPv6 addresses.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub enable_ipv6: Option<bool>,
    /// Whether containers of no service can join it, if it is one of a swarm.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub attachable: Option<bool>,
    /// How it gives out addresses.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub ipam: Option<Ipam>,
    /// Labels: the map's own, and identity.
    pub labels: BTreeMap<String, String>,
}

impl NetworkSpec {
    /// Returns the specification of a network that says nothing but the driver.
    pub fn new(driver: impl Into<String>) -> Self {
        Self {
            driver: driver.into(),
            options: BTreeMap::new(),
            internal: false,
            enable_ipv6: None,
            attachable: None,
            ipam: None,
            labels: BTreeMap::new(),
        }
    }
}
