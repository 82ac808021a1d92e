//! Networks as the engine reports them (Docker API: `NetworkList`).

use alloc::collections::BTreeMap;
use alloc::string::String;

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
    /// Its labels.
    #[serde(default)]
    pub labels: BTreeMap<String, String>,
}
