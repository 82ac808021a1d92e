//! Trees as texts. Besides the reader, the only file that knows the YAML crate.
//!
//! Its writer quotes whatever a reader of YAML 1.1 would take for something else than a text: `0755`, `on`, `22:22`.

use alloc::borrow::Cow;
use alloc::string::String;
use core::fmt;

use serde::ser::{SerializeMap, SerializeSeq};
use serde::{Serialize, Serializer};
use serde_saphyr::Tagged;

use crate::value::{Mapping, Tree, Value};

/// A thing to be written in a style.
pub(super) struct Styled<'a, T: ?Sized> {
    pub(super) what: &'a T,
    pub(super) style: Style,
}

/// How a tree is written.
#[derive(Debug, Clone, Copy)]
pub(super) struct Style {
    tags: Tags,
    dollars: Dollars,
}

/// What becomes of tags.
#[derive(Debug, Clone, Copy)]
enum Tags {
    /// They are tags of YAML.
    Tags,
    /// The tag without its mark is the one key of a mapping.
    Keys,
}

/// What becomes of dollar signs, which start variables in the text of a map.
#[derive(Debug, Clone, Copy)]
pub(super) enum Dollars {
    /// They mean themselves, so those that would start a variable are doubled.
    Doubled,
    /// They start variables that are not expanded yet, or nobody expands them.
    AsTheyAre,
}

impl Style {
    pub(super) fn yaml(dollars: Dollars) -> Self {
        Self { tags: Tags::Tags, dollars }
    }

    /// Returns the style of notations that know no tags.
    pub(super) fn plain(dollars: Dollars) -> Self {
        Self { tags: Tags::Keys, dollars }
    }
}

impl<T: ?Sized> Styled<'_, T> {
    /// Returns something to be written in the same style.
    pub(super) fn inside<'b, U: ?Sized>(&self, what: &'b U) -> Styled<'b, U> {
        Styled { what, style: self.style }
    }
}

/// Writes a thing as YAML.
pub(super) fn write(thing: &impl Serialize, f: &mut fmt::Formatter<'_>) -> fmt::Result {
    // A text of many lines is quoted like any other: how many line breaks end it must not depend on its indentation.
    let options = serde_saphyr::ser_options! { prefer_block_scalars: false };
    serde_saphyr::to_fmt_writer_with_options(f, thing, options).map_err(|_| fmt::Error)
}

impl Serialize for Styled<'_, Value> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match &self.what.0 {
            Tree::Null => serializer.serialize_unit(),
            Tree::Bool(value) => serializer.serialize_bool(*value),
            Tree::Integer(value) => serializer.serialize_i64(*value),
            Tree::Text(text) => serializer.serialize_str(&self.text(text)),
            Tree::List(items) => {
                let mut list = serializer.serialize_seq(Some(items.len()))?;
                items.iter().try_for_each(|item| list.serialize_element(&self.inside(item)))?;
                list.end()
            }
            Tree::Map(Mapping(entries)) => {
                let mut map = serializer.serialize_map(Some(entries.len()))?;
                entries.iter().try_for_each(|(key, value)| map.serialize_entry(key, &self.inside(value)))?;
                map.end()
            }
            Tree::Tagged(tag, value) => self.tagged(tag, value, serializer),
            Tree::Late(late) => self.inside(&late.value()).serialize(serializer),
        }
    }
}

impl Styled<'_, Value> {
    fn tagged<S: Serializer>(&self, tag: &str, value: &Value, serializer: S) -> Result<S::Ok, S::Error> {
        match self.style.tags {
            Tags::Tags => Tagged(self.inside(value), Some(tag.into())).serialize(serializer),
            Tags::Keys => {
                let mut map = serializer.serialize_map(Some(1))?;
                map.serialize_entry(tag.trim_start_matches('!'), &self.inside(value))?;
                map.end()
            }
        }
    }

    /// Returns a text that is read as the given one.
    fn text<'t>(&self, text: &'t str) -> Cow<'t, str> {
        match self.style.dollars {
            Dollars::AsTheyAre => text.into(),
            Dollars::Doubled => doubled(text),
        }
    }
}

/// Doubles the dollar signs that would start a variable or be taken for a doubled one.
fn doubled(text: &str) -> Cow<'_, str> {
    if !text.contains("$$") && !text.contains("${") {
        return text.into();
    }
    let mut result = String::with_capacity(text.len() + 8);
    let mut characters = text.chars().peekable();
    while let Some(character) = characters.next() {
        result.push(character);
        if character == '$' && matches!(characters.peek(), Some('$' | '{')) {
            result.push('$');
        }
    }
    result.into()
}
