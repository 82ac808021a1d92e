//! From texts to values; what is none is reported.

use alloc::string::ToString;
use core::str::FromStr;
use core::time::Duration;

use crate::config::{Access, Propagation, Word};
use crate::error::{ValueError, ViolationKind};
use crate::name::NameError;
use crate::quantity::parse_duration;
use crate::raw::{BINDS, Problems, RawBind, Text};

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

/// Reads a truth value.
pub(crate) fn boolean(text: &Text, problems: &mut Problems) -> Option<bool> {
    let known = truth(text.as_str());
    if known.is_none() {
        unknown_word(text, &["true", "false"], problems);
    }
    known
}

/// Returns what a word means in YAML 1.2, and in YAML 1.1, which docker-map reads.
fn truth(word: &str) -> Option<bool> {
    match word {
        "true" | "True" | "TRUE" | "yes" | "Yes" | "YES" | "on" | "On" | "ON" => Some(true),
        "false" | "False" | "FALSE" | "no" | "No" | "NO" | "off" | "Off" | "OFF" => Some(false),
        _ => None,
    }
}

/// Reads a read-only flag; without one, a mount can be written to.
pub(crate) fn access(text: Option<&Text>, problems: &mut Problems) -> Option<Access> {
    let Some(text) = text else {
        return Some(Access::ReadWrite);
    };
    let found = access_of(text.as_str());
    if found.is_none() {
        unknown_word(text, &["ro", "rw", "true", "false"], problems);
    }
    found
}

fn access_of(word: &str) -> Option<Access> {
    match (word, truth(word)) {
        ("ro", _) | (_, Some(true)) => Some(Access::ReadOnly),
        ("rw", _) | (_, Some(false)) => Some(Access::ReadWrite),
        _ => None,
    }
}

/// What the mode of a bind is made of.
const MODE_WORDS: &[&str] =
    &["ro", "rw", "true", "false", "private", "rprivate", "shared", "rshared", "slave", "rslave"];

/// Reads whether a bind can be written to, and its propagation: in one text as the engine takes them, or each by its name.
pub(crate) fn bind_mode(raw: &RawBind, problems: &mut Problems) -> Option<(Access, Option<Propagation>)> {
    let before = problems.count();
    let mut access = None;
    let mut propagation = raw.propagation.as_ref().and_then(|text| propagation(text, problems));
    for (text, word) in
        raw.access.iter().flat_map(|text| text.as_str().split(',').map(move |word| (text, word)))
    {
        let was_set = match (access_of(word), word.parse()) {
            (Some(found), _) => access.replace(found).is_some(),
            (None, Ok(found)) => propagation.replace(found).is_some(),
            (None, Err(_)) => {
                let kind = ViolationKind::UnknownWord { text: word.to_string(), expected: MODE_WORDS };
                problems.report(&text.place, kind);
                false
            }
        };
        if was_set {
            let problem = "the mode of a bind says this twice";
            problems.report(&text.place, ViolationKind::BadElement { problem, example: BINDS.example });
        }
    }
    (problems.count() == before).then_some((access.unwrap_or_default(), propagation))
}

fn propagation(text: &Text, problems: &mut Problems) -> Option<Propagation> {
    let found = text.as_str().parse().ok();
    if found.is_none() {
        unknown_word(text, Propagation::WORDS, problems);
    }
    found
}

/// Reads a user, or nothing from an empty text, as docker-map does.
pub(crate) fn user<T>(text: &Text, problems: &mut Problems) -> Option<T>
where
    T: FromStr,
    ValueError: From<T::Err>,
{
    if text.as_str().is_empty() { None } else { value(text, "a user", problems) }
}

/// The smallest duration that is read without a unit, in nanoseconds: engines take no shorter ones.
const LEAST_NANOSECONDS: u64 = 1_000_000;

/// Reads a duration with a unit.
///
/// Nanoseconds can do without one, as in docker-map; a number that is too small for them is more likely meant to be of
/// another unit.
pub(crate) fn duration(text: &Text, problems: &mut Problems) -> Option<Duration> {
    if let Some(nanoseconds) = text.as_str().parse().ok().filter(|number| *number >= LEAST_NANOSECONDS) {
        return Some(Duration::from_nanos(nanoseconds));
    }
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
