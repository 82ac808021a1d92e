//! From texts to values; what is none is reported.

use alloc::string::ToString;
use core::str::FromStr;
use core::time::Duration;

use crate::config::Access;
use crate::error::{ValueError, ViolationKind};
use crate::name::NameError;
use crate::quantity::parse_duration;
use crate::raw::{Problems, Text};

/// Reports a text that is not the value it should be.
pub(crate) fn bad_value(text: &Text, what: &'static str, source: ValueError, problems: &mut Problems) {
    problems.report(&text.place, ViolationKind::BadValue { what, source });
}

/// Reads a value from its text.
pub(crate) fn value<T>(text: &Text, what: &'static str, problems: &mut Problems) -> Option<T>
where
    T: FromStr,
    ValueError: From<T::Err>,
{
    text.as_str().parse().map_err(|source| bad_value(text, what, ValueError::from(source), problems)).ok()
}

/// Reads a value that is a number or an address of the standard library, which say little about what is wrong.
pub(crate) fn plain<T: FromStr>(text: &Text, what: &'static str, problems: &mut Problems) -> Option<T> {
    let parsed = text.as_str().parse().ok();
    if parsed.is_none() {
        bad_value(text, what, ValueError::Other(text.value.clone(), what), problems);
    }
    parsed
}

/// Reads a name.
pub(crate) fn name<N>(text: &Text, what: &'static str, problems: &mut Problems) -> Option<N>
where
    N: FromStr<Err = NameError>,
{
    let report = |source| problems.report(&text.place, ViolationKind::BadName { what, source });
    text.as_str().parse().map_err(report).ok()
}

/// Reports a word that a field does not take.
pub(crate) fn unknown_word(text: &Text, expected: &'static [&'static str], problems: &mut Problems) {
    problems.report(&text.place, ViolationKind::UnknownWord { text: text.value.clone(), expected });
}

/// Reads a truth value, in the spellings of YAML 1.2.
pub(crate) fn boolean(text: &Text, problems: &mut Problems) -> Option<bool> {
    match text.as_str() {
        "true" | "True" | "TRUE" => Some(true),
        "false" | "False" | "FALSE" => Some(false),
        _ => {
            unknown_word(text, &["true", "false"], problems);
            None
        }
    }
}

/// Reads a read-only flag; without one, a mount can be written to.
pub(crate) fn access(text: Option<&Text>, problems: &mut Problems) -> Option<Access> {
    let Some(text) = text else {
        return Some(Access::ReadWrite);
    };
    match text.as_str() {
        "ro" | "true" => Some(Access::ReadOnly),
        "rw" | "false" => Some(Access::ReadWrite),
        _ => {
            unknown_word(text, &["ro", "rw", "true", "false"], problems);
            None
        }
    }
}

/// Reads a duration with a unit.
pub(crate) fn duration(text: &Text, problems: &mut Problems) -> Option<Duration> {
    let parsed = parse_duration(text.as_str());
    if let Err(source) = &parsed {
        bad_value(text, "a duration like `1m30s`", ValueError::Duration(source.clone()), problems);
    }
    parsed.ok()
}

/// Reads a duration that is in seconds if it has no unit, as docker-map's timeouts are.
pub(crate) fn seconds(text: &Text, problems: &mut Problems) -> Option<Duration> {
    let digits = text.as_str().trim_end_matches(|c: char| c.is_ascii_digit() || c == '.');
    if !text.as_str().is_empty() && digits.is_empty() {
        let in_seconds = alloc::format!("{}s", text.as_str());
        if let Ok(duration) = parse_duration(&in_seconds) {
            return Some(duration);
        }
    }
    duration(text, problems)
}

/// Reports all elements of a list that occur before.
pub(crate) fn repeated(texts: &[Text], problems: &mut Problems) {
    let mut seen = alloc::collections::BTreeSet::new();
    for text in texts {
        if !seen.insert(text.as_str()) {
            problems.report(&text.place, ViolationKind::Repeated { name: text.as_str().to_string() });
        }
    }
}
