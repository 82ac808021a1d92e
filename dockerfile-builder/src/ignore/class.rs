//! A set of characters in brackets.

use std::iter::Peekable;
use std::str::Chars;

use super::pattern::{PatternError, escaped};

/// A set of characters. One that says what it does not hold holds the slash, too.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(super) struct Class {
    is_negated: bool,
    ranges: Vec<(char, char)>,
}

impl Class {
    /// Reads what follows the opening bracket, up to the closing one.
    pub(super) fn parse(rest: &mut Peekable<Chars<'_>>) -> Result<Self, PatternError> {
        let mut read = String::from("[");
        let is_negated = rest.next_if_eq(&'^').is_some();
        if is_negated {
            read.push('^');
        }
        let mut ranges = Vec::new();
        while ranges.is_empty() || rest.next_if_eq(&']').is_none() {
            let low = end(rest, &mut read)?;
            let high = match rest.next_if_eq(&'-') {
                Some(dash) => {
                    read.push(dash);
                    end(rest, &mut read)?
                }
                None => low,
            };
            if low > high {
                return Err(PatternError::Brackets { text: read });
            }
            ranges.push((low, high));
        }
        Ok(Self { is_negated, ranges })
    }

    /// Returns whether the set holds a character.
    pub(super) fn holds(&self, c: char) -> bool {
        self.ranges.iter().any(|(low, high)| (*low..=*high).contains(&c)) != self.is_negated
    }
}

/// Reads one end of a range.
fn end(rest: &mut Peekable<Chars<'_>>, read: &mut String) -> Result<char, PatternError> {
    let c = rest.next().ok_or(PatternError::OpenBracket)?;
    read.push(c);
    match c {
        '-' | ']' => Err(PatternError::Brackets { text: read.clone() }),
        '*' | '?' => Err(PatternError::InBrackets { found: c }),
        '[' if rest.peek() == Some(&':') => Err(PatternError::InBrackets { found: c }),
        '\\' => {
            let c = escaped(rest)?;
            read.push(c);
            Ok(c)
        }
        c => Ok(c),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sets_hold_single_characters_and_ranges() {
        for (text, holding, other) in [
            ("a]", "a", "b]"),
            ("a-cx]", "abcx", "dw-"),
            ("^a-c]", "d/]^", "abc"),
            ("a^]", "a^", "b"),
            ("\\]\\-[]", "]-[", "\\a"),
            ("ä-ö]", "ö", "a"),
        ] {
            let class = Class::parse(&mut text.chars().peekable());
            for (characters, expected) in [(holding, true), (other, false)] {
                for c in characters.chars() {
                    assert_eq!(class.as_ref().map(|class| class.holds(c)), Ok(expected), "{text:?} {c:?}");
                }
            }
        }
    }
}
