//! Compares one network with its specification.

use alloc::format;
use alloc::string::{String, ToString};
use alloc::vec::Vec;

use container_map::config::{Ipam, Pool};

use crate::attribute::Attribute;
use crate::engine::{ObservedIpam, ObservedNetwork, ObservedPool};
use crate::label;
use crate::reason::{Difference, Origin, Shown};
use crate::spec::NetworkSpec;

/// Returns how a network differs. What the engine filled in by itself does not count.
pub(crate) fn compare_network(spec: &NetworkSpec, live: &ObservedNetwork) -> Vec<Difference> {
    let differs = |check: &Difference| check.live != check.wanted;
    checks(spec, live).into_iter().filter(differs).collect()
}

/// Returns all that is compared, whether it differs or not.
pub(super) fn checks(spec: &NetworkSpec, live: &ObservedNetwork) -> Vec<Difference> {
    let mut found = Found(Vec::new());
    found.check("driver", Some(&live.driver), Some(&spec.driver));
    found.check("internal", Some(&live.internal), Some(&spec.internal));
    if let Some(wanted) = &spec.enable_ipv6 {
        found.check("enable_ipv6", Some(&live.enable_ipv6), Some(wanted));
    }
    if let Some(wanted) = &spec.attachable {
        found.check("attachable", Some(&live.attachable), Some(wanted));
    }
    for (name, value) in &spec.options {
        found.check(name, live.options.get(name), Some(value));
    }
    for (name, value) in label::of_map(&spec.labels) {
        found.check(&format!("label {name}"), live.labels.get(name), Some(value));
    }
    if let Some(ipam) = &spec.ipam {
        found.ipam(ipam, &live.ipam);
    }
    found.0
}

/// What was compared.
struct Found(Vec<Difference>);

impl Found {
    fn check(&mut self, item: &str, live: Option<&impl ToString>, wanted: Option<&impl ToString>) {
        let live = Shown::optional(live.map(ToString::to_string));
        let wanted = Shown::optional(wanted.map(ToString::to_string));
        self.0.push(Difference {
            attribute: Attribute::NetworkOptions,
            item: Some(item.to_string()),
            origin: Origin::Unknown,
            live,
            wanted,
        });
    }

    fn ipam(&mut self, wanted: &Ipam, live: &ObservedIpam) {
        if let Some(driver) = &wanted.driver {
            self.check("ipam driver", Some(&live.driver), Some(driver));
        }
        for (name, value) in &wanted.options {
            self.check(&format!("ipam {name}"), live.options.get(name), Some(value));
        }
        for pool in &wanted.pools {
            let found = live.pools.iter().find(|found| found.subnet == pool.subnet);
            let item = format!("subnet {}", pool.subnet);
            self.check(&item, found.map(|found| live_pool(found, pool)).as_ref(), Some(&wanted_pool(pool)));
        }
        // The engine chooses subnets of a kind of addresses for which the map names none.
        let is_named = |found: &ObservedPool| wanted.pools.iter().any(|pool| pool.subnet == found.subnet);
        let is_chosen = |found: &ObservedPool| {
            let is_v4 = |address: core::net::IpAddr| address.is_ipv4();
            let v4 = is_v4(found.subnet.address());
            !wanted.pools.iter().any(|pool| is_v4(pool.subnet.address()) == v4)
        };
        for extra in live.pools.iter().filter(|found| !is_named(found) && !is_chosen(found)) {
            self.check(&format!("subnet {}", extra.subnet), Some(&extra.subnet), None::<&String>);
        }
    }
}

fn wanted_pool(pool: &Pool) -> String {
    let mut text = pool.subnet.to_string();
    text.extend(pool.ip_range.map(|range| format!(", range {range}")));
    text.extend(pool.gateway.map(|gateway| format!(", gateway {gateway}")));
    text.extend(pool.aux_addresses.iter().map(|(name, address)| format!(", {name} {address}")));
    text
}

/// Says of a subnet what the map says of it, too.
fn live_pool(live: &ObservedPool, wanted: &Pool) -> String {
    let mut said = live.aux_addresses.clone();
    said.retain(|name, _| wanted.aux_addresses.contains_key(name));
    wanted_pool(&Pool {
        subnet: live.subnet,
        ip_range: live.ip_range.filter(|_| wanted.ip_range.is_some()),
        gateway: live.gateway.filter(|_| wanted.gateway.is_some()),
        aux_addresses: said,
    })
}

#[cfg(test)]
mod tests {
    use alloc::collections::BTreeMap;

    use super::*;
    use crate::engine::EngineId;

    fn live(pools: &[&str]) -> ObservedNetwork {
        let pool = |text: &&str| ObservedPool {
            subnet: text.parse().unwrap(),
            ip_range: None,
            gateway: Some("10.1.0.1".parse().unwrap()),
            aux_addresses: BTreeMap::new(),
        };
        ObservedNetwork {
            id: EngineId::new("1"),
            name: "site.net".into(),
            driver: "bridge".into(),
            options: BTreeMap::from([("filled".into(), "in".into())]),
            internal: false,
            enable_ipv6: false,
            attachable: false,
            ipam: ObservedIpam {
                driver: "default".into(),
                options: BTreeMap::new(),
                pools: pools.iter().map(pool).collect(),
            },
            labels: BTreeMap::from([("dmap.format".into(), "1".into())]),
        }
    }

    fn wanted(subnet: &str, gateway: Option<&str>) -> NetworkSpec {
        let gateway = gateway.map(|gateway| gateway.parse().unwrap());
        let pool =
            Pool { subnet: subnet.parse().unwrap(), ip_range: None, gateway, aux_addresses: BTreeMap::new() };
        let ipam = Ipam { driver: None, options: BTreeMap::new(), pools: Vec::from([pool]) };
        NetworkSpec { ipam: Some(ipam), ..NetworkSpec::new("bridge") }
    }

    fn items(spec: &NetworkSpec, live: &ObservedNetwork) -> String {
        let found = compare_network(spec, live);
        let items: Vec<String> = found.into_iter().filter_map(|difference| difference.item).collect();
        items.join("; ")
    }

    #[test]
    fn what_the_engine_fills_in_is_no_difference() {
        let live = live(&["10.1.0.0/16", "fd00::/64"]);
        assert_eq!(items(&NetworkSpec::new("bridge"), &live), "");
        assert_eq!(items(&wanted("10.1.0.0/16", None), &live), "");
        assert_eq!(items(&wanted("10.1.0.0/16", Some("10.1.0.1")), &live), "");
    }

    #[test]
    fn differences_are_named() {
        let live = live(&["10.1.0.0/16", "10.2.0.0/16"]);
        assert_eq!(
            items(&wanted("10.1.0.0/16", Some("10.1.0.9")), &live),
            "subnet 10.1.0.0/16; subnet 10.2.0.0/16"
        );
        assert_eq!(
            items(&wanted("10.3.0.0/16", None), &live),
            "subnet 10.3.0.0/16; subnet 10.1.0.0/16; subnet 10.2.0.0/16"
        );
        let spec = NetworkSpec {
            enable_ipv6: Some(true),
            attachable: Some(true),
            labels: BTreeMap::from([("team".into(), "shop".into()), ("dmap.key".into(), "x".into())]),
            ..NetworkSpec::new("overlay")
        };
        assert_eq!(items(&spec, &live), "driver; enable_ipv6; attachable; label team");
    }
}
