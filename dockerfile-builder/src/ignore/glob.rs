//! Patterns with wildcards, matched in one pass through the path: all ways to match are followed at once, so that no
//! pattern takes long.

use std::mem;

use super::class::Class;

/// A part of a pattern.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(super) enum Token {
    /// This character.
    Char(char),
    /// One character of a set.
    Class(Class),
    /// One character of a name: `?`.
    One,
    /// Any part of a name: `*`.
    Star,
    /// Any number of directories with the slash behind them, or none: `**/`, and `**` in front of more.
    Directories,
    /// Everything that follows: `**` at the end.
    Rest,
    /// Nothing, at the beginning of the path.
    Start,
}

/// A pattern with wildcards.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(super) struct Glob {
    tokens: Vec<Token>,
}

/// Where in the pattern a match can be: before a token, or within [`Token::Directories`].
#[derive(Clone)]
struct States {
    before: Vec<bool>,
    within: Vec<bool>,
}

impl States {
    fn none(len: usize) -> Self {
        Self { before: vec![false; len + 1], within: vec![false; len + 1] }
    }

    fn is_empty(&self) -> bool {
        !self.before.contains(&true) && !self.within.contains(&true)
    }

    fn clear(&mut self) {
        self.before.fill(false);
        self.within.fill(false);
    }
}

impl Glob {
    /// Makes a pattern of its parts.
    pub(super) fn new(tokens: Vec<Token>) -> Self {
        Self { tokens }
    }

    /// Returns whether the pattern matches the whole path.
    pub(super) fn matches(&self, path: &str) -> bool {
        self.after(path).before[self.tokens.len()]
    }

    /// Returns whether the pattern could match something that begins with a text.
    pub(super) fn may_go_on_after(&self, start: &str) -> bool {
        !self.after(start).is_empty()
    }

    /// Returns where a match can be after a text.
    fn after(&self, text: &str) -> States {
        let mut now = States::none(self.tokens.len());
        let mut next = now.clone();
        self.enter(&mut now, 0, Place::Beginning);
        for c in text.chars() {
            next.clear();
            for (at, token) in self.tokens.iter().enumerate() {
                if now.before[at] || now.within[at] {
                    self.step(&mut next, at, token, c);
                }
            }
            mem::swap(&mut now, &mut next);
        }
        now
    }

    /// Goes over one character at a token.
    fn step(&self, next: &mut States, at: usize, token: &Token, c: char) {
        match token {
            Token::Char(own) if *own == c => self.enter(next, at + 1, Place::Later),
            Token::Class(class) if class.holds(c) => self.enter(next, at + 1, Place::Later),
            Token::One if c != '/' => self.enter(next, at + 1, Place::Later),
            Token::Star if c != '/' => self.enter(next, at, Place::Later),
            // As in the engine's expressions, two asterisks match no line break.
            Token::Rest if c != '\n' => self.enter(next, at, Place::Later),
            Token::Directories => {
                next.within[at] |= c != '\n';
                if c == '/' {
                    self.enter(next, at + 1, Place::Later);
                }
            }
            Token::Char(_) | Token::Class(_) | Token::One | Token::Star | Token::Rest | Token::Start => {}
        }
    }

    /// Puts a match before a token, and behind all that can match nothing.
    fn enter(&self, states: &mut States, at: usize, place: Place) {
        states.before[at] = true;
        let can_be_nothing = match self.tokens.get(at) {
            Some(Token::Star | Token::Directories | Token::Rest) => true,
            Some(Token::Start) => place == Place::Beginning,
            Some(Token::Char(_) | Token::Class(_) | Token::One) | None => false,
        };
        if can_be_nothing {
            self.enter(states, at + 1, place);
        }
    }
}

/// Where in the path a match is.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Place {
    Beginning,
    Later,
}
