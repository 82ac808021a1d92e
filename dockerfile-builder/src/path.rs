//! Paths in the source tree, in the build context and in the image.

use std::cmp::Ordering;
use std::fmt;
use std::str::FromStr;

use thiserror::Error;

/// Why a text is not a path inside a tree.
#[derive(Clone, PartialEq, Eq, Debug, Error)]
#[non_exhaustive]
pub enum PathError {
    /// The text is empty; the root of a tree is written `.`.
    #[error("a path cannot be empty")]
    Empty,
    /// The path starts at the root of a filesystem instead of the root of the tree.
    #[error("`{path}` is absolute, but it must be relative to the root of its tree")]
    Absolute {
        /// The text as it was given.
        path: String,
    },
    /// The path has a `..`, which could lead out of the tree.
    #[error("`{path}` contains `..`, which could lead out of its tree")]
    Parent {
        /// The text as it was given.
        path: String,
    },
    /// The path has a NUL character, which no filesystem and no archive can store.
    #[error("`{}` contains a NUL character", path.escape_debug())]
    Nul {
        /// The text as it was given.
        path: String,
    },
}

/// Returns the segments of a path joined by single slashes; the root is the empty text, so that it sorts first.
fn normalise(text: &str) -> Result<String, PathError> {
    if text.is_empty() {
        return Err(PathError::Empty);
    }
    if text.starts_with('/') {
        return Err(PathError::Absolute { path: text.to_owned() });
    }
    if text.contains('\0') {
        return Err(PathError::Nul { path: text.to_owned() });
    }
    let segments: Vec<_> = text.split('/').filter(|segment| !matches!(*segment, "" | ".")).collect();
    if segments.contains(&"..") {
        return Err(PathError::Parent { path: text.to_owned() });
    }
    Ok(segments.join("/"))
}

/// Returns what to compare a path by: nothing sorts before the end of a segment, and no path has a NUL.
fn order(path: &str) -> impl Iterator<Item = u8> {
    path.bytes().map(|byte| if byte == b'/' { 0 } else { byte })
}

/// Returns one normalised path below another, either of which may be the root.
fn joined(top: &str, below: &str) -> String {
    match (top, below) {
        (top, "") => top.to_owned(),
        ("", below) => below.to_owned(),
        (top, below) => format!("{top}/{below}"),
    }
}

/// Whether a normalised path is `top` or lies below it.
fn covers(top: &str, path: &str) -> bool {
    top.is_empty() || path.strip_prefix(top).is_some_and(|rest| rest.is_empty() || rest.starts_with('/'))
}

macro_rules! tree_path {
    ($(#[$doc:meta])* $name:ident) => {
        $(#[$doc])*
        #[derive(Clone, PartialEq, Eq, Hash)]
        // Invariant: segments joined by single slashes, none of them empty, `.` or `..`; the root has no segments.
        pub struct $name(String);

        impl $name {
            /// Returns the root of the tree, written `.`.
            pub fn root() -> Self {
                Self(String::new())
            }

            /// Returns the normalised text.
            pub fn as_str(&self) -> &str {
                if self.0.is_empty() { "." } else { &self.0 }
            }

            /// Returns a path below this one.
            ///
            /// # Errors
            ///
            /// `below` is not a path.
            pub fn join(&self, below: &str) -> Result<Self, PathError> {
                let below: Self = below.parse()?;
                Ok(Self(joined(&self.0, &below.0)))
            }

            /// Whether `other` is this path or lies below it.
            pub(crate) fn covers(&self, other: &Self) -> bool {
                covers(&self.0, &other.0)
            }

            /// Whether this is the root of the tree.
            pub fn is_root(&self) -> bool {
                self.0.is_empty()
            }
        }

        impl Ord for $name {
            /// Orders segment by segment, so that a directory comes right before all that lies in it.
            fn cmp(&self, other: &Self) -> Ordering {
                order(&self.0).cmp(order(&other.0))
            }
        }

        impl PartialOrd for $name {
            fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
                Some(self.cmp(other))
            }
        }

        impl FromStr for $name {
            type Err = PathError;

            fn from_str(text: &str) -> Result<Self, PathError> {
                normalise(text).map(Self)
            }
        }

        impl TryFrom<&str> for $name {
            type Error = PathError;

            fn try_from(text: &str) -> Result<Self, PathError> {
                text.parse()
            }
        }

        impl TryFrom<String> for $name {
            type Error = PathError;

            fn try_from(text: String) -> Result<Self, PathError> {
                text.parse()
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(self.as_str())
            }
        }

        impl fmt::Debug for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                fmt::Debug::fmt(self.as_str(), f)
            }
        }
    };
}

tree_path! {
    /// A path in a build context: relative to its root, normalised, without `..`.
    ///
    /// It is the literal name of a file or directory, never a pattern.
    ///
    /// ```
    /// # use dockerfile_builder::{ContextPath, PathError};
    /// let path: ContextPath = "./conf//app.ini".parse()?;
    /// assert_eq!(path.as_str(), "conf/app.ini");
    /// assert!("/etc/passwd".parse::<ContextPath>().is_err());
    /// assert!("conf/../../x".parse::<ContextPath>().is_err());
    /// # Ok::<(), PathError>(())
    /// ```
    ContextPath
}

tree_path! {
    /// A path in a [`SourceTree`](crate::SourceTree): relative to its root, normalised, without `..`.
    ///
    /// It is a type of its own so that source and target of a file cannot be swapped.
    SourcePath
}

impl ContextPath {
    /// Returns the place of the Dockerfile in every build context, `Dockerfile`.
    pub fn dockerfile() -> Self {
        Self("Dockerfile".to_owned())
    }

    /// Returns the place of the patterns of what is left out of a build context, `.dockerignore`.
    pub(crate) fn ignore() -> Self {
        Self(".dockerignore".to_owned())
    }

    /// Returns the place of the patterns that are for the Dockerfile at this place alone.
    pub(crate) fn own_ignore(&self) -> Self {
        Self(format!("{}.dockerignore", self.0))
    }

    /// Returns where `entry` belongs when the directory `top` is placed at this path.
    ///
    /// Two normalised paths in a row are a normalised path, so this cannot fail.
    pub(crate) fn place(&self, top: &SourcePath, entry: &SourcePath) -> Self {
        Self(joined(&self.0, entry.below(top)))
    }

    /// Returns the names of the directories above and of the entry itself; none for the root.
    pub(crate) fn segments(&self) -> impl Iterator<Item = &str> {
        self.0.split('/').filter(|segment| !segment.is_empty())
    }

    /// Returns the directories above this path, the outermost first and without the root.
    pub(crate) fn parents(&self) -> impl Iterator<Item = Self> + '_ {
        self.0.match_indices('/').map(|(end, _)| Self(self.0[..end].to_owned()))
    }
}

impl SourcePath {
    /// Returns the directory above and the last segment, or `None` for the root.
    pub(crate) fn split(&self) -> Option<(&str, &str)> {
        if self.is_root() { None } else { Some(self.0.rsplit_once('/').unwrap_or((".", &self.0))) }
    }

    /// Returns the same path in a context.
    pub(crate) fn in_context(&self) -> ContextPath {
        ContextPath(self.0.clone())
    }

    /// Returns the path of what has a place in a context that this directory is.
    pub(crate) fn under(&self, place: &ContextPath) -> Self {
        Self(joined(&self.0, &place.0))
    }

    /// Returns the texts of the paths from the outermost directory to this path itself, without the root.
    pub(crate) fn prefixes(&self) -> impl Iterator<Item = &str> {
        let above = self.0.match_indices('/').map(|(end, _)| &self.0[..end]);
        above.chain((!self.is_root()).then_some(&*self.0))
    }

    /// Returns the rest of this path below `top`, which covers it; the empty text for `top` itself.
    pub(crate) fn below(&self, top: &Self) -> &str {
        self.0.strip_prefix(&*top.0).unwrap_or(&self.0).trim_start_matches('/')
    }
}

/// A path in the image: absolute, or relative to the current `WORKDIR`.
///
/// Any text is one; whether the path makes sense is up to the image.
/// As the target of a copy, a trailing slash says "into this directory".
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub struct ImagePath(String);

impl ImagePath {
    /// Returns the text, which is `.` for an empty one.
    pub fn as_str(&self) -> &str {
        if self.0.is_empty() { "." } else { &self.0 }
    }

    /// Returns the path of a name in this directory.
    pub(crate) fn join(&self, name: &str) -> Self {
        Self(format!("{}/{name}", self.as_str().trim_end_matches('/')))
    }
}

impl<S: Into<String>> From<S> for ImagePath {
    fn from(text: S) -> Self {
        Self(text.into())
    }
}

impl fmt::Display for ImagePath {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn paths_are_normalised_or_refused() {
        for (text, expected) in [
            ("a", Ok("a")),
            ("a/", Ok("a")),
            ("./a//b/./c", Ok("a/b/c")),
            (".", Ok(".")),
            ("./", Ok(".")),
            ("..a/b..", Ok("..a/b..")),
            ("a\\..\\b", Ok("a\\..\\b")),
            ("", Err("a path cannot be empty")),
            ("/a", Err("`/a` is absolute, but it must be relative to the root of its tree")),
            ("a/../b", Err("`a/../b` contains `..`, which could lead out of its tree")),
            ("..", Err("`..` contains `..`, which could lead out of its tree")),
            ("a\0", Err("`a\\0` contains a NUL character")),
        ] {
            let parsed = text.parse::<ContextPath>();
            let found = parsed.as_ref().map(ContextPath::as_str).map_err(ToString::to_string);
            assert_eq!(found, expected.map_err(str::to_owned), "{text:?}");
        }
    }

    #[test]
    fn placing_replaces_the_top() -> Result<(), PathError> {
        for (at, top, entry, expected) in [
            ("x", "a", "a", "x"),
            ("x/y", "a/b", "a/b/c/d", "x/y/c/d"),
            (".", "a", "a/b", "b"),
            ("x", ".", "a/b", "x/a/b"),
            (".", ".", ".", "."),
        ] {
            let placed = ContextPath::try_from(at)?.place(&top.parse()?, &entry.parse()?);
            assert_eq!(placed.as_str(), expected, "{entry} of {top} at {at}");
        }
        Ok(())
    }

    #[test]
    fn a_directory_comes_right_before_what_lies_in_it() -> Result<(), PathError> {
        let mut paths = ["b", "a b", "a/b/c", "a", "a-b", "a/b", "a/b-c", "."].map(SourcePath::try_from);
        paths.sort_by(|one, other| one.as_ref().ok().cmp(&other.as_ref().ok()));
        let paths = paths.into_iter().collect::<Result<Vec<_>, _>>()?;
        assert_eq!(format!("{paths:?}"), r#"[".", "a", "a/b", "a/b/c", "a/b-c", "a b", "a-b", "b"]"#);
        Ok(())
    }

    #[test]
    fn joining_stays_below() -> Result<(), PathError> {
        let path = SourcePath::try_from("a")?.join("./b//c")?;
        assert_eq!((path.as_str(), SourcePath::root().join("x")?.as_str()), ("a/b/c", "x"));
        assert!(path.join("../x").is_err() && path.join("/x").is_err());
        Ok(())
    }

    #[test]
    fn covering_respects_segments() -> Result<(), PathError> {
        let a: SourcePath = "a".parse()?;
        assert!(a.covers(&"a".parse()?) && a.covers(&"a/b".parse()?) && SourcePath::root().covers(&a));
        assert!(!a.covers(&"ab".parse()?) && !a.covers(&SourcePath::root()));
        Ok(())
    }
}
