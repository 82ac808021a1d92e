//! From nodes to texts, lists and fields; what a node cannot be is reported.

use alloc::collections::BTreeMap;
use alloc::format;
use alloc::string::String;
use alloc::vec::Vec;

use super::place::{PathTag, Place, Placed, Problems, Text, beginning, closest};
use crate::error::ViolationKind;
use crate::yaml::{Entry, Node, Value};

/// Reports a value of the wrong kind.
pub(crate) fn wrong_type(node: &Node, expected: &'static str, problems: &mut Problems) {
    problems.here(&node.span, ViolationKind::WrongType { expected, found: describe(node) });
}

fn describe(node: &Node) -> String {
    match &node.value {
        Value::Null => "nothing".into(),
        Value::Text(text) => format!("`{text}`"),
        Value::List(_) => "a list".into(),
        Value::Map(_) => "a mapping".into(),
    }
}

/// Reports a tag that means nothing here, which would otherwise be dropped without a word.
pub(crate) fn refuse_tag(node: &Node, problems: &mut Problems) {
    if let Some(tag) = node.tag().filter(|tag| PathTag::read(tag).is_none()) {
        problems.here(&node.span, ViolationKind::UnknownTag { tag: tag.into() });
    }
}

/// Reads a text that may be left out.
pub(crate) fn optional(node: &Node, expected: &'static str, problems: &mut Problems) -> Option<Text> {
    refuse_tag(node, problems);
    match &node.value {
        Value::Null => None,
        Value::Text(text) => {
            let tag = node.tag().and_then(PathTag::read);
            let place = Place { tag, ..Place::new(&node.span) };
            Some(Placed { value: text.clone(), place })
        }
        Value::List(_) | Value::Map(_) => {
            wrong_type(node, expected, problems);
            None
        }
    }
}

/// Reads a text.
pub(crate) fn text(node: &Node, expected: &'static str, problems: &mut Problems) -> Option<Text> {
    if matches!(node.value, Value::Null) {
        wrong_type(node, expected, problems);
    }
    optional(node, expected, problems)
}

/// Returns the text of a key.
pub(crate) fn key(entry: &Entry) -> Text {
    Placed { value: entry.key.clone(), place: Place::new(&entry.span) }
}

/// Reads a list of texts; a text alone is a list of one, nothing is an empty list.
pub(crate) fn texts(node: &Node, expected: &'static str, problems: &mut Problems) -> Vec<Text> {
    match &node.value {
        Value::List(items) => {
            refuse_tag(node, problems);
            items.iter().filter_map(|item| text(item, "a text", problems)).collect()
        }
        _ => optional(node, expected, problems).into_iter().collect(),
    }
}

/// Calls `read` for every entry of a mapping; a repeated key is reported and skipped.
pub(crate) fn entries<'a>(
    node: &'a Node,
    expected: &'static str,
    problems: &mut Problems,
    mut read: impl FnMut(&'a Entry, &mut Problems),
) {
    refuse_tag(node, problems);
    let entries = match &node.value {
        Value::Null => return,
        Value::Map(entries) => entries,
        Value::Text(_) | Value::List(_) => return wrong_type(node, expected, problems),
    };
    let mut seen: BTreeMap<&str, usize> = BTreeMap::new();
    for entry in entries {
        if let Some(first_line) = seen.get(entry.key.as_str()) {
            let kind = ViolationKind::DuplicateKey { key: entry.key.clone(), first_line: *first_line };
            problems.here(&entry.span, kind);
            continue;
        }
        seen.insert(&entry.key, entry.span.line());
        read(entry, problems);
    }
}

/// What a mapping with fixed keys is, and the keys.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Fields {
    /// What it is, with its article.
    pub(crate) what: &'static str,
    /// The keys it can have.
    pub(crate) keys: &'static [&'static str],
}

impl Fields {
    /// Calls `read` for every known key of a mapping and reports the others.
    ///
    /// A key that is a slip of a known one is read as that one after it was reported, so that what it says is not
    /// missed elsewhere.
    pub(crate) fn read<'a>(
        self,
        node: &'a Node,
        problems: &mut Problems,
        read: impl FnMut(&'static str, &'a Node, &mut Problems),
    ) {
        self.read_unless(node, problems, |_| None, read);
    }

    /// As [`Fields::read`], with words for keys that belong elsewhere.
    pub(crate) fn read_unless<'a>(
        self,
        node: &'a Node,
        problems: &mut Problems,
        elsewhere: impl Fn(&str) -> Option<&'static str>,
        mut read: impl FnMut(&'static str, &'a Node, &mut Problems),
    ) {
        let given = |key: &str| match &node.value {
            Value::Map(entries) => entries.iter().any(|entry| entry.key == key),
            _ => false,
        };
        entries(node, self.what, problems, |entry, problems| {
            if let Some(known) = self.keys.iter().find(|known| **known == entry.key) {
                return read(known, &entry.value, problems);
            }
            if let Some(hint) = elsewhere(&entry.key) {
                let kind = ViolationKind::Elsewhere { key: entry.key.clone(), within: self.what, hint };
                return problems.here(&entry.span, kind);
            }
            let missing = || self.keys.iter().copied().filter(|known| !given(known));
            let suggestion = closest(&entry.key, missing()).or_else(|| beginning(&entry.key, missing()));
            let kind = ViolationKind::UnknownKey { key: entry.key.clone(), within: self.what, suggestion };
            problems.here(&entry.span, kind);
            if let Some(known) = suggestion {
                read(known, &entry.value, problems);
            }
        });
    }

    /// Returns whether a mapping has one of these keys.
    pub(crate) fn has_any(self, entries: &[Entry]) -> bool {
        entries.iter().any(|entry| self.keys.contains(&entry.key.as_str()))
    }

    /// Returns whether a mapping that stands for a list of elements is one element with the names of its fields.
    ///
    /// docker-map takes it apart into elements called like the fields, which nobody means who names several.
    pub(crate) fn is_element(self, entries: &[Entry]) -> bool {
        entries.len() > 1 && self.has_all(entries)
    }

    /// Returns whether a mapping has the first of the keys and no other.
    pub(crate) fn starts(self, entries: &[Entry]) -> bool {
        matches!(entries, [only] if self.keys.first() == Some(&only.key.as_str()))
    }

    /// Returns whether a mapping has keys, and only these.
    pub(crate) fn has_all(self, entries: &[Entry]) -> bool {
        !entries.is_empty() && entries.iter().all(|entry| self.keys.contains(&entry.key.as_str()))
    }
}
