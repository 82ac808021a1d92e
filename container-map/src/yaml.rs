//! Text to tree: the only file that knows the YAML crate.
//!
//! The tree keeps what the text says: every scalar as it was written (`0755`, `1.10`, `on`), every repeated key, and the
//! place of everything. Aliases and merge keys are resolved, so a value can stand in several places of the tree; its span
//! is where it was written.

use alloc::borrow::ToOwned;
use alloc::boxed::Box;
use alloc::format;
use alloc::string::{String, ToString};
use alloc::vec::Vec;
use core::fmt;

use serde::de::{Deserialize, Deserializer, MapAccess, SeqAccess, Visitor};
use serde_saphyr::options::DuplicateKeyPolicy;
use serde_saphyr::{Location, Spanned, Tagged};

use crate::error::{SyntaxError, TOO_DEEP, reworded};
use crate::field::{SourceId, Span};

/// The longest text that is read: far more than a map needs, far less than would hurt.
const MAX_BYTES: usize = 64 << 20;

/// A value with its place in the text.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Node {
    /// Where it was written.
    pub(crate) span: Span,
    form: Form,
    tag: Option<Box<Tag>>,
    /// What it is.
    pub(crate) value: Value,
}

/// The text of a tag. It is boxed twice, as tags are rare and there is room for one in every value of a map.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Tag(Box<str>);

impl Node {
    /// Makes a node that is written nowhere.
    pub(crate) fn new(value: Value) -> Self {
        Self { span: Span::NOWHERE, form: Form::Text, tag: None, value }
    }

    /// Puts a tag on a node.
    pub(crate) fn with_tag(self, tag: &str) -> Self {
        Self { tag: Some(Box::new(Tag(tag.into()))), ..self }
    }

    /// Returns its tag, unless it is one of YAML's own types.
    pub(crate) fn tag(&self) -> Option<&str> {
        self.tag.as_ref().map(|tag| &*tag.0)
    }

    /// Removes the tag.
    pub(crate) fn clear_tag(&mut self) {
        self.tag = None;
    }
}

/// What a node is. A large map has a million of them, so there is room for what is there and no more.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Value {
    /// Nothing, `~` or `null`.
    Null,
    /// A scalar, as it was written; of a quoted one, what the quotes mean.
    Text(String),
    /// A sequence.
    List(Box<[Node]>),
    /// A mapping, in order, with repeated keys.
    Map(Box<[Entry]>),
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
    form: Form,
}

/// What a scalar or a key is in the text.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Form {
    Text,
    /// A number or truth value in the crate's spelling; gone when the tree is complete.
    Typed,
    /// Something that cannot be a key of a map.
    Other,
}

impl Entry {
    /// Makes an entry that is written nowhere.
    pub(crate) fn new(key: impl Into<String>, value: Node) -> Self {
        Self { span: Span::NOWHERE, key: key.into(), value, form: Form::Text }
    }
}

/// How deep values can stand in each other: a map needs a dozen levels, and every level takes some of the stack.
const DEEPEST: usize = 64;

/// Reads a text as one tree; its places are in the given source.
pub(crate) fn parse(text: &str, id: SourceId) -> Result<Node, SyntaxError> {
    let source = Source { text, id };
    if text.len() > MAX_BYTES {
        let message = format!("the map has {} bytes; at most {MAX_BYTES} are read", text.len());
        return Err(SyntaxError { span: None, message });
    }
    let mut root: Node =
        serde_saphyr::from_str_with_options(text, options()).map_err(|error| source.syntax_error(&error))?;
    source.settle(&mut root)?;
    Ok(root)
}

/// Keeps scalars as written and repeated keys visible; limits what aliases can blow up.
fn options() -> serde_saphyr::Options {
    serde_saphyr::options! {
        budget: serde_saphyr::budget! {
            max_depth: DEEPEST,
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

/// A node as the YAML crate delivers it, before its place is cut to what is written there.
enum Shape {
    Null,
    Text(String),
    /// A number or truth value, in the crate's spelling.
    Typed(String),
    List(Box<[Node]>),
    Map(Box<[Entry]>),
}

/// Moves what has grown one by one to where it fits exactly. Shrinking it where it stands would leave a gap after each, too
/// small for the next one that grows: together a quarter of the memory that a large map takes.
fn fitted<T>(mut grown: Vec<T>) -> Box<[T]> {
    let mut fitted = Vec::with_capacity(grown.len());
    fitted.append(&mut grown);
    fitted.into_boxed_slice()
}

impl Shape {
    /// Makes a text; one that is not finite can stand for a number that is too large, like the hash `7e12345`.
    fn text(text: String) -> Self {
        match text.as_str() {
            ".inf" | "-.inf" | ".nan" => Self::Typed(text),
            _ => Self::Text(text),
        }
    }
}

impl<'de> Deserialize<'de> for Node {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let parsed: Spanned<Tagged<Shape>> = Spanned::deserialize(deserializer)?;
        let span = raw_span(parsed.defined);
        let Tagged(shape, tag) = parsed.value;
        let tag = tag.filter(|tag| !is_core(tag)).map(|tag| Box::new(Tag(tag.replace(YAML, "!!").into())));
        let (value, form) = match shape {
            Shape::Null => (Value::Null, Form::Text),
            Shape::Text(text) => (Value::Text(text), Form::Text),
            Shape::Typed(spelling) => (Value::Text(spelling), Form::Typed),
            Shape::List(items) => (Value::List(items), Form::Text),
            Shape::Map(entries) => (Value::Map(entries), Form::Text),
        };
        Ok(Self { span, form, tag, value })
    }
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
        Ok(Shape::text(value.to_owned()))
    }

    fn visit_string<E>(self, value: String) -> Result<Shape, E> {
        Ok(Shape::text(value))
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut access: A) -> Result<Shape, A::Error> {
        let mut items = Vec::new();
        while let Some(item) = access.next_element()? {
            items.push(item);
        }
        Ok(Shape::List(fitted(items)))
    }

    fn visit_map<A: MapAccess<'de>>(self, mut access: A) -> Result<Shape, A::Error> {
        let mut entries = Vec::new();
        while let Some((key, value)) = access.next_entry::<Node, Node>()? {
            let (text, form) = match key.value {
                Value::Text(text) if key.form == Form::Typed => (text, Form::Typed),
                Value::Text(text) => (text, Form::Text),
                Value::Null | Value::List(_) | Value::Map(_) => (String::new(), Form::Other),
            };
            entries.push(Entry { span: key.span, key: text, value, form });
        }
        Ok(Shape::Map(fitted(entries)))
    }
}

/// Returns the place the YAML crate gives, before it is cut to what is written.
fn raw_span(location: Location) -> Span {
    let line = usize::try_from(location.line()).unwrap_or(1).max(1);
    let column = usize::try_from(location.column()).unwrap_or(1).max(1);
    let number = |number: Option<u64>| number.and_then(|number| usize::try_from(number).ok());
    let start = number(location.span().byte_offset());
    let length = number(location.span().byte_len()).unwrap_or(0);
    match start {
        Some(start) => Span::new(start..start.saturating_add(length), line, column),
        // A start that is not known is looked for when the tree is complete.
        None => Span::new(usize::MAX..usize::MAX, line, column),
    }
}

/// The text that places refer to.
struct Source<'a> {
    text: &'a str,
    id: SourceId,
}

impl Source<'_> {
    /// Cuts all places to what is written there, and restores numbers and truth values as they were written.
    fn settle(&self, node: &mut Node) -> Result<(), SyntaxError> {
        let is_scalar = !matches!(node.value, Value::List(_) | Value::Map(_));
        if matches!(node.value, Value::List(_)) {
            node.span = self.at_dash(&node.span);
        }
        node.span = self.span(&node.span, is_scalar);
        match &mut node.value {
            Value::Null => {}
            Value::Text(text) => {
                if node.form == Form::Typed {
                    self.restore(&node.span, text);
                }
            }
            Value::List(items) => items.iter_mut().try_for_each(|item| self.settle(item))?,
            Value::Map(entries) => entries.iter_mut().try_for_each(|entry| self.settle_entry(entry))?,
        }
        if node.form == Form::Typed {
            node.form = Form::Text;
        }
        Ok(())
    }

    fn settle_entry(&self, entry: &mut Entry) -> Result<(), SyntaxError> {
        entry.span = self.span(&entry.span, entry.form != Form::Other);
        match entry.form {
            Form::Text => {}
            Form::Typed => self.restore(&entry.span, &mut entry.key),
            Form::Other => {
                let message = "a key must be a text".to_owned();
                return Err(SyntaxError { span: Some(entry.span.clone()), message });
            }
        }
        entry.form = Form::Text;
        self.settle(&mut entry.value)
    }

    /// Puts back how a number or truth value was written: `1.10` is a version more often than a number.
    fn restore(&self, span: &Span, spelling: &mut String) {
        let is_plain = |text: &&str| {
            text.starts_with(|c: char| c.is_ascii_alphanumeric() || matches!(c, '+' | '-' | '.'))
        };
        if let Some(text) = self.text.get(span.bytes()).map(str::trim).filter(is_plain) {
            text.clone_into(spelling);
        }
    }

    /// Returns where a list begins: the YAML crate takes one that is not indented to begin with its first element.
    fn at_dash(&self, raw: &Span) -> Span {
        // An element that is a list itself begins with a dash or a bracket of its own.
        let split = self.text.split_at_checked(raw.bytes().start);
        let before = split.filter(|(_, rest)| !rest.starts_with(['-', '['])).map(|(before, _)| before);
        let indented = before.and_then(|before| before.trim_end_matches(' ').strip_suffix('-'));
        match (before, indented) {
            (Some(before), Some(indented)) => {
                let back = before.len() - indented.len();
                let start = indented.len();
                Span::new(start..start, raw.line(), raw.column().saturating_sub(back).max(1))
            }
            _ => raw.clone(),
        }
    }

    /// Returns the place of a node; a block collection has no extent of its own, so it gets its first line.
    fn span(&self, raw: &Span, has_extent: bool) -> Span {
        let (line, column) = (raw.line(), raw.column());
        let bytes = raw.bytes();
        let start = if bytes.start > self.text.len() { self.offset(line, column) } else { bytes.start };
        let start = self.boundary(start);
        let end = self.boundary(start.saturating_add(bytes.len()));
        if has_extent || end > start {
            let written = self.text.get(start..end).unwrap_or_default();
            return Span::new(start..start + written.trim_end().len(), line, column).within(self.id);
        }
        let rest = self.text.get(start..).unwrap_or_default();
        let first_line = rest.lines().next().unwrap_or_default().trim_end();
        Span::new(start..start + first_line.len(), line, column).within(self.id)
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
        let span = error
            .location()
            .filter(|location| location.line() > 0)
            .map(|location| self.span(&raw_span(location), true));
        if let Some(limit) = limit(error) {
            return SyntaxError { span, message: limit.to_owned() };
        }
        let rendered = error.without_snippet().render_with_formatter(&serde_saphyr::UserMessageFormatter);
        let first = rendered.lines().next().unwrap_or_default();
        // The place is in the span; the crate puts it into the message as well.
        let message = match first.split_once(" at line ") {
            Some((message, _)) => message,
            None => first,
        };
        SyntaxError { span, message: reworded(message) }
    }
}

/// Returns which limit a text exceeds, if that is what is wrong with it.
fn limit(error: &serde_saphyr::Error) -> Option<&'static str> {
    use serde_saphyr::Error;
    use serde_saphyr::budget::BudgetBreach;
    match error {
        Error::Budget { breach: BudgetBreach::Depth { .. }, .. } => Some(TOO_DEEP),
        Error::Budget { .. } => Some("the text is larger than any map, or its aliases make it so"),
        Error::AliasReplayLimitExceeded { .. }
        | Error::AliasExpansionLimitExceeded { .. }
        | Error::AliasReplayStackDepthExceeded { .. } => {
            Some("the aliases of the text repeat too much of it")
        }
        // What is wrong with what an alias repeats.
        Error::AliasError { error, .. } => limit(error),
        _ => None,
    }
}

/// What `!!` stands for.
const YAML: &str = "tag:yaml.org,2002:";
/// The types of YAML itself that say no more than the value does.
const CORE: &[&str] = &["str", "int", "float", "bool", "null", "seq", "map", "binary", "merge"];

fn is_core(tag: &str) -> bool {
    tag == "!" || tag.strip_prefix(YAML).is_some_and(|name| CORE.contains(&name))
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Returns the values of a mapping with the text that their spans cover.
    fn values(text: &str) -> Vec<(String, String)> {
        let Ok(Node { value: Value::Map(entries), .. }) = parse(text, SourceId::FIRST) else {
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
        let text =
            "a: 0755\nb: 1.10 # c\nc: TRUE\nd: 22:22\ne: 0x1F\nf: 'x'\ng: !!int 7\nh: -1e999\ni: .INF\n";
        let values = values(text);
        let texts: Vec<&str> = values.iter().map(|(text, _)| text.as_str()).collect();
        assert_eq!(texts, ["0755", "1.10", "TRUE", "22:22", "0x1F", "x", "7", "-1e999", ".INF"]);
        let covered: Vec<&str> = values.iter().map(|(_, covered)| covered.as_str()).collect();
        assert_eq!(covered, ["0755", "1.10", "TRUE", "22:22", "0x1F", "'x'", "7", "-1e999", ".INF"]);
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
        let Ok(Node { value: Value::Map(entries), .. }) = parse("x: 1\näöü: {ß: y}\n", SourceId::FIRST)
        else {
            return;
        };
        let Some(Value::Map(inner)) = entries.get(1).map(|entry| &entry.value.value) else {
            return;
        };
        let span = inner.first().map(|entry| (entry.value.span.line(), entry.value.span.column()));
        assert_eq!(span, Some((2, 10)));
    }
}
