//! `ipam` of a network: its subnets and their addresses.

use alloc::collections::BTreeMap;
use alloc::string::{String, ToString};
use alloc::vec::Vec;
use core::net::IpAddr;

use super::OptionValue;
use crate::config::{Ipam, Pool, Subnet};
use crate::error::ViolationKind;
use crate::raw::place::Problems;
use crate::raw::read::{Fields, entries};
use crate::schema::Shape;
use crate::value::{Mapping, Value as Written};
use crate::yaml::{Node, Value};

const IPAM: Fields = Fields {
    what: "the addresses of a network",
    keys: &["driver", "pools", "options", "Driver", "Config", "Options", "config", "pool_configs"],
};
const POOL: Fields = Fields {
    what: "a subnet",
    keys: &[
        "subnet",
        "ip_range",
        "gateway",
        "aux_addresses",
        "Subnet",
        "IPRange",
        "Gateway",
        "AuxiliaryAddresses",
        "iprange",
    ],
};

impl OptionValue for Ipam {
    fn read(node: &Node, problems: &mut Problems) -> Option<Self> {
        let mut ipam = Self::default();
        let mut is_complete = true;
        IPAM.read(node, problems, |field, node, problems| match field {
            "driver" | "Driver" => ipam.driver = String::read(node, problems),
            "options" | "Options" => ipam.options = OptionValue::read(node, problems).unwrap_or_default(),
            _ => {
                ipam.pools = Pool::read_list(node, problems);
                is_complete = !matches!(&node.value, Value::List(items) if items.len() != ipam.pools.len());
            }
        });
        // The engine's own driver is what counts without any.
        ipam.driver = ipam.driver.filter(|driver| driver != "default");
        (is_complete && ipam != Self::default()).then_some(ipam)
    }

    fn write(&self) -> Written {
        let mut mapping = Mapping::new();
        if let Some(driver) = &self.driver {
            mapping.set("driver", driver.write());
        }
        if !self.pools.is_empty() {
            mapping.set("pools", self.pools.write());
        }
        if !self.options.is_empty() {
            mapping.set("options", self.options.write());
        }
        mapping.into()
    }

    fn shape() -> Shape {
        let field = |key: &&'static str| {
            let shape = match *key {
                "driver" | "Driver" => Shape::Text.or_null(),
                "options" | "Options" => BTreeMap::<String, String>::shape().or_null(),
                _ => Pool::list_shape().or_null(),
            };
            (*key, shape)
        };
        Shape::Object { keys: IPAM.keys.iter().map(field).collect(), required: 0 }
    }
}

impl OptionValue for Pool {
    fn read(node: &Node, problems: &mut Problems) -> Option<Self> {
        let (mut subnet, mut ip_range, mut gateway) = (None, None, None);
        let mut aux_addresses = BTreeMap::new();
        let mut places = Vec::new();
        POOL.read(node, problems, |field, node, problems| match field {
            "subnet" | "Subnet" => subnet = Some(Subnet::read(node, problems)),
            "ip_range" | "IPRange" | "iprange" => {
                ip_range = Subnet::read(node, problems);
                places.extend(ip_range.map(|range| (range, range.to_string(), node.span.clone())));
            }
            "gateway" | "Gateway" => {
                gateway = IpAddr::read(node, problems);
                places
                    .extend(gateway.map(|gateway| (gateway.into(), gateway.to_string(), node.span.clone())));
            }
            _ => entries(node, "a mapping of names to addresses", problems, |entry, problems| {
                let Some(address) = IpAddr::read(&entry.value, problems) else { return };
                aux_addresses.insert(entry.key.clone(), address);
                places.push((address.into(), address.to_string(), entry.value.span.clone()));
            }),
        });
        let Some(subnet) = subnet else {
            let (problem, example) = ("this has no subnet", "`{subnet: 10.20.0.0/16}`");
            problems.here(&node.span, ViolationKind::BadElement { problem, example });
            return None;
        };
        // What is no subnet was reported.
        let subnet = subnet?;
        for (range, text, span) in places {
            if !subnet.covers(range) {
                let subnets = Vec::from([subnet.to_string()]);
                problems.here(&span, ViolationKind::OutsideOfSubnet { address: text, subnets });
            }
        }
        Some(Self { subnet, ip_range, gateway, aux_addresses })
    }

    fn write(&self) -> Written {
        let mut mapping = Mapping::new().with("subnet", self.subnet.to_string());
        if let Some(range) = self.ip_range {
            mapping.set("ip_range", range.write());
        }
        if let Some(gateway) = self.gateway {
            mapping.set("gateway", gateway.write());
        }
        if !self.aux_addresses.is_empty() {
            let addresses = self.aux_addresses.iter();
            let addresses = addresses.map(|(name, address)| (name.clone().into(), address.write()));
            mapping.set("aux_addresses", Mapping(addresses.collect()).into());
        }
        mapping.into()
    }

    fn shape() -> Shape {
        let shape = |key: &str| match key {
            "aux_addresses" | "AuxiliaryAddresses" => Shape::Text.mapping().or_null(),
            _ => Shape::Text.or_null(),
        };
        Shape::Object { keys: POOL.keys.iter().map(|key| (*key, shape(key))).collect(), required: 0 }
    }
}
