//! File modes as `chmod` takes them, and what they make of a file.
//!
//! The language and the result are those of GNU coreutils (`mode_compile` and `mode_adjust` of gnulib's `modechange.c`),
//! which `tests/chmod.rs` compares with the installed command.
//! The umask for clauses that name nobody is 022, so that a map means the same wherever it is applied.

use alloc::borrow::ToOwned;
use alloc::string::String;
use alloc::vec::Vec;
use core::fmt;
use core::str::FromStr;

use crate::path::serde_as_text;

const ALL: u32 = 0o7777;
const SET_ID: u32 = 0o6000;
const STICKY: u32 = 0o1000;
const ANY_EXECUTE: u32 = 0o111;
const UMASK: u32 = 0o022;
/// The longest text that is read, in bytes: far more than a mode needs, and what it does is looked at for every mode there is.
const LONGEST: usize = 256;

/// Says why a text is not a [`Mode`].
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum ModeError {
    /// There is no text.
    #[error("a mode must not be empty")]
    Empty,
    /// The text is longer than any mode has to be.
    #[error("the mode has {0} characters; at most {LONGEST} are read")]
    TooLong(usize),
    /// The text starts as a number, but is not octal or has more than the twelve bits of a mode.
    #[error("`{0}` is not an octal mode between 0 and 7777")]
    Number(String),
    /// A clause is not of the form `[ugoa]*([-+=][rwxXst]*)+`.
    #[error("`{mode}` is not a mode: {found} where {expected} is expected")]
    Clause {
        /// The whole text.
        mode: String,
        /// The rest of the text, or that there is none.
        found: String,
        /// What `chmod` would take there.
        expected: &'static str,
    },
}

/// Says whether a mode is applied to a directory, which `X` and the set-id bits depend on.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum FileKind {
    /// A directory.
    Directory,
    /// Anything else that has a mode; `chmod -R` leaves symbolic links alone, and so should the caller.
    Other,
}

/// Describes a change of permission bits: octal as `0750` or `0o750`, or symbolic as `u=rwX,g=rX,o=`.
///
/// It is compared and printed as it was written.
///
/// ```
/// # use container_map::{FileKind, Mode};
/// let mode: Mode = "u=rwX,g=rX,o=".parse()?;
/// assert_eq!(mode.apply(0o644, FileKind::Other), 0o640);
/// assert_eq!(mode.apply(0o755, FileKind::Directory), 0o750);
/// # Ok::<(), container_map::ModeError>(())
/// ```
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Mode {
    text: String,
    // Invariant: what `text` means.
    changes: Vec<Change>,
}

/// Is one operator with its operand.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
struct Change {
    operator: Operator,
    /// The bits of those who are named; 0 if nobody is, which means all but the umask.
    affected: u32,
    /// The set-id bits among these are changed on directories too.
    mentioned: u32,
    operand: Operand,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
enum Operator {
    Add,
    Remove,
    Set,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
enum Operand {
    Bits(u32),
    /// The bits, and execution if the entry is a directory or somebody may execute it.
    BitsAndSearch(u32),
    /// What the one whose `rwx` bits these are has at that point.
    CopyOf(u32),
}

impl Mode {
    /// Returns the mode as it was written.
    pub fn as_str(&self) -> &str {
        &self.text
    }

    /// Returns the permission bits that an entry with the bits `current` gets.
    ///
    /// Bits above `0o7777`, such as the file type, are not looked at and not returned.
    pub fn apply(&self, current: u32, kind: FileKind) -> u32 {
        self.changes.iter().fold(current & ALL, |mode, change| change.apply(mode, kind))
    }

    /// Returns whether applying the mode again never changes anything.
    ///
    /// `a+X,u+x` is one that does: a file of 0644 first becomes 0744, then 0755.
    /// A file's mode does not tell whether such a change has been made.
    pub fn is_idempotent(&self) -> bool {
        (0..=ALL).all(|mode| {
            [FileKind::Directory, FileKind::Other].into_iter().all(|kind| {
                let once = self.apply(mode, kind);
                self.apply(once, kind) == once
            })
        })
    }
}

impl Change {
    fn apply(self, mode: u32, kind: FileKind) -> u32 {
        // GNU keeps the set-id bits of directories unless they are named, as they say how new entries are owned.
        let kept = if kind == FileKind::Directory { SET_ID & !self.mentioned } else { 0 };
        let value = match self.operand {
            Operand::BitsAndSearch(bits) if kind == FileKind::Directory || mode & ANY_EXECUTE != 0 => {
                bits | ANY_EXECUTE
            }
            Operand::Bits(bits) | Operand::BitsAndSearch(bits) => bits,
            Operand::CopyOf(whose) => {
                [0o444, 0o222, 0o111].into_iter().filter(|bits| mode & whose & bits != 0).sum()
            }
        };
        let value = value & !kept & if self.affected == 0 { !UMASK } else { self.affected };
        match self.operator {
            Operator::Add => mode | value,
            Operator::Remove => mode & !value,
            Operator::Set => {
                let others = if self.affected == 0 { 0 } else { !self.affected };
                (mode & (others | kept)) | value
            }
        }
    }
}

impl FromStr for Mode {
    type Err = ModeError;

    fn from_str(text: &str) -> Result<Self, ModeError> {
        if text.len() > LONGEST {
            return Err(ModeError::TooLong(text.len()));
        }
        let changes = match text.as_bytes().first() {
            None => return Err(ModeError::Empty),
            Some(b'0'..=b'9') => {
                let digits = text.strip_prefix("0o").unwrap_or(text);
                let bits = parse_octal(digits).ok_or_else(|| ModeError::Number(text.to_owned()))?;
                // Five digits say all there is to say; up to four cannot clear the set-id bits of a directory.
                let mentioned = if digits.len() < 5 { (bits & SET_ID) | STICKY | 0o777 } else { ALL };
                alloc::vec![Change {
                    operator: Operator::Set,
                    affected: ALL,
                    mentioned,
                    operand: Operand::Bits(bits)
                }]
            }
            Some(_) => Parser { text, rest: text }.clauses()?,
        };
        Ok(Self { text: text.to_owned(), changes })
    }
}

impl fmt::Display for Mode {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(&self.text)
    }
}

serde_as_text!(Mode => "a file mode as `0750` or `u=rwX,g=rX,o=`");

/// Reads any number of octal digits that make up a mode.
fn parse_octal(digits: &str) -> Option<u32> {
    let is_octal = digits.bytes().all(|byte| matches!(byte, b'0'..=b'7'));
    u32::from_str_radix(digits, 8).ok().filter(|bits| is_octal && *bits <= ALL)
}

/// Reads the symbolic form: clauses of `[ugoa]*([-+=]([rwxXst]*|[ugo]))+` or `[-+=][0-7]+`, separated by commas.
struct Parser<'a> {
    text: &'a str,
    rest: &'a str,
}

impl Parser<'_> {
    fn clauses(mut self) -> Result<Vec<Change>, ModeError> {
        let mut changes = Vec::new();
        loop {
            let mut affected = 0;
            while let Some(bits) = self.take(|c| match c {
                'u' => Some(0o4700),
                'g' => Some(0o2070),
                'o' => Some(0o1007),
                'a' => Some(ALL),
                _ => None,
            }) {
                affected |= bits;
            }
            let Some(mut operator) = self.operator() else {
                return self.refuse("one of `ugoa` or `+`, `-`, `=`");
            };
            loop {
                changes.push(self.operand(operator, affected)?);
                match self.operator() {
                    Some(next) => operator = next,
                    None => break,
                }
            }
            if self.rest.is_empty() {
                return Ok(changes);
            }
            if self.take(|c| (c == ',').then_some(())).is_none() {
                return self.refuse("one of `rwxXst`, an operator or a comma");
            }
        }
    }

    fn operator(&mut self) -> Option<Operator> {
        self.take(|c| match c {
            '+' => Some(Operator::Add),
            '-' => Some(Operator::Remove),
            '=' => Some(Operator::Set),
            _ => None,
        })
    }

    fn operand(&mut self, operator: Operator, affected: u32) -> Result<Change, ModeError> {
        let whose = |c| match c {
            'u' => Some(0o700),
            'g' => Some(0o070),
            'o' => Some(0o007),
            _ => None,
        };
        if self.rest.starts_with(|c: char| c.is_ascii_digit()) {
            return self.number(operator, affected);
        }
        let (mut bits, mut search) = (0, false);
        let operand = if let Some(whose) = self.take(whose) {
            Operand::CopyOf(whose)
        } else {
            while let Some(bit) = self.take(|c| match c {
                'r' => Some(0o444),
                'w' => Some(0o222),
                'x' => Some(ANY_EXECUTE),
                'X' => Some(0),
                's' => Some(SET_ID),
                't' => Some(STICKY),
                _ => None,
            }) {
                bits |= bit;
                search |= bit == 0;
            }
            if search { Operand::BitsAndSearch(bits) } else { Operand::Bits(bits) }
        };
        let mentioned = if affected == 0 { bits } else { affected & bits };
        Ok(Change { operator, affected, mentioned, operand })
    }

    /// Reads the digits of `=0750`, which GNU takes where nobody is named and nothing but a comma follows.
    fn number(&mut self, operator: Operator, affected: u32) -> Result<Change, ModeError> {
        if affected != 0 {
            return self.refuse("one of `rwxXstugo`");
        }
        let (digits, rest) = self.rest.split_at(self.rest.find(',').unwrap_or(self.rest.len()));
        let Some(bits) = parse_octal(digits) else {
            return self.refuse("an octal mode between 0 and 7777");
        };
        self.rest = rest;
        Ok(Change { operator, affected: ALL, mentioned: ALL, operand: Operand::Bits(bits) })
    }

    fn take<T>(&mut self, meaning: impl Fn(char) -> Option<T>) -> Option<T> {
        let mut chars = self.rest.chars();
        let found = chars.next().and_then(meaning)?;
        self.rest = chars.as_str();
        Some(found)
    }

    fn refuse<T>(&self, expected: &'static str) -> Result<T, ModeError> {
        let found =
            if self.rest.is_empty() { "the end".to_owned() } else { alloc::format!("`{}`", self.rest) };
        Err(ModeError::Clause { mode: self.text.to_owned(), found, expected })
    }
}

#[cfg(test)]
mod tests {
    use alloc::string::ToString;

    use super::*;

    fn mode(text: &str) -> Mode {
        text.parse().unwrap_or_else(|error| panic!("{error}"))
    }

    #[test]
    fn applies_as_gnu_does() {
        for (text, current, directory, other) in [
            ("750", 0o644, 0o750, 0o750),
            ("0750", 0o6777, 0o6750, 0o750),
            ("0o750", 0o6777, 0o6750, 0o750),
            ("00750", 0o6777, 0o750, 0o750),
            ("2750", 0o4777, 0o6750, 0o2750),
            ("=750", 0o6777, 0o750, 0o750),
            ("u=rwX,g=rX,o=", 0o4644, 0o4750, 0o640),
            ("u=rwX,g=rX,o=", 0o1711, 0o750, 0o750),
            ("u=s", 0o777, 0o4077, 0o4077),
            ("u=", 0o6777, 0o6077, 0o2077),
            ("=", 0o7777, 0o6000, 0),
            ("a-s", 0o7777, 0o1777, 0o1777),
            ("u+s,g-w", 0o775, 0o4755, 0o4755),
            ("+w", 0o444, 0o644, 0o644),
            ("-w", 0o666, 0o466, 0o466),
            ("+t", 0o755, 0o1755, 0o1755),
            ("u+t", 0o755, 0o755, 0o755),
            ("o=u", 0o750, 0o757, 0o757),
            ("u+r-w", 0o200, 0o400, 0o400),
            ("g=u-w", 0o640, 0o640, 0o640),
            ("g=u-w", 0o600, 0o640, 0o640),
            ("a+x", 0o644, 0o755, 0o755),
            ("u+", 0o644, 0o644, 0o644),
        ] {
            for (kind, expect) in [(FileKind::Directory, directory), (FileKind::Other, other)] {
                let found = mode(text).apply(current | 0o100_000, kind);
                assert_eq!(found, expect, "{text} on {current:o} {kind:?}: {found:o}");
            }
        }
    }

    #[test]
    fn refuses() {
        for (text, message) in [
            ("", "a mode must not be empty"),
            ("789", "`789` is not an octal mode between 0 and 7777"),
            ("10000", "`10000` is not an octal mode between 0 and 7777"),
            ("0o", "`0o` is not an octal mode between 0 and 7777"),
            ("755,u+x", "`755,u+x` is not an octal mode between 0 and 7777"),
            ("u", "`u` is not a mode: the end where one of `ugoa` or `+`, `-`, `=` is expected"),
            ("u+r,", "`u+r,` is not a mode: the end where one of `ugoa` or `+`, `-`, `=` is expected"),
            ("rw", "`rw` is not a mode: `rw` where one of `ugoa` or `+`, `-`, `=` is expected"),
            ("u+rz", "`u+rz` is not a mode: `z` where one of `rwxXst`, an operator or a comma is expected"),
            ("u=gr", "`u=gr` is not a mode: `r` where one of `rwxXst`, an operator or a comma is expected"),
            (&"u=r,".repeat(65), "the mode has 260 characters; at most 256 are read"),
            ("u=7", "`u=7` is not a mode: `7` where one of `rwxXstugo` is expected"),
            ("+8", "`+8` is not a mode: `8` where an octal mode between 0 and 7777 is expected"),
        ] {
            assert_eq!(text.parse::<Mode>().map_err(|error| error.to_string()), Err(message.to_owned()));
        }
    }

    #[test]
    fn knows_what_settles() {
        for (text, expect) in
            [("755", true), ("u=rwX,g=rX,o=", true), ("a+X,u+x", false), ("u=g,g=o,o=u", false)]
        {
            assert_eq!(mode(text).is_idempotent(), expect, "{text}");
        }
    }

    proptest::proptest! {
        #[test]
        fn text_round_trip(text in "[0-7]{1,5}|([ugoa]{0,3}[-+=][rwxXst]{0,4}(,[ugo]=[ugo])?){1,3}") {
            if let Ok(mode) = text.parse::<Mode>() {
                proptest::prop_assert_eq!(mode.to_string().parse(), Ok(mode));
            }
        }

        #[test]
        fn never_panics(text: String) {
            let _ = text.parse::<Mode>();
        }
    }
}
