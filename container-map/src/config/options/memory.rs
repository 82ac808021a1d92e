//! Limits of memory.

use core::fmt;
use core::str::FromStr;

use crate::path::serde_as_text;
use crate::quantity::{ByteSize, ByteSizeError};

/// The most memory and swap that a container gets together.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum SwapLimit {
    /// As much, memory included.
    Size(ByteSize),
    /// As much as there is (`-1`).
    Unlimited,
}

impl FromStr for SwapLimit {
    type Err = ByteSizeError;

    fn from_str(text: &str) -> Result<Self, ByteSizeError> {
        if text == "-1" { Ok(Self::Unlimited) } else { text.parse().map(Self::Size) }
    }
}

impl fmt::Display for SwapLimit {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Size(size) => size.fmt(f),
            Self::Unlimited => f.write_str("-1"),
        }
    }
}

serde_as_text!(SwapLimit => "a size as `512m`, or `-1` for no limit");
