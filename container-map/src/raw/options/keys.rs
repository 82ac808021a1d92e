//! Options that say what a key of the configuration says.
//!
//! Single values win over the key, as what docker-map generates gives way to options (docker-map 10.5); elements of lists
//! come to those of the key. Only what is plain is taken: the rest is said better under the key.

use alloc::borrow::Cow;
use alloc::string::ToString;
use alloc::vec::Vec;

use super::names::Name;
use super::read::twice;
use super::{RawOption, RawOptions};
use crate::error::ViolationKind;
use crate::raw::container::RawContainer;
use crate::raw::mount::RawBind;
use crate::raw::network::exposes;
use crate::raw::place::{Place, Placed, Problems, Text};
use crate::raw::read::{optional, texts};
use crate::validate::boolean;
use crate::yaml::{Node, Value};

impl RawOptions {
    /// Returns whether options make mounts that other containers can use.
    pub(crate) fn mounts(&self) -> bool {
        let is_mount = |option: &RawOption| {
            matches!(option.name, Name::Key("volumes" | "binds")) && !matches!(option.node.value, Value::Null)
        };
        self.0.iter().any(is_mount)
    }

    /// Lays the options that say what keys say over a configuration.
    pub(crate) fn over<'a>(raw: Cow<'a, RawContainer>, problems: &mut Problems) -> Cow<'a, RawContainer> {
        let is_key = |option: &&RawOption| {
            matches!(option.name, Name::Key(_)) && !matches!(option.node.value, Value::Null)
        };
        let options: Vec<RawOption> = raw.options.0.iter().filter(is_key).cloned().collect();
        if options.is_empty() {
            return raw;
        }
        let mut raw = raw.into_owned();
        for (position, option) in options.iter().enumerate() {
            let before = options.iter().take(position).find(|before| before.name == option.name);
            match before {
                Some(before) if !says_the_same(&before.node, &option.node) => {
                    problems.here(&option.node.span, twice(option, before));
                }
                Some(_) => {}
                None => lay_over(&mut raw, option, problems),
            }
        }
        Cow::Owned(raw)
    }
}

fn says_the_same(first: &Node, second: &Node) -> bool {
    match (&first.value, &second.value) {
        (Value::Null, Value::Null) => true,
        (Value::Text(first), Value::Text(second)) => first == second,
        (Value::List(first), Value::List(second)) => {
            first.len() == second.len()
                && first.iter().zip(second).all(|(first, second)| says_the_same(first, second))
        }
        // The options that can stand in both places are no mappings, or not taken as such.
        _ => false,
    }
}

fn lay_over(raw: &mut RawContainer, option: &RawOption, problems: &mut Problems) {
    let node = &option.node;
    match option.written {
        "network_mode" => {
            if let Some(mode) = network_mode(node, problems) {
                raw.network_mode = Some(mode);
            }
        }
        "network_disabled" => {
            let text = optional(node, "`true` or `false`", problems);
            if let Some(text) = text.filter(|text| boolean(text, problems) == Some(true)) {
                raw.network_mode = Some(Placed { value: "none".into(), ..text });
            }
        }
        "healthcheck" => raw.set("healthcheck", &healthcheck(node), problems),
        "ports" if are_texts(node) => raw.exposes.extend(exposes(node, problems)),
        "port_bindings" if is_mapping_of_texts(node) => raw.exposes.extend(exposes(node, problems)),
        "volumes" if are_texts(node) => raw.shares.extend(texts(node, "a list of paths", problems)),
        "binds" if are_texts(node) => {
            for text in texts(node, "a list of binds", problems) {
                raw.binds.extend(bind(&text, problems));
            }
        }
        "ports" => elsewhere("ports", "use the key `exposes` of the configuration", node, problems),
        "port_bindings" => {
            elsewhere("port_bindings", "use the key `exposes` of the configuration", node, problems);
        }
        "volumes" => elsewhere("volumes", "use the key `shares` of the configuration", node, problems),
        "binds" => elsewhere("binds", USE_BINDS, node, problems),
        key => raw.set(key, node, problems),
    }
}

const USE_BINDS: &str = "use the key `binds` of the configuration, or `attaches` and `uses` for volumes";

fn elsewhere(option: &'static str, why: &'static str, node: &Node, problems: &mut Problems) {
    problems.here(&node.span, ViolationKind::OptionRefused { option, why });
}

fn are_texts(node: &Node) -> bool {
    match &node.value {
        Value::Text(_) => true,
        Value::List(items) => items.iter().all(|item| matches!(item.value, Value::Text(_))),
        Value::Null | Value::Map(_) => false,
    }
}

fn is_mapping_of_texts(node: &Node) -> bool {
    let is_plain = |value: &Value| matches!(value, Value::Text(_) | Value::Null);
    matches!(&node.value, Value::Map(entries) if entries.iter().all(|entry| is_plain(&entry.value.value)))
}

/// Reads a network mode of the engine; a network's name would be taken for a configuration's under the key.
fn network_mode(node: &Node, problems: &mut Problems) -> Option<Text> {
    let text = optional(node, "a network mode", problems)?;
    let is_known = matches!(text.as_str(), "bridge" | "host" | "none");
    if is_known || text.as_str().starts_with("container:") {
        return Some(text);
    }
    if !matches!(text.as_str(), "" | "default") {
        let why = "use the key `networks` of the configuration, or `network_mode` for another container's";
        elsewhere("network_mode", why, node, problems);
    }
    None
}

/// Reads `/host:/container`, `/host:/container:ro` and `/host:/container:ro,rslave`.
fn bind(text: &Text, problems: &mut Problems) -> Option<RawBind> {
    let mut parts = text.as_str().split(':');
    let placed = |part: &str| Placed { value: part.to_string(), place: Place::new(&text.place.span) };
    match (parts.next(), parts.next(), parts.next(), parts.next()) {
        (Some(host), Some(target), access, None) if host.starts_with('/') => Some(RawBind {
            target: placed(target),
            host_path: Some(placed(host)),
            access: access.map(placed),
            propagation: None,
        }),
        _ => {
            let kind = ViolationKind::OptionRefused { option: "binds", why: USE_BINDS };
            problems.report(&text.place, kind);
            None
        }
    }
}

/// Returns a health check of docker-py as a map has it: the API's names in small letters, and units for its nanoseconds.
fn healthcheck(node: &Node) -> Node {
    let mut node = node.clone();
    let Value::Map(entries) = &mut node.value else {
        return node;
    };
    for entry in entries {
        match entry.key.as_str() {
            "StartPeriod" => entry.key = "start_period".into(),
            "Test" | "Interval" | "Timeout" | "Retries" => entry.key.make_ascii_lowercase(),
            _ => {}
        }
        if let ("interval" | "timeout" | "start_period", Value::Text(text)) =
            (entry.key.as_str(), &mut entry.value.value)
            && !text.is_empty()
            && text.bytes().all(|byte| byte.is_ascii_digit())
        {
            text.push_str("ns");
        }
    }
    node
}
