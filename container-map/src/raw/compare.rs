//! Rules of comparison as written.

use alloc::vec::Vec;

use super::place::{Problems, Text};
use super::read::{entries, key, text, wrong_type};
use crate::yaml::{Node, Value};

/// Attributes and options, and how they are compared.
pub(crate) type RawRules = Vec<(Text, Text)>;

/// Reads the rules of a configuration: a mapping.
pub(crate) fn rules(node: &Node, problems: &mut Problems) -> RawRules {
    let mut rules = RawRules::new();
    entries(node, "a mapping like `{label: at-least}`", problems, |entry, problems| {
        rules.extend(text(&entry.value, "a word", problems).map(|mode| (key(entry), mode)));
    });
    rules
}

/// Reads the rules of a map: a list of mappings, as a mapping of that name is a configuration.
pub(crate) fn rules_of_map(node: &Node, problems: &mut Problems) -> RawRules {
    match &node.value {
        Value::List(items) => items.iter().flat_map(|item| rules(item, problems)).collect(),
        Value::Null => RawRules::new(),
        Value::Text(_) | Value::Map(_) => {
            wrong_type(node, "a list like `[label: at-least, env: ignore]`", problems);
            RawRules::new()
        }
    }
}
