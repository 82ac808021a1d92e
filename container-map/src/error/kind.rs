//! The kinds of violations, and their words.

use alloc::format;
use alloc::string::{String, ToString};
use alloc::vec::Vec;

use thiserror::Error;

use crate::image::ImageRefError;
use crate::mode::ModeError;
use crate::name::NameError;
use crate::path::PathError;
use crate::port::PortError;
use crate::quantity::DurationError;
use crate::signal::SignalError;
use crate::user::UserError;

/// What is wrong with one field of a map.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
#[non_exhaustive]
pub enum ViolationKind {
    /// There is no map in the text.
    #[error("the map is empty")]
    Empty,
    /// The map has no name.
    #[error("the map has no name")]
    MissingName,
    /// A key occurs twice.
    #[error("`{key}` is given twice")]
    DuplicateKey {
        /// The key.
        key: String,
        /// The line of its first occurrence.
        first_line: usize,
    },
    /// A key that means nothing where it is.
    #[error("unknown key `{key}`")]
    UnknownKey {
        /// The key.
        key: String,
        /// What it is a key of, with its article.
        within: &'static str,
        /// A known key that is close.
        suggestion: Option<&'static str>,
    },
    /// A key of the map that is none of its sections, and whose value cannot be a container configuration.
    #[error("`{key}` is neither a key of the map nor a container configuration")]
    NotAContainer {
        /// The key.
        key: String,
        /// A key of the map that is close.
        suggestion: Option<&'static str>,
    },
    /// A value of another kind than the field takes.
    #[error("expected {expected}, found {found}")]
    WrongType {
        /// What the field takes.
        expected: &'static str,
        /// What is there.
        found: String,
    },
    /// A list element that has none of the forms the field takes.
    #[error("{problem}")]
    BadElement {
        /// What is wrong with it.
        problem: &'static str,
        /// A form that the field takes.
        example: &'static str,
    },
    /// Something docker-map knows and this version does not.
    #[error("{what} is not supported yet")]
    NotSupported {
        /// What it is, with its article or in backticks.
        what: String,
    },
    /// A name that is none.
    #[error("{source}")]
    BadName {
        /// What it should name, with its article.
        what: &'static str,
        /// What is wrong with it.
        source: NameError,
    },
    /// A value that does not have the form its field takes.
    #[error("{source}")]
    BadValue {
        /// What it should be, with its article.
        what: &'static str,
        /// What is wrong with it.
        source: ValueError,
    },
    /// A word that is none of those the field takes.
    #[error("`{text}` is not {}", alternatives(.expected))]
    UnknownWord {
        /// The word.
        text: String,
        /// The words the field takes.
        expected: &'static [&'static str],
    },
    /// `uses` names nothing.
    #[error("no volume or container is named `{name}`")]
    UnknownUse {
        /// The name.
        name: String,
        /// The configuration that uses it.
        by: String,
        /// A name that is close.
        suggestion: Option<String>,
    },
    /// A container configuration that does not exist.
    #[error("no container is named `{name}`")]
    UnknownContainer {
        /// The name.
        name: String,
        /// Who says so, like "linked by `web`".
        by: String,
        /// A name that is close.
        suggestion: Option<String>,
    },
    /// An instance that its configuration does not have.
    #[error("`{config}` has no instance `{instance}`")]
    UnknownInstance {
        /// The configuration.
        config: String,
        /// The instance.
        instance: String,
        /// Its instances.
        instances: Vec<String>,
    },
    /// A configuration with several instances where one container is needed.
    #[error("`{config}` has several instances, and one of them is needed")]
    InstanceNeeded {
        /// The configuration.
        config: String,
        /// Its instances.
        instances: Vec<String>,
    },
    /// All volumes of a container that has none.
    #[error("`{config}` has no volumes that could be used")]
    NothingShared {
        /// The configuration.
        config: String,
    },
    /// A network that does not exist.
    #[error("no network is named `{name}`")]
    UnknownNetwork {
        /// The name.
        name: String,
        /// The configuration that joins it.
        by: String,
        /// A name that is close.
        suggestion: Option<String>,
    },
    /// A bound alias without a host path.
    #[error("`{alias}` has no path on the host")]
    NoHostPath {
        /// The alias.
        alias: String,
        /// The configuration that binds it.
        by: String,
        /// An alias that is close.
        suggestion: Option<String>,
    },
    /// A bound alias with a host path for some instances, but not for this.
    #[error("`{alias}` has no path on the host for instance `{instance}`")]
    NoHostPathForInstance {
        /// The alias.
        alias: String,
        /// The configuration that binds it.
        by: String,
        /// The instance; `default` for a configuration without instances.
        instance: String,
    },
    /// A bound or attached alias without a path in the container.
    #[error("`{alias}` has no path in the container")]
    NoContainerPath {
        /// The alias.
        alias: String,
        /// The configuration that mounts it.
        by: String,
        /// An alias that is close.
        suggestion: Option<String>,
    },
    /// A configuration to extend that does not exist.
    #[error("no container configuration is named `{name}`")]
    UnknownBase {
        /// The name.
        name: String,
        /// The configuration that extends it.
        by: String,
        /// A name that is close.
        suggestion: Option<String>,
    },
    /// Two configurations attach a volume of the same name.
    #[error("volume `{volume}` is attached by both `{first}` and `{second}`")]
    AttachedTwice {
        /// The alias.
        volume: String,
        /// The first configuration.
        first: String,
        /// The second configuration.
        second: String,
    },
    /// Two mounts of a container at the same path.
    #[error("`{config}` has two mounts at `{path}`")]
    SameMountPath {
        /// The configuration.
        config: String,
        /// The path.
        path: String,
        /// The line of the first mount.
        first_line: usize,
    },
    /// A mount over the whole file system of a container.
    #[error("nothing can be mounted at `/`")]
    MountAtRoot,
    /// Two containers publish the same port of the host.
    #[error("port {port} of the host is published by both `{first}` and `{second}`")]
    SameHostPort {
        /// The port with its protocol.
        port: String,
        /// The first container.
        first: String,
        /// The second container.
        second: String,
    },
    /// A name that two things have.
    #[error("`{name}` is {first} and {second}")]
    Ambiguous {
        /// The name.
        name: String,
        /// What has it, with its article.
        first: &'static str,
        /// What else has it, with its article.
        second: &'static str,
    },
    /// A name that a list has twice.
    #[error("`{name}` is listed twice")]
    Repeated {
        /// The name.
        name: String,
    },
    /// Containers that need each other.
    #[error("these containers need each other: `{}`", .path.join(" -> "))]
    Cycle {
        /// The containers, the first one at both ends.
        path: Vec<String>,
    },
    /// Configurations that extend each other.
    #[error("these configurations extend each other: `{}`", .path.join(" -> "))]
    ExtendsCycle {
        /// The configurations, the first one at both ends.
        path: Vec<String>,
    },
}

/// What is wrong with the text of a value.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
#[non_exhaustive]
pub enum ValueError {
    /// Not an image reference.
    #[error(transparent)]
    Image(#[from] ImageRefError),
    /// Not a path.
    #[error(transparent)]
    Path(#[from] PathError),
    /// Not a port.
    #[error(transparent)]
    Port(#[from] PortError),
    /// Not an access mode.
    #[error(transparent)]
    Mode(#[from] ModeError),
    /// Not a user.
    #[error(transparent)]
    User(#[from] UserError),
    /// Not a signal.
    #[error(transparent)]
    Signal(#[from] SignalError),
    /// Not a duration.
    #[error(transparent)]
    Duration(#[from] DurationError),
    /// Not an address or a number.
    #[error("`{0}` is not {1}")]
    Other(String, &'static str),
}

impl ViolationKind {
    /// Returns the stable code of this kind.
    pub fn code(&self) -> &'static str {
        match self {
            Self::Empty => "DM001",
            Self::MissingName => "DM002",
            Self::DuplicateKey { .. } => "DM003",
            Self::UnknownKey { .. } => "DM004",
            Self::NotAContainer { .. } => "DM005",
            Self::WrongType { .. } => "DM006",
            Self::BadElement { .. } => "DM007",
            Self::NotSupported { .. } => "DM008",
            Self::BadName { .. } => "DM010",
            Self::BadValue { .. } => "DM011",
            Self::UnknownWord { .. } => "DM012",
            Self::UnknownUse { .. } => "DM020",
            Self::UnknownContainer { .. } => "DM021",
            Self::UnknownInstance { .. } => "DM022",
            Self::InstanceNeeded { .. } => "DM023",
            Self::NothingShared { .. } => "DM024",
            Self::UnknownNetwork { .. } => "DM025",
            Self::NoHostPath { .. } => "DM026",
            Self::NoHostPathForInstance { .. } => "DM027",
            Self::NoContainerPath { .. } => "DM028",
            Self::UnknownBase { .. } => "DM029",
            Self::AttachedTwice { .. } => "DM040",
            Self::SameMountPath { .. } => "DM041",
            Self::MountAtRoot => "DM042",
            Self::SameHostPort { .. } => "DM043",
            Self::Ambiguous { .. } => "DM044",
            Self::Repeated { .. } => "DM045",
            Self::Cycle { .. } => "DM046",
            Self::ExtendsCycle { .. } => "DM047",
        }
    }

    /// Returns a few words for the marked place.
    pub fn label(&self) -> Option<String> {
        Some(match self {
            Self::DuplicateKey { first_line, .. } | Self::SameMountPath { first_line, .. } => {
                format!("first in line {first_line}")
            }
            Self::UnknownKey { within, .. } => format!("not a key of {within}"),
            Self::WrongType { expected, .. } => (*expected).to_string(),
            Self::BadName { what, .. } | Self::BadValue { what, .. } => format!("should be {what}"),
            Self::UnknownUse { by, .. } => format!("used by `{by}`"),
            Self::UnknownContainer { by, .. } => by.clone(),
            Self::UnknownNetwork { by, .. } => format!("joined by `{by}`"),
            Self::NoHostPath { by, .. } | Self::NoHostPathForInstance { by, .. } => format!("bound by `{by}`"),
            Self::NoContainerPath { by, .. } => format!("mounted by `{by}`"),
            Self::UnknownBase { by, .. } => format!("extended by `{by}`"),
            Self::AttachedTwice { second, .. } => format!("attached by `{second}`"),
            Self::SameHostPort { second, .. } => format!("published by `{second}`"),
            _ => return None,
        })
    }

    /// Returns what to do about it.
    pub fn help(&self) -> Option<String> {
        match self {
            Self::Empty | Self::MissingName => Some("add a line `name: …`".into()),
            Self::DuplicateKey { .. } => Some("remove one of them".into()),
            Self::UnknownKey { suggestion, .. } => did_you_mean(suggestion.as_ref()),
            Self::NotAContainer { suggestion: Some(suggestion), .. } => {
                Some(format!("did you mean `{suggestion}`? a container of this name goes under `containers`"))
            }
            Self::NotAContainer { .. } => Some("a container configuration is a mapping".into()),
            Self::BadElement { example, .. } => Some(format!("write {example}")),
            Self::BadName { source, .. } => did_you_mean(source.suggestion().as_ref()),
            Self::UnknownWord { text, expected } => did_you_mean(boolean(text, expected).as_ref()),
            Self::UnknownUse { suggestion, .. }
            | Self::UnknownContainer { suggestion, .. }
            | Self::UnknownNetwork { suggestion, .. }
            | Self::UnknownBase { suggestion, .. } => did_you_mean(suggestion.as_ref()),
            Self::UnknownInstance { config, instances, .. } | Self::InstanceNeeded { config, instances } => {
                Some(instance_help(config, instances))
            }
            Self::NothingShared { .. } => {
                Some("name one of its attached volumes, or give it `shares`, `binds` or `uses`".into())
            }
            Self::NoHostPath { alias, suggestion, .. } => {
                did_you_mean(suggestion.as_ref()).or_else(|| Some(format!("add `{alias}: …` under `host`")))
            }
            Self::NoHostPathForInstance { alias, instance, .. } => {
                Some(format!("add `{instance}: …` under `host`, `{alias}`"))
            }
            Self::NoContainerPath { alias, suggestion, .. } => {
                did_you_mean(suggestion.as_ref()).or_else(|| Some(format!("add `{alias}: …` under `volumes`")))
            }
            Self::AttachedTwice { .. } => {
                Some("let one of them use it, or set `use_attached_parent_name: true`".into())
            }
            Self::SameHostPort { .. } => Some("publish them on different ports or interfaces".into()),
            Self::Ambiguous { .. } => Some("rename one of them".into()),
            Self::Cycle { .. } => Some("one of them has to do without the next".into()),
            _ => None,
        }
    }
}

fn did_you_mean<T: AsRef<str>>(suggestion: Option<&T>) -> Option<String> {
    suggestion.map(|suggestion| format!("did you mean `{}`?", suggestion.as_ref()))
}

fn instance_help(config: &str, instances: &[String]) -> String {
    match instances {
        [] => format!("`{config}` has no instances; leave the part after the dot out"),
        _ => {
            let names: Vec<String> = instances.iter().map(|instance| format!("`{config}.{instance}`")).collect();
            format!("name {}", names.join(" or "))
        }
    }
}

fn alternatives(words: &[&str]) -> String {
    let quoted: Vec<String> = words.iter().map(|word| format!("`{word}`")).collect();
    match quoted.split_last() {
        Some((last, [])) => last.clone(),
        Some((last, others)) => format!("{} or {last}", others.join(", ")),
        None => String::new(),
    }
}

/// Returns the word that a spelling of older YAML or another case stands for.
fn boolean(text: &str, expected: &[&'static str]) -> Option<String> {
    let lower = text.to_lowercase();
    let meant = match lower.as_str() {
        "yes" | "on" | "y" => "true",
        "no" | "off" | "n" => "false",
        "readonly" | "read-only" => "ro",
        other => other,
    };
    expected.iter().find(|word| **word == meant).map(ToString::to_string)
}
