//! `links`, `exposes`, `networks` and the map's networks as written (docker-map 2.4.4, 2.4.5, 2.4.7 and 2.7).

use alloc::vec::Vec;

use super::options::{Pairs, pairs};
use super::place::{Place, Problems, Text};
use super::read::{Fields, entries, key, optional, text, texts, wrong_type};
use super::row::RowForm;
use crate::error::ViolationKind;
use crate::yaml::{Entry, Node, Value};

const LINKS: RowForm = RowForm {
    fields: Fields { what: "a link", keys: &["container", "alias"] },
    most: 2,
    example: "`container` or `[container, alias]`",
};
const START: RowForm = RowForm {
    fields: Fields { what: "a container to wait for", keys: &["container", "condition"] },
    most: 2,
    example: "`container` or `container: healthy`",
};
const EXPOSES: RowForm = RowForm {
    fields: Fields { what: "a port", keys: &["exposed_port", "host_port", "interface", "ipv6"] },
    most: 4,
    example: "`80`, `80: 8080` or `80: [8080, interface]`",
};
const ENDPOINT_FIELDS: &[&str] = &["aliases", "links", "ipv4_address", "ipv6_address", "link_local_ips"];
const ENDPOINT: Fields = Fields {
    what: "a network to join",
    keys: &["network_name", "aliases", "links", "ipv4_address", "ipv6_address", "link_local_ips"],
};
const ENDPOINT_EXAMPLE: &str = "`network` or `network: {aliases: [name]}`";
const NETWORK: Fields =
    Fields { what: "a network", keys: &["driver", "driver_options", "internal", "create_options"] };

/// A container under an alias.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct RawLink {
    pub(crate) container: Text,
    pub(crate) alias: Option<Text>,
}

/// A container to wait for, and how far it has to be.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct RawStart {
    pub(crate) container: Text,
    pub(crate) condition: Option<Text>,
}

/// A port, and where it is published.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct RawExpose {
    pub(crate) port: Text,
    pub(crate) host_port: Option<Text>,
    pub(crate) interface: Option<Text>,
    pub(crate) ipv6: Option<Text>,
}

/// A network to join.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct RawEndpoint {
    pub(crate) network: Text,
    pub(crate) aliases: Vec<Text>,
    pub(crate) links: Vec<RawLink>,
    pub(crate) ipv4_address: Option<Text>,
    pub(crate) ipv6_address: Option<Text>,
    pub(crate) link_local_ips: Vec<Text>,
}

/// A network of the map.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub(crate) struct RawNetwork {
    pub(crate) driver: Option<Text>,
    pub(crate) driver_options: Pairs,
    pub(crate) internal: Option<Text>,
}

pub(crate) fn links(node: &Node, problems: &mut Problems) -> Vec<RawLink> {
    let rows = LINKS.read(node, problems);
    rows.into_iter()
        .filter_map(|mut row| {
            let Some(container) = row.take(0, "container") else {
                bad(&row.place, "a link needs a container", LINKS.example, problems);
                return None;
            };
            Some(RawLink { container, alias: row.take(1, "alias") })
        })
        .collect()
}

pub(crate) fn start(node: &Node, problems: &mut Problems) -> Vec<RawStart> {
    let rows = START.read(node, problems);
    rows.into_iter()
        .filter_map(|mut row| {
            let Some(container) = row.take(0, "container") else {
                bad(&row.place, "the container to wait for is missing", START.example, problems);
                return None;
            };
            Some(RawStart { container, condition: row.take(1, "condition") })
        })
        .collect()
}

pub(crate) fn exposes(node: &Node, problems: &mut Problems) -> Vec<RawExpose> {
    let rows = EXPOSES.read(node, problems);
    rows.into_iter()
        .filter_map(|mut row| {
            let Some(port) = row.take(0, "exposed_port") else {
                bad(&row.place, "the port in the container is missing", EXPOSES.example, problems);
                return None;
            };
            let host_port = row.take(1, "host_port");
            let (interface, ipv6) = (row.take(2, "interface"), row.take(3, "ipv6"));
            if let (None, Some(interface)) = (&host_port, &interface) {
                bad(&interface.place, "an interface needs a port on the host", EXPOSES.example, problems);
            }
            Some(RawExpose { port, host_port, interface, ipv6 })
        })
        .collect()
}

fn bad(place: &Place, problem: &'static str, example: &'static str, problems: &mut Problems) {
    problems.report(place, ViolationKind::BadElement { problem, example });
}

impl RawEndpoint {
    fn new(network: Text) -> Self {
        Self {
            network,
            aliases: Vec::new(),
            links: Vec::new(),
            ipv4_address: None,
            ipv6_address: None,
            link_local_ips: Vec::new(),
        }
    }

    fn set(&mut self, field: &str, node: &Node, problems: &mut Problems) {
        match field {
            "aliases" => self.aliases = texts(node, "a list of names", problems),
            "links" => self.links = links(node, problems),
            "ipv4_address" => self.ipv4_address = optional(node, "an IPv4 address", problems),
            "ipv6_address" => self.ipv6_address = optional(node, "an IPv6 address", problems),
            "link_local_ips" => self.link_local_ips = texts(node, "a list of addresses", problems),
            _ => {}
        }
    }

    fn set_named(&mut self, node: &Node, problems: &mut Problems) {
        ENDPOINT.read(node, problems, |field, node, problems| {
            self.set(field, node, problems);
        });
    }
}

pub(crate) fn endpoints(node: &Node, problems: &mut Problems) -> Vec<RawEndpoint> {
    let mut found = Vec::new();
    match &node.value {
        Value::List(items) => {
            for (index, item) in items.iter().enumerate() {
                found.extend(problems.element(index, |problems| endpoint(item, problems)));
            }
        }
        Value::Map(_) => entries(node, ENDPOINT.what, problems, |entry, problems| {
            let mut endpoint = RawEndpoint::new(key(entry, problems));
            match &entry.value.value {
                Value::Map(_) => endpoint.set_named(&entry.value, problems),
                _ => endpoint.aliases = texts(&entry.value, "a list of aliases", problems),
            }
            found.push(endpoint);
        }),
        Value::Null | Value::Text(_) => {
            found.extend(optional(node, ENDPOINT.what, problems).map(RawEndpoint::new));
        }
    }
    found
}

fn endpoint(item: &Node, problems: &mut Problems) -> Option<RawEndpoint> {
    match &item.value {
        Value::List(cells) => endpoint_cells(item, cells, problems),
        Value::Map(entries) => match entries.as_slice() {
            entries if ENDPOINT.has_any(entries) => {
                let Some(name) = entries.iter().find(|entry| entry.key == "network_name") else {
                    let problem = "the name of the network is missing";
                    bad(&problems.place(&item.span), problem, ENDPOINT_EXAMPLE, problems);
                    return None;
                };
                let mut endpoint = RawEndpoint::new(text(&name.value, "the name of a network", problems)?);
                endpoint.set_named(item, problems);
                Some(endpoint)
            }
            [entry] => endpoint_pair(entry, problems),
            _ => {
                bad(&problems.place(&item.span), "this element has several keys", ENDPOINT_EXAMPLE, problems);
                None
            }
        },
        Value::Null | Value::Text(_) => text(item, ENDPOINT.what, problems).map(RawEndpoint::new),
    }
}

fn endpoint_cells(item: &Node, cells: &[Node], problems: &mut Problems) -> Option<RawEndpoint> {
    let Some((name, others)) =
        cells.split_first().filter(|(_, others)| others.len() <= ENDPOINT_FIELDS.len())
    else {
        wrong_type(item, ENDPOINT.what, problems);
        return None;
    };
    let mut endpoint = RawEndpoint::new(text(name, "the name of a network", problems)?);
    match others {
        [named] if matches!(named.value, Value::Map(_)) => endpoint.set_named(named, problems),
        _ => {
            for (field, cell) in ENDPOINT_FIELDS.iter().zip(others) {
                endpoint.set(field, cell, problems);
            }
        }
    }
    Some(endpoint)
}

fn endpoint_pair(entry: &Entry, problems: &mut Problems) -> Option<RawEndpoint> {
    let mut endpoint = RawEndpoint::new(key(entry, problems));
    match &entry.value.value {
        Value::Map(_) => endpoint.set_named(&entry.value, problems),
        // docker-map reads `- n: [x, y]` as alias x and link y, but `n: [x, y]` as two aliases.
        Value::List(_) => {
            let place = problems.place(&entry.value.span);
            bad(&place, "this list could be aliases, or an alias and a link", ENDPOINT_EXAMPLE, problems);
            return None;
        }
        Value::Null | Value::Text(_) => endpoint.aliases = texts(&entry.value, "an alias", problems),
    }
    Some(endpoint)
}

pub(crate) fn network(node: &Node, problems: &mut Problems) -> RawNetwork {
    let mut network = RawNetwork::default();
    NETWORK.read(node, problems, |field, node, problems| match field {
        "driver" => network.driver = optional(node, "the name of a driver", problems),
        "driver_options" => network.driver_options = pairs(node, problems),
        "internal" => network.internal = optional(node, "`true` or `false`", problems),
        _ => super::options::not_supported(node, field, problems),
    });
    network
}
