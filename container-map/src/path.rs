//! Absolute paths: [`ContainerPath`] inside a container and [`HostPath`] on the machine of the engine.
//!
//! Both are cleaned when they are read, so that two spellings of one place compare equal.
//! What the engine cannot express in a bind (`host:container:mode`) is refused here, with the reason.

use alloc::borrow::ToOwned;
use alloc::string::String;
use core::fmt;
use core::str::FromStr;

/// Implements `Serialize` as the `Display` text and `Deserialize` through `FromStr`, so that what is read is checked.
macro_rules! serde_as_text {
    ($($value:ty => $expecting:literal),+ $(,)?) => {$(
        impl serde::Serialize for $value {
            fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
                serializer.collect_str(self)
            }
        }

        impl<'de> serde::Deserialize<'de> for $value {
            fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
                struct Text;
                impl serde::de::Visitor<'_> for Text {
                    type Value = $value;

                    fn expecting(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
                        f.write_str($expecting)
                    }

                    fn visit_str<E: serde::de::Error>(self, text: &str) -> Result<Self::Value, E> {
                        text.parse().map_err(E::custom)
                    }
                }
                deserializer.deserialize_str(Text)
            }
        }

        crate::name::schema_of_text!($value, $expecting);
    )+};
}
pub(crate) use serde_as_text;

/// Says why a text is not a [`ContainerPath`] or a [`HostPath`].
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum PathError {
    /// There is no text.
    #[error("a path must not be empty")]
    Empty,
    /// A path in a container does not start with `/`.
    #[error("`{0}` is not absolute: a path in a container starts with `/`")]
    RelativeInContainer(String),
    /// A path on the host is relative, and there is no root to put it under.
    #[error("`{0}` is relative and there is no root for it: set `host_root` or write an absolute path")]
    RelativeOnHost(String),
    /// A component is `..`.
    #[error("`{0}` has a `..` component: write the path that it leads to")]
    Parent(String),
    /// The path starts with `~`, which is a feature of shells.
    #[error("`~` in `{0}` is expanded by `!path`, if `HOME` is set: use that or write the absolute path")]
    Home(String),
    /// The path has a drive letter or starts with two backslashes.
    #[error("`{0}` is a Windows path: only the paths of a Linux engine are supported")]
    Windows(String),
    /// The path has a colon.
    #[error("`{0}` has a `:`, which separates the parts of a bind for the engine")]
    Colon(String),
    /// What is built from is named by a web address or a repository.
    #[error("`{0}` is not on this machine: fetch it first, and name the folder that it is in")]
    Remote(String),
    /// A file of a build context is named from elsewhere.
    #[error("`{0}` is not in the build context: name the Dockerfile from the top of the context")]
    OutsideOfContext(String),
    /// The path has a control character, among them NUL and the line feed.
    #[error("{0:?} has the control character {1:?}")]
    Control(String, char),
}

/// Names an absolute place inside a container.
///
/// It has no trailing slash, no empty component, no `.` and no `..`; it may be `/` itself.
///
/// ```
/// # use container_map::ContainerPath;
/// let path: ContainerPath = "/var//lib/./app/".parse()?;
/// assert_eq!(path.as_str(), "/var/lib/app");
/// # Ok::<(), container_map::PathError>(())
/// ```
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
// Invariant: absolute and cleaned, see `clean`.
pub struct ContainerPath(String);

/// Names an absolute place on the machine that the engine runs on.
///
/// It is cleaned as a [`ContainerPath`] is; that the two are different types keeps the sides of a bind apart.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
// Invariant: absolute and cleaned, see `clean`.
pub struct HostPath(String);

impl ContainerPath {
    /// Returns the path as text.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// Returns whether this is the root directory, which the engine does not take as a mount point.
    pub fn is_root(&self) -> bool {
        self.0 == "/"
    }

    /// Returns whether `other` is this path or lies below it, by whole components.
    pub fn contains(&self, other: &Self) -> bool {
        match other.0.strip_prefix(&self.0) {
            Some(rest) => self.is_root() || rest.is_empty() || rest.starts_with('/'),
            None => false,
        }
    }

    /// Returns the directory that this path lies in; the root has none.
    #[must_use]
    pub fn parent(&self) -> Option<Self> {
        let (parent, _) = self.0.rsplit_once('/').filter(|_| !self.is_root())?;
        Some(Self(if parent.is_empty() { "/" } else { parent }.to_owned()))
    }

    /// Returns the last component; the root has none.
    pub fn file_name(&self) -> Option<&str> {
        self.0.rsplit('/').next().filter(|name| !name.is_empty())
    }
}

impl HostPath {
    /// Reads a path that may be relative to `root`, as docker-map reads host paths under `host_root`.
    ///
    /// ```
    /// # use container_map::HostPath;
    /// let root: HostPath = "/srv/site".parse()?;
    /// assert_eq!(HostPath::resolve("./config", Some(&root))?.as_str(), "/srv/site/config");
    /// assert_eq!(HostPath::resolve("/etc/ssl", Some(&root))?.as_str(), "/etc/ssl");
    /// assert!(HostPath::resolve("config", None).is_err());
    /// # Ok::<(), container_map::PathError>(())
    /// ```
    pub fn resolve(text: &str, root: Option<&Self>) -> Result<Self, PathError> {
        if is_windows(text) {
            return Err(PathError::Windows(text.to_owned()));
        }
        // A directory of that name would be made under the root, which nobody who writes `~` wants.
        if text == "~" || text.starts_with("~/") {
            return Err(PathError::Home(text.to_owned()));
        }
        let start = match (text.starts_with('/'), root) {
            (false, Some(root)) => root.as_str(),
            (false, None) if !text.is_empty() => return Err(PathError::RelativeOnHost(text.to_owned())),
            _ => "",
        };
        clean(start, text).map(Self)
    }

    /// Returns the path as text.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl FromStr for ContainerPath {
    type Err = PathError;

    fn from_str(text: &str) -> Result<Self, PathError> {
        if text.starts_with('/') || text.is_empty() {
            clean("", text).map(Self)
        } else if is_windows(text) {
            Err(PathError::Windows(text.to_owned()))
        } else {
            Err(PathError::RelativeInContainer(text.to_owned()))
        }
    }
}

impl FromStr for HostPath {
    type Err = PathError;

    fn from_str(text: &str) -> Result<Self, PathError> {
        Self::resolve(text, None)
    }
}

impl fmt::Display for ContainerPath {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(&self.0)
    }
}

impl fmt::Display for HostPath {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(&self.0)
    }
}

serde_as_text! {
    ContainerPath => "an absolute path in a container",
    HostPath => "an absolute path on the host",
}

/// Returns `text` below the clean path `start`, without empty components, `.` and a trailing slash.
fn clean(start: &str, text: &str) -> Result<String, PathError> {
    if text.is_empty() {
        return Err(PathError::Empty);
    }
    if let Some(control) = text.chars().find(|c| c.is_control()) {
        return Err(PathError::Control(text.to_owned(), control));
    }
    if text.contains(':') {
        return Err(PathError::Colon(text.to_owned()));
    }
    let mut path = start.trim_end_matches('/').to_owned();
    for component in text.split('/') {
        match component {
            "" | "." => {}
            // `a/..` is not always the parent of `a`: `a` may be a symbolic link.
            ".." => return Err(PathError::Parent(text.to_owned())),
            name => {
                path.push('/');
                path.push_str(name);
            }
        }
    }
    if path.is_empty() {
        path.push('/');
    }
    Ok(path)
}

/// Returns whether a text is `C:\…`, `C:/…`, `C:` or `\\server\…`.
fn is_windows(text: &str) -> bool {
    match text.as_bytes() {
        [b'\\', b'\\', ..] | [b'A'..=b'Z' | b'a'..=b'z', b':'] => true,
        [b'A'..=b'Z' | b'a'..=b'z', b':', slash, ..] => matches!(slash, b'\\' | b'/'),
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use alloc::string::ToString;

    use proptest::prelude::*;

    use super::*;

    fn path(text: &str) -> ContainerPath {
        text.parse().unwrap_or_else(|error| panic!("{text}: {error}"))
    }

    #[test]
    fn cleans() {
        for (text, expect) in [
            ("/", "/"),
            ("//", "/"),
            ("/.", "/"),
            ("/a/", "/a"),
            ("//a///b/./c", "/a/b/c"),
            ("/a b/ü", "/a b/ü"),
            ("/...", "/..."),
            ("/.hidden", "/.hidden"),
        ] {
            assert_eq!(path(text).as_str(), expect);
            assert_eq!(HostPath::resolve(text, None).map(|path| path.0), Ok(expect.to_owned()));
        }
    }

    #[test]
    fn refuses() {
        let text = String::from;
        for (input, expect) in [
            ("", PathError::Empty),
            ("a", PathError::RelativeInContainer(text("a"))),
            ("./a", PathError::RelativeInContainer(text("./a"))),
            ("/a/../b", PathError::Parent(text("/a/../b"))),
            ("/..", PathError::Parent(text("/.."))),
            ("/a:ro", PathError::Colon(text("/a:ro"))),
            ("/a\0", PathError::Control(text("/a\0"), '\0')),
            ("/a\nb", PathError::Control(text("/a\nb"), '\n')),
            ("C:\\data", PathError::Windows(text("C:\\data"))),
        ] {
            assert_eq!(input.parse::<ContainerPath>(), Err(expect));
        }
        for (input, expect) in [
            ("", PathError::Empty),
            ("a", PathError::RelativeOnHost(text("a"))),
            ("~/a", PathError::Home(text("~/a"))),
            ("c:/data", PathError::Windows(text("c:/data"))),
            ("\\\\server\\share", PathError::Windows(text("\\\\server\\share"))),
            ("/a:b", PathError::Colon(text("/a:b"))),
        ] {
            assert_eq!(input.parse::<HostPath>(), Err(expect));
        }
    }

    #[test]
    fn relates() {
        for (outer, inner, expect) in [
            ("/", "/", true),
            ("/", "/a", true),
            ("/a", "/a", true),
            ("/a", "/a/b", true),
            ("/a", "/ab", false),
            ("/a/b", "/a", false),
        ] {
            assert_eq!(path(outer).contains(&path(inner)), expect, "{outer} {inner}");
        }
        for (text, parent, name) in
            [("/", None, None), ("/a", Some("/"), Some("a")), ("/a/b", Some("/a"), Some("b"))]
        {
            assert_eq!(path(text).parent(), parent.map(path));
            assert_eq!(path(text).file_name(), name);
        }
    }

    #[test]
    fn resolves_below_the_root() {
        let resolve =
            |text, root: &str| HostPath::resolve(text, Some(&root.parse().expect("an absolute root")));
        for (text, root, expect) in [
            ("a", "/srv", "/srv/a"),
            ("./a/", "/srv", "/srv/a"),
            (".", "/srv", "/srv"),
            ("a", "/", "/a"),
            (".", "/", "/"),
            ("/a", "/srv", "/a"),
        ] {
            assert_eq!(resolve(text, root).map(|path| path.to_string()), Ok(expect.to_owned()));
        }
        assert_eq!(resolve("../a", "/srv"), Err(PathError::Parent("../a".to_owned())));
        assert_eq!(resolve("", "/srv"), Err(PathError::Empty));
    }

    #[test]
    fn serde_uses_the_text() {
        use serde::de::{IntoDeserializer, value};
        use serde::{Deserialize, Serialize};

        struct Text<'a>(&'a ContainerPath);
        impl fmt::Display for Text<'_> {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                self.0.serialize(f)
            }
        }
        let read = |text: &'static str| {
            let deserializer: value::StrDeserializer<'_, value::Error> = text.into_deserializer();
            ContainerPath::deserialize(deserializer).map_err(|error| error.to_string())
        };
        assert_eq!(read("/a/"), Ok(path("/a")));
        assert_eq!(read(""), Err("a path must not be empty".to_owned()));
        assert_eq!(Text(&path("/a/")).to_string(), "/a");
    }

    proptest! {
        #[test]
        fn text_round_trip(text in "(/[a-c.~ü ]{0,3}){1,5}") {
            if let Ok(path) = text.parse::<ContainerPath>() {
                prop_assert_eq!(path.to_string().parse(), Ok(path));
            }
            if let Ok(path) = text.parse::<HostPath>() {
                prop_assert_eq!(path.to_string().parse(), Ok(path));
            }
        }

        #[test]
        fn never_panics(text in any::<String>()) {
            let root = HostPath("/srv".to_owned());
            let _ = text.parse::<ContainerPath>();
            if let Ok(path) = HostPath::resolve(&text, Some(&root)) {
                prop_assert_eq!(path.to_string().parse(), Ok(path));
            }
        }
    }
}
