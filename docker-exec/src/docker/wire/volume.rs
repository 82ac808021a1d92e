//! Volumes.

use std::collections::BTreeMap;

use map_planner::engine::ObservedVolume;
use map_planner::spec::VolumeSpec;
use serde::Deserialize;
use serde_json::{Value, json};

use super::nullable;

/// The answer of
/// [`VolumeList`](https://docs.docker.com/reference/api/engine/version/v1.41/#tag/Volume/operation/VolumeList).
#[derive(Debug, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub(crate) struct Volumes {
    #[serde(default, deserialize_with = "nullable")]
    pub(crate) volumes: Vec<Volume>,
}

/// The parts that matter of one volume; also the answer of `VolumeCreate`.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub(crate) struct Volume {
    pub(crate) name: String,
    #[serde(default)]
    driver: String,
    #[serde(default, deserialize_with = "nullable")]
    options: BTreeMap<String, String>,
    #[serde(default, deserialize_with = "nullable")]
    pub(crate) labels: BTreeMap<String, String>,
}

impl Volume {
    /// Returns whether it is what this specification makes.
    pub(crate) fn is_made_of(&self, spec: &VolumeSpec) -> bool {
        self.labels == spec.labels && self.driver == spec.driver && self.options == spec.options
    }

    /// Returns whether it can be on something that was there before it: more than the engine may have written there.
    pub(crate) fn may_hold_files(&self) -> bool {
        !self.options.is_empty() || self.driver != "local"
    }

    /// Returns what was observed; the directory and the carrier are left to the caller.
    pub(crate) fn observed(self) -> ObservedVolume {
        ObservedVolume {
            driver: self.driver,
            options: self.options,
            labels: self.labels,
            top: None,
            carrier: false,
            look: false,
        }
    }
}

/// Makes the body of
/// [`VolumeCreate`](https://docs.docker.com/reference/api/engine/version/v1.41/#tag/Volume/operation/VolumeCreate).
pub(crate) fn create(name: &str, spec: &VolumeSpec) -> Value {
    json!({ "Name": name, "Driver": spec.driver, "DriverOpts": spec.options, "Labels": spec.labels })
}
