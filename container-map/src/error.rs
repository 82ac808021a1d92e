//! What can be wrong with a map: the text is not YAML, or what it says does not hold together.

mod explain;
mod kind;
mod syntax;
mod words;

use alloc::borrow::ToOwned;
use alloc::collections::BTreeSet;
use alloc::string::{String, ToString};
use alloc::vec::Vec;
use core::fmt;

use thiserror::Error;

pub use explain::{Explanation, explain, explanations};
pub use kind::{ValueError, ViolationKind};
pub(crate) use syntax::{TOO_DEEP, reworded};

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
pub struct Violations {
    // Invariant: not empty; ordered by span, then path.
    found: Vec<Violation>,
    omitted: usize,
}

impl Violations {
    /// Returns the violations in order, or none if there are none; `omitted` ones were not kept.
    pub(crate) fn new(mut found: Vec<Violation>, omitted: usize) -> Option<Self> {
        found.sort_by(|a, b| (&a.span, &a.at).cmp(&(&b.span, &b.at)));
        // A value that could not be understood is not worth judging further.
        let is_final = |violation: &Violation| {
            matches!(
                violation.kind,
                ViolationKind::UnknownTag { .. }
                    | ViolationKind::BadVariable { .. }
                    | ViolationKind::OpenVariable
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
        // What is missing may be in the file that is missing.
        let is_unread =
            |violation: &Violation| matches!(violation.kind, ViolationKind::UnreadableInclude { .. });
        if found.iter().any(is_unread) {
            found.retain(|violation| !violation.kind.is_absence());
        }
        if found.is_empty() { None } else { Some(Self { found, omitted }) }
    }

    /// Returns the violations in the order of the text.
    pub fn iter(&self) -> core::slice::Iter<'_, Violation> {
        self.found.iter()
    }

    /// Returns how many more problems there are: of a text that is no map at all, not all are kept.
    pub fn omitted(&self) -> usize {
        self.omitted
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
        for (position, violation) in self.found.iter().enumerate() {
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
    /// Returns what is wrong, in one sentence; what it quotes is shortened, and printable.
    pub fn message(&self) -> String {
        shown(&self.kind.to_string())
    }

    /// Returns a few words for the marked place.
    pub fn label(&self) -> Option<String> {
        self.kind.label().map(|label| shown(&label))
    }

    /// Returns what to do about it.
    pub fn help(&self) -> Option<String> {
        self.kind.help().map(|help| shown(&help))
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
        write!(f, "{}", self.message())
    }
}

/// How many characters of a sentence are shown: those that quote nothing long are shorter.
const MOST_SHOWN: usize = 400;

/// Returns a sentence with a long middle left out and what would change the terminal or the order of letters escaped.
fn shown(text: &str) -> String {
    let is_harmless = |c: char| {
        !c.is_control()
            && !matches!(c, '\u{200e}' | '\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}')
    };
    let count = text.chars().take(MOST_SHOWN + 1).count();
    if count <= MOST_SHOWN && text.chars().all(is_harmless) {
        return text.to_owned();
    }
    let mut result = String::new();
    let mut put = |c: char| {
        if is_harmless(c) { result.push(c) } else { result.extend(c.escape_unicode()) }
    };
    if count <= MOST_SHOWN {
        text.chars().for_each(put);
        return result;
    }
    let length = text.chars().count();
    text.chars().take(MOST_SHOWN / 2).for_each(&mut put);
    put('…');
    text.chars().skip(length - MOST_SHOWN / 2).for_each(&mut put);
    result
}

#[cfg(test)]
mod tests {
    use super::*;

    fn violation(line: usize, kind: ViolationKind) -> Violation {
        Violation { at: FieldPath::default(), span: Some(Span::new(line..line + 1, line, 1)), kind }
    }

    #[test]
    fn violations_come_in_the_order_of_the_text() {
        let found = Vec::from([violation(3, ViolationKind::MissingName), violation(1, ViolationKind::Empty)]);
        let lines = |violations: Violations| -> Vec<usize> {
            violations.iter().filter_map(|violation| violation.span.as_ref().map(Span::line)).collect()
        };
        assert_eq!(Violations::new(found, 0).map(lines), Some(Vec::from([1, 3])));
        assert_eq!(Violations::new(Vec::new(), 0), None);
    }

    #[test]
    fn what_is_quoted_is_short_and_printable() {
        assert_eq!(shown("a\u{1b}[31m\u{202e}b"), "a\\u{1b}[31m\\u{202e}b");
        let long = "x".repeat(5_000);
        assert_eq!(shown(&long).chars().count(), MOST_SHOWN + 1);
        assert_eq!(shown("plain"), "plain");
    }

    #[test]
    fn a_violation_says_where_and_what() {
        let mut violation = violation(2, ViolationKind::ReservedLabel { label: "dmap.key".into() });
        violation.at.push_key("containers");
        violation.at.push_key("web");
        assert_eq!(
            violation.to_string(),
            "2:1: containers.web: `dmap.key` is a name for labels of dmap itself"
        );
    }
}
