//! Networks.

use std::collections::BTreeMap;

use map_planner::engine::{EngineId, ObservedNetwork};
use map_planner::spec::NetworkSpec;
use serde::Deserialize;
use serde_json::{Value, json};

use super::nullable;

/// The parts that matter of
/// [`NetworkList`](https://docs.docker.com/reference/api/engine/version/v1.41/#tag/Network/operation/NetworkList)
/// and `NetworkInspect`; only the latter tells the containers.
#[derive(Debug, Clone, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub(crate) struct Network {
    id: String,
    pub(crate) name: String,
    #[serde(default)]
    driver: String,
    #[serde(default)]
    internal: bool,
    #[serde(default, deserialize_with = "nullable")]
    options: BTreeMap<String, String>,
    #[serde(default, deserialize_with = "nullable")]
    pub(crate) labels: BTreeMap<String, String>,
    #[serde(default, deserialize_with = "nullable")]
    pub(crate) containers: BTreeMap<String, Value>,
}

impl Network {
    /// Returns whether it is what this specification makes.
    pub(crate) fn is_made_of(&self, spec: &NetworkSpec) -> bool {
        self.labels == spec.labels && self.driver == spec.driver && self.internal == spec.internal
    }

    /// Returns what was observed.
    pub(crate) fn observed(self) -> ObservedNetwork {
        ObservedNetwork {
            id: EngineId::new(self.id),
            name: self.name,
            driver: self.driver,
            options: self.options,
            internal: self.internal,
            labels: self.labels,
        }
    }
}

/// Makes the body of
/// [`NetworkCreate`](https://docs.docker.com/reference/api/engine/version/v1.41/#tag/Network/operation/NetworkCreate).
/// bollard's model lacks `CheckDuplicate`, without which older engines make a second network of the same name.
pub(crate) fn create(name: &str, spec: &NetworkSpec) -> Value {
    json!({
        "Name": name,
        "CheckDuplicate": true,
        "Driver": spec.driver,
        "Internal": spec.internal,
        "Options": spec.options,
        "Labels": spec.labels,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn body() {
        let spec = NetworkSpec {
            driver: "bridge".to_owned(),
            options: BTreeMap::from([("com.docker.network.driver.mtu".to_owned(), "1400".to_owned())]),
            internal: true,
            labels: BTreeMap::from([("dmap.format".to_owned(), "1".to_owned())]),
        };
        insta::assert_snapshot!(create("site.net", &spec), @r#"{"CheckDuplicate":true,"Driver":"bridge","Internal":true,"Labels":{"dmap.format":"1"},"Name":"site.net","Options":{"com.docker.network.driver.mtu":"1400"}}"#);
    }
}
