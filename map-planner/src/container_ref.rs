//! One of the up to three objects that stand for a container while it is replaced.

use alloc::borrow::{Cow, ToOwned};
use alloc::string::{String, ToString};
use core::fmt;
use core::str::FromStr;

use container_map::{ContainerKey, KeyError};
use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};

/// The role of an object; it is in the object's name, never in a label, because a label would survive the rename.
#[derive(
    Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, serde::Serialize, serde::Deserialize, JsonSchema,
)]
#[serde(rename_all = "kebab-case")]
pub enum Slot {
    /// The container itself, under its own name.
    Current,
    /// The successor, made ready beside it.
    Next,
    /// The predecessor, kept until the successor is ready.
    Prev,
}

impl Slot {
    /// All slots, in the order of this type.
    pub const ALL: [Self; 3] = [Self::Current, Self::Next, Self::Prev];

    /// Returns what the slot adds to the container's name.
    pub fn suffix(self) -> &'static str {
        match self {
            Self::Current => "",
            Self::Next => ".dmap-next",
            Self::Prev => ".dmap-prev",
        }
    }
}

/// A container in one of its slots; printed as the name it has in the engine.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct ContainerRef {
    /// The container.
    pub key: ContainerKey,
    /// The slot.
    pub slot: Slot,
}

impl ContainerRef {
    /// Returns the container under its own name.
    pub fn current(key: &ContainerKey) -> Self {
        Self { key: key.clone(), slot: Slot::Current }
    }

    /// Returns the container in a slot.
    pub fn new(key: &ContainerKey, slot: Slot) -> Self {
        Self { key: key.clone(), slot }
    }

    /// Returns the name in the engine.
    pub fn docker_name(&self) -> String {
        self.to_string()
    }
}

impl fmt::Display for ContainerRef {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}{}", self.key, self.slot.suffix())
    }
}

impl FromStr for ContainerRef {
    type Err = KeyError;

    fn from_str(text: &str) -> Result<Self, KeyError> {
        let (key, slot) = [Slot::Next, Slot::Prev]
            .into_iter()
            .find_map(|slot| text.strip_suffix(slot.suffix()).map(|key| (key.to_owned(), slot)))
            .unwrap_or_else(|| (text.to_owned(), Slot::Current));
        Ok(Self { key: key.parse()?, slot })
    }
}

impl serde::Serialize for ContainerRef {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'de> serde::Deserialize<'de> for ContainerRef {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        String::deserialize(deserializer)?.parse().map_err(serde::de::Error::custom)
    }
}

impl JsonSchema for ContainerRef {
    fn inline_schema() -> bool {
        true
    }

    fn schema_name() -> Cow<'static, str> {
        "ContainerRef".into()
    }

    fn json_schema(_: &mut SchemaGenerator) -> Schema {
        json_schema!({
            "type": "string",
            "description": "A container in one of its slots, by the name it has in the engine.",
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_in_the_engine_read_back() {
        for text in ["site.web", "site.web.blue", "site.web.dmap-next", "site.web.blue.dmap-prev"] {
            assert_eq!(text.parse::<ContainerRef>().map(|found| found.to_string()).as_deref(), Ok(text));
        }
        let next: ContainerRef = "site.web.dmap-next".parse().unwrap();
        assert_eq!((next.slot, next.key.instance), (Slot::Next, None));
    }
}
