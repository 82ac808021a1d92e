//! Values of options that docker-py takes as mappings.
//!
//! Most of them have a text that says the same, as the command line of the engine has it. A mapping is put into that text
//! and read as such, so there is one place that knows what is right.

use alloc::format;
use alloc::string::{String, ToString};
use alloc::vec::Vec;

use super::OptionValue;
use crate::config::{Device, ExtraHost, RestartPolicy, Ulimit, UlimitKind, Word};
use crate::error::{ValueError, ViolationKind};
use crate::raw::place::{Place, Placed, Problems, Text};
use crate::raw::read::{Fields, entries, optional, texts, wrong_type};
use crate::schema::Shape;
use crate::validate::value;
use crate::value::Value as Written;
use crate::yaml::{Node, Value};

// In these tables, every field has two names: the API's and docker-py's.
const RESTART_POLICY: Fields =
    Fields { what: "a restart policy", keys: &["Name", "name", "MaximumRetryCount", "maximum_retry_count"] };
const ULIMIT: Fields = Fields { what: "a ulimit", keys: &["Name", "name", "Soft", "soft", "Hard", "hard"] };
const LIMITS: Fields = Fields { what: "the limits of a ulimit", keys: &["Soft", "soft", "Hard", "hard"] };
const DEVICE: Fields = Fields {
    what: "a device",
    keys: &[
        "PathOnHost",
        "path_on_host",
        "PathInContainer",
        "path_in_container",
        "CgroupPermissions",
        "cgroup_permissions",
    ],
};

/// Reads the fields of a mapping under either of their names.
pub(super) fn fields<const N: usize>(
    node: &Node,
    form: Fields,
    problems: &mut Problems,
) -> [Option<Text>; N] {
    let mut found = [const { None }; N];
    form.read(node, problems, |name, node, problems| {
        let position = form.keys.iter().position(|key| *key == name).map(|position| position / 2);
        if let Some(field) = position.and_then(|position| found.get_mut(position)) {
            *field = optional(node, "a text", problems);
        }
    });
    found
}

/// Returns what two-name fields look like.
pub(super) fn fields_shape(form: Fields) -> Shape {
    Shape::Object { keys: form.keys.iter().map(|key| (*key, Shape::Text)).collect(), required: 0 }
}

/// Reads a value from a text that was put together.
fn made<T>(text: String, node: &Node, what: &'static str, problems: &mut Problems) -> Option<T>
where
    T: core::str::FromStr,
    ValueError: From<T::Err>,
{
    value(&Placed { value: text, place: Place::new(&node.span) }, what, problems)
}

fn incomplete(node: &Node, problem: &'static str, example: &'static str, problems: &mut Problems) {
    problems.here(&node.span, ViolationKind::BadElement { problem, example });
}

impl OptionValue for RestartPolicy {
    fn read(node: &Node, problems: &mut Problems) -> Option<Self> {
        const WHAT: &str = "a restart policy";
        let Value::Map(_) = node.value else {
            return optional(node, WHAT, problems).and_then(|text| value(&text, WHAT, problems));
        };
        let [name, retries] = fields(node, RESTART_POLICY, problems);
        // The API's default is an empty name.
        let name = name.filter(|name| !name.as_str().is_empty()).map_or("no".into(), |name| name.value);
        match retries.filter(|retries| retries.as_str() != "0") {
            Some(retries) => made(format!("{name}:{}", retries.as_str()), node, WHAT, problems),
            None => made(name, node, WHAT, problems),
        }
    }

    fn write(&self) -> Written {
        Written::text(self.to_string())
    }

    fn shape() -> Shape {
        Shape::Text.or(fields_shape(RESTART_POLICY))
    }
}

impl OptionValue for Ulimit {
    fn read(node: &Node, problems: &mut Problems) -> Option<Self> {
        let Value::Map(_) = node.value else {
            return optional(node, ULIMIT.what, problems)
                .and_then(|text| value(&text, ULIMIT.what, problems));
        };
        let [name, soft, hard] = fields(node, ULIMIT, problems);
        let Some(name) = name else {
            incomplete(node, "this ulimit has no name", "`nofile=1024:2048`", problems);
            return None;
        };
        limits(name.as_str(), soft, hard, node, problems)
    }

    fn write(&self) -> Written {
        Written::text(self.to_string())
    }

    fn shape() -> Shape {
        Shape::Text.or(fields_shape(ULIMIT))
    }

    fn read_list(node: &Node, problems: &mut Problems) -> Vec<Self> {
        match &node.value {
            Value::List(items) => items.iter().filter_map(|item| Self::read(item, problems)).collect(),
            Value::Map(given) if !ULIMIT.has_any(given) => {
                let mut found = Vec::new();
                entries(node, "a mapping of ulimits", problems, |entry, problems| {
                    let [soft, hard] = match &entry.value.value {
                        Value::Map(_) => fields(&entry.value, LIMITS, problems),
                        _ => [optional(&entry.value, "a limit", problems), None],
                    };
                    found.extend(limits(&entry.key, soft, hard, &entry.value, problems));
                });
                found
            }
            _ => Self::read(node, problems).into_iter().collect(),
        }
    }

    fn list_shape() -> Shape {
        let limits = Shape::Integer.or(Shape::Text).or(fields_shape(LIMITS));
        let kinds = UlimitKind::WORDS.iter().map(|kind| (*kind, limits.clone())).collect();
        let by_kind = Shape::Object { keys: kinds, required: 0 };
        Self::shape().list().or(by_kind).or(Self::shape())
    }
}

/// docker-py sends a hard limit that is left out as 0, which is never meant.
fn limits(
    name: &str,
    soft: Option<Text>,
    hard: Option<Text>,
    node: &Node,
    problems: &mut Problems,
) -> Option<Ulimit> {
    let text = match (soft, hard) {
        (Some(soft), Some(hard)) => format!("{name}={}:{}", soft.as_str(), hard.as_str()),
        (Some(only), None) | (None, Some(only)) => format!("{name}={}", only.as_str()),
        (None, None) => {
            incomplete(node, "this ulimit has no limit", "`nofile=1024:2048`", problems);
            return None;
        }
    };
    made(text, node, ULIMIT.what, problems)
}

impl OptionValue for Device {
    fn read(node: &Node, problems: &mut Problems) -> Option<Self> {
        let Value::Map(_) = node.value else {
            return optional(node, DEVICE.what, problems)
                .and_then(|text| value(&text, DEVICE.what, problems));
        };
        let [host, container, access] = fields(node, DEVICE, problems);
        let Some(host) = host else {
            incomplete(node, "this device has no path on the host", "`/dev/sda:/dev/xvda:rwm`", problems);
            return None;
        };
        let container = container.map_or_else(|| host.value.clone(), |container| container.value);
        let access = access.map_or("rwm".into(), |access| access.value);
        made(format!("{}:{container}:{access}", host.as_str()), node, DEVICE.what, problems)
    }

    fn write(&self) -> Written {
        Written::text(self.to_string())
    }

    fn shape() -> Shape {
        Shape::Text.or(fields_shape(DEVICE))
    }
}

impl OptionValue for ExtraHost {
    fn read(node: &Node, problems: &mut Problems) -> Option<Self> {
        optional(node, "a host", problems).and_then(|text| value(&text, "a host", problems))
    }

    fn write(&self) -> Written {
        Written::text(self.to_string())
    }

    fn shape() -> Shape {
        Shape::Text
    }

    fn read_list(node: &Node, problems: &mut Problems) -> Vec<Self> {
        let mut found = Vec::new();
        match &node.value {
            Value::List(items) => found.extend(items.iter().filter_map(|item| Self::read(item, problems))),
            Value::Map(_) => entries(node, "a mapping of hosts to addresses", problems, |entry, problems| {
                let addresses = texts(&entry.value, "an address", problems);
                if matches!(entry.value.value, Value::Null) {
                    wrong_type(&entry.value, "an address", problems);
                }
                for address in addresses {
                    let text = format!("{}:{}", entry.key, address.as_str());
                    found.extend(made::<Self>(text, &entry.value, "a host", problems));
                }
            }),
            Value::Null | Value::Text(_) => found.extend(Self::read(node, problems)),
        }
        found
    }

    fn list_shape() -> Shape {
        Shape::Text.list().or(String::list_shape().mapping()).or(Shape::Text)
    }
}
