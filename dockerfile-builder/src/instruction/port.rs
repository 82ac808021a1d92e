//! Ports that an image documents.

use std::fmt;

/// The transport protocol of an exposed port.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
#[non_exhaustive]
pub enum Protocol {
    /// The engine's default.
    Tcp,
    /// Datagrams.
    Udp,
    /// Streams of messages.
    Sctp,
}

/// A port, or a range of them, that containers listen on.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub struct Exposed {
    // Invariant: not above `last`.
    first: u16,
    last: u16,
    protocol: Protocol,
}

impl Exposed {
    /// Returns one port.
    pub fn port(port: u16, protocol: Protocol) -> Self {
        Self { first: port, last: port, protocol }
    }

    /// Returns all ports from one to another, whichever is the smaller.
    pub fn range(one: u16, other: u16, protocol: Protocol) -> Self {
        Self { first: one.min(other), last: one.max(other), protocol }
    }
}

impl From<u16> for Exposed {
    /// Reads a number as a port of TCP.
    fn from(port: u16) -> Self {
        Self::port(port, Protocol::Tcp)
    }
}

impl fmt::Display for Exposed {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}", self.first)?;
        if self.first != self.last {
            write!(f, "-{}", self.last)?;
        }
        f.write_str(match self.protocol {
            Protocol::Tcp => "",
            Protocol::Udp => "/udp",
            Protocol::Sctp => "/sctp",
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ports_and_ranges_have_a_protocol() {
        for (exposed, expected) in [
            (80.into(), "80"),
            (Exposed::port(53, Protocol::Udp), "53/udp"),
            (Exposed::range(9000, 8000, Protocol::Tcp), "8000-9000"),
            (Exposed::range(1, 2, Protocol::Sctp), "1-2/sctp"),
        ] {
            assert_eq!(exposed.to_string(), expected);
        }
    }
}
