//! The element forms that most list-like properties share (docker-map 2.4).
//!
//! An element is a text, a list of cells, a mapping of one key to the other cells, or a mapping of field names. A list's
//! last cell can itself be a list or a mapping of field names: `[80, [8080, lan]]`, `80: {host_port: 8080}`.

use alloc::vec::Vec;

use super::place::{Place, Problems, Text};
use super::read::{Fields, entries, key, optional, wrong_type};
use crate::error::ViolationKind;
use crate::yaml::{Entry, Node, Value};

/// What the elements of a property look like.
#[derive(Debug, Clone, Copy)]
pub(crate) struct RowForm {
    /// The names of the fields.
    pub(crate) fields: Fields,
    /// The most cells an element can have.
    pub(crate) most: usize,
    /// A correct element, for messages.
    pub(crate) example: &'static str,
}

/// One element: cells by position, then cells by name.
#[derive(Debug, Clone)]
pub(crate) struct Row {
    pub(crate) place: Place,
    pub(crate) cells: Vec<Option<Text>>,
    pub(crate) named: Vec<(&'static str, Text)>,
}

impl Row {
    fn new(place: Place) -> Self {
        Self { place, cells: Vec::new(), named: Vec::new() }
    }

    fn of(text: Text) -> Self {
        let mut row = Self::new(text.place.clone());
        row.cells.push(Some(text));
        row
    }

    /// Removes and returns a field, given its position among the cells.
    pub(crate) fn take(&mut self, position: usize, field: &str) -> Option<Text> {
        self.cells.get_mut(position).and_then(Option::take).or_else(|| self.named(field))
    }

    /// Returns a field that was given by its name.
    pub(crate) fn named(&self, field: &str) -> Option<Text> {
        self.named.iter().find(|(name, _)| *name == field).map(|(_, text)| text.clone())
    }
}

impl RowForm {
    /// Reads all elements of a property; `read` makes something of each.
    pub(crate) fn read<T>(
        self,
        node: &Node,
        problems: &mut Problems,
        read: impl Fn(Row, &mut Problems) -> Option<T>,
    ) -> Vec<T> {
        let rows = self.rows(node, problems);
        // Most lists have one or two elements. One that grows would have room for four, and a large map many of them.
        let mut found = Vec::with_capacity(rows.len());
        found.extend(rows.into_iter().filter_map(|row| read(row, problems)));
        found
    }

    fn rows(self, node: &Node, problems: &mut Problems) -> Vec<Row> {
        let mut rows = Vec::new();
        match &node.value {
            Value::List(items) => {
                for item in items {
                    rows.extend(self.item(item, problems));
                }
            }
            Value::Map(entries) if self.fields.is_element(entries) => rows.extend(self.item(node, problems)),
            Value::Map(_) => entries(node, self.fields.what, problems, |entry, problems| {
                rows.extend(self.pair(entry, problems));
            }),
            Value::Null | Value::Text(_) => {
                rows.extend(optional(node, self.fields.what, problems).map(Row::of));
            }
        }
        rows
    }

    /// Reads an element of a list.
    fn item(self, item: &Node, problems: &mut Problems) -> Option<Row> {
        let before = problems.count();
        let mut row = Row::new(Place::new(&item.span));
        match &item.value {
            Value::Null => {
                wrong_type(item, self.fields.what, problems);
                return None;
            }
            Value::Text(_) => {
                return optional(item, self.fields.what, problems).map(Row::of);
            }
            Value::List(cells) => self.cells(&mut row, cells, problems),
            Value::Map(entries) => match &**entries {
                entries if self.fields.has_all(entries) => self.named(&mut row, item, problems),
                [entry] => return self.pair(entry, problems),
                entries if self.fields.has_any(entries) => self.named(&mut row, item, problems),
                _ => {
                    let problem = "this element has several keys";
                    problems.here(&item.span, ViolationKind::BadElement { problem, example: self.example });
                    return None;
                }
            },
        }
        self.checked(row, before, problems)
    }

    /// Reads `key: the other cells`.
    fn pair(self, entry: &Entry, problems: &mut Problems) -> Option<Row> {
        let before = problems.count();
        let mut row = Row::new(Place::new(&entry.span));
        row.cells.push(Some(key(entry)));
        self.last(&mut row, &entry.value, problems);
        self.checked(row, before, problems)
    }

    fn cells(self, row: &mut Row, cells: &[Node], problems: &mut Problems) {
        let Some((last, others)) = cells.split_last() else {
            return;
        };
        for cell in others {
            row.cells.push(optional(cell, "a text", problems));
        }
        self.last(row, last, problems);
    }

    fn last(self, row: &mut Row, last: &Node, problems: &mut Problems) {
        match &last.value {
            // One level only: what is inside has to be texts.
            Value::List(cells) if !row.cells.is_empty() => {
                row.cells.extend(cells.iter().map(|cell| optional(cell, "a text", problems)));
            }
            Value::Map(_) if !row.cells.is_empty() => self.named(row, last, problems),
            _ => row.cells.push(optional(last, "a text", problems)),
        }
    }

    fn named(self, row: &mut Row, node: &Node, problems: &mut Problems) {
        self.fields.read(node, problems, |field, node, problems| {
            row.named.extend(optional(node, "a text", problems).map(|text| (field, text)));
        });
    }

    /// Reports an element that cannot be one; before it was read, there were so many problems.
    fn checked(self, row: Row, before: usize, problems: &mut Problems) -> Option<Row> {
        let problem = if row.cells.len() > self.most {
            "this element has too many parts"
        } else if row.cells.iter().all(Option::is_none) && row.named.is_empty() {
            // What is left of it is nothing because it was wrong, and that was reported.
            if problems.count() > before {
                return None;
            }
            "this element is empty"
        } else {
            return Some(row);
        };
        problems.report(&row.place, ViolationKind::BadElement { problem, example: self.example });
        None
    }
}
