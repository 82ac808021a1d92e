//! Hardware addresses.

use core::fmt;
use core::str::FromStr;

use super::OptionError;
use crate::path::serde_as_text;

/// The address of a network card: `02:42:ac:11:00:02`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct MacAddress(pub [u8; 6]);

impl FromStr for MacAddress {
    type Err = OptionError;

    fn from_str(text: &str) -> Result<Self, OptionError> {
        let separator = if text.contains('-') { '-' } else { ':' };
        let mut parts = text.split(separator);
        let mut address = [0; 6];
        let is_complete = address.iter_mut().all(|byte| {
            let is_digits = |part: &&str| part.len() == 2 && part.bytes().all(|b| b.is_ascii_hexdigit());
            let parsed = parts.next().filter(is_digits).and_then(|part| u8::from_str_radix(part, 16).ok());
            *byte = parsed.unwrap_or_default();
            parsed.is_some()
        });
        if !is_complete || parts.next().is_some() {
            return Err(OptionError::form(text, "a hardware address as `02:42:ac:11:00:02`"));
        }
        Ok(Self(address))
    }
}

impl fmt::Display for MacAddress {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.iter().enumerate().try_for_each(|(position, byte)| {
            let separator = if position == 0 { "" } else { ":" };
            write!(f, "{separator}{byte:02x}")
        })
    }
}

serde_as_text!(MacAddress => "a hardware address as `02:42:ac:11:00:02`");
