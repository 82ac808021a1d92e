//! The walk over a tree that puts values for variables.

use alloc::borrow::ToOwned;
use alloc::string::String;
use alloc::vec::Vec;

use super::{Variables, join, name_length, path};
use crate::error::ViolationKind;
use crate::raw::{PathTag, Problems, SECRET};
use crate::yaml::{Node, Value};

/// How deep defaults can hold variables with defaults.
const DEEPEST: usize = 16;

/// Puts values for the variables in a tree; relative files of secrets start at `folder`.
pub(crate) fn expand(root: &mut Node, variables: &Variables, folder: &str, problems: &mut Problems) {
    Expansion { variables, folder }.node(root, problems);
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

struct Expansion<'a> {
    variables: &'a Variables,
    folder: &'a str,
}

impl Expansion<'_> {
    fn node(&self, node: &mut Node, problems: &mut Problems) {
        match node.tag() {
            Some(tag) if PathTag::read(tag).is_some() => return self.path(node),
            Some(SECRET) => {
                self.children(node, problems);
                return self.secret(node);
            }
            _ => {}
        }
        if let Value::Text(text) = &mut node.value {
            if !text.contains('$') {
                return;
            }
            match self.text(text, DEEPEST) {
                Ok(expanded) => *text = expanded,
                Err(kind) => problems.here(&node.span, kind),
            }
            return;
        }
        self.children(node, problems);
    }

    fn children(&self, node: &mut Node, problems: &mut Problems) {
        match &mut node.value {
            Value::Null | Value::Text(_) => {}
            Value::List(items) => {
                for item in items {
                    self.node(item, problems);
                }
            }
            Value::Map(entries) => {
                for entry in entries {
                    self.node(&mut entry.value, problems);
                }
            }
        }
    }

    /// Expands a path, or the paths of the first level of a list or mapping (docker-map 5.2).
    fn path(&self, node: &mut Node) {
        node.clear_tag();
        let expand = |node: &mut Node| {
            if let Value::Text(text) = &mut node.value {
                *text = path::path(text, self.variables);
            }
        };
        match &mut node.value {
            Value::Null => {}
            Value::Text(_) => expand(node),
            Value::List(items) => items.iter_mut().for_each(expand),
            Value::Map(entries) => entries.iter_mut().for_each(|entry| expand(&mut entry.value)),
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

    fn text(&self, text: &str, depth: usize) -> Result<String, ViolationKind> {
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
    fn variable(&self, inner: &str, depth: usize) -> Result<String, ViolationKind> {
        let (name, tail) = inner.split_at(name_length(inner));
        let bad = || ViolationKind::BadVariable { text: inner.to_owned() };
        let depth = depth.checked_sub(1).ok_or_else(bad)?;
        if name.is_empty() {
            return Err(bad());
        }
        let value = self.variables.values.get(name);
        // With a colon, an empty value is as good as none (POSIX 2.6.2).
        let (value, operator) = match tail.strip_prefix(':') {
            Some(operator) => (value.filter(|value| !value.is_empty()), operator),
            None => (value, tail),
        };
        let mut operator = operator.chars();
        match (operator.next(), operator.as_str(), value) {
            (None, _, Some(value)) if tail.is_empty() => Ok(value.clone()),
            (None, _, None) if tail.is_empty() => {
                Err(ViolationKind::UnsetVariable { name: name.to_owned(), message: None })
            }
            (Some('-' | '?'), _, Some(value)) => Ok(value.clone()),
            (Some('-'), default, None) => self.text(default, depth),
            (Some('+'), alternative, Some(_)) => self.text(alternative, depth),
            (Some('+'), _, None) => Ok(String::new()),
            (Some('?'), message, None) => {
                let message = Some(self.text(message, depth)?).filter(|message| !message.is_empty());
                Err(ViolationKind::UnsetVariable { name: name.to_owned(), message })
            }
            _ => Err(bad()),
        }
    }
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

    fn expanded(text: &str) -> Result<String, ViolationKind> {
        let variables: Variables = [("A", "1"), ("EMPTY", "")].into_iter().collect();
        Expansion { variables: &variables, folder: "" }.text(text, DEEPEST)
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
        let unset = |name: &str, message: Option<&str>| {
            Err(ViolationKind::UnsetVariable { name: name.into(), message: message.map(Into::into) })
        };
        let bad = |text: &str| Err(ViolationKind::BadVariable { text: text.into() });
        for (written, expected) in [
            ("${B}", unset("B", None)),
            ("${B:?}", unset("B", None)),
            ("${B:?say ${A}}", unset("B", Some("say 1"))),
            ("${EMPTY:?x}", unset("EMPTY", Some("x"))),
            ("${", Err(ViolationKind::OpenVariable)),
            ("${}", bad("")),
            ("${A", Err(ViolationKind::OpenVariable)),
            ("${A:-${B}", Err(ViolationKind::OpenVariable)),
            ("${1}", bad("1")),
            ("${#A}", bad("#A")),
            ("${A%x}", bad("A%x")),
            ("${A:}", bad("A:")),
        ] {
            assert_eq!(expanded(written), expected, "{written}");
        }
    }
}
