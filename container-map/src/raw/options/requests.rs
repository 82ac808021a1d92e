//! `log_config` and `device_requests`, which are mappings for the engine as well.

use alloc::collections::{BTreeMap, BTreeSet};
use alloc::string::String;
use alloc::vec::Vec;

use super::OptionValue;
use crate::config::{DeviceCount, DeviceRequest, LogConfig};
use crate::error::ViolationKind;
use crate::raw::place::Problems;
use crate::raw::read::Fields;
use crate::schema::Shape;
use crate::value::{Mapping, Value as Written};
use crate::yaml::{Node, Value};

const LOG: Fields = Fields { what: "a log configuration", keys: &["type", "config", "Type", "Config"] };
const REQUEST: Fields = Fields {
    what: "a request for devices",
    keys: &[
        "driver",
        "count",
        "device_ids",
        "capabilities",
        "options",
        "Driver",
        "Count",
        "DeviceIDs",
        "Capabilities",
        "Options",
    ],
};

/// Returns what a mapping looks like whose fields are the first half of the names, and the API's names for them.
fn shape(form: Fields, shapes: &[Shape]) -> Shape {
    let keys = form.keys.iter().copied().zip(shapes.iter().cycle().cloned()).collect();
    Shape::Object { keys, required: 0 }
}

impl OptionValue for LogConfig {
    fn read(node: &Node, problems: &mut Problems) -> Option<Self> {
        let mut log = Self { driver: None, options: BTreeMap::new() };
        if let Value::Text(_) = node.value {
            log.driver = String::read(node, problems);
        } else {
            LOG.read(node, problems, |field, node, problems| match field {
                "type" | "Type" => log.driver = String::read(node, problems),
                _ => log.options = OptionValue::read(node, problems).unwrap_or_default(),
            });
        }
        (log.driver.is_some() || !log.options.is_empty()).then_some(log)
    }

    fn write(&self) -> Written {
        let mut mapping = Mapping::new();
        if let Some(driver) = &self.driver {
            mapping.set("type", driver.write());
        }
        if !self.options.is_empty() {
            mapping.set("config", self.options.write());
        }
        mapping.into()
    }

    fn shape() -> Shape {
        let fields = shape(LOG, &[Shape::Text, BTreeMap::<String, String>::shape()]);
        Shape::Text.or(fields)
    }
}

impl OptionValue for DeviceRequest {
    fn read(node: &Node, problems: &mut Problems) -> Option<Self> {
        let (mut driver, mut count) = (None, None);
        let (mut device_ids, mut capabilities) = (BTreeSet::new(), BTreeSet::new());
        let (mut options, mut is_bad) = (BTreeMap::new(), false);
        REQUEST.read(node, problems, |field, node, problems| match field {
            "driver" | "Driver" => driver = String::read(node, problems),
            "count" | "Count" if is_zero(node) => {}
            "count" | "Count" => {
                count = DeviceCount::read(node, problems);
                is_bad = count.is_none();
            }
            "device_ids" | "DeviceIDs" => device_ids.extend(String::read_list(node, problems)),
            "capabilities" | "Capabilities" => capabilities = alternatives(node, problems),
            _ => options = OptionValue::read(node, problems).unwrap_or_default(),
        });
        let problem = match (count, device_ids.is_empty()) {
            // What is no number was reported.
            (None, true) if is_bad => return None,
            (None, true) => "this request says neither how many devices nor which ones",
            (Some(_), false) => "this request says how many devices and which ones",
            _ if driver.is_none() && capabilities.is_empty() => {
                "this request says neither a driver nor what the devices can do"
            }
            _ => return Some(Self { driver, count, device_ids, capabilities, options }),
        };
        let example =
            "`{count: all, capabilities: [[gpu]]}` or `{device_ids: [\"0\"], capabilities: [[gpu]]}`";
        problems.here(&node.span, ViolationKind::BadElement { problem, example });
        None
    }

    fn write(&self) -> Written {
        let mut mapping = Mapping::new();
        if let Some(driver) = &self.driver {
            mapping.set("driver", driver.write());
        }
        if let Some(count) = self.count {
            mapping.set("count", count.write());
        }
        if !self.device_ids.is_empty() {
            mapping.set("device_ids", self.device_ids.write());
        }
        if !self.capabilities.is_empty() {
            mapping.set("capabilities", Written::list(self.capabilities.iter().map(OptionValue::write)));
        }
        if !self.options.is_empty() {
            mapping.set("options", self.options.write());
        }
        mapping.into()
    }

    fn shape() -> Shape {
        let texts = String::list_shape;
        let count = DeviceCount::shape();
        let alternatives = texts().or(texts().list());
        shape(REQUEST, &[Shape::Text, count, texts(), alternatives, BTreeMap::<String, String>::shape()])
    }
}

/// docker-py's default is a count of 0, next to the names of devices.
fn is_zero(node: &Node) -> bool {
    matches!(&node.value, Value::Text(text) if text == "0")
}

/// Reads a list of lists; a list of texts is one of them.
fn alternatives(node: &Node, problems: &mut Problems) -> BTreeSet<BTreeSet<String>> {
    let is_nested = |item: &Node| matches!(item.value, Value::List(_));
    let found: Vec<BTreeSet<String>> = match &node.value {
        Value::List(items) if items.iter().any(is_nested) => {
            items.iter().filter_map(|item| OptionValue::read(item, problems)).collect()
        }
        _ => Vec::from([String::read_list(node, problems).into_iter().collect()]),
    };
    found.into_iter().filter(|all| !all.is_empty()).collect()
}
