//! Where a value is: its place in the model, and its place in the text.

use alloc::borrow::ToOwned;
use alloc::string::String;
use alloc::vec::Vec;
use core::fmt;
use core::ops::Range;

/// One step from a value to a value inside it.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
enum Segment {
    Key(String),
    Index(usize),
}

/// The place of a value in a map, printed like `containers.web.binds[1]`.
///
/// It does not depend on which of several notations the text uses: a configuration written at the root of the map has
/// the same path as one under `containers`. The path of the map itself is empty.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Default)]
pub struct FieldPath(Vec<Segment>);

impl FieldPath {
    /// Returns whether this is the path of the map itself.
    pub fn is_root(&self) -> bool {
        self.0.is_empty()
    }

    pub(crate) fn push_key(&mut self, key: &str) {
        self.0.push(Segment::Key(key.to_owned()));
    }

    pub(crate) fn push_index(&mut self, index: usize) {
        self.0.push(Segment::Index(index));
    }

    pub(crate) fn pop(&mut self) {
        self.0.pop();
    }
}

impl fmt::Display for FieldPath {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (position, segment) in self.0.iter().enumerate() {
            match segment {
                Segment::Index(index) => write!(f, "[{index}]")?,
                Segment::Key(key) => {
                    let dot = if position == 0 { "" } else { "." };
                    // A key with a dot or bracket in it would read as several segments.
                    if key.is_empty() || key.contains(['.', '[', ']', '`', ' ']) {
                        write!(f, "{dot}{key:?}")?;
                    } else {
                        write!(f, "{dot}{key}")?;
                    }
                }
            }
        }
        Ok(())
    }
}

/// The place of a value in the text of a map.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Span {
    start: usize,
    end: usize,
    line: usize,
    column: usize,
}

impl Span {
    pub(crate) fn new(bytes: Range<usize>, line: usize, column: usize) -> Self {
        Self { start: bytes.start, end: bytes.end.max(bytes.start), line, column }
    }

    /// Returns the line, counted from 1.
    pub fn line(&self) -> usize {
        self.line
    }

    /// Returns the column of the first character, counted in characters from 1.
    pub fn column(&self) -> usize {
        self.column
    }

    /// Returns the bytes of the text that the value covers; empty where nothing was written.
    pub fn bytes(&self) -> Range<usize> {
        self.start..self.end
    }
}

impl fmt::Display for Span {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}:{}", self.line, self.column)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use alloc::string::ToString;

    #[test]
    fn paths_print_as_they_would_be_typed() {
        let mut path = FieldPath::default();
        assert!(path.is_root());
        path.push_key("containers");
        path.push_key("web");
        path.push_key("binds");
        path.push_index(1);
        assert_eq!(path.to_string(), "containers.web.binds[1]");
        path.pop();
        path.push_key("a.b");
        assert_eq!(path.to_string(), "containers.web.binds.\"a.b\"");
    }

    #[test]
    fn a_span_is_never_inside_out() {
        assert_eq!(Span::new(5..5, 1, 6).bytes(), 5..5);
    }
}
