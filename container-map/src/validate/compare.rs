//! The check of rules of comparison.

use super::value::unknown_word;
use crate::config::{CompareMode, CompareRules, Word};
use crate::error::ViolationKind;
use crate::raw::{Problems, RawRules};

/// Returns the rules that are right.
pub(super) fn rules(raw: &RawRules, problems: &mut Problems) -> CompareRules {
    let mut rules = CompareRules::default();
    for (name, mode) in raw {
        if !CompareRules::names().any(|known| known == name.as_str()) {
            let suggestion = problems.closest(name.as_str(), CompareRules::names());
            let kind = ViolationKind::UnknownAttribute { name: name.value.clone(), suggestion };
            problems.report(&name.place, kind);
            continue;
        }
        match mode.as_str().parse() {
            Ok(CompareMode::AtLeast) if !CompareRules::can_have_more(name.as_str()) => {
                problems.report(&mode.place, ViolationKind::NothingMore { name: name.value.clone() });
            }
            Ok(mode) => rules.set(name.as_str(), mode),
            Err(_) => unknown_word(mode, CompareMode::WORDS, problems),
        }
    }
    rules
}
