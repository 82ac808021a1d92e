//! Networks.

use std::collections::BTreeMap;
use std::net::IpAddr;

use container_map::config;
use map_planner::engine::{EngineId, ObservedIpam, ObservedNetwork, ObservedPool};
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
    #[serde(default, rename = "EnableIPv6")]
    enable_ipv6: bool,
    #[serde(default)]
    attachable: bool,
    #[serde(default, rename = "IPAM", deserialize_with = "nullable")]
    ipam: Ipam,
    #[serde(default, deserialize_with = "nullable")]
    options: BTreeMap<String, String>,
    #[serde(default, deserialize_with = "nullable")]
    pub(crate) labels: BTreeMap<String, String>,
    #[serde(default, deserialize_with = "nullable")]
    pub(crate) containers: BTreeMap<String, Value>,
}

#[derive(Debug, Clone, Default, Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Ipam {
    #[serde(default)]
    driver: String,
    #[serde(default, deserialize_with = "nullable")]
    options: BTreeMap<String, String>,
    #[serde(default, deserialize_with = "nullable")]
    config: Vec<Pool>,
}

#[derive(Debug, Clone, Default, Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Pool {
    #[serde(default)]
    subnet: String,
    #[serde(default, rename = "IPRange")]
    ip_range: String,
    #[serde(default)]
    gateway: String,
    #[serde(default, deserialize_with = "nullable")]
    auxiliary_addresses: BTreeMap<String, String>,
}

impl Ipam {
    fn observed(self) -> ObservedIpam {
        let pools = self.config.into_iter().filter_map(Pool::observed).collect();
        ObservedIpam { driver: self.driver, options: self.options, pools }
    }
}

impl Pool {
    /// A pool without a subnet is one that a driver makes without saying more.
    fn observed(self) -> Option<ObservedPool> {
        let auxiliary = self.auxiliary_addresses.into_iter();
        Some(ObservedPool {
            subnet: self.subnet.parse().ok()?,
            ip_range: self.ip_range.parse().ok(),
            gateway: bare(&self.gateway),
            aux_addresses: auxiliary.filter_map(|(name, address)| Some((name, bare(&address)?))).collect(),
        })
    }
}

/// Some engines write the length of the subnet behind an address.
fn bare(address: &str) -> Option<IpAddr> {
    address.split('/').next()?.parse().ok()
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
            enable_ipv6: self.enable_ipv6,
            attachable: self.attachable,
            ipam: self.ipam.observed(),
            labels: self.labels,
        }
    }
}

/// Makes the body of
/// [`NetworkCreate`](https://docs.docker.com/reference/api/engine/version/v1.41/#tag/Network/operation/NetworkCreate).
/// bollard's model lacks `CheckDuplicate`, without which older engines make a second network of the same name.
pub(crate) fn create(name: &str, spec: &NetworkSpec) -> Value {
    let mut body = json!({
        "Name": name,
        "CheckDuplicate": true,
        "Driver": spec.driver,
        "Internal": spec.internal,
        "Options": spec.options,
        "Labels": spec.labels,
    });
    // Engines have defaults of their own for what is not said.
    if let Some(enable) = spec.enable_ipv6 {
        body["EnableIPv6"] = enable.into();
    }
    if let Some(attachable) = spec.attachable {
        body["Attachable"] = attachable.into();
    }
    if let Some(wanted) = &spec.ipam {
        body["IPAM"] = ipam(wanted);
    }
    body
}

fn ipam(ipam: &config::Ipam) -> Value {
    let pools = ipam.pools.iter().map(|pool| {
        let mut entry = json!({ "Subnet": pool.subnet.to_string() });
        if let Some(range) = pool.ip_range {
            entry["IPRange"] = range.to_string().into();
        }
        if let Some(gateway) = pool.gateway {
            entry["Gateway"] = gateway.to_string().into();
        }
        if !pool.aux_addresses.is_empty() {
            entry["AuxiliaryAddresses"] = json!(pool.aux_addresses);
        }
        entry
    });
    let mut body = json!({ "Driver": ipam.driver.as_deref().unwrap_or("default"), "Options": ipam.options });
    let pools: Vec<Value> = pools.collect();
    if !pools.is_empty() {
        body["Config"] = pools.into();
    }
    body
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn body() {
        let spec = NetworkSpec {
            options: BTreeMap::from([("com.docker.network.driver.mtu".to_owned(), "1400".to_owned())]),
            internal: true,
            labels: BTreeMap::from([("dmap.format".to_owned(), "1".to_owned())]),
            ..NetworkSpec::new("bridge")
        };
        insta::assert_snapshot!(create("site.net", &spec), @r#"{"CheckDuplicate":true,"Driver":"bridge","Internal":true,"Labels":{"dmap.format":"1"},"Name":"site.net","Options":{"com.docker.network.driver.mtu":"1400"}}"#);
    }
    fn addressed() -> NetworkSpec {
        let pool = config::Pool {
            subnet: "10.20.0.0/16".parse().unwrap(),
            ip_range: Some("10.20.3.0/24".parse().unwrap()),
            gateway: Some("10.20.0.1".parse().unwrap()),
            aux_addresses: BTreeMap::from([("printer".to_owned(), "10.20.0.9".parse().unwrap())]),
        };
        let ipam = config::Ipam { pools: vec![pool], ..config::Ipam::default() };
        NetworkSpec {
            enable_ipv6: Some(false),
            attachable: Some(true),
            ipam: Some(ipam),
            ..NetworkSpec::new("bridge")
        }
    }

    #[test]
    fn body_with_addresses() {
        insta::assert_snapshot!(create("site.net", &addressed()), @r#"{"Attachable":true,"CheckDuplicate":true,"Driver":"bridge","EnableIPv6":false,"IPAM":{"Config":[{"AuxiliaryAddresses":{"printer":"10.20.0.9"},"Gateway":"10.20.0.1","IPRange":"10.20.3.0/24","Subnet":"10.20.0.0/16"}],"Driver":"default","Options":{}},"Internal":false,"Labels":{},"Name":"site.net","Options":{}}"#);
    }

    /// What an engine that made the network above says of it.
    #[test]
    fn addresses_read_back() {
        let text = r#"{"Name":"site.net","Id":"1","Scope":"local","Driver":"bridge","EnableIPv6":false,
            "IPAM":{"Driver":"default","Options":{},"Config":[{"Subnet":"10.20.0.0/16","IPRange":"10.20.3.0/24",
            "Gateway":"10.20.0.1/16","AuxiliaryAddresses":{"printer":"10.20.0.9"}},{"Subnet":""}]},"Internal":false,
            "Attachable":true,"Labels":null}"#;
        let network: Network = serde_json::from_str(text).unwrap();
        let found = network.observed();
        let wanted = addressed().ipam.unwrap().pools.remove(0);
        let pool = ObservedPool {
            subnet: wanted.subnet,
            ip_range: wanted.ip_range,
            gateway: wanted.gateway,
            aux_addresses: wanted.aux_addresses,
        };
        assert_eq!((found.ipam.driver.as_str(), found.ipam.pools), ("default", vec![pool]));
        assert!(found.attachable && !found.enable_ipv6);
    }
}
