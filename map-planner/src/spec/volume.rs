//! The volume an engine should have (Docker API: `VolumeCreate`).

use alloc::collections::BTreeMap;
use alloc::string::String;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// All that a volume is created with.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct VolumeSpec {
    /// The driver.
    pub driver: String,
    /// Its options.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub options: BTreeMap<String, String>,
    /// Labels: the map's own, and identity.
    pub labels: BTreeMap<String, String>,
}
