//! Volume aliases and host paths as written (docker-map 2.5 and 2.6).

use alloc::vec::Vec;

use super::command::{Pairs, pairs, user};
use super::place::{Problems, Text};
use super::read::{Fields, entries, key, optional, text, wrong_type};
use crate::yaml::{Node, Value};

pub(crate) const VOLUME: Fields = Fields {
    what: "a volume",
    keys: &["default_path", "driver", "driver_options", "create_options", "user", "permissions"],
};

pub(crate) const VOLUME_OPTIONS: Fields =
    Fields { what: "the options of a volume", keys: &["labels", "driver", "driver_opts"] };

/// What the text says about a volume alias.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub(crate) struct RawVolume {
    pub(crate) default_path: Option<Text>,
    pub(crate) driver: Option<Text>,
    pub(crate) driver_options: Pairs,
    pub(crate) labels: Option<Pairs>,
    pub(crate) user: Option<Text>,
    pub(crate) permissions: Option<Text>,
}

/// The host path of an alias, or one for each instance.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum RawHostPaths {
    One(Text),
    PerInstance(Vec<(Text, Text)>),
}

pub(crate) fn volume(node: &Node, problems: &mut Problems) -> RawVolume {
    let mut volume = RawVolume::default();
    if let Value::Text(_) = node.value {
        volume.default_path = text(node, "a path", problems);
        return volume;
    }
    let mut options = RawVolume::default();
    VOLUME.read(node, problems, |field, node, problems| match field {
        "default_path" => volume.default_path = optional(node, "a path", problems),
        "driver" => volume.driver = optional(node, "the name of a driver", problems),
        "driver_options" => volume.driver_options = pairs(node, problems),
        "user" => volume.user = user(node, problems),
        "permissions" => volume.permissions = optional(node, "a mode like `u=rwX,g=rX,o=`", problems),
        _ => options = volume_options(node, problems),
    });
    volume.driver = options.driver.or(volume.driver);
    crate::inherit::pairs(&mut volume.driver_options, options.driver_options);
    volume.labels = options.labels;
    volume
}

/// Reads further arguments of the volume create operation, which win over what the keys say (docker-map 10.5).
fn volume_options(node: &Node, problems: &mut Problems) -> RawVolume {
    let mut volume = RawVolume::default();
    VOLUME_OPTIONS.read(node, problems, |field, node, problems| match field {
        "driver" => volume.driver = optional(node, "the name of a driver", problems),
        "driver_opts" => volume.driver_options = pairs(node, problems),
        _ => volume.labels = Some(pairs(node, problems)),
    });
    volume
}

pub(crate) fn host_paths(node: &Node, problems: &mut Problems) -> Option<RawHostPaths> {
    let expected = "a path on the host, or one for each instance";
    match &node.value {
        Value::Text(_) => text(node, expected, problems).map(RawHostPaths::One),
        Value::Map(_) => {
            let mut paths = Vec::new();
            entries(node, expected, problems, |entry, problems| {
                let instance = key(entry);
                paths.extend(text(&entry.value, "a path on the host", problems).map(|path| (instance, path)));
            });
            Some(RawHostPaths::PerInstance(paths))
        }
        Value::Null | Value::List(_) => {
            wrong_type(node, expected, problems);
            None
        }
    }
}
