//! Values of options by paths: limits of devices, and file systems in memory.

use alloc::collections::BTreeMap;
use alloc::string::ToString;
use alloc::vec::Vec;

use super::OptionValue;
use crate::config::{Number, OptionError, TmpfsOptions};
use crate::error::ViolationKind;
use crate::path::{ContainerPath, HostPath};
use crate::quantity::ByteSize;
use crate::raw::place::{Place, Placed, Problems, Text};
use crate::raw::read::{Fields, entries, key, text, texts};
use crate::schema::Shape;
use crate::validate::{bad_value, value};
use crate::value::{Mapping, Value as Written};
use crate::yaml::{Node, Value};

/// What a device can have a figure for.
pub(super) trait Figure: OptionValue {
    /// The names of the fields of docker-py's mapping, in the API's spelling and in small letters.
    const FIELDS: Fields;
}

const RATE: Fields = Fields { what: "the rate of a device", keys: &["Path", "path", "Rate", "rate"] };

impl Figure for ByteSize {
    const FIELDS: Fields = RATE;
}

impl Figure for Number<1> {
    const FIELDS: Fields = RATE;
}

impl Figure for Number<10, 1_000> {
    const FIELDS: Fields =
        Fields { what: "the weight of a device", keys: &["Path", "path", "Weight", "weight"] };
}

impl<V: Figure> OptionValue for BTreeMap<HostPath, V> {
    fn read(node: &Node, problems: &mut Problems) -> Option<Self> {
        let mut found = Vec::new();
        match &node.value {
            Value::List(items) => found.extend(items.iter().filter_map(|item| figure(item, problems))),
            _ => entries(node, "a mapping of devices to their limits", problems, |entry, problems| {
                found.extend(V::read(&entry.value, problems).map(|figure| (key(entry), figure)));
            }),
        }
        Some(by_path(found, problems, |text, problems| {
            let path = text.as_str().parse().ok();
            if path.is_none() {
                let source = OptionError::form(text.as_str(), "the path of a device as `/dev/sda`");
                bad_value(text, "the path of a device", source.into(), problems);
            }
            path
        }))
    }

    fn write(&self) -> Written {
        Mapping(self.iter().map(|(path, figure)| (path.to_string().into(), figure.write())).collect()).into()
    }

    fn shape() -> Shape {
        let keys = V::FIELDS.keys.iter().zip([Shape::Text, Shape::Text, V::shape(), V::shape()]);
        let fields = Shape::Object { keys: keys.map(|(key, shape)| (*key, shape)).collect(), required: 0 };
        V::shape().mapping().or(fields.or(Shape::Text).list())
    }
}

/// Reads `{Path: …, Rate: …}`, or `/dev/sda:1m` as the command line of the engine has it.
fn figure<V: Figure>(item: &Node, problems: &mut Problems) -> Option<(Text, V)> {
    if let Value::Text(text) = &item.value
        && let Some((path, figure)) = text.split_once(':')
    {
        let path = Placed { value: path.to_string(), place: Place::new(&item.span) };
        let mut rest = item.clone();
        rest.value = Value::Text(figure.to_string());
        return Some(path).zip(V::read(&rest, problems));
    }
    let (mut path, mut figure) = (None, None);
    V::FIELDS.read(item, problems, |field, node, problems| match field {
        "Path" | "path" => path = text(node, "the path of a device", problems),
        _ => figure = V::read(node, problems),
    });
    if path.is_none() && matches!(item.value, Value::Map(_)) {
        let (problem, example) = ("this limit has no device", "`/dev/sda: …`");
        problems.here(&item.span, ViolationKind::BadElement { problem, example });
    }
    path.zip(figure)
}

/// Returns values by their paths; reports those that come twice.
fn by_path<P: Ord, V>(
    found: Vec<(Text, V)>,
    problems: &mut Problems,
    path: impl Fn(&Text, &mut Problems) -> Option<P>,
) -> BTreeMap<P, V> {
    let mut values = BTreeMap::new();
    for (text, figure) in found {
        if let Some(path) = path(&text, problems)
            && values.insert(path, figure).is_some()
        {
            problems.report(&text.place, ViolationKind::Repeated { name: text.value });
        }
    }
    values
}

impl OptionValue for BTreeMap<ContainerPath, TmpfsOptions> {
    /// Reads a mapping of paths to options, or a list of `path` and `path:options`.
    fn read(node: &Node, problems: &mut Problems) -> Option<Self> {
        let mut found = Vec::new();
        if let Value::Map(_) = node.value {
            entries(node, "a mapping of paths to options", problems, |entry, problems| {
                let options = TmpfsOptions::read(&entry.value, problems).unwrap_or_default();
                found.push((key(entry), options));
            });
        } else {
            for text in texts(node, "a list of paths", problems) {
                let (path, options) = text.as_str().split_once(':').unwrap_or((text.as_str(), ""));
                let placed = |part: &str| Placed { value: part.into(), place: Place::new(&text.place.span) };
                let options = value(&placed(options), "options of a tmpfs", problems).unwrap_or_default();
                found.push((placed(path), options));
            }
        }
        let path = |text: &Text, problems: &mut Problems| value(text, "a path in the container", problems);
        Some(by_path(found, problems, path))
    }

    fn write(&self) -> Written {
        let entries = self.iter().map(|(path, options)| (path.to_string().into(), options.write()));
        Mapping(entries.collect()).into()
    }

    fn shape() -> Shape {
        Shape::Text.or_null().mapping().or(Shape::Text.list()).or(Shape::Text)
    }
}
