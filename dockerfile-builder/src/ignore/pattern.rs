//! One pattern of a `.dockerignore`.

use std::iter::Peekable;
use std::str::Chars;

use thiserror::Error;

use super::class::Class;
use super::glob::{Glob, Token};

/// What is wrong with a pattern.
///
/// Besides what the engine refuses, this is what its two matchers understand in different ways: it checks a pattern with
/// the one and matches with the other, so that such a pattern would not do what it says.
#[derive(Clone, PartialEq, Eq, Debug, Error)]
#[non_exhaustive]
pub enum PatternError {
    /// There is nothing behind the `!`.
    #[error("there is no path behind the `!`")]
    NothingKept,
    /// A `[` has no `]`.
    #[error("a `[` has no `]`; a bracket as such is written `\\[`")]
    OpenBracket,
    /// What stands in brackets is not a set of characters.
    #[error(
        "`{text}` is not a set of characters: it is empty, has a `-` without its ends, or a range that goes down"
    )]
    Brackets {
        /// The brackets, as far as they were read.
        text: String,
    },
    /// Something stands in brackets that the engine reads in another way than it seems.
    #[error(
        "the engine does not read `{found}` in brackets as itself; put it outside of them, as `\\{found}`"
    )]
    InBrackets {
        /// The character.
        found: char,
    },
    /// The last backslash has nothing to escape.
    #[error("the backslash at the end escapes nothing; separate directories with `/`")]
    Backslash,
    /// The engine reads an escaped letter or digit as something else.
    #[error(
        "the engine does not read `\\{found}` as `{found}`; leave out the backslash, and separate directories with `/`"
    )]
    Escape {
        /// The character behind the backslash.
        found: char,
    },
}

/// A pattern, by how the engine matches it.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(super) enum Pattern {
    /// No wildcards.
    Exact(String),
    /// The text before two asterisks at the end, without other wildcards.
    Prefix(String),
    /// The text behind two asterisks at the beginning, without other wildcards.
    Suffix(String),
    /// Everything else.
    Glob(Glob),
}

impl Pattern {
    /// Reads a cleaned pattern.
    pub(super) fn parse(text: &str) -> Result<Self, PatternError> {
        let mut kind = Kind::Exact;
        let mut tokens = Vec::new();
        let mut rest = text.chars().peekable();
        while let Some(c) = rest.next() {
            let is_first = tokens.is_empty();
            let (token, next) = token(c, &mut rest, kind)?;
            // Two asterisks at the beginning are a suffix whatever they are elsewhere.
            kind = if is_first && matches!(token, Token::Directories | Token::Rest) {
                Kind::Suffix
            } else {
                next
            };
            tokens.push(token);
        }
        Ok(match kind {
            Kind::Exact => Self::Exact(text.to_owned()),
            Kind::Prefix => Self::Prefix(text[..text.len() - 2].to_owned()),
            Kind::Suffix => Self::Suffix(text[2..].to_owned()),
            Kind::Glob => Self::Glob(Glob::new(tokens)),
        })
    }

    /// Returns whether the pattern matches a path, without looking at the directories above.
    pub(super) fn matches(&self, path: &str) -> bool {
        match self {
            Self::Exact(text) => path == text,
            Self::Prefix(text) => path.starts_with(text.as_str()),
            Self::Suffix(text) => {
                path.ends_with(text.as_str()) || text.strip_prefix('/').is_some_and(|name| name == path)
            }
            Self::Glob(glob) => glob.matches(path),
        }
    }

    /// Returns whether the pattern could match something below a directory; it may say so too often, but not too rarely.
    pub(super) fn may_match_below(&self, directory: &str) -> bool {
        let inside = format!("{directory}/");
        match self {
            Self::Exact(text) => text.starts_with(&inside),
            Self::Prefix(text) => text.starts_with(&inside) || inside.starts_with(text.as_str()),
            Self::Suffix(_) => true,
            Self::Glob(glob) => glob.may_go_on_after(&inside),
        }
    }
}

/// How a pattern is matched, as far as it has been read.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Kind {
    Exact,
    Prefix,
    Suffix,
    Glob,
}

/// Returns the token that begins with `c`, and how the pattern is matched with it.
fn token(c: char, rest: &mut Peekable<Chars<'_>>, kind: Kind) -> Result<(Token, Kind), PatternError> {
    Ok(match c {
        '*' if rest.next_if_eq(&'*').is_some() => {
            rest.next_if_eq(&'/');
            match (rest.peek(), kind) {
                (Some(_), _) => (Token::Directories, Kind::Glob),
                (None, Kind::Exact) => (Token::Rest, Kind::Prefix),
                (None, Kind::Prefix | Kind::Suffix | Kind::Glob) => (Token::Rest, Kind::Glob),
            }
        }
        '*' => (Token::Star, Kind::Glob),
        '?' => (Token::One, Kind::Glob),
        '[' => (Token::Class(Class::parse(rest)?), Kind::Glob),
        ']' => (Token::Char(c), Kind::Glob),
        '\\' => (Token::Char(escaped(rest)?), Kind::Glob),
        // Where there are wildcards, the engine matches with an expression in which this stands for the beginning.
        '^' => (Token::Start, kind),
        c => (Token::Char(c), kind),
    })
}

/// Reads the character behind a backslash.
pub(super) fn escaped(rest: &mut Peekable<Chars<'_>>) -> Result<char, PatternError> {
    match rest.next() {
        None => Err(PatternError::Backslash),
        Some(found) if found.is_ascii_punctuation() || found.is_ascii_control() || found == ' ' => Ok(found),
        Some(found) => Err(PatternError::Escape { found }),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn patterns_are_matched_as_simply_as_the_engine_does() {
        for (text, expected) in [
            ("a.b^/c", Pattern::Exact("a.b^/c".to_owned())),
            ("a/**", Pattern::Prefix("a/".to_owned())),
            ("**/a.b", Pattern::Suffix("/a.b".to_owned())),
            ("**", Pattern::Suffix(String::new())),
        ] {
            assert_eq!(Pattern::parse(text), Ok(expected), "{text:?}");
        }
        for text in ["*", "**/a*", "a/**/b", "**a**", "a\\ b", "a]", "^a*"] {
            assert!(matches!(Pattern::parse(text), Ok(Pattern::Glob(_))), "{text:?}");
        }
    }

    #[test]
    fn a_circumflex_is_the_beginning_where_there_are_wildcards() {
        let matches = |text, path| Pattern::parse(text).map(|pattern| pattern.matches(path));
        assert_eq!(matches("^a", "^a"), Ok(true));
        assert_eq!(matches("^a*", "ab"), Ok(true));
        assert_eq!(matches("^a*", "^ab"), Ok(false));
        assert_eq!(matches("a^*", "a^b"), Ok(false));
    }

    #[test]
    fn what_the_engine_would_misread_is_refused() {
        let brackets = |text: &str| PatternError::Brackets { text: text.to_owned() };
        for (text, expected) in [
            ("a\\", PatternError::Backslash),
            ("a\\b", PatternError::Escape { found: 'b' }),
            ("\\ö", PatternError::Escape { found: 'ö' }),
            ("[a", PatternError::OpenBracket),
            ("[", PatternError::OpenBracket),
            ("[]a]", brackets("[]")),
            ("[a-]", brackets("[a-]")),
            ("[-a]", brackets("[-")),
            ("[^]", brackets("[^]")),
            ("[b-a]", brackets("[b-a")),
            ("[a*]", PatternError::InBrackets { found: '*' }),
            ("[?]", PatternError::InBrackets { found: '?' }),
            ("[[:alpha:]]", PatternError::InBrackets { found: '[' }),
            ("[\\d]", PatternError::Escape { found: 'd' }),
        ] {
            assert_eq!(Pattern::parse(text), Err(expected), "{text:?}");
        }
    }
}
