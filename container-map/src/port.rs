//! Ports: what a container [exposes](Port) and [what is published](HostPort) on the host.

use alloc::borrow::ToOwned;
use alloc::string::String;
use core::fmt;
use core::num::NonZeroU16;
use core::str::FromStr;

use crate::path::serde_as_text;

/// Says why a text is not a [`Port`], a [`HostPort`] or a [`Protocol`].
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum PortError {
    /// There is no text.
    #[error("a port must not be empty")]
    Empty,
    /// The text has something else than digits where the number is.
    #[error("`{0}` is not a port number")]
    NotANumber(String),
    /// The number is 0 or does not fit into 16 bits.
    #[error("port {0} is not between 1 and 65535")]
    OutOfRange(String),
    /// The text is a range as `8000-8010`.
    #[error("`{0}` is a range of ports: write each port on its own")]
    Range(String),
    /// The text is a pair as `8080:80`, which is the notation of Compose.
    #[error("`{0}` is a pair of ports: write the exposed port first, as `[80, 8080]`")]
    Pair(String),
    /// The protocol is none that the engine knows.
    #[error("`{0}` is not a protocol: use `tcp`, `udp` or `sctp`")]
    UnknownProtocol(String),
    /// A host port names a protocol, which it takes from the exposed port.
    #[error("`{0}` names a protocol: it belongs to the exposed port, as in `53/udp`")]
    ProtocolOnHost(String),
}

/// Names a transport protocol that the engine can publish.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default)]
pub enum Protocol {
    /// TCP, which a port has when none is named.
    #[default]
    Tcp,
    /// UDP.
    Udp,
    /// SCTP.
    Sctp,
}

impl Protocol {
    /// Returns the name as the engine writes it.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Tcp => "tcp",
            Self::Udp => "udp",
            Self::Sctp => "sctp",
        }
    }
}

/// Names a port inside a container, with its protocol.
///
/// It is written as the engine writes the keys of `ExposedPorts`, `80/tcp`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Port {
    /// The number.
    pub number: NonZeroU16,
    /// The protocol.
    pub protocol: Protocol,
}

impl Port {
    /// Returns the TCP port of this number.
    pub const fn tcp(number: NonZeroU16) -> Self {
        Self { number, protocol: Protocol::Tcp }
    }
}

/// Names a port of the host that an exposed port is published on.
///
/// Its protocol is that of the exposed port.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct HostPort(pub NonZeroU16);

impl HostPort {
    /// Returns the number.
    pub const fn number(self) -> u16 {
        self.0.get()
    }
}

impl TryFrom<u64> for Port {
    type Error = PortError;

    /// Reads a plain number as a TCP port.
    fn try_from(number: u64) -> Result<Self, PortError> {
        narrow(number).map(Self::tcp)
    }
}

impl TryFrom<u64> for HostPort {
    type Error = PortError;

    fn try_from(number: u64) -> Result<Self, PortError> {
        narrow(number).map(Self)
    }
}

impl FromStr for Protocol {
    type Err = PortError;

    /// Reads a protocol in any case, as the engine does.
    fn from_str(text: &str) -> Result<Self, PortError> {
        [Self::Tcp, Self::Udp, Self::Sctp]
            .into_iter()
            .find(|protocol| protocol.as_str().eq_ignore_ascii_case(text))
            .ok_or_else(|| PortError::UnknownProtocol(text.to_owned()))
    }
}

impl FromStr for Port {
    type Err = PortError;

    fn from_str(text: &str) -> Result<Self, PortError> {
        let (number, protocol) = match text.split_once('/') {
            Some((number, protocol)) => (number, protocol.parse()?),
            None => (text, Protocol::Tcp),
        };
        Ok(Self { number: parse_number(number)?, protocol })
    }
}

impl FromStr for HostPort {
    type Err = PortError;

    fn from_str(text: &str) -> Result<Self, PortError> {
        if text.contains('/') {
            return Err(PortError::ProtocolOnHost(text.to_owned()));
        }
        parse_number(text).map(Self)
    }
}

impl fmt::Display for Protocol {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.as_str())
    }
}

impl fmt::Display for Port {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}/{}", self.number, self.protocol)
    }
}

impl fmt::Display for HostPort {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

serde_as_text! {
    Protocol => "`tcp`, `udp` or `sctp`",
    Port => "a port as `80` or `53/udp`",
    HostPort => "a port number",
}

/// Reads digits; the standard parser alone would take `+80`.
fn parse_number(text: &str) -> Result<NonZeroU16, PortError> {
    let is_number = |text: &str| !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit());
    if text.is_empty() {
        return Err(PortError::Empty);
    }
    if !is_number(text) {
        let text = text.to_owned();
        return Err(match text.split_once('-') {
            Some((first, last)) if is_number(first) && is_number(last) => PortError::Range(text),
            _ if text.contains(':') => PortError::Pair(text),
            _ => PortError::NotANumber(text),
        });
    }
    text.parse().map_err(|_| PortError::OutOfRange(text.to_owned()))
}

/// Returns a number as a port number.
fn narrow(number: u64) -> Result<NonZeroU16, PortError> {
    u16::try_from(number)
        .ok()
        .and_then(NonZeroU16::new)
        .ok_or_else(|| PortError::OutOfRange(alloc::format!("{number}")))
}

#[cfg(test)]
mod tests {
    use alloc::string::ToString;

    use proptest::prelude::*;

    use super::*;

    #[test]
    fn reads_ports() {
        let text = String::from;
        for (input, expect) in [
            ("80", Ok(text("80/tcp"))),
            ("80/tcp", Ok(text("80/tcp"))),
            ("53/UDP", Ok(text("53/udp"))),
            ("65535/sctp", Ok(text("65535/sctp"))),
            ("", Err(PortError::Empty)),
            ("/tcp", Err(PortError::Empty)),
            ("0", Err(PortError::OutOfRange(text("0")))),
            ("65536", Err(PortError::OutOfRange(text("65536")))),
            ("+80", Err(PortError::NotANumber(text("+80")))),
            ("-80", Err(PortError::NotANumber(text("-80")))),
            (" 80", Err(PortError::NotANumber(text(" 80")))),
            ("8000-8010", Err(PortError::Range(text("8000-8010")))),
            ("8080:80", Err(PortError::Pair(text("8080:80")))),
            ("80/icmp", Err(PortError::UnknownProtocol(text("icmp")))),
            ("80/", Err(PortError::UnknownProtocol(text("")))),
        ] {
            assert_eq!(input.parse::<Port>().map(|port| port.to_string()), expect, "{input}");
        }
        assert_eq!("8080".parse::<HostPort>().map(HostPort::number), Ok(8080));
        assert_eq!("53/udp".parse::<HostPort>(), Err(PortError::ProtocolOnHost(text("53/udp"))));
        assert_eq!(Port::try_from(65_536), Err(PortError::OutOfRange(text("65536"))));
    }

    #[test]
    fn sorts_by_number() {
        let port = |text: &str| text.parse::<Port>().expect("a port");
        assert!(port("80") < port("443"));
        assert!(port("53/tcp") < port("53/udp"));
    }

    proptest! {
        #[test]
        fn text_round_trip(number: NonZeroU16, protocol in 0..3_usize) {
            let protocol = [Protocol::Tcp, Protocol::Udp, Protocol::Sctp][protocol];
            let port = Port { number, protocol };
            prop_assert_eq!(port.to_string().parse(), Ok(port));
            prop_assert_eq!(protocol.to_string().parse(), Ok(protocol));
            prop_assert_eq!(number.to_string().parse(), Ok(HostPort(number)));
            prop_assert_eq!(Port::try_from(u64::from(number.get())), Ok(Port::tcp(number)));
        }
    }
}
