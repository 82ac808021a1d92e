//! Sets of processors and of memory nodes.

use alloc::vec::Vec;
use core::fmt;
use core::ops::RangeInclusive;
use core::str::FromStr;

use super::OptionError;
use crate::path::serde_as_text;

/// More processors than Linux can count; the engine looks no further either.
const END: u16 = 8192;

/// A set of processors or memory nodes, by their numbers: `0-3,7`.
///
/// However a set is written, it is printed in one way: in order, with neighbours joined.
///
/// ```
/// # use container_map::config::CpuSet;
/// assert_eq!("7,2,0-1".parse::<CpuSet>()?.to_string(), "0-2,7");
/// # Ok::<(), container_map::config::OptionError>(())
/// ```
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct CpuSet(
    // Invariant: not empty, in order, neither overlapping nor next to each other.
    Vec<RangeInclusive<u16>>,
);

impl FromStr for CpuSet {
    type Err = OptionError;

    fn from_str(text: &str) -> Result<Self, OptionError> {
        let wrong = || OptionError::form(text, "a set of processors as `0-3,7`");
        let mut ranges = Vec::new();
        for part in text.split(',') {
            let (first, last) = part.split_once('-').unwrap_or((part, part));
            let range = number(first).zip(number(last)).filter(|(first, last)| first <= last);
            ranges.push(range.ok_or_else(wrong)?);
        }
        ranges.sort_unstable();
        let mut joined: Vec<RangeInclusive<u16>> = Vec::new();
        for (first, last) in ranges {
            match joined.last_mut() {
                Some(before) if first <= before.end() + 1 => {
                    *before = *before.start()..=last.max(*before.end());
                }
                _ => joined.push(first..=last),
            }
        }
        Ok(Self(joined))
    }
}

fn number(text: &str) -> Option<u16> {
    let is_number = !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit());
    text.parse().ok().filter(|number| is_number && *number < END)
}

impl fmt::Display for CpuSet {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (position, range) in self.0.iter().enumerate() {
            let separator = if position == 0 { "" } else { "," };
            if range.start() == range.end() {
                write!(f, "{separator}{}", range.start())?;
            } else {
                write!(f, "{separator}{}-{}", range.start(), range.end())?;
            }
        }
        Ok(())
    }
}

serde_as_text!(CpuSet => "a set of processors as `0-3,7`");
