//! Durations and sizes with units.

use alloc::borrow::ToOwned;
use alloc::string::String;
use core::fmt::{self, Write};
use core::str::FromStr;
use core::time::Duration;

use crate::path::serde_as_text;

const NANOS_PER_SECOND: u128 = 1_000_000_000;

/// Holds the units of Go's `time.ParseDuration` in nanoseconds; `µ` has two code points. docker-map looks at the beginning
/// of a unit only, so its maps have the longer names too.
const DURATION_UNITS: &[(&[&str], u128)] = &[
    (&["ns"], 1),
    (&["us", "µs", "μs"], 1_000),
    (&["ms", "msec", "msecs", "millisecond", "milliseconds"], 1_000_000),
    (&["s", "sec", "secs", "second", "seconds"], NANOS_PER_SECOND),
    (&["m", "min", "mins", "minute", "minutes"], 60 * NANOS_PER_SECOND),
    (&["h", "hr", "hrs", "hour", "hours"], 3600 * NANOS_PER_SECOND),
];

/// Returns the nanoseconds of a unit.
fn duration_unit(name: &str) -> Option<u128> {
    DURATION_UNITS.iter().find(|(names, _)| names.contains(&name)).map(|(_, nanoseconds)| *nanoseconds)
}

/// Says why a text is not a duration.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum DurationError {
    /// There is no text.
    #[error("a duration must not be empty")]
    Empty,
    /// A number has no unit.
    #[error("`{0}` lacks a unit: write `{0}s` for seconds")]
    MissingUnit(String),
    /// A unit is not known.
    #[error("`{unit}` in `{text}` is not a unit of time: use `h`, `m`, `s`, `ms`, `us` or `ns`")]
    UnknownUnit {
        /// The whole text.
        text: String,
        /// What stands where a unit is expected.
        unit: String,
    },
    /// There is something else than a number where one is expected, for instance a sign or a space.
    #[error("`{0}` is not a duration as `1h30m10s` or `1.5s`")]
    NotANumber(String),
    /// The duration has more nanoseconds than the engine can count, about 292 years.
    #[error("the duration `{0}` is too long")]
    TooLong(String),
}

/// Reads a duration as Go and the engine write it: `1h30m10s`, `1.5s`, `500ms`, `300us`; and `0`.
///
/// As in docker-map, there can be blanks around units, and these can have longer names: `90 seconds`, `5min`. Fractions of a nanosecond are dropped. Numbers without a unit are refused, as docker-map took them for nanoseconds
/// and Compose takes them for seconds.
pub fn parse_duration(text: &str) -> Result<Duration, DurationError> {
    match text {
        "" => return Err(DurationError::Empty),
        "0" => return Ok(Duration::ZERO),
        _ => {}
    }
    let too_long = || DurationError::TooLong(text.to_owned());
    let mut rest = text;
    let mut nanos = 0_u128;
    while !rest.is_empty() {
        let (number, tail) = split_number(rest);
        let (unit, tail) =
            tail.split_at(tail.find(|c: char| c.is_ascii_digit() || c == '.').unwrap_or(tail.len()));
        let number = Decimal::parse(number).ok_or_else(|| DurationError::NotANumber(text.to_owned()))?;
        let unit = unit.trim_matches(' ');
        if unit.is_empty() {
            return Err(DurationError::MissingUnit(text.to_owned()));
        }
        let Some(size) = duration_unit(unit) else {
            return Err(DurationError::UnknownUnit { text: text.to_owned(), unit: unit.to_owned() });
        };
        let part = number.times(size).ok_or_else(too_long)?;
        nanos = nanos.checked_add(part).ok_or_else(too_long)?;
        rest = tail;
    }
    match i64::try_from(nanos) {
        Ok(nanos) => Ok(Duration::from_nanos(nanos.unsigned_abs())),
        Err(_) => Err(too_long()),
    }
}

/// Returns the shortest text that [`parse_duration`] reads as this duration: `1h30m`, `1.5s`, `500ms`, `0s`.
pub fn format_duration(duration: Duration) -> String {
    let (seconds, nanos) = (duration.as_secs(), duration.subsec_nanos());
    let mut text = String::new();
    let mut part = |whole: u64, fraction: u32, digits: usize, unit: &str| {
        // Writing to a string does not fail.
        let _ = write!(text, "{whole}");
        if fraction > 0 {
            let fraction = alloc::format!("{fraction:0digits$}");
            let _ = write!(text, ".{}", fraction.trim_end_matches('0'));
        }
        text.push_str(unit);
    };
    if seconds == 0 {
        match nanos {
            0 => part(0, 0, 0, "s"),
            1..1_000 => part(nanos.into(), 0, 0, "ns"),
            1_000..1_000_000 => part((nanos / 1_000).into(), nanos % 1_000, 3, "us"),
            _ => part((nanos / 1_000_000).into(), nanos % 1_000_000, 6, "ms"),
        }
        return text;
    }
    if seconds >= 3600 {
        part(seconds / 3600, 0, 0, "h");
    }
    if seconds / 60 % 60 > 0 {
        part(seconds / 60 % 60, 0, 0, "m");
    }
    if seconds % 60 > 0 || nanos > 0 {
        part(seconds % 60, nanos, 9, "s");
    }
    text
}

/// Says why a text is not a [`ByteSize`].
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum ByteSizeError {
    /// There is no text.
    #[error("a size must not be empty")]
    Empty,
    /// There is something else than a number where one is expected, for instance a sign.
    #[error("`{0}` is not a size as `512m` or `1.5g`")]
    NotANumber(String),
    /// The unit is not known.
    #[error("`{unit}` in `{text}` is not a unit of size: use `b`, `k`, `m`, `g`, `t` or `p`")]
    UnknownUnit {
        /// The whole text.
        text: String,
        /// What stands where a unit is expected.
        unit: String,
    },
    /// The size does not fit into 63 bits, which the engine counts with.
    #[error("the size `{0}` is too large")]
    TooLarge(String),
}

/// Is a number of bytes: `512m`, `64mb`, `1.5g` or `1024`.
///
/// As for `docker run --memory`, all units are powers of 1024 (`RAMInBytes` of go-units), case does not matter,
/// `m`, `mb` and `mib` are the same, and fractions of a byte are dropped.
/// It is printed as a whole number with the largest unit that allows it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default)]
pub struct ByteSize(u64);

impl ByteSize {
    /// Returns the size of so many bytes.
    pub const fn new(bytes: u64) -> Self {
        Self(bytes)
    }

    /// Returns the number of bytes.
    pub const fn bytes(self) -> u64 {
        self.0
    }
}

/// Holds the letters of the units that are 1024, 1024² … bytes.
const SIZE_UNITS: [char; 5] = ['k', 'm', 'g', 't', 'p'];

impl FromStr for ByteSize {
    type Err = ByteSizeError;

    fn from_str(text: &str) -> Result<Self, ByteSizeError> {
        if text.is_empty() {
            return Err(ByteSizeError::Empty);
        }
        let (number, unit) = split_number(text);
        let number = Decimal::parse(number).ok_or_else(|| ByteSizeError::NotANumber(text.to_owned()))?;
        // go-units takes one space before the unit.
        let unit = unit.strip_prefix(' ').unwrap_or(unit);
        let size = match unit.to_ascii_lowercase().as_str() {
            "" | "b" => Some(1),
            lower => SIZE_UNITS.into_iter().zip(1_u32..).find_map(|(letter, power)| {
                let suffix = lower.strip_prefix(letter)?;
                matches!(suffix, "" | "b" | "i" | "ib").then(|| 1024_u128.pow(power))
            }),
        };
        let Some(size) = size else {
            return Err(ByteSizeError::UnknownUnit { text: text.to_owned(), unit: unit.to_owned() });
        };
        match number.times(size).map(i64::try_from) {
            Some(Ok(bytes)) => Ok(Self(bytes.unsigned_abs())),
            _ => Err(ByteSizeError::TooLarge(text.to_owned())),
        }
    }
}

impl fmt::Display for ByteSize {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (mut number, mut unit) = (self.0, None);
        for letter in SIZE_UNITS {
            if number == 0 || number % 1024 != 0 {
                break;
            }
            (number, unit) = (number / 1024, Some(letter));
        }
        match unit {
            Some(unit) => write!(f, "{number}{unit}"),
            None => write!(f, "{number}"),
        }
    }
}

serde_as_text!(ByteSize => "a size as `512m` or `1.5g`");

/// Splits a text after its leading digits and points.
fn split_number(text: &str) -> (&str, &str) {
    text.split_at(text.find(|c: char| !c.is_ascii_digit() && c != '.').unwrap_or(text.len()))
}

/// Is a decimal number, exact to 18 digits after the point.
struct Decimal {
    whole: u64,
    fraction: u64,
    /// Ten to the number of digits of the fraction.
    scale: u64,
}

impl Decimal {
    fn parse(text: &str) -> Option<Self> {
        let (whole, fraction) = text.split_once('.').unwrap_or((text, ""));
        let is_digits = |text: &str| text.bytes().all(|byte| byte.is_ascii_digit());
        if text.is_empty() || text == "." || !is_digits(whole) || !is_digits(fraction) {
            return None;
        }
        let fraction = &fraction[..fraction.len().min(18)];
        let value = |digits: &str| {
            if digits.is_empty() { Some(0) } else { digits.parse().ok() }
        };
        Some(Self {
            // More than 64 bits are too much with every unit.
            whole: value(whole).unwrap_or(u64::MAX),
            fraction: value(fraction)?,
            scale: fraction.bytes().fold(1, |scale, _| scale * 10),
        })
    }

    fn times(&self, unit: u128) -> Option<u128> {
        let fraction = u128::from(self.fraction) * unit / u128::from(self.scale);
        u128::from(self.whole).checked_mul(unit)?.checked_add(fraction)
    }
}

#[cfg(test)]
mod tests {
    use alloc::string::ToString;

    use proptest::prelude::*;

    use super::*;

    #[test]
    fn reads_durations() {
        let text = String::from;
        let unknown = |text: &str, unit: &str| {
            Err(DurationError::UnknownUnit { text: text.to_owned(), unit: unit.to_owned() })
        };
        for (input, expect) in [
            ("1h30m10s", Ok("1h30m10s")),
            ("90m", Ok("1h30m")),
            ("90s", Ok("1m30s")),
            ("1.5s", Ok("1.5s")),
            (".5s", Ok("500ms")),
            ("1.s", Ok("1s")),
            ("1500us", Ok("1.5ms")),
            ("300µs", Ok("300us")),
            ("1ns", Ok("1ns")),
            ("1.9ns", Ok("1ns")),
            ("3600s1ns", Ok("1h0.000000001s")),
            ("0", Ok("0s")),
            ("0s", Ok("0s")),
            ("0.1234567891234567891s", Ok("123.456789ms")),
            ("", Err(DurationError::Empty)),
            ("90", Err(DurationError::MissingUnit(text("90")))),
            ("1m30", Err(DurationError::MissingUnit(text("1m30")))),
            ("-1s", Err(DurationError::NotANumber(text("-1s")))),
            (" 1s", Err(DurationError::NotANumber(text(" 1s")))),
            (".s", Err(DurationError::NotANumber(text(".s")))),
            ("1.2.3s", Err(DurationError::NotANumber(text("1.2.3s")))),
            ("s", Err(DurationError::NotANumber(text("s")))),
            ("90 seconds", Ok("1m30s")),
            ("5min", Ok("5m")),
            ("1 hour 30 minutes 10secs", Ok("1h30m10s")),
            ("2  m", Ok("2m")),
            ("1 30s", Err(DurationError::MissingUnit(text("1 30s")))),
            ("2 weeks", unknown("2 weeks", "weeks")),
            ("2 mi nutes", unknown("2 mi nutes", "mi nutes")),
            ("1 .", Err(DurationError::MissingUnit(text("1 .")))),
            ("1d", unknown("1d", "d")),
            ("2562048h", Err(DurationError::TooLong(text("2562048h")))),
            ("99999999999999999999999ns", Err(DurationError::TooLong(text("99999999999999999999999ns")))),
        ] {
            assert_eq!(parse_duration(input).map(format_duration), expect.map(ToOwned::to_owned), "{input}");
        }
    }

    #[test]
    fn reads_sizes() {
        let text = String::from;
        let unknown = |text: &str, unit: &str| {
            Err(ByteSizeError::UnknownUnit { text: text.to_owned(), unit: unit.to_owned() })
        };
        for (input, bytes, printed) in [
            ("0", 0, "0"),
            ("1000", 1000, "1000"),
            ("1024", 1024, "1k"),
            ("1024b", 1024, "1k"),
            ("512m", 512 << 20, "512m"),
            ("64mb", 64 << 20, "64m"),
            ("64 MiB", 64 << 20, "64m"),
            ("1G", 1 << 30, "1g"),
            ("1.5g", 3 << 29, "1536m"),
            ("0.3k", 307, "307"),
            ("2048p", 2048 << 50, "2048p"),
        ] {
            let size: ByteSize = input.parse().expect("a size");
            assert_eq!((size.bytes(), size.to_string().as_str()), (bytes, printed), "{input}");
        }
        for (input, expect) in [
            ("", Err(ByteSizeError::Empty)),
            ("-1", Err(ByteSizeError::NotANumber(text("-1")))),
            ("m", Err(ByteSizeError::NotANumber(text("m")))),
            ("1.5.2g", Err(ByteSizeError::NotANumber(text("1.5.2g")))),
            ("5x", unknown("5x", "x")),
            ("5mbit", unknown("5mbit", "mbit")),
            ("5  m", unknown("5  m", " m")),
            ("8192p", Err(ByteSizeError::TooLarge(text("8192p")))),
            ("99999999999999999999", Err(ByteSizeError::TooLarge(text("99999999999999999999")))),
        ] {
            assert_eq!(input.parse::<ByteSize>(), expect);
        }
    }

    proptest! {
        #[test]
        fn duration_round_trip(nanos in 0..=(u64::MAX >> 1), bits in 0..63_u32) {
            let duration = Duration::from_nanos(nanos >> bits);
            prop_assert_eq!(parse_duration(&format_duration(duration)), Ok(duration));
        }

        #[test]
        fn size_round_trip(bytes in 0..=(u64::MAX >> 1), bits in 0..63_u32) {
            for bytes in [bytes >> bits, (bytes >> bits) << bits] {
                let size = ByteSize::new(bytes);
                prop_assert_eq!(size.to_string().parse(), Ok(size));
            }
        }

        #[test]
        fn never_panics(text in "\\PC*|[0-9.]{0,40}[a-z]{0,3}[0-9.]{0,40}") {
            let _ = (parse_duration(&text), text.parse::<ByteSize>());
        }
    }
}
