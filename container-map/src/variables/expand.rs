//! The walk over a tree that puts values for variables.

use alloc::borrow::ToOwned;
use alloc::string::String;
use alloc::vec::Vec;
use core::cell::Cell;

use super::{Variables, join, name_length, path};
use crate::error::{SyntaxError, ViolationKind};
use crate::raw::{PathTag, Problems, SECRET};
use crate::yaml::{Node, Value};

/// How deep defaults can hold variables with defaults.
const DEEPEST: usize = 16;

/// How many bytes all values together can add to a text: as many as the longest text has.
const MOST_ADDED: usize = 64 << 20;

/// Puts values for the variables in a tree; relative files of secrets start at `folder`.
///
/// # Errors
///
/// The values would make the text larger than any map.
pub(crate) fn expand(
    root: &mut Node,
    variables: &Variables,
    folder: &str,
    problems: &mut Problems,
) -> Result<(), SyntaxError> {
    Expansion { variables, folder, room: Room::default() }.node(root, problems)
}

/// Moves the tag of a list or mapping of paths to these paths, for those who keep the tags of texts only.
pub(crate) fn distribute(node: &mut Node) {
    let tag = node.tag().and_then(PathTag::read);
    let inside: Vec<&mut Node> = match &mut node.value {
        Value::Null | Value::Text(_) => return,
        Value::List(items) => items.iter_mut().collect(),
        Value::Map(entries) => entries.iter_mut().map(|entry| &mut entry.value).collect(),
    };
    for node in inside {
        match (tag, &node.value) {
            (Some(tag), Value::Text(_)) => {
                *node = core::mem::replace(node, Node::new(Value::Null)).with_tag(tag.as_str());
            }
            _ => distribute(node),
        }
    }
    if tag.is_some() {
        node.clear_tag();
    }
}

/// Why there is no value for a text.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Refusal {
    /// Something is wrong with a variable in it.
    Wrong(ViolationKind),
    /// There is no room for the values.
    TooMuch,
}

impl From<ViolationKind> for Refusal {
    fn from(kind: ViolationKind) -> Self {
        Self::Wrong(kind)
    }
}

/// The room for values: a short text can name a long one many times.
#[derive(Debug)]
pub(super) struct Room(Cell<usize>);

impl Default for Room {
    fn default() -> Self {
        Self(Cell::new(MOST_ADDED))
    }
}

impl Room {
    /// Takes the room for a value.
    pub(super) fn take<'a>(&self, value: &'a str) -> Result<&'a str, Refusal> {
        let left = self.0.get().checked_sub(value.len()).ok_or(Refusal::TooMuch)?;
        self.0.set(left);
        Ok(value)
    }
}

struct Expansion<'a> {
    variables: &'a Variables,
    folder: &'a str,
    room: Room,
}

impl Expansion<'_> {
    fn node(&self, node: &mut Node, problems: &mut Problems) -> Result<(), SyntaxError> {
        match node.tag() {
            Some(tag) if PathTag::read(tag).is_some() => return self.path(node, problems),
            Some(SECRET) => {
                self.children(node, problems)?;
                self.secret(node);
                return Ok(());
            }
            _ => {}
        }
        if let Value::Text(text) = &node.value {
            if !text.contains('$') {
                return Ok(());
            }
            let expanded = self.text(text, DEEPEST);
            return put(expanded, node, problems);
        }
        self.children(node, problems)
    }

    fn children(&self, node: &mut Node, problems: &mut Problems) -> Result<(), SyntaxError> {
        match &mut node.value {
            Value::Null | Value::Text(_) => Ok(()),
            Value::List(items) => items.iter_mut().try_for_each(|item| self.node(item, problems)),
            Value::Map(entries) => {
                entries.iter_mut().try_for_each(|entry| self.node(&mut entry.value, problems))
            }
        }
    }

    /// Expands a path, or the paths of the first level of a list or mapping (docker-map 5.2).
    fn path(&self, node: &mut Node, problems: &mut Problems) -> Result<(), SyntaxError> {
        node.clear_tag();
        let mut expand = |node: &mut Node| match &node.value {
            Value::Text(text) => {
                let expanded = path::path(text, self.variables, &self.room);
                put(expanded, node, problems)
            }
            Value::Null | Value::List(_) | Value::Map(_) => Ok(()),
        };
        match &mut node.value {
            Value::Null => Ok(()),
            Value::Text(_) => expand(node),
            Value::List(items) => items.iter_mut().try_for_each(expand),
            Value::Map(entries) => entries.iter_mut().try_for_each(|entry| expand(&mut entry.value)),
        }
    }

    fn secret(&self, node: &mut Node) {
        let Value::Map(entries) = &mut node.value else {
            return;
        };
        for entry in entries.iter_mut().filter(|entry| entry.key == "file") {
            if let Value::Text(file) = &mut entry.value.value {
                *file = join(self.folder, file);
            }
        }
    }

    fn text(&self, text: &str, depth: usize) -> Result<String, Refusal> {
        let mut result = String::with_capacity(text.len());
        let mut rest = text;
        while let Some(start) = rest.find('$') {
            let (before, tail) = rest.split_at(start);
            result.push_str(before);
            let after = &tail[1..];
            if let Some(after) = after.strip_prefix('$') {
                result.push('$');
                rest = after;
            } else if after.starts_with('{') {
                let (inner, after) = braced(after)?;
                result.push_str(&self.variable(inner, depth)?);
                rest = after;
            } else {
                result.push('$');
                rest = after;
            }
        }
        result.push_str(rest);
        Ok(result)
    }

    /// Returns the value for what stands between braces: a name, or a name and what to do if it is missing.
    fn variable(&self, inner: &str, depth: usize) -> Result<String, Refusal> {
        let (name, tail) = inner.split_at(name_length(inner));
        let bad = || ViolationKind::BadVariable { text: inner.to_owned() };
        let depth = depth.checked_sub(1).ok_or_else(bad)?;
        if name.is_empty() {
            return Err(bad().into());
        }
        let value = self.variables.values.get(name);
        // With a colon, an empty value is as good as none (POSIX 2.6.2).
        let (value, operator) = match tail.strip_prefix(':') {
            Some(operator) => (value.filter(|value| !value.is_empty()), operator),
            None => (value, tail),
        };
        let mut operator = operator.chars();
        match (operator.next(), operator.as_str(), value) {
            (None, _, Some(value)) if tail.is_empty() => Ok(self.room.take(value)?.to_owned()),
            (None, _, None) if tail.is_empty() => {
                Err(ViolationKind::UnsetVariable { name: name.to_owned(), message: None }.into())
            }
            (Some('-' | '?'), _, Some(value)) => Ok(self.room.take(value)?.to_owned()),
            (Some('-'), default, None) => self.text(default, depth),
            (Some('+'), alternative, Some(_)) => self.text(alternative, depth),
            (Some('+'), _, None) => Ok(String::new()),
            (Some('?'), message, None) => {
                let message = Some(self.text(message, depth)?).filter(|message| !message.is_empty());
                Err(ViolationKind::UnsetVariable { name: name.to_owned(), message }.into())
            }
            _ => Err(bad().into()),
        }
    }
}

/// Puts an expanded text into its node, or reports what is wrong with it.
fn put(
    expanded: Result<String, Refusal>,
    node: &mut Node,
    problems: &mut Problems,
) -> Result<(), SyntaxError> {
    match expanded {
        Ok(text) => node.value = Value::Text(text),
        Err(Refusal::Wrong(kind)) => problems.here(&node.span, kind),
        Err(Refusal::TooMuch) => {
            let message = "the values of its variables make the text larger than any map".to_owned();
            return Err(SyntaxError { span: Some(node.span.clone()), message });
        }
    }
    Ok(())
}

/// Splits a text that starts with a brace at the brace that closes it.
fn braced(text: &str) -> Result<(&str, &str), ViolationKind> {
    let mut depth = 0_usize;
    let mut previous = ' ';
    for (position, character) in text.char_indices() {
        match character {
            '{' if position == 0 || previous == '$' => depth += 1,
            '}' => {
                depth -= 1;
                if depth == 0 {
                    return Ok((&text[1..position], &text[position + 1..]));
                }
            }
            _ => {}
        }
        previous = character;
    }
    Err(ViolationKind::OpenVariable)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn expanded(text: &str) -> Result<String, Refusal> {
        let variables: Variables = [("A", "1"), ("EMPTY", "")].into_iter().collect();
        Expansion { variables: &variables, folder: "", room: Room::default() }.text(text, DEEPEST)
    }

    #[test]
    fn variables_expand_as_in_a_shell() {
        for (written, expected) in [
            ("plain", "plain"),
            ("${A}", "1"),
            ("x${A}y${A}z", "x1y1z"),
            ("$A and $", "$A and $"),
            ("$$A $${A}", "$A ${A}"),
            ("${EMPTY}", ""),
            ("${B:-x}", "x"),
            ("${EMPTY:-x}", "x"),
            ("${EMPTY-x}", ""),
            ("${B:-${A}}", "1"),
            ("${B:-${C:-deep}}", "deep"),
            ("${B:-{}}", "{}"),
            ("${B:-}", ""),
            ("${A:+set}${B+set}", "set"),
            ("${A:?missing}", "1"),
        ] {
            assert_eq!(expanded(written).as_deref(), Ok(expected), "{written}");
        }
    }

    #[test]
    fn missing_variables_and_other_expansions_are_refused() {
        let unset = |name: &str, message: Option<&str>| ViolationKind::UnsetVariable {
            name: name.into(),
            message: message.map(Into::into),
        };
        let bad = |text: &str| ViolationKind::BadVariable { text: text.into() };
        for (written, expected) in [
            ("${B}", unset("B", None)),
            ("${B:?}", unset("B", None)),
            ("${B:?say ${A}}", unset("B", Some("say 1"))),
            ("${EMPTY:?x}", unset("EMPTY", Some("x"))),
            ("${", ViolationKind::OpenVariable),
            ("${}", bad("")),
            ("${A", ViolationKind::OpenVariable),
            ("${A:-${B}", ViolationKind::OpenVariable),
            ("${1}", bad("1")),
            ("${#A}", bad("#A")),
            ("${A%x}", bad("A%x")),
            ("${A:}", bad("A:")),
        ] {
            assert_eq!(expanded(written), Err(expected.into()), "{written}");
        }
    }
}
