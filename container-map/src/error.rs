//! What can be wrong with a map: the text is not YAML, or what it says does not hold together.

mod explain;
mod kind;
mod words;

use alloc::collections::BTreeSet;
use alloc::string::{String, ToString};
use alloc::vec::Vec;
use core::fmt;

use thiserror::Error;

pub use explain::{Explanation, explain, explanations};
pub use kind::{ValueError, ViolationKind};

use crate::field::{FieldPath, Span};
use crate::name::MapName;
use crate::variables::Variables;

/// What [`crate::load`] is told besides the text.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct LoadOptions {
    /// The map's name, if the text gives none.
    pub name: Option<MapName>,
    /// What variables in the text stand for.
    pub variables: Variables,
}

/// Why a text is not a container map.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub enum LoadError {
    /// The text is not YAML.
    #[error("the map is not valid YAML")]
    Syntax(#[source] SyntaxError),
    /// The text is YAML, but there is something wrong with the map it describes.
    #[error("the map is not consistent")]
    Invalid(#[source] Violations),
}

/// The first place where a text is not YAML.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
#[error("{message}")]
pub struct SyntaxError {
    /// The place; none if it is the text as a whole.
    pub span: Option<Span>,
    /// What is wrong there.
    pub message: String,
}

/// All that is wrong with a map, in the order of the text.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Violations(
    // Invariant: not empty; ordered by span, then path.
    Vec<Violation>,
);

impl Violations {
    /// Returns the violations in order, or none if there are none.
    pub(crate) fn new(mut found: Vec<Violation>) -> Option<Self> {
        found.sort_by(|a, b| (&a.span, &a.at).cmp(&(&b.span, &b.at)));
        // A value that could not be understood is not worth judging further.
        let is_final = |violation: &Violation| {
            matches!(
                violation.kind,
                ViolationKind::NotSupported { .. }
                    | ViolationKind::UnknownTag { .. }
                    | ViolationKind::BadVariable { .. }
                    | ViolationKind::UnsetVariable { .. }
            )
        };
        let settled: BTreeSet<Span> = found
            .iter()
            .filter(|violation| is_final(violation))
            .filter_map(|violation| violation.span.clone())
            .collect();
        let is_moot =
            |violation: &Violation| violation.span.as_ref().is_some_and(|span| settled.contains(span));
        found.retain(|violation| is_final(violation) || !is_moot(violation));
        // What several configurations inherit or share by a YAML anchor is wrong once, where it is written.
        found.dedup_by(|a, b| a.span.is_some() && a.span == b.span && a.kind == b.kind);
        if found.is_empty() { None } else { Some(Self(found)) }
    }

    /// Returns the violations in the order of the text.
    pub fn iter(&self) -> core::slice::Iter<'_, Violation> {
        self.0.iter()
    }
}

impl<'a> IntoIterator for &'a Violations {
    type Item = &'a Violation;
    type IntoIter = core::slice::Iter<'a, Violation>;

    fn into_iter(self) -> Self::IntoIter {
        self.iter()
    }
}

impl fmt::Display for Violations {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (position, violation) in self.0.iter().enumerate() {
            let separator = if position == 0 { "" } else { "\n" };
            write!(f, "{separator}{violation}")?;
        }
        Ok(())
    }
}

impl core::error::Error for Violations {}

/// One thing that is wrong with a map: a mistake of its author.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Violation {
    /// The field that is wrong.
    pub at: FieldPath,
    /// Its place in the text; none for maps that were not read from text.
    pub span: Option<Span>,
    /// What is wrong with it.
    pub kind: ViolationKind,
}

impl Violation {
    /// Returns what is wrong, in one sentence.
    pub fn message(&self) -> String {
        self.kind.to_string()
    }

    /// Returns a few words for the marked place.
    pub fn label(&self) -> Option<String> {
        self.kind.label()
    }

    /// Returns what to do about it.
    pub fn help(&self) -> Option<String> {
        self.kind.help()
    }

    /// Returns the stable code of this kind of violation, like `DM020`.
    pub fn code(&self) -> &'static str {
        self.kind.code()
    }
}

impl fmt::Display for Violation {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if let Some(span) = &self.span {
            write!(f, "{span}: ")?;
        }
        if !self.at.is_root() {
            write!(f, "{}: ", self.at)?;
        }
        write!(f, "{}", self.kind)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn violation(line: usize, kind: ViolationKind) -> Violation {
        Violation { at: FieldPath::default(), span: Some(Span::new(line..line + 1, line, 1)), kind }
    }

    #[test]
    fn violations_come_in_the_order_of_the_text_and_once() {
        let found = Vec::from([
            violation(3, ViolationKind::MissingName),
            violation(1, ViolationKind::Empty),
            violation(3, ViolationKind::MissingName),
        ]);
        let lines = |violations: Violations| -> Vec<usize> {
            violations.iter().filter_map(|violation| violation.span.as_ref().map(Span::line)).collect()
        };
        assert_eq!(Violations::new(found).map(lines), Some(Vec::from([1, 3])));
        assert_eq!(Violations::new(Vec::new()), None);
    }

    #[test]
    fn a_violation_says_where_and_what() {
        let mut violation = violation(2, ViolationKind::NotSupported { what: "`mem_limit`".into() });
        violation.at.push_key("containers");
        violation.at.push_key("web");
        assert_eq!(violation.to_string(), "2:1: containers.web: `mem_limit` is not supported yet");
    }
}
