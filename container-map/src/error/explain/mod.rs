//! Explanations of the codes: what the rule is, why there is one, and what to do (`dmap check --explain`).
//!
//! The examples are loaded by the tests of this module, so what they claim is true.

mod consistency;
mod file;
mod option;
mod reference;
mod text;
mod value;

use core::fmt;

/// What a code of [`crate::Violation::code`] means.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Explanation {
    /// The code, like `DM020`.
    pub code: &'static str,
    /// What is wrong, in a few words.
    pub title: &'static str,
    /// The rule, the reason for it and the way out, in a few sentences; its lines fit a terminal.
    pub text: &'static str,
    /// A map that gets this code, in YAML; empty if it would not be short.
    pub wrong: &'static str,
    /// The same map put right; empty without a wrong one.
    pub right: &'static str,
}

/// All explanations; the codes of a table belong together.
const TABLES: [&[Explanation]; 6] =
    [text::TABLE, value::TABLE, file::TABLE, reference::TABLE, consistency::TABLE, option::TABLE];

/// Returns the explanation of a code; none if there is no such code.
///
/// ```
/// let unknown_use = container_map::explain("DM020").expect("because it is a code");
/// assert_eq!(unknown_use.title, "nothing of this name can be used");
/// ```
pub fn explain(code: &str) -> Option<&'static Explanation> {
    explanations().find(|explanation| explanation.code == code)
}

/// Returns all explanations, in the order of their codes within each subject.
pub fn explanations() -> impl Iterator<Item = &'static Explanation> {
    TABLES.into_iter().flatten()
}

impl fmt::Display for Explanation {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(f, "{}: {}\n\n{}", self.code, self.title, self.text)?;
        for (title, map) in [("Wrong", self.wrong), ("Right", self.right)] {
            if !map.is_empty() {
                writeln!(f, "\n{title}:")?;
                map.lines().try_for_each(|line| writeln!(f, "    {line}"))?;
            }
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use alloc::collections::{BTreeMap, BTreeSet};
    use alloc::string::{String, ToString};
    use alloc::vec::Vec;

    use super::*;
    use crate::{LoadError, LoadOptions, ProjectFiles, load_project};

    /// Returns the codes that the source of `ViolationKind::code` has.
    fn codes() -> BTreeSet<&'static str> {
        let source = include_str!("../words.rs");
        let literals = source.split('"').filter(|text| {
            text.strip_prefix("DM").is_some_and(|digits| digits.bytes().all(|byte| byte.is_ascii_digit()))
        });
        literals.collect()
    }

    /// Returns the codes of all problems of a map `map.yaml`, for which there are clients `east` and `west`.
    fn problems(text: &str) -> Vec<&'static str> {
        let clients = "east: {interfaces: {lan: 10.0.0.11}}\nwest:\n";
        let mut files: BTreeMap<String, String> =
            [("map.yaml".into(), text.into()), ("clients.yaml".into(), clients.into())].into();
        let project = ProjectFiles { maps: ["map.yaml".into()].into(), clients: Some("clients.yaml".into()) };
        match load_project(&project, &mut files, &LoadOptions::default()) {
            Ok(_) => Vec::new(),
            Err(failed) => match failed.error {
                LoadError::Invalid(violations) => violations.iter().map(crate::Violation::code).collect(),
                LoadError::Syntax(error) => panic!("{error} in\n{text}"),
            },
        }
    }

    #[test]
    fn every_code_is_explained_once_and_nothing_else_is() {
        let explained: Vec<&str> = explanations().map(|explanation| explanation.code).collect();
        let distinct: BTreeSet<&str> = explained.iter().copied().collect();
        assert_eq!(distinct, codes());
        assert_eq!(distinct.len(), explained.len());
        assert_eq!(explain("DM000"), None);
    }

    #[test]
    fn a_wrong_example_has_this_problem_alone_and_a_right_one_has_none() {
        for explanation in explanations() {
            let Explanation { code, wrong, right, .. } = explanation;
            if *code == "DM019" {
                assert_eq!((*wrong, *right), ("", ""), "a map that inherits too much is not short");
                continue;
            }
            let found: BTreeSet<&str> = problems(wrong).into_iter().collect();
            assert_eq!(found, BTreeSet::from([*code]), "{wrong}");
            assert_eq!(problems(right), [""; 0], "{code}: {right}");
        }
    }

    #[test]
    fn texts_are_short_and_fit_a_terminal() {
        for explanation in explanations() {
            let sentences = explanation.text.split_terminator(['.', '?']).count();
            assert!((2..=8).contains(&sentences), "{}: {sentences} sentences", explanation.code);
            assert!(explanation.title.len() < 60, "{}", explanation.code);
            for line in explanation.to_string().lines() {
                assert!(line.chars().count() <= 90, "{}: {line}", explanation.code);
            }
        }
    }
}
