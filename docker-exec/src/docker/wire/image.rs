//! Images.

use std::collections::BTreeMap;

use map_planner::engine::ObservedImage;
use serde::Deserialize;
use serde_json::Value;

use super::nullable;

/// The parts that matter of
/// [`ImageInspect`](https://docs.docker.com/reference/api/engine/version/v1.41/#tag/Image/operation/ImageInspect).
#[derive(Debug, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub(crate) struct Image {
    pub(crate) id: String,
    #[serde(default, deserialize_with = "nullable")]
    config: Config,
}

#[derive(Debug, Default, Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Config {
    #[serde(default, deserialize_with = "nullable")]
    volumes: BTreeMap<String, Value>,
}

impl Image {
    /// Returns the paths the image declares as volumes.
    pub(crate) fn volumes(&self) -> impl Iterator<Item = String> {
        self.config.volumes.keys().cloned()
    }

    /// Returns what was observed; accounts take a container and are left to the caller.
    pub(crate) fn observed(&self) -> ObservedImage {
        ObservedImage { volumes: self.volumes().collect(), accounts: None }
    }
}
