//! `links`, `exposes`, `networks` and the map's networks as written (docker-map 2.4.4, 2.4.5, 2.4.7 and 2.7).

use alloc::vec::Vec;

use super::command::{Pairs, pairs};
use super::place::{Place, Problems, Text};
use super::read::{Fields, entries, key, optional, text, texts, wrong_type};
use super::row::{Row, RowForm};
use crate::error::ViolationKind;
use crate::yaml::{Entry, Node, Value};

pub(crate) const LINKS: RowForm = RowForm {
    fields: Fields { what: "a link", keys: &["container", "alias"] },
    most: 2,
    example: "`container` or `[container, alias]`",
};
pub(crate) const START: RowForm = RowForm {
    fields: Fields { what: "a container to wait for", keys: &["container", "condition", "within"] },
    most: 3,
    example: "`container`, `container: healthy` or `container: [healthy, 5m]`",
};
pub(crate) const EXPOSES: RowForm = RowForm {
    fields: Fields { what: "a port", keys: &["exposed_port", "host_port", "interface", "ipv6"] },
    most: 4,
    example: "`80`, `80: 8080` or `80: [8080, interface]`",
};
pub(crate) const ENDPOINT_CELLS: &[&str] =
    &["aliases", "links", "ipv4_address", "ipv6_address", "link_local_ips"];
pub(crate) const ENDPOINT: Fields = Fields {
    what: "a network to join",
    keys: &[
        "network_name",
        "aliases",
        "links",
        "ipv4_address",
        "ipv6_address",
        "link_local_ips",
        "driver_options",
    ],
};
const ENDPOINT_EXAMPLE: &str = "`network` or `network: {aliases: [name]}`";
pub(crate) const NETWORK: Fields =
    Fields { what: "a network", keys: &["driver", "driver_options", "internal", "create_options"] };

pub(crate) const NETWORK_OPTIONS: Fields = Fields {
    what: "the options of a network",
    keys: &[
        "labels",
        "enable_ipv6",
        "attachable",
        "ipam",
        "driver",
        "options",
        "internal",
        "scope",
        "ingress",
        "check_duplicate",
    ],
};
const FLAG: &str = "`true` or `false`";

/// A container under an alias.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct RawLink {
    pub(crate) container: Text,
    pub(crate) alias: Option<Text>,
}

/// A container to wait for, how far it has to be, and by when.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct RawStart {
    pub(crate) container: Text,
    pub(crate) condition: Option<Text>,
    pub(crate) within: Option<Text>,
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
    pub(crate) driver_options: Pairs,
}

/// A network of the map.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub(crate) struct RawNetwork {
    pub(crate) driver: Option<Text>,
    pub(crate) driver_options: Pairs,
    pub(crate) internal: Option<Text>,
    pub(crate) labels: Option<Pairs>,
    pub(crate) enable_ipv6: Option<Text>,
    pub(crate) attachable: Option<Text>,
    /// The subnets and addresses, which are read when it is known that they count.
    pub(crate) ipam: Option<Node>,
}

pub(crate) fn links(node: &Node, problems: &mut Problems) -> Vec<RawLink> {
    LINKS.read(node, problems, link)
}

fn link(mut row: Row, problems: &mut Problems) -> Option<RawLink> {
    let Some(container) = row.take(0, "container") else {
        bad(&row.place, "a link needs a container", LINKS.example, problems);
        return None;
    };
    Some(RawLink { container, alias: row.take(1, "alias") })
}

pub(crate) fn start(node: &Node, problems: &mut Problems) -> Vec<RawStart> {
    START.read(node, problems, awaited)
}

fn awaited(mut row: Row, problems: &mut Problems) -> Option<RawStart> {
    let Some(container) = row.take(0, "container") else {
        bad(&row.place, "the container to wait for is missing", START.example, problems);
        return None;
    };
    Some(RawStart { container, condition: row.take(1, "condition"), within: row.take(2, "within") })
}

pub(crate) fn exposes(node: &Node, problems: &mut Problems) -> Vec<RawExpose> {
    EXPOSES.read(node, problems, expose)
}

fn expose(mut row: Row, problems: &mut Problems) -> Option<RawExpose> {
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
            driver_options: Pairs::new(),
        }
    }

    fn set(&mut self, field: &str, node: &Node, problems: &mut Problems) {
        match field {
            "aliases" => self.aliases = texts(node, "a list of names", problems),
            "links" => self.links = links(node, problems),
            "ipv4_address" => self.ipv4_address = optional(node, "an IPv4 address", problems),
            "ipv6_address" => self.ipv6_address = optional(node, "an IPv6 address", problems),
            "link_local_ips" => self.link_local_ips = texts(node, "a list of addresses", problems),
            "driver_options" => self.driver_options = pairs(node, problems),
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
    let mut found = Vec::with_capacity(match &node.value {
        Value::List(items) => items.len(),
        Value::Map(entries) => entries.len(),
        Value::Null | Value::Text(_) => 1,
    });
    match &node.value {
        Value::List(items) => {
            for item in items {
                found.extend(endpoint(item, problems));
            }
        }
        Value::Map(entries) if ENDPOINT.is_element(entries) => found.extend(endpoint(node, problems)),
        Value::Map(_) => entries(node, ENDPOINT.what, problems, |entry, problems| {
            let mut endpoint = RawEndpoint::new(key(entry));
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
        Value::Map(entries) => match &**entries {
            entries if ENDPOINT.has_any(entries) => {
                let Some(name) = entries.iter().find(|entry| entry.key == "network_name") else {
                    let problem = "the name of the network is missing";
                    bad(&Place::new(&item.span), problem, ENDPOINT_EXAMPLE, problems);
                    return None;
                };
                let mut endpoint = RawEndpoint::new(text(&name.value, "the name of a network", problems)?);
                endpoint.set_named(item, problems);
                Some(endpoint)
            }
            [entry] => endpoint_pair(entry, problems),
            _ => {
                bad(&Place::new(&item.span), "this element has several keys", ENDPOINT_EXAMPLE, problems);
                None
            }
        },
        Value::Null | Value::Text(_) => text(item, ENDPOINT.what, problems).map(RawEndpoint::new),
    }
}

fn endpoint_cells(item: &Node, cells: &[Node], problems: &mut Problems) -> Option<RawEndpoint> {
    let Some((name, others)) = cells.split_first().filter(|(_, others)| others.len() <= ENDPOINT_CELLS.len())
    else {
        wrong_type(item, ENDPOINT.what, problems);
        return None;
    };
    let mut endpoint = RawEndpoint::new(text(name, "the name of a network", problems)?);
    match others {
        [named] if matches!(named.value, Value::Map(_)) => endpoint.set_named(named, problems),
        _ => {
            for (field, cell) in ENDPOINT_CELLS.iter().zip(others) {
                endpoint.set(field, cell, problems);
            }
        }
    }
    Some(endpoint)
}

fn endpoint_pair(entry: &Entry, problems: &mut Problems) -> Option<RawEndpoint> {
    let mut endpoint = RawEndpoint::new(key(entry));
    match &entry.value.value {
        Value::Map(_) => endpoint.set_named(&entry.value, problems),
        // docker-map reads `- n: [x, y]` as alias x and link y, but `n: [x, y]` as two aliases.
        Value::List(items) if items.len() > 1 => {
            let place = Place::new(&entry.value.span);
            bad(&place, "this list could be aliases, or an alias and a link", ENDPOINT_EXAMPLE, problems);
            return None;
        }
        Value::Null | Value::Text(_) | Value::List(_) => {
            endpoint.aliases = texts(&entry.value, "an alias", problems);
        }
    }
    Some(endpoint)
}

pub(crate) fn network(node: &Node, problems: &mut Problems) -> RawNetwork {
    let mut network = RawNetwork::default();
    let mut options = RawNetwork::default();
    NETWORK.read(node, problems, |field, node, problems| match field {
        "driver" => network.driver = optional(node, "the name of a driver", problems),
        "driver_options" => network.driver_options = pairs(node, problems),
        "internal" => network.internal = optional(node, FLAG, problems),
        _ => options = network_options(node, problems),
    });
    let RawNetwork { driver, driver_options, internal, labels, enable_ipv6, attachable, ipam } = options;
    network.driver = driver.or(network.driver);
    crate::inherit::pairs(&mut network.driver_options, driver_options);
    network.internal = internal.or(network.internal);
    RawNetwork { labels, enable_ipv6, attachable, ipam, ..network }
}

/// Reads further arguments of the network create operation, which win over what the keys say (docker-map 10.5).
fn network_options(node: &Node, problems: &mut Problems) -> RawNetwork {
    let mut network = RawNetwork::default();
    NETWORK_OPTIONS.read(node, problems, |field, node, problems| match field {
        "labels" => network.labels = Some(pairs(node, problems)),
        "enable_ipv6" => network.enable_ipv6 = optional(node, FLAG, problems),
        "attachable" => network.attachable = optional(node, FLAG, problems),
        "ipam" => network.ipam = Some(node.clone()).filter(|node| !matches!(node.value, Value::Null)),
        "driver" => network.driver = optional(node, "the name of a driver", problems),
        "options" => network.driver_options = pairs(node, problems),
        "internal" => network.internal = optional(node, FLAG, problems),
        _ => settled(field, node, problems),
    });
    network
}

/// Refuses what a network of a map cannot be; the rest is how they are anyway.
fn settled(option: &'static str, node: &Node, problems: &mut Problems) {
    let why = match option {
        "scope" if is_one_of(node, &["", "local"]) => return,
        "scope" => "networks of a map belong to one engine; remove it",
        "ingress" if is_one_of(node, &["false"]) => return,
        "ingress" => "networks of a map are not those of a swarm; remove it",
        "check_duplicate" if is_one_of(node, &["true"]) => return,
        _ => "dmap never makes a second network of one name; remove it",
    };
    problems.here(&node.span, ViolationKind::NotKept { what: option, why });
}

/// Returns whether a node is nothing or one of these texts.
fn is_one_of(node: &Node, texts: &[&str]) -> bool {
    match &node.value {
        Value::Null => true,
        Value::Text(text) => texts.contains(&text.as_str()),
        Value::List(_) | Value::Map(_) => false,
    }
}
