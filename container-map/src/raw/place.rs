//! Values with their place, and the problems found so far.

use alloc::collections::BTreeMap;
use alloc::string::{String, ToString};
use alloc::vec::Vec;

use strsim::{damerau_levenshtein, jaro_winkler};

use crate::error::ViolationKind;
use crate::field::Span;

/// Where a value stands in a text.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Place {
    pub(crate) span: Span,
    /// The tag it has there, as long as it is not expanded.
    pub(crate) tag: Option<PathTag>,
}

impl Place {
    /// Returns the place of something without a tag.
    pub(crate) fn new(span: &Span) -> Self {
        Self { span: span.clone(), tag: None }
    }
}

/// How a path is marked whose variables are to be expanded (docker-map 5.2).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum PathTag {
    /// `!path`: when the map is read.
    Path,
    /// `!path_lazy`: when the value is used, which for dmap is the same.
    PathLazy,
}

impl PathTag {
    const ALL: [Self; 2] = [Self::Path, Self::PathLazy];

    /// Returns the tag as it is written.
    pub(crate) fn as_str(self) -> &'static str {
        match self {
            Self::Path => "!path",
            Self::PathLazy => "!path_lazy",
        }
    }

    /// Returns the tag that is written like this.
    pub(crate) fn read(tag: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|known| known.as_str() == tag)
    }
}

/// A value with its place.
///
/// Two of them are equal if they say the same, wherever they say it.
#[derive(Debug, Clone)]
pub(crate) struct Placed<T> {
    pub(crate) value: T,
    pub(crate) place: Place,
}

impl<T: PartialEq> PartialEq for Placed<T> {
    fn eq(&self, other: &Self) -> bool {
        self.value == other.value
    }
}

impl<T: Eq> Eq for Placed<T> {}

/// A text as it was written.
pub(crate) type Text = Placed<String>;

impl Text {
    pub(crate) fn as_str(&self) -> &str {
        &self.value
    }
}

/// The problems found so far.
#[derive(Debug, Default)]
pub(crate) struct Problems {
    found: Vec<(Span, ViolationKind)>,
    by_span: BTreeMap<Span, Vec<usize>>,
    omitted: usize,
    /// How many names were compared with others to suggest one.
    compared: usize,
}

/// How many problems are kept: a text that is no map at all can have as many as it has lines.
const MOST_FOUND: usize = 1_000;

/// How many names are compared to suggest one: a map can have as many wrong names as right ones.
const MOST_COMPARED: usize = 500_000;

impl Problems {
    /// Reports a problem with what stands at a place. What several configurations inherit or share by a YAML anchor is
    /// wrong once, where it is written.
    pub(crate) fn here(&mut self, span: &Span, kind: ViolationKind) {
        let here = self.by_span.entry(span.clone()).or_default();
        if here.iter().any(|position| self.found.get(*position).is_some_and(|(_, known)| *known == kind)) {
            return;
        }
        if self.found.len() == MOST_FOUND {
            self.omitted += 1;
            return;
        }
        here.push(self.found.len());
        self.found.push((span.clone(), kind));
    }

    /// Reports a problem with something that was read before.
    pub(crate) fn report(&mut self, place: &Place, kind: ViolationKind) {
        self.here(&place.span, kind);
    }

    /// Returns the candidate that was probably meant; none once too many were compared.
    pub(crate) fn closest<'a>(
        &mut self,
        text: &str,
        candidates: impl IntoIterator<Item = &'a str>,
    ) -> Option<String> {
        let left = MOST_COMPARED.saturating_sub(self.compared);
        let candidates: Vec<&str> = candidates.into_iter().take(left).collect();
        self.compared += candidates.len();
        let close = closest(text, candidates.iter().copied());
        close.or_else(|| beginning(text, candidates)).map(ToString::to_string)
    }

    /// Returns how many problems were reported so far.
    pub(crate) fn count(&self) -> usize {
        self.found.len() + self.omitted
    }

    /// Returns whether nothing was reported.
    pub(crate) fn is_empty(&self) -> bool {
        self.found.is_empty()
    }

    /// Returns what was reported, and how many more there were.
    pub(crate) fn into_found(self) -> (Vec<(Span, ViolationKind)>, usize) {
        (self.found, self.omitted)
    }
}

/// Returns the candidate that was probably meant.
pub(crate) fn closest<'a>(text: &str, candidates: impl IntoIterator<Item = &'a str>) -> Option<&'a str> {
    candidates
        .into_iter()
        .filter(|candidate| is_close(text, candidate))
        .max_by(|a, b| jaro_winkler(text, a).total_cmp(&jaro_winkler(text, b)).then_with(|| b.cmp(a)))
}

/// Returns the candidate that begins with a text of three letters or more, if it is the only one.
pub(crate) fn beginning<'a>(text: &str, candidates: impl IntoIterator<Item = &'a str>) -> Option<&'a str> {
    let mut longer = candidates.into_iter().filter(|candidate| text.len() > 2 && candidate.starts_with(text));
    longer.next().filter(|_| longer.next().is_none())
}

/// Two slips in a word of six letters are slips, two in one of four letters are another word.
fn is_close(text: &str, candidate: &str) -> bool {
    let (length, other) = (text.chars().count(), candidate.chars().count());
    let difference = length.abs_diff(other);
    let length = length.max(other);
    difference <= 3 && length > 2 && damerau_levenshtein(text, candidate) <= length.div_ceil(4).min(3)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn slips_are_recognised_and_other_words_are_not() {
        let known = ["volumes", "host", "networks", "image", "attaches"];
        for (text, expected) in [
            ("volums", Some("volumes")),
            ("hosts", Some("host")),
            ("network", Some("networks")),
            ("imgae", Some("image")),
            ("attach", Some("attaches")),
            ("web", None),
            ("database", None),
            ("", None),
        ] {
            assert_eq!(closest(text, known), expected, "{text}");
        }
    }

    #[test]
    fn a_beginning_stands_for_the_only_word_that_has_it() {
        let known = ["ipv4_address", "ipv6_address", "links"];
        for (text, expected) in [("ipv4", Some("ipv4_address")), ("ipv", None), ("li", None), ("x", None)] {
            assert_eq!(beginning(text, known), expected, "{text}");
        }
    }
}
