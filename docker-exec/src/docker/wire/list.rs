//! Containers as a list shows them.

use std::collections::{BTreeMap, BTreeSet};

use map_planner::engine::{Bystander, EngineId};
use map_planner::spec::HostBinding;
use serde::Deserialize;
use serde_json::Value;

use super::nullable;

/// One entry of
/// [`ContainerList`](https://docs.docker.com/reference/api/engine/version/v1.41/#tag/Container/operation/ContainerList).
#[derive(Debug, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub(crate) struct Summary {
    pub(crate) id: String,
    #[serde(default, deserialize_with = "nullable")]
    names: Vec<String>,
    #[serde(default)]
    state: String,
    #[serde(default, deserialize_with = "nullable")]
    pub(crate) labels: BTreeMap<String, String>,
    #[serde(default, deserialize_with = "nullable")]
    ports: Vec<PublishedPort>,
    #[serde(default, deserialize_with = "nullable")]
    mounts: Vec<MountPoint>,
    #[serde(default, deserialize_with = "nullable")]
    network_settings: Networks,
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "PascalCase")]
struct PublishedPort {
    #[serde(default, rename = "IP")]
    ip: String,
    private_port: u16,
    public_port: Option<u16>,
    #[serde(rename = "Type")]
    protocol: String,
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "PascalCase")]
struct MountPoint {
    #[serde(default, rename = "Type")]
    kind: String,
    #[serde(default)]
    name: String,
}

#[derive(Debug, Default, Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Networks {
    #[serde(default, deserialize_with = "nullable")]
    networks: BTreeMap<String, Value>,
}

impl Summary {
    /// Returns the container's own name. The other names are those that links gave it, as `/other/alias`.
    pub(crate) fn name(&self) -> String {
        let own =
            self.names.iter().filter_map(|name| name.strip_prefix('/')).find(|name| !name.contains('/'));
        own.unwrap_or(&self.id).to_owned()
    }

    /// Returns what the container holds that a map may want.
    pub(crate) fn bystander(&self) -> Bystander {
        let mut bystander = Bystander {
            id: Some(EngineId::new(self.id.as_str())),
            is_up: matches!(self.state.as_str(), "running" | "paused" | "restarting"),
            beside: None,
            volumes: self
                .mounts
                .iter()
                .filter(|mount| mount.kind == "volume")
                .map(|mount| mount.name.clone())
                .collect(),
            networks: self.network_settings.networks.keys().cloned().collect(),
            ports: BTreeMap::new(),
        };
        for published in &self.ports {
            let port = format!("{}/{}", published.private_port, published.protocol).parse();
            if let (Ok(port), Some(public)) = (port, published.public_port) {
                let ports: &mut BTreeSet<_> = bystander.ports.entry(port).or_default();
                ports.insert(HostBinding { address: address(&published.ip), port: public });
            }
        }
        bystander
    }
}

/// Reads the address of a published port; any of the ways to write "all of them" is none.
pub(super) fn address(text: &str) -> Option<std::net::IpAddr> {
    text.parse().ok().filter(|address: &std::net::IpAddr| !address.is_unspecified())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn engine_20_10() {
        let list: Vec<Summary> =
            serde_json::from_str(include_str!("../../../testdata/list-20.10.json")).unwrap();
        let found: BTreeMap<String, Bystander> =
            list.iter().map(|summary| (summary.name(), summary.bystander())).collect();
        insta::assert_snapshot!(serde_json::to_string_pretty(&found).unwrap());
    }
}
