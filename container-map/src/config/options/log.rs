//! Where a container's output goes.

use alloc::collections::BTreeMap;
use alloc::string::String;

/// A log driver with its options.
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
pub struct LogConfig {
    /// The driver, as `json-file` or `journald`; none for the engine's default one.
    #[serde(default, rename = "type", skip_serializing_if = "Option::is_none")]
    pub driver: Option<String>,
    /// Its options.
    #[serde(default, rename = "config", skip_serializing_if = "BTreeMap::is_empty")]
    pub options: BTreeMap<String, String>,
}
