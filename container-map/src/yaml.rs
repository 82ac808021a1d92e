//! Text to tree: the only file that knows the YAML crate.
//!
//! The tree keeps what the text says: every scalar as it was written (`0755`, `1.10`, `on`), every repeated key, and the
//! place of everything. Aliases and merge keys are resolved, so a value can stand in several places of the tree; its span
//! is where it was written.

use alloc::borrow::ToOwned;
use alloc::format;
use alloc::string::{String, ToString};
use alloc::vec::Vec;
use core::fmt;

use serde::de::{Deserialize, Deserializer, MapAccess, SeqAccess, Visitor};
use serde_saphyr::options::DuplicateKeyPolicy;
use serde_saphyr::{Location, Spanned, Tagged};

use crate::error::{LoadError, LoadOptions, SyntaxError};
use crate::field::Span;
use crate::map::ContainerMap;

/// The longest text that is read: far more than a map needs, far less than would hurt.
const MAX_BYTES: usize = 64 << 20;

/// Reads a map from YAML text, checks it, and resolves it.
///
/// # Errors
///
/// [`LoadError::Syntax`] with the first place where the text is not YAML, or [`LoadError::Invalid`] with everything that
/// is wrong with the map it describes.
pub fn load(text: &str, options: LoadOptions) -> Result<ContainerMap, LoadError> {
    let tree = parse(text).map_err(LoadError::Syntax)?;
    let (raw, problems) = crate::raw::read(&tree);
    crate::validate::validate(&raw, options, problems)
}

/// A value with its place in the text.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Node {
    /// Where it was written.
    pub(crate) span: Span,
    /// Its tag, unless it is one of YAML's own types.
    pub(crate) tag: Option<String>,
    /// What it is.
    pub(crate) value: Value,
}

/// What a node is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Value {
    /// Nothing, `~` or `null`.
    Null,
    /// A scalar, as it was written; of a quoted one, what the quotes mean.
    Text(String),
    /// A sequence.
    List(Vec<Node>),
    /// A mapping, in order, with repeated keys.
    Map(Vec<Entry>),
}

/// A key with its value.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Entry {
    /// The key's place.
    pub(crate) span: Span,
    /// The key as it was written.
    pub(crate) key: String,
    /// Its value.
    pub(crate) value: Node,
}

/// Reads a text as one tree.
pub(crate) fn parse(text: &str) -> Result<Node, SyntaxError> {
    if text.len() > MAX_BYTES {
        let message = format!("the map has {} bytes; at most {MAX_BYTES} are read", text.len());
        return Err(SyntaxError { span: None, message });
    }
    let source = Source { text };
    let parsed: Parsed =
        serde_saphyr::from_str_with_options(text, options()).map_err(|error| source.syntax_error(&error))?;
    source.node(parsed)
}

/// Keeps scalars as written and repeated keys visible; limits what aliases can blow up.
fn options() -> serde_saphyr::Options {
    serde_saphyr::options! {
        budget: serde_saphyr::budget! {
            max_nodes: 4_000_000,
            max_events: 8_000_000,
        },
        alias_limits: serde_saphyr::alias_limits! {
            max_total_replayed_events: 100_000,
        },
        duplicate_keys: DuplicateKeyPolicy::PassThrough,
        strict_booleans: true,
        leading_zero_numbers_as_strings: true,
        underscored_numbers_as_strings: true,
        non_finite_float_policy: serde_saphyr::NonFiniteFloatPolicy::AsString,
        with_snippet: false,
    }
}

/// A node as the YAML crate delivers it.
type Parsed = Spanned<Tagged<Shape>>;

enum Shape {
    Null,
    Text(String),
    /// A number or truth value, in the crate's spelling.
    Typed(String),
    List(Vec<Parsed>),
    Map(Vec<(Parsed, Parsed)>),
}

impl<'de> Deserialize<'de> for Shape {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(ShapeVisitor)
    }
}

struct ShapeVisitor;

impl<'de> Visitor<'de> for ShapeVisitor {
    type Value = Shape;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a value")
    }

    fn visit_unit<E>(self) -> Result<Shape, E> {
        Ok(Shape::Null)
    }

    fn visit_none<E>(self) -> Result<Shape, E> {
        Ok(Shape::Null)
    }

    fn visit_some<D: Deserializer<'de>>(self, deserializer: D) -> Result<Shape, D::Error> {
        deserializer.deserialize_any(self)
    }

    fn visit_bool<E>(self, value: bool) -> Result<Shape, E> {
        Ok(Shape::Typed(value.to_string()))
    }

    fn visit_i64<E>(self, value: i64) -> Result<Shape, E> {
        Ok(Shape::Typed(value.to_string()))
    }

    fn visit_i128<E>(self, value: i128) -> Result<Shape, E> {
        Ok(Shape::Typed(value.to_string()))
    }

    fn visit_u64<E>(self, value: u64) -> Result<Shape, E> {
        Ok(Shape::Typed(value.to_string()))
    }

    fn visit_u128<E>(self, value: u128) -> Result<Shape, E> {
        Ok(Shape::Typed(value.to_string()))
    }

    fn visit_f64<E>(self, value: f64) -> Result<Shape, E> {
        Ok(Shape::Typed(value.to_string()))
    }

    fn visit_str<E>(self, value: &str) -> Result<Shape, E> {
        Ok(Shape::Text(value.to_owned()))
    }

    fn visit_string<E>(self, value: String) -> Result<Shape, E> {
        Ok(Shape::Text(value))
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut access: A) -> Result<Shape, A::Error> {
        let mut items = Vec::new();
        while let Some(item) = access.next_element()? {
            items.push(item);
        }
        Ok(Shape::List(items))
    }

    fn visit_map<A: MapAccess<'de>>(self, mut access: A) -> Result<Shape, A::Error> {
        let mut entries = Vec::new();
        while let Some(entry) = access.next_entry()? {
            entries.push(entry);
        }
        Ok(Shape::Map(entries))
    }
}

/// The text that places refer to.
struct Source<'a> {
    text: &'a str,
}

impl Source<'_> {
    fn node(&self, parsed: Parsed) -> Result<Node, SyntaxError> {
        let location = parsed.defined;
        let Tagged(shape, tag) = parsed.value;
        let is_scalar = !matches!(shape, Shape::List(_) | Shape::Map(_));
        let span = self.span(location, is_scalar);
        let value = match shape {
            Shape::Null => Value::Null,
            Shape::Text(text) => Value::Text(text),
            Shape::Typed(spelling) => Value::Text(self.written(&span, spelling)),
            Shape::List(items) => {
                Value::List(items.into_iter().map(|item| self.node(item)).collect::<Result<_, _>>()?)
            }
            Shape::Map(entries) => {
                Value::Map(entries.into_iter().map(|entry| self.entry(entry)).collect::<Result<_, _>>()?)
            }
        };
        Ok(Node { span, tag: tag.filter(|tag| !is_core(tag)), value })
    }

    fn entry(&self, (key, value): (Parsed, Parsed)) -> Result<Entry, SyntaxError> {
        let key = self.node(key)?;
        let Value::Text(text) = key.value else {
            let message = "a key must be a text".to_owned();
            return Err(SyntaxError { span: Some(key.span), message });
        };
        Ok(Entry { span: key.span, key: text, value: self.node(value)? })
    }

    /// Returns how a number or truth value was written: `1.10` is a version more often than a number.
    fn written(&self, span: &Span, spelling: String) -> String {
        let is_plain = |text: &&str| {
            text.starts_with(|c: char| c.is_ascii_alphanumeric() || matches!(c, '+' | '-' | '.'))
        };
        match self.text.get(span.bytes()).map(str::trim).filter(is_plain) {
            Some(text) => text.to_owned(),
            None => spelling,
        }
    }

    /// Returns the place of a node; a block collection has no extent of its own, so it gets its first line.
    fn span(&self, location: Location, has_extent: bool) -> Span {
        let line = usize::try_from(location.line()).unwrap_or(1).max(1);
        let column = usize::try_from(location.column()).unwrap_or(1).max(1);
        let bytes = location.span().byte_offset().zip(location.span().byte_len());
        let (start, length) = match bytes {
            Some((start, length)) => {
                (usize::try_from(start).unwrap_or(0), usize::try_from(length).unwrap_or(0))
            }
            None => (self.offset(line, column), 0),
        };
        let start = self.boundary(start);
        let end = self.boundary(start.saturating_add(length));
        if has_extent || end > start {
            let written = self.text.get(start..end).unwrap_or_default();
            return Span::new(start..start + written.trim_end().len(), line, column);
        }
        let rest = self.text.get(start..).unwrap_or_default();
        let first_line = rest.lines().next().unwrap_or_default().trim_end();
        Span::new(start..start + first_line.len(), line, column)
    }

    fn offset(&self, line: usize, column: usize) -> usize {
        let start: usize = self.text.split_inclusive('\n').take(line - 1).map(str::len).sum();
        let rest = self.text.get(start..).unwrap_or_default();
        start + rest.chars().take(column - 1).map(char::len_utf8).sum::<usize>()
    }

    fn boundary(&self, offset: usize) -> usize {
        let mut offset = offset.min(self.text.len());
        while !self.text.is_char_boundary(offset) {
            offset -= 1;
        }
        offset
    }

    fn syntax_error(&self, error: &serde_saphyr::Error) -> SyntaxError {
        let span =
            error.location().filter(|location| location.line() > 0).map(|location| self.span(location, true));
        let rendered = error.without_snippet().render_with_formatter(&serde_saphyr::UserMessageFormatter);
        let first = rendered.lines().next().unwrap_or_default();
        // The place is in the span; the crate puts it into the message as well.
        let message = match first.split_once(" at line ") {
            Some((message, _)) => message,
            None => first,
        };
        SyntaxError { span, message: message.to_owned() }
    }
}

fn is_core(tag: &str) -> bool {
    tag == "!" || tag.starts_with("tag:yaml.org,2002:")
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Returns the values of a mapping with the text that their spans cover.
    fn values(text: &str) -> Vec<(String, String)> {
        let Ok(Node { value: Value::Map(entries), .. }) = parse(text) else {
            return Vec::new();
        };
        let covered = |span: &Span| text.get(span.bytes()).unwrap_or("outside").to_owned();
        let value = |entry: Entry| match entry.value.value {
            Value::Text(text) => (text, covered(&entry.value.span)),
            other => (format!("{other:?}"), covered(&entry.value.span)),
        };
        entries.into_iter().map(value).collect()
    }

    #[test]
    fn scalars_stay_as_written() {
        let text = "a: 0755\nb: 1.10 # c\nc: TRUE\nd: 22:22\ne: 0x1F\nf: 'x'\ng: !!int 7\n";
        let values = values(text);
        let texts: Vec<&str> = values.iter().map(|(text, _)| text.as_str()).collect();
        assert_eq!(texts, ["0755", "1.10", "TRUE", "22:22", "0x1F", "x", "7"]);
        let covered: Vec<&str> = values.iter().map(|(_, covered)| covered.as_str()).collect();
        assert_eq!(covered, ["0755", "1.10", "TRUE", "22:22", "0x1F", "'x'", "7"]);
    }

    #[test]
    fn an_alias_is_where_it_was_written() {
        let text = "ä: &x 1.10\nb: *x\n";
        assert_eq!(values(text), [("1.10".into(), "1.10".into()), ("1.10".to_owned(), "1.10".to_owned())]);
    }

    #[test]
    fn repeated_keys_stay() {
        assert_eq!(values("a: 1\na: 2\n").len(), 2);
    }

    #[test]
    fn lines_and_columns_count_characters() {
        let Ok(Node { value: Value::Map(entries), .. }) = parse("x: 1\näöü: {ß: y}\n") else {
            return;
        };
        let Some(Value::Map(inner)) = entries.get(1).map(|entry| &entry.value.value) else {
            return;
        };
        let span = inner.first().map(|entry| (entry.value.span.line(), entry.value.span.column()));
        assert_eq!(span, Some((2, 10)));
    }
}
