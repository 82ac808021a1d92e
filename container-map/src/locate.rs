//! From places in a text to places in the model.
//!
//! What is read from a text remembers where it stands there, which is small. The path of a field is found when it is
//! needed, by going through the tree once more: only when something is wrong.

use alloc::collections::{BTreeMap, BTreeSet};
use alloc::vec::Vec;

use crate::error::{Violation, Violations};
use crate::field::{FieldPath, Span};
use crate::raw::{Problems, is_configuration};
use crate::yaml::{Node, Value};

/// What the entries at the root of a tree are.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Root {
    /// Sections and configurations.
    Map,
    /// Clients.
    Clients,
}

/// Returns the problems that were found as violations, given the trees that they are in.
pub(crate) fn violations(
    problems: Problems,
    trees: impl FnOnce() -> Vec<(Root, Node)>,
) -> Option<Violations> {
    let (found, omitted) = problems.into_found();
    if found.is_empty() {
        return None;
    }
    let wanted = found.iter().map(|(span, _)| span.clone()).collect();
    let mut search = Search { wanted, at: FieldPath::default(), found: BTreeMap::new() };
    for (root, tree) in trees() {
        search.root(root, &tree);
    }
    let violation = |(span, kind): (Span, _)| Violation {
        at: search.found.get(&span).cloned().unwrap_or_default(),
        span: span.is_in_text().then_some(span),
        kind,
    };
    Violations::new(found.into_iter().map(violation).collect(), omitted)
}

struct Search {
    wanted: BTreeSet<Span>,
    at: FieldPath,
    found: BTreeMap<Span, FieldPath>,
}

impl Search {
    fn root(&mut self, root: Root, tree: &Node) {
        self.note(&tree.span);
        let Value::Map(entries) = &tree.value else { return };
        for entry in entries {
            let is_short = root == Root::Map && is_configuration(entry);
            if is_short {
                self.at.push_key("containers");
            }
            self.entry(&entry.key, &entry.span, &entry.value);
            if is_short {
                self.at.pop();
            }
        }
    }

    fn entry(&mut self, key: &str, span: &Span, value: &Node) {
        self.at.push_key(key);
        self.note(span);
        self.node(value);
        self.at.pop();
    }

    fn node(&mut self, node: &Node) {
        self.note(&node.span);
        match &node.value {
            Value::Null | Value::Text(_) => {}
            Value::List(items) => {
                for (index, item) in items.iter().enumerate() {
                    self.at.push_index(index);
                    self.node(item);
                    self.at.pop();
                }
            }
            Value::Map(entries) => {
                for entry in entries {
                    self.entry(&entry.key, &entry.span, &entry.value);
                }
            }
        }
    }

    /// What an alias repeats is where it was written, which comes first.
    fn note(&mut self, span: &Span) {
        if self.wanted.contains(span) {
            self.found.entry(span.clone()).or_insert_with(|| self.at.clone());
        }
    }
}

/// Gives every part of a tree that was not read from a text a place of its own, counting on from `next`.
pub(crate) fn number(node: &mut Node, next: &mut usize) {
    *next += 1;
    node.span = Span::in_draft(*next);
    match &mut node.value {
        Value::Null | Value::Text(_) => {}
        Value::List(items) => items.iter_mut().for_each(|item| number(item, next)),
        Value::Map(entries) => {
            for entry in entries {
                *next += 1;
                entry.span = Span::in_draft(*next);
                number(&mut entry.value, next);
            }
        }
    }
}
