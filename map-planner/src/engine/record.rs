//! What dmap noted about earlier runs: what neither names nor labels can say, because it changes.
//!
//! Deleting the record changes wording and may repeat exec commands; it changes no other step.

use alloc::collections::{BTreeMap, BTreeSet};
use alloc::string::String;

use serde::{Deserialize, Serialize};

use super::EngineId;

/// What dmap noted about earlier runs of a map on an engine.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Record {
    /// The version of the format.
    #[serde(default)]
    pub format: RecordFormat,
    /// What was noted about containers, by the engine's identifier: a container made anew is another one.
    #[serde(default)]
    pub containers: BTreeMap<EngineId, Noted>,
    /// What was noted about volumes, which have no identifier, by name.
    #[serde(default)]
    pub volumes: BTreeMap<String, Noted>,
}

/// The version of the record's format.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
pub enum RecordFormat {
    /// The first one.
    #[default]
    #[serde(rename = "dmap-record/1")]
    V1,
}

/// What was noted about one object.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Noted {
    /// Digests of the amendable attributes as last applied, by attribute (and item, as in birth certificates): what
    /// differs from them now was changed on the engine, what the map says otherwise was changed in the map.
    #[serde(default)]
    pub amended: BTreeMap<String, String>,
    /// Digests of the exec commands that were run in it; of those that were run in its last run, also with a digest of that
    /// run behind an `@`.
    #[serde(default)]
    pub commands: BTreeSet<String>,
}
