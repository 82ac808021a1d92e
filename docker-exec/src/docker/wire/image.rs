//! Images.

use std::collections::BTreeMap;

use map_planner::engine::{ImageDefaults, ObservedImage};
use serde::Deserialize;
use serde_json::Value;

use super::health::Healthcheck;
use super::inspect::variable;
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
    #[serde(default, deserialize_with = "nullable")]
    env: Vec<String>,
    #[serde(default, deserialize_with = "nullable")]
    cmd: Vec<String>,
    #[serde(default, deserialize_with = "nullable")]
    entrypoint: Vec<String>,
    #[serde(default, deserialize_with = "nullable")]
    user: String,
    #[serde(default, deserialize_with = "nullable")]
    working_dir: String,
    #[serde(default, deserialize_with = "nullable")]
    stop_signal: String,
    #[serde(default, deserialize_with = "nullable")]
    exposed_ports: BTreeMap<String, Value>,
    #[serde(default, deserialize_with = "nullable")]
    labels: BTreeMap<String, String>,
    #[serde(default)]
    healthcheck: Option<Healthcheck>,
}

impl Image {
    /// Returns the paths the image declares as volumes.
    pub(crate) fn volumes(&self) -> impl Iterator<Item = String> {
        self.config.volumes.keys().cloned()
    }

    /// Returns what was observed; accounts take a container and are left to the caller.
    pub(crate) fn observed(self) -> ObservedImage {
        let config = self.config;
        let variable = |line: &String| variable(line).and_then(|(name, value)| Some((name, value?)));
        let defaults = ImageDefaults {
            environment: config.env.iter().filter_map(variable).collect(),
            command: config.cmd,
            entrypoint: config.entrypoint,
            user: config.user,
            working_dir: config.working_dir,
            stop_signal: config.stop_signal,
            exposed: config.exposed_ports.keys().filter_map(|port| port.parse().ok()).collect(),
            labels: config.labels,
            healthcheck: config.healthcheck.and_then(Healthcheck::observed),
        };
        ObservedImage { volumes: config.volumes.into_keys().collect(), defaults, accounts: None }
    }
}
