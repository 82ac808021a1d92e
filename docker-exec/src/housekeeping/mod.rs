//! Housekeeping: which containers and images of an engine go, by rules that the caller wrote. Pure; the requests are in
//! `docker/housekeeping.rs`.

mod container;
mod image;

use std::collections::BTreeMap;

pub use container::{Belonging, ContainerRules, FoundContainer, Reach, Spared};
pub use image::{FoundImage, ImageRules, OldTags, SparedImage};

/// What is to go, and what stays and why.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Choice<T, Why> {
    /// What goes, in the order in which it is removed.
    pub chosen: Vec<T>,
    /// What the rules are about and do not remove. What they are not about is not listed.
    pub spared: Vec<(T, Why)>,
}

/// A label that an object has to have.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LabelFilter {
    /// Its name.
    pub name: String,
    /// Its value; none for any.
    pub value: Option<String>,
}

impl LabelFilter {
    /// Reads `NAME` or `NAME=VALUE`.
    pub fn new(text: &str) -> Self {
        match text.split_once('=') {
            Some((name, value)) => Self { name: name.to_owned(), value: Some(value.to_owned()) },
            None => Self { name: text.to_owned(), value: None },
        }
    }

    /// Returns whether these labels have it.
    fn fits(&self, labels: &BTreeMap<String, String>) -> bool {
        labels.get(&self.name).is_some_and(|found| self.value.as_ref().is_none_or(|value| value == found))
    }
}

/// A name, or a part of one with a `*` at its beginning or end for the rest.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NamePattern(String);

impl NamePattern {
    /// Reads a pattern; every text is one.
    pub fn new(text: &str) -> Self {
        Self(text.to_owned())
    }

    /// Returns whether a name is meant.
    fn fits(&self, name: &str) -> bool {
        match (self.0.strip_prefix('*'), self.0.strip_suffix('*')) {
            (Some(_), Some(_)) => name.contains(self.0.trim_matches('*')),
            (Some(end), None) => name.ends_with(end),
            (None, Some(begin)) => name.starts_with(begin),
            (None, None) => name == self.0,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_and_labels() {
        for (pattern, name, expected) in [
            ("web", "web", true),
            ("web", "web2", false),
            ("web*", "web2", true),
            ("*web", "my-web", true),
            ("*web", "web2", false),
            ("*web*", "my-web2", true),
            ("*", "web", true),
            ("", "web", false),
        ] {
            assert_eq!(NamePattern::new(pattern).fits(name), expected, "{pattern} {name}");
        }
        let labels = BTreeMap::from([("of".to_owned(), "ci=1".to_owned())]);
        for (filter, expected) in [("of", true), ("of=ci=1", true), ("of=ci", false), ("at", false)] {
            assert_eq!(LabelFilter::new(filter).fits(&labels), expected, "{filter}");
        }
    }
}
