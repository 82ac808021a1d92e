//! What a `.dockerignore` leaves out, by the rules of the engine's builders.
//!
//! # Rules
//!
//! Each line is a pattern for paths from the root of the context, and the last pattern that matches decides.
//! A line that begins with `#` is a comment; one with `!` keeps what earlier lines left out.
//! Blanks at both ends do not count, nor do a slash at the beginning or the end; `.` and `..` are resolved.
//! A pattern that matches a directory matches all that lies in it. While a tree is walked through, a pattern counts for
//! what lies in a directory only if it was asked for the directory itself: `!a` after `a/b` keeps no `a/b`.
//! The source of these rules is the package `patternmatcher` of the Moby project.

mod class;
mod glob;
mod pattern;

use std::str::FromStr;

use thiserror::Error;

use pattern::Pattern;
pub use pattern::PatternError;

/// What is left out of a build context.
///
/// ```
/// # use dockerfile_builder::Ignore;
/// let ignore: Ignore = "*.log\n**/target\n!important.log\n".parse()?;
/// assert!(ignore.excludes(&"debug.log".parse()?) && ignore.excludes(&"a/target/b".parse()?));
/// assert!(!ignore.excludes(&"important.log".parse()?) && !ignore.excludes(&"logs/debug.log".parse()?));
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, PartialEq, Eq, Default, Debug)]
pub struct Ignore {
    rules: Vec<Rule>,
}

#[derive(Clone, PartialEq, Eq, Debug)]
struct Rule {
    pattern: Pattern,
    effect: Effect,
}

#[derive(Clone, Copy, PartialEq, Eq, Debug)]
enum Effect {
    Exclude,
    Keep,
}

/// Which rules match a path or a directory above it.
#[derive(Clone, PartialEq, Eq, Default, Debug)]
pub(crate) struct Matched(Vec<bool>);

/// A line that is not a pattern.
#[derive(Clone, PartialEq, Eq, Debug, Error)]
#[error("line {line}: `{text}` is not a pattern")]
pub struct IgnoreError {
    /// The number of the line, from 1.
    pub line: usize,
    /// The line.
    pub text: String,
    /// What is wrong with it.
    #[source]
    pub problem: PatternError,
}

impl FromStr for Ignore {
    type Err = IgnoreError;

    fn from_str(text: &str) -> Result<Self, IgnoreError> {
        let text = text.strip_prefix('\u{feff}').unwrap_or(text);
        let mut rules = Vec::new();
        for (index, line) in text.lines().enumerate() {
            let read = rule(line).map_err(|problem| IgnoreError {
                line: index + 1,
                text: line.trim().to_owned(),
                problem,
            });
            rules.extend(read?);
        }
        Ok(Self { rules })
    }
}

/// Reads a line, if it is not empty and no comment.
fn rule(line: &str) -> Result<Option<Rule>, PatternError> {
    let text = line.trim();
    if line.starts_with('#') || text.is_empty() {
        return Ok(None);
    }
    let (effect, text) = match text.strip_prefix('!') {
        Some(rest) => (Effect::Keep, rest.trim()),
        None => (Effect::Exclude, text),
    };
    let clean = cleaned(text);
    // The engine looks for a `!` once more when the path is clean, so that `./!a` keeps `a`.
    let (effect, clean) = match (effect, clean.trim().strip_prefix('!')) {
        (Effect::Exclude, Some(rest)) => (Effect::Keep, rest),
        (Effect::Exclude, None) => (effect, clean.trim()),
        (Effect::Keep, _) => (effect, clean.as_str()),
    };
    if effect == Effect::Keep
        && clean.is_empty()
        && (text.is_empty() || text.starts_with('/') || text.ends_with('!'))
    {
        return Err(PatternError::NothingKept);
    }
    Ok(Some(Rule { pattern: Pattern::parse(clean)?, effect }))
}

/// Returns the shortest text for the same path, without a slash in front.
fn cleaned(text: &str) -> String {
    let is_absolute = text.starts_with('/');
    let mut segments: Vec<&str> = Vec::new();
    for segment in text.split('/') {
        match segment {
            "" | "." => {}
            ".." if segments.last().is_some_and(|last| *last != "..") => drop(segments.pop()),
            // There is nothing above the root.
            ".." if is_absolute => {}
            segment => segments.push(segment),
        }
    }
    segments.join("/")
}

impl Ignore {
    /// Returns whether a path is left out; the root never is.
    pub fn excludes(&self, path: &crate::SourcePath) -> bool {
        let mut matched = Matched::default();
        let mut is_excluded = false;
        for above in path.prefixes() {
            (is_excluded, matched) = self.look(&matched, above);
        }
        is_excluded
    }

    /// Returns whether a path is left out, given which rules match the directory it lies in.
    pub(crate) fn look(&self, above: &Matched, path: &str) -> (bool, Matched) {
        let mut matched = Matched(vec![false; self.rules.len()]);
        let mut is_excluded = false;
        for (index, rule) in self.rules.iter().enumerate() {
            let is_inherited = above.0.get(index) == Some(&true);
            // A rule that would change nothing is not asked, and then does not count for what lies below either.
            let is_asked = (rule.effect == Effect::Keep) == is_excluded;
            if is_inherited || is_asked && rule.pattern.matches(path) {
                matched.0[index] = true;
                is_excluded = rule.effect == Effect::Exclude;
            }
        }
        (is_excluded, matched)
    }

    /// Returns whether something below a directory that is left out could be kept.
    pub(crate) fn may_keep_below(&self, directory: &str) -> bool {
        let mut keeping = self.rules.iter().filter(|rule| rule.effect == Effect::Keep);
        keeping.any(|rule| rule.pattern.may_match_below(directory))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Returns which of some paths are left out.
    #[track_caller]
    fn check(text: &str, excluded: &[&str], kept: &[&str]) {
        let ignore: Ignore = text.parse().unwrap_or_else(|error| panic!("{text:?}: {error}"));
        for (paths, expected) in [(excluded, true), (kept, false)] {
            for path in paths {
                let path = path.parse().unwrap_or_else(|error| panic!("{path:?}: {error}"));
                assert_eq!(ignore.excludes(&path), expected, "{text:?} on {path}");
            }
        }
    }

    #[test]
    fn patterns_are_for_paths_from_the_root() {
        check("*.md", &["a.md", ".md"], &["sub/a.md", "a.mdx"]);
        check("a", &["a", "a/b/c"], &["ab", "b/a"]);
        check("a/b", &["a/b", "a/b/c"], &["a", "a/bc"]);
        check("?b", &["ab", "öb"], &["b", "a/b", "aab"]);
        check("a[^b-c]", &["ad", "aö"], &["ab", "ac", "a"]);
        check("a\\*", &["a*"], &["ab"]);
    }

    #[test]
    fn two_asterisks_are_any_number_of_directories() {
        check("**/x", &["x", "a/x", "a/b/x/y"], &["ax", "a/bx"]);
        check("**/x*", &["x", "a/xy"], &["ax"]);
        check("a/**/b", &["a/b", "a/x/y/b"], &["ab", "b"]);
        check("a/**", &["a/b", "a/b/c"], &["a", "ab"]);
        check("**", &["a", "a/b"], &["."]);
        // Without a slash behind, two asterisks at the beginning take part of a name, and elsewhere only whole ones.
        check("**x", &["x", "ax", "a/bx"], &["xa"]);
        check("a**", &["a", "ab", "a/b", "ab/c"], &["b"]);
        check("a**b", &["ab", "ac/b"], &["acb"]);
    }

    #[test]
    fn patterns_are_cleaned() {
        check("/a/", &["a", "a/b"], &["b"]);
        check("./a//./b/", &["a/b"], &["a"]);
        check("x/../a", &["a"], &["x"]);
        check("../a", &[], &["a"]);
        check("/../a", &["a"], &[]);
        check("  a \r\n\t\r\n", &["a"], &["b"]);
        check("\u{feff}a", &["a"], &[]);
        check("/\n.\n!.", &[], &["a", "."]);
        check("*\n./!a", &["b"], &["a"]);
    }

    #[test]
    fn comments_begin_in_the_first_column() {
        check("#a\n #b", &["#b"], &["#a", "a"]);
    }

    #[test]
    fn the_last_match_decides() {
        check("*\n!a", &["b", "c/d"], &["a", "a/b"]);
        check("!a\n*", &["a"], &[]);
        check("a\n!a/b\na/b/c", &["a", "a/x", "a/b/c", "a/b/c/d"], &["a/b", "a/b/d"]);
        check("*\n!**/x", &["a", "a/b"], &["x", "a/x"]);
        check("a\n! /a/b/", &["a/c"], &["a/b"]);
    }

    #[test]
    fn a_rule_that_was_not_asked_for_a_directory_does_not_count_in_it() {
        check("a/b\n!a", &["a/b"], &["a", "a/c"]);
        check("a\n!a", &[], &["a", "a/b"]);
    }

    #[test]
    fn exceptions_reach_into_ignored_directories() {
        for (text, directory, expected) in [
            ("*\n!a/b", "a", true),
            ("*\n!a/b", "b", false),
            ("*\n!a/b", "a/b/c", false),
            ("*\n!a/*/c", "a/b", true),
            ("*\n!a/*/c", "a/b/c", false),
            ("*\n!**/x", "a/b", true),
            ("*\n!a**", "b", false),
            ("*\n!a/**", "a/b", true),
            ("*\n!ab/**", "a", false),
            ("*\na/b", "a", false),
        ] {
            assert_eq!(
                text.parse().map(|ignore: Ignore| ignore.may_keep_below(directory)),
                Ok(expected),
                "{text:?} {directory}"
            );
        }
    }

    #[test]
    fn a_bad_line_is_named() {
        let error = "a\n\n  b[ \n".parse::<Ignore>().expect_err("a bracket is open");
        assert_eq!(error.to_string(), "line 3: `b[` is not a pattern");
        assert_eq!(error.problem, PatternError::OpenBracket);
        for text in ["!", "! ", "!/", "./!"] {
            let expected = PatternError::NothingKept;
            assert_eq!(text.parse::<Ignore>().map_err(|error| error.problem), Err(expected), "{text:?}");
        }
    }
}
