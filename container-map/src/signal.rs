//! Signals that the engine can send.

use alloc::borrow::ToOwned;
use alloc::format;
use alloc::string::String;
use core::fmt;
use core::str::FromStr;

use crate::path::serde_as_text;

/// Holds the names of the signals 1 to 31 in their order, without `SIG` (`signal(7)`, x86 and ARM).
const NAMES: [&str; 31] = [
    "HUP", "INT", "QUIT", "ILL", "TRAP", "ABRT", "BUS", "FPE", "KILL", "USR1", "SEGV", "USR2", "PIPE",
    "ALRM", "TERM", "STKFLT", "CHLD", "CONT", "STOP", "TSTP", "TTIN", "TTOU", "URG", "XCPU", "XFSZ",
    "VTALRM", "PROF", "WINCH", "IO", "PWR", "SYS",
];

/// Holds the second names of `signal(7)` that the engine takes too.
const ALIASES: [(&str, u8); 4] = [("IOT", 6), ("CLD", 17), ("POLL", 29), ("UNUSED", 31)];

/// Is the first real-time signal that a program may use: the C libraries keep 32 and 33 for themselves.
const RT_MIN: u8 = 34;
/// Is the last real-time signal.
const RT_MAX: u8 = 64;
/// Is the last signal that the engine counts from `RTMIN`; from there it counts down to `RTMAX` (moby/sys/signal).
const RT_MIDDLE: u8 = 49;

/// Says why a text is not a [`Signal`].
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum SignalError {
    /// There is no text.
    #[error("a signal must not be empty")]
    Empty,
    /// The name is not one of a signal.
    #[error("`{name}` is not a signal{}", hint(*.suggestion))]
    UnknownName {
        /// The name as it was written.
        name: String,
        /// The signal that was probably meant.
        suggestion: Option<Signal>,
    },
    /// The number is not one of a signal that a program may use.
    #[error("{0} is not the number of a signal: use 1 to 31 or 34 to 64")]
    UnknownNumber(String),
}

/// Names a Linux signal.
///
/// It is read as `SIGTERM`, `TERM`, `term` or `15`, and real-time signals as `RTMIN+3` or `RTMAX-2`.
/// It is printed as `SIGTERM`, `SIGRTMIN+3` or `SIGRTMAX-2`, which the engine reads back.
///
/// ```
/// # use container_map::Signal;
/// assert_eq!("hup".parse::<Signal>()?.to_string(), "SIGHUP");
/// assert_eq!("15".parse::<Signal>()?, Signal::TERM);
/// # Ok::<(), container_map::SignalError>(())
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
// Invariant: 1 to 31, or `RT_MIN` to `RT_MAX`.
pub struct Signal(u8);

impl Signal {
    /// `SIGHUP`, which asks many servers to read their configuration again.
    pub const HUP: Self = Self(1);
    /// `SIGINT`.
    pub const INT: Self = Self(2);
    /// `SIGKILL`, which cannot be caught.
    pub const KILL: Self = Self(9);
    /// `SIGTERM`, which the engine stops a container with by default.
    pub const TERM: Self = Self(15);

    /// Returns the signal of a number, if there is one that a program may use.
    pub const fn from_number(number: u8) -> Option<Self> {
        match number {
            1..=31 | RT_MIN..=RT_MAX => Some(Self(number)),
            _ => None,
        }
    }

    /// Returns the number on x86 and ARM.
    pub const fn number(self) -> u8 {
        self.0
    }
}

impl FromStr for Signal {
    type Err = SignalError;

    fn from_str(text: &str) -> Result<Self, SignalError> {
        if text.is_empty() {
            return Err(SignalError::Empty);
        }
        if text.bytes().all(|byte| byte.is_ascii_digit()) {
            let signal = text.parse().ok().and_then(Self::from_number);
            return signal.ok_or_else(|| SignalError::UnknownNumber(text.to_owned()));
        }
        let upper = text.to_ascii_uppercase();
        let name = upper.strip_prefix("SIG").unwrap_or(&upper);
        named(name)
            .or_else(|| real_time(name))
            .ok_or_else(|| SignalError::UnknownName { name: text.to_owned(), suggestion: closest(name) })
    }
}

impl fmt::Display for Signal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.0 {
            RT_MIN => f.pad("SIGRTMIN"),
            RT_MAX => f.pad("SIGRTMAX"),
            number if number > RT_MIDDLE => f.pad(&format!("SIGRTMAX-{}", RT_MAX - number)),
            number if number > RT_MIN => f.pad(&format!("SIGRTMIN+{}", number - RT_MIN)),
            number => f.pad(&format!("SIG{}", NAMES[usize::from(number) - 1])),
        }
    }
}

serde_as_text!(Signal => "a signal as `SIGTERM`, `TERM` or `15`");

fn named(name: &str) -> Option<Signal> {
    let alias = ALIASES.into_iter().find(|(alias, _)| *alias == name).map(|(_, number)| Signal(number));
    alias.or_else(|| (1..=31).zip(NAMES).find(|(_, known)| *known == name).map(|(number, _)| Signal(number)))
}

/// Reads `RTMIN`, `RTMIN+n`, `RTMAX` and `RTMAX-n`.
fn real_time(name: &str) -> Option<Signal> {
    let offset = |text: &str, sign: char| match text.strip_prefix(sign) {
        Some(digits) if !digits.starts_with('+') => digits.parse::<u8>().ok(),
        _ => text.is_empty().then_some(0),
    };
    let number = match (name.strip_prefix("RTMIN"), name.strip_prefix("RTMAX")) {
        (Some(above), _) => RT_MIN.checked_add(offset(above, '+')?)?,
        (_, Some(below)) => RT_MAX.checked_sub(offset(below, '-')?)?,
        _ => return None,
    };
    (RT_MIN..=RT_MAX).contains(&number).then_some(Signal(number))
}

/// Returns the signal whose name is one edit away.
fn closest(name: &str) -> Option<Signal> {
    // A text of any length comes here, and the distance takes time and memory with it.
    let is_slip =
        |known: &&str| known.len().abs_diff(name.len()) <= 1 && strsim::osa_distance(known, name) == 1;
    NAMES.into_iter().find(is_slip).and_then(named)
}

fn hint(suggestion: Option<Signal>) -> String {
    suggestion.map(|signal| format!(": did you mean `{signal}`?")).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use alloc::string::ToString;

    use super::*;

    #[test]
    fn reads_signals() {
        for (texts, number, name) in [
            (["SIGTERM", "TERM", "term", "15"], 15, "SIGTERM"),
            (["SIGHUP", "hup", "SigHup", "1"], 1, "SIGHUP"),
            (["SIGSYS", "sys", "UNUSED", "31"], 31, "SIGSYS"),
            (["SIGIO", "poll", "io", "29"], 29, "SIGIO"),
            (["SIGRTMIN", "rtmin", "RTMIN+0", "34"], 34, "SIGRTMIN"),
            (["SIGRTMIN+3", "rtmin+3", "RTMAX-27", "37"], 37, "SIGRTMIN+3"),
            (["SIGRTMAX-14", "rtmin+16", "RTMAX-14", "50"], 50, "SIGRTMAX-14"),
            (["SIGRTMAX", "rtmin+30", "RTMAX-0", "64"], 64, "SIGRTMAX"),
        ] {
            for text in texts {
                let signal: Signal = text.parse().expect("a signal");
                assert_eq!((signal.number(), signal.to_string().as_str()), (number, name), "{text}");
            }
        }
    }

    #[test]
    fn refuses() {
        for (text, message) in [
            ("", "a signal must not be empty"),
            ("0", "0 is not the number of a signal: use 1 to 31 or 34 to 64"),
            ("32", "32 is not the number of a signal: use 1 to 31 or 34 to 64"),
            ("300", "300 is not the number of a signal: use 1 to 31 or 34 to 64"),
            ("SIGTREM", "`SIGTREM` is not a signal: did you mean `SIGTERM`?"),
            ("reload", "`reload` is not a signal"),
            ("RTMIN+31", "`RTMIN+31` is not a signal"),
            ("RTMIN-1", "`RTMIN-1` is not a signal"),
            ("RTMIN++1", "`RTMIN++1` is not a signal"),
            ("SIG", "`SIG` is not a signal"),
            ("-9", "`-9` is not a signal"),
        ] {
            assert_eq!(text.parse::<Signal>().map_err(|error| error.to_string()), Err(message.to_owned()));
        }
    }

    #[test]
    fn text_round_trip() {
        // There are so few that all of them can be tried.
        let all: alloc::vec::Vec<_> = (0..=u8::MAX).filter_map(Signal::from_number).collect();
        assert_eq!(all.len(), 62);
        for signal in all {
            assert_eq!(signal.to_string().parse(), Ok(signal));
            assert_eq!(signal.number().to_string().parse(), Ok(signal));
        }
    }

    proptest::proptest! {
        #[test]
        fn never_panics(text: String) {
            let _ = text.parse::<Signal>();
        }
    }
}
