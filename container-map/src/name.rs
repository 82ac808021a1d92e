//! Names: the validated segments a user types.
//!
//! A name never contains a dot, so that `map.config.instance` and the object names made from it can be read back
//! without guessing. Each kind of name is a type of its own; they do not mix:
//!
//! ```compile_fail
//! # use container_map::{ConfigName, InstanceName};
//! let config: ConfigName = "web".parse().unwrap();
//! let instance: InstanceName = config; // a configuration is not an instance
//! ```

use alloc::borrow::ToOwned;
use alloc::string::String;
use alloc::sync::Arc;
use core::cmp::Ordering;
use core::fmt;

use thiserror::Error;

/// Why a text is not a name.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
#[non_exhaustive]
pub enum NameError {
    /// The text is empty.
    #[error("a name must not be empty")]
    Empty,
    /// The first character cannot start a name.
    #[error("`{name}` does not start with a letter, a digit or `_`")]
    Start {
        /// The text as written.
        name: String,
    },
    /// A character that no name may contain; dots separate the parts of a key.
    #[error("`{name}` contains `{character}`; a name is made of letters, digits, `_` and `-`")]
    Character {
        /// The text as written.
        name: String,
        /// The first character that does not fit.
        character: char,
    },
    /// The name is reserved for dmap's own objects.
    #[error("`{name}` is reserved for dmap's own objects")]
    Reserved {
        /// The text as written.
        name: String,
    },
}

impl NameError {
    /// Returns a name close to the refused one that would be accepted, if there is one.
    pub fn suggestion(&self) -> Option<String> {
        match self {
            Self::Character { name, .. } | Self::Start { name } => {
                let cleaned: String = name
                    .chars()
                    .map(|c| if c.is_ascii_alphanumeric() || c == '_' { c } else { '-' })
                    .collect();
                let cleaned = cleaned.trim_matches('-').to_owned();
                (!cleaned.is_empty()).then_some(cleaned)
            }
            Self::Empty | Self::Reserved { .. } => None,
        }
    }
}

/// The grammar all names share: the engine's own object names, without the dot.
fn check(text: &str) -> Result<(), NameError> {
    let first = text.chars().next().ok_or(NameError::Empty)?;
    let allowed = |c: char| c.is_ascii_alphanumeric() || c == '_' || c == '-';
    if let Some(character) = text.chars().find(|c| !allowed(*c)) {
        return Err(NameError::Character { name: text.to_owned(), character });
    }
    if first == '-' {
        return Err(NameError::Start { name: text.to_owned() });
    }
    Ok(())
}

/// Object names start with the map's name, and the engine wants a letter or digit there.
fn check_map(text: &str) -> Result<(), NameError> {
    check(text)?;
    if text.starts_with('_') {
        return Err(NameError::Start { name: text.to_owned() });
    }
    reserved(text, text.starts_with("dmap"))
}

/// `dmap-next` and `dmap-prev` are where a replacement keeps the second container.
fn check_instance(text: &str) -> Result<(), NameError> {
    check(text)?;
    reserved(text, text.starts_with("dmap-"))
}

fn reserved(text: &str, is_reserved: bool) -> Result<(), NameError> {
    if is_reserved { Err(NameError::Reserved { name: text.to_owned() }) } else { Ok(()) }
}

/// The text of a name. Keys are made of names, and plans of large maps are full of keys that are copied and compared: a short
/// text, as nearly all are, is right there.
#[derive(Clone, PartialEq, Eq, Hash)]
enum Text {
    /// Filled up with zeros, which are in no name, so that the order of the bytes is that of the texts.
    Short([u8; Text::SHORT]),
    Long(Arc<str>),
}

impl Text {
    const SHORT: usize = 23;

    fn new(text: &str) -> Self {
        let mut short = [0; Self::SHORT];
        match short.get_mut(..text.len()) {
            Some(place) => {
                place.copy_from_slice(text.as_bytes());
                Self::Short(short)
            }
            None => Self::Long(text.into()),
        }
    }

    fn as_str(&self) -> &str {
        match self {
            Self::Short(bytes) => {
                let end = bytes.iter().position(|byte| *byte == 0).unwrap_or(bytes.len());
                core::str::from_utf8(&bytes[..end]).expect("because the bytes are those of a text")
            }
            Self::Long(text) => text,
        }
    }
}

impl Ord for Text {
    // Looking a key up is little else.
    #[inline]
    fn cmp(&self, other: &Self) -> Ordering {
        match (self, other) {
            (Self::Short(one), Self::Short(other)) => words(one).cmp(&words(other)),
            (one, other) => one.as_str().cmp(other.as_str()),
        }
    }
}

/// Returns the bytes of a short text as numbers that have their order, since numbers are compared without a call.
#[inline]
fn words(bytes: &[u8; Text::SHORT]) -> (u128, u64) {
    let (first, last) = (bytes.first_chunk(), bytes.last_chunk());
    let (first, last) = first.zip(last).expect("because there are more bytes than in either");
    (u128::from_be_bytes(*first), u64::from_be_bytes(*last))
}

impl PartialOrd for Text {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

impl fmt::Debug for Text {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Debug::fmt(self.as_str(), f)
    }
}

/// Implements `JsonSchema` for a type that is a text in JSON.
macro_rules! schema_of_text {
    ($type:ty, $about:expr $(, $pattern:literal)?) => {
        impl schemars::JsonSchema for $type {
            fn inline_schema() -> bool {
                true
            }

            fn schema_name() -> alloc::borrow::Cow<'static, str> {
                stringify!($type).into()
            }

            fn json_schema(_: &mut schemars::SchemaGenerator) -> schemars::Schema {
                schemars::json_schema!({"type": "string", "description": $about, $("pattern": $pattern)?})
            }
        }
    };
}
pub(crate) use schema_of_text;

/// Implements serde by way of the text for a type.
macro_rules! serde_by_text {
    ($type:ty, $about:expr $(, $pattern:literal)?) => {
        crate::name::schema_of_text!($type, $about $(, $pattern)?);

        impl serde::Serialize for $type {
            fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
                serializer.collect_str(self)
            }
        }

        impl<'de> serde::Deserialize<'de> for $type {
            fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
                let text = alloc::string::String::deserialize(deserializer)?;
                text.parse().map_err(serde::de::Error::custom)
            }
        }
    };
}
pub(crate) use serde_by_text;

macro_rules! name {
    ($(#[doc = $doc:literal])+ $type:ident, $check:expr) => {
        $(#[doc = $doc])+
        #[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub struct $type(
            // Invariant: passed `$check`.
            Text,
        );

        impl $type {
            /// Returns the name as text.
            pub fn as_str(&self) -> &str {
                self.0.as_str()
            }
        }

        impl core::fmt::Display for $type {
            fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
                f.write_str(self.as_str())
            }
        }

        impl core::str::FromStr for $type {
            type Err = NameError;

            fn from_str(text: &str) -> Result<Self, NameError> {
                $check(text)?;
                Ok(Self(Text::new(text)))
            }
        }

        serde_by_text!($type, concat!($($doc),+).trim());
    };
}

name!(
    /// The name of a container map: the first segment of every object name it creates.
    MapName, check_map
);
name!(
    /// The name of a container configuration in a map.
    ConfigName, check
);
name!(
    /// The name of one instance of a container configuration.
    InstanceName, check_instance
);
name!(
    /// The alias of a volume: a key of `volumes`, `host`, and what `attaches` owns.
    VolumeName, check
);
name!(
    /// The name of a network of the map.
    NetworkName, check
);
name!(
    /// The name of a group of configurations.
    GroupName, check
);
name!(
    /// The name of a client: one Docker engine and its host-specific settings.
    ClientName, check
);
name!(
    /// The alias of a host interface, looked up per client.
    InterfaceName, check
);

impl ClientName {
    const DEFAULT: &str = "default";

    /// Returns whether it is the unnamed client's name.
    pub fn is_default(&self) -> bool {
        self.as_str() == Self::DEFAULT
    }
}

impl Default for ClientName {
    /// Returns the unnamed client's name, `default` (docker-map: `__default__`).
    fn default() -> Self {
        Self(Text::new(Self::DEFAULT))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use alloc::collections::BTreeSet;
    use alloc::format;
    use alloc::string::ToString;
    use alloc::vec::Vec;

    #[test]
    fn names_are_segments() {
        for good in ["web", "web_1", "1", "a-b", "_x"] {
            assert_eq!(good.parse::<ConfigName>().map(|n| n.to_string()).as_deref(), Ok(good));
        }
        for bad in ["", "-x", "a.b", "a b", "ä", "a/b"] {
            assert!(bad.parse::<ConfigName>().is_err(), "{bad}");
        }
    }

    #[test]
    fn names_of_any_length_are_in_the_order_of_their_texts() {
        let mut texts: Vec<String> = (1..60)
            .flat_map(|length| [(length, "b"), (length, "ba")])
            .map(|(length, text)| text.repeat(length))
            .collect();
        texts.sort();
        texts.dedup();
        let names: BTreeSet<ConfigName> = texts.iter().map(|text| text.parse().unwrap()).collect();
        assert!(names.iter().map(ConfigName::as_str).eq(texts.iter().map(String::as_str)));
        assert_eq!(format!("{:?}", names.first()), "Some(ConfigName(\"b\"))");
    }

    #[test]
    fn what_dmap_uses_itself_is_reserved() {
        assert!(matches!("dmap".parse::<MapName>(), Err(NameError::Reserved { .. })));
        assert!(matches!("dmap-next".parse::<InstanceName>(), Err(NameError::Reserved { .. })));
        assert!("dmap".parse::<ConfigName>().is_ok());
    }

    #[test]
    fn a_dotted_name_suggests_a_dashed_one() {
        let error = "prod.map".parse::<MapName>().unwrap_err();
        assert_eq!(error.suggestion().as_deref(), Some("prod-map"));
    }
}
