//! What holds for any bytes that reach a parser: bodies for `cargo fuzz`, which the tests run with random input too.
//!
//! Each function takes whatever bytes there are and panics if its parser breaks its word: it does not panic, it reads
//! what it prints, and it prints little more than it was given.

use alloc::string::{String, ToString};
use core::fmt::{Debug, Display};
use core::str::FromStr;

use crate::{
    ByteSize, ClientName, ConfigName, ContainerKey, ContainerPath, FileKind, GroupName, HostPath, HostPort,
    Ident, ImageRef, InstanceName, InterfaceName, LoadError, LoadOptions, MapName, Mode, NetworkKey,
    NetworkName, Owner, Port, Protocol, ResourceKey, Signal, User, VolumeKey, VolumeName, format_duration,
    load, parse_duration,
};

/// What a value can be printed with that was not written, in bytes: a tag `latest` for example. And an owner can be
/// printed twice, as user and as group.
const FILLED_IN: usize = 64;

/// A map: [`load`] gives a map that holds together, or problems at places in the text, in its order.
///
/// # Panics
///
/// If what this says does not hold.
pub fn map(bytes: &[u8]) {
    let text = text(bytes);
    match load(text, LoadOptions::default()) {
        Ok(map) => assert!(map.keys().all(|key| map.config(&key).is_some())),
        Err(LoadError::Syntax(error)) => {
            assert!(!error.message.is_empty());
            assert!(error.span.is_none_or(|span| text.get(span.bytes()).is_some()), "{text:?}");
        }
        Err(LoadError::Invalid(violations)) => {
            assert!(violations.iter().count() > 0);
            for violation in &violations {
                assert!(!violation.message().is_empty());
                let span = violation.span.as_ref().expect("because the map was read from text");
                assert!(text.get(span.bytes()).is_some(), "{violation:?} in {text:?}");
            }
            assert!(violations.iter().map(|violation| &violation.span).is_sorted());
        }
    }
}

/// All kinds of names.
pub fn names(bytes: &[u8]) {
    let text = text(bytes);
    round_trip::<MapName>(text);
    round_trip::<ConfigName>(text);
    round_trip::<InstanceName>(text);
    round_trip::<VolumeName>(text);
    round_trip::<NetworkName>(text);
    round_trip::<GroupName>(text);
    round_trip::<ClientName>(text);
    round_trip::<InterfaceName>(text);
}

/// An image reference, and one as a map has it, with a repository and a default tag.
///
/// # Panics
///
/// If what this says does not hold.
pub fn image(bytes: &[u8]) {
    let text = text(bytes);
    round_trip::<ImageRef>(text);
    if let Ok(image) = ImageRef::resolve(text, Some("registry.example.org:5000/team"), Some("dev")) {
        assert_eq!(image.to_string().parse(), Ok(image), "{text:?}");
    }
}

/// A port of a container, one of the host, and a protocol.
pub fn port(bytes: &[u8]) {
    let text = text(bytes);
    round_trip::<Port>(text);
    round_trip::<HostPort>(text);
    round_trip::<Protocol>(text);
}

/// A size in bytes.
pub fn size(bytes: &[u8]) {
    round_trip::<ByteSize>(text(bytes));
}

/// A duration.
///
/// # Panics
///
/// If what this says does not hold.
pub fn duration(bytes: &[u8]) {
    match parse_duration(text(bytes)) {
        Ok(duration) => assert_eq!(parse_duration(&format_duration(duration)), Ok(duration)),
        Err(error) => assert!(!error.to_string().is_empty()),
    }
}

/// An access mode, which sets nothing but the bits of a mode; one that settles does so at once.
///
/// # Panics
///
/// If what this says does not hold.
pub fn mode(bytes: &[u8]) {
    let text = text(bytes);
    round_trip::<Mode>(text);
    let Ok(mode) = text.parse::<Mode>() else {
        return;
    };
    let settles = mode.is_idempotent();
    for kind in [FileKind::Directory, FileKind::Other] {
        for current in [0, 0o644, 0o755, 0o4711, 0o7777, u32::MAX] {
            let once = mode.apply(current, kind);
            assert_eq!(once & !0o7777, 0, "{text:?}");
            assert!(!settles || mode.apply(once, kind) == once, "{text:?}");
        }
    }
}

/// A path in a container, and one on the host.
///
/// # Panics
///
/// If what this says does not hold.
pub fn path(bytes: &[u8]) {
    let text = text(bytes);
    round_trip::<ContainerPath>(text);
    round_trip::<HostPath>(text);
    if let Ok(path) = text.parse::<ContainerPath>() {
        assert!(path.contains(&path));
        assert!(
            path.parent().is_none_or(|parent| parent.contains(&path) && !path.contains(&parent)),
            "{text:?}"
        );
    }
    let root: HostPath = "/srv".parse().expect("because it is absolute");
    if let Ok(path) = HostPath::resolve(text, Some(&root)) {
        assert!(path.as_str().starts_with('/'), "{text:?}");
    }
}

/// A user, with and without a group, and an owner.
pub fn user(bytes: &[u8]) {
    let text = text(bytes);
    round_trip::<Ident>(text);
    round_trip::<Owner>(text);
    round_trip::<User>(text);
}

/// A signal.
pub fn signal(bytes: &[u8]) {
    round_trip::<Signal>(text(bytes));
}

/// All kinds of keys.
pub fn key(bytes: &[u8]) {
    let text = text(bytes);
    round_trip::<ContainerKey>(text);
    round_trip::<VolumeKey>(text);
    round_trip::<NetworkKey>(text);
    round_trip::<ResourceKey>(text);
}

/// Returns the text that the bytes begin with.
fn text(bytes: &[u8]) -> &str {
    bytes.utf8_chunks().next().map_or("", |chunk| chunk.valid())
}

/// Checks that what is read is printed so that it reads the same, and that what is not read has a reason.
fn round_trip<T>(text: &str)
where
    T: FromStr + Display + PartialEq + Debug,
    T::Err: Display + PartialEq + Debug,
{
    match text.parse::<T>() {
        Ok(value) => {
            let printed: String = value.to_string();
            assert!(printed.len() <= 2 * text.len() + FILLED_IN, "{text:?} is printed as {printed:?}");
            assert_eq!(printed.parse(), Ok(value), "{text:?}");
        }
        Err(error) => assert!(!error.to_string().is_empty(), "{text:?}"),
    }
}
