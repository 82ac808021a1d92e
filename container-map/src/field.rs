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
/// It does not depend on which of two notations the text uses: a configuration written at the root of the map has the same
/// path as one under `containers`. The path of the map itself is empty.
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

/// One of the texts that a project is read from, by its position among them.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct SourceId(u32);

impl SourceId {
    /// The first text.
    pub const FIRST: Self = Self(0);

    pub(crate) fn new(position: usize) -> Self {
        Self(u32::try_from(position).unwrap_or(u32::MAX))
    }

    /// Returns the position among the texts, from 0.
    pub fn position(self) -> usize {
        self.0 as usize
    }
}

/// The place of a value in one of the texts of a project.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Span {
    source: SourceId,
    // Texts have at most 64 MiB, so 32 bits are enough; there is a span for every value of a map.
    start: u32,
    end: u32,
    line: u32,
    column: u32,
}

impl Span {
    /// The place of what was not read from a text, and is not looked for.
    pub(crate) const NOWHERE: Self =
        Self { source: SourceId(u32::MAX), start: 0, end: 0, line: 0, column: 0 };

    /// Returns the place of a part of a map that is built in code, by its number.
    pub(crate) fn in_draft(number: usize) -> Self {
        Self { start: u32::try_from(number).unwrap_or(u32::MAX), ..Self::NOWHERE }
    }

    pub(crate) fn new(bytes: Range<usize>, line: usize, column: usize) -> Self {
        let number = |number: usize| u32::try_from(number).unwrap_or(u32::MAX);
        Self {
            source: SourceId::FIRST,
            start: number(bytes.start),
            end: number(bytes.end.max(bytes.start)),
            line: number(line),
            column: number(column),
        }
    }

    /// Says which text the place is in.
    pub(crate) fn within(self, source: SourceId) -> Self {
        Self { source, ..self }
    }

    /// Returns whether this is a place in a text.
    pub(crate) fn is_in_text(&self) -> bool {
        self.source != Self::NOWHERE.source
    }

    /// Returns the text it is in.
    pub fn source(&self) -> SourceId {
        self.source
    }

    /// Returns the line, counted from 1.
    pub fn line(&self) -> usize {
        self.line as usize
    }

    /// Returns the column of the first character, counted in characters from 1.
    pub fn column(&self) -> usize {
        self.column as usize
    }

    /// Returns the bytes of the text that the value covers; empty where nothing was written.
    pub fn bytes(&self) -> Range<usize> {
        self.start as usize..self.end as usize
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
