//! Paths on the machine that dmap runs on: [`LocalPath`] for a folder there, and [`ContextFile`] for a file within a build
//! context. The machine of the engine can be another one, whose paths are [`HostPath`](crate::HostPath)s.

use alloc::borrow::ToOwned;
use alloc::string::String;
use core::fmt;
use core::str::FromStr;

use crate::path::{PathError, serde_as_text};

/// Names a folder of the machine that dmap runs on; a relative one starts where dmap was started.
///
/// It has no empty component, no `.` and no trailing slash, except that it may be `.` itself. A `..` stays, because it
/// may follow a link.
///
/// ```
/// # use container_map::LocalPath;
/// let path: LocalPath = "./app//web/".parse()?;
/// assert_eq!(path.as_str(), "app/web");
/// # Ok::<(), container_map::PathError>(())
/// ```
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
// Invariant: cleaned, see `FromStr`.
pub struct LocalPath(String);

/// Names a file within a build context, from its top.
///
/// ```
/// # use container_map::ContextFile;
/// let file: ContextFile = "./docker/web.dockerfile".parse()?;
/// assert_eq!(file.as_str(), "docker/web.dockerfile");
/// assert!("../Dockerfile".parse::<ContextFile>().is_err());
/// # Ok::<(), container_map::PathError>(())
/// ```
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
// Invariant: relative, cleaned and without `..`.
pub struct ContextFile(String);

impl LocalPath {
    /// Returns the path as text.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl ContextFile {
    /// Returns the path as text.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl FromStr for LocalPath {
    type Err = PathError;

    fn from_str(text: &str) -> Result<Self, PathError> {
        checked(text)?;
        if is_remote(text) {
            return Err(PathError::Remote(text.to_owned()));
        }
        let root = if text.starts_with('/') { "/" } else { "" };
        let path = cleaned(text);
        Ok(Self(if root.is_empty() && path.is_empty() { ".".to_owned() } else { root.to_owned() + &path }))
    }
}

impl FromStr for ContextFile {
    type Err = PathError;

    fn from_str(text: &str) -> Result<Self, PathError> {
        checked(text)?;
        if text.starts_with('/') {
            return Err(PathError::OutsideOfContext(text.to_owned()));
        }
        let path = cleaned(text);
        if path.split('/').any(|component| component == "..") {
            return Err(PathError::OutsideOfContext(text.to_owned()));
        }
        if path.is_empty() { Err(PathError::Empty) } else { Ok(Self(path)) }
    }
}

/// Returns a path without empty components and `.`.
fn cleaned(text: &str) -> String {
    let mut path = String::with_capacity(text.len());
    for component in text.split('/').filter(|component| !matches!(*component, "" | ".")) {
        if !path.is_empty() {
            path.push('/');
        }
        path.push_str(component);
    }
    path
}

fn checked(text: &str) -> Result<(), PathError> {
    if text.is_empty() {
        return Err(PathError::Empty);
    }
    if text == "~" || text.starts_with("~/") {
        return Err(PathError::Home(text.to_owned()));
    }
    match text.chars().find(|c| c.is_control()) {
        Some(control) => Err(PathError::Control(text.to_owned(), control)),
        None => Ok(()),
    }
}

/// Returns whether a text names something that would have to be fetched: builds of Compose can.
pub(crate) fn is_remote(text: &str) -> bool {
    text.contains("://") || text.starts_with("git@") || text.starts_with("github.com/")
}

impl fmt::Display for LocalPath {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(&self.0)
    }
}

impl fmt::Display for ContextFile {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(&self.0)
    }
}

serde_as_text! {
    LocalPath => "a folder of this machine",
    ContextFile => "a file in a build context",
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn folders_are_cleaned_or_refused() {
        for (text, expected) in [
            (".", Ok(".")),
            ("./", Ok(".")),
            ("app/", Ok("app")),
            ("maps/./../app", Ok("maps/../app")),
            ("/", Ok("/")),
            ("//srv//app/.", Ok("/srv/app")),
            ("a:b", Ok("a:b")),
            ("", Err(PathError::Empty)),
            ("~/app", Err(PathError::Home("~/app".to_owned()))),
            ("https://example.org/x.git", Err(PathError::Remote("https://example.org/x.git".to_owned()))),
            ("git@example.org:x.git", Err(PathError::Remote("git@example.org:x.git".to_owned()))),
            ("a\nb", Err(PathError::Control("a\nb".to_owned(), '\n'))),
        ] {
            let found = text.parse::<LocalPath>();
            assert_eq!(found.as_ref().map(LocalPath::as_str), expected.as_ref().copied(), "{text:?}");
            if let Ok(path) = found {
                assert_eq!(path.as_str().parse(), Ok(path));
            }
        }
    }

    #[test]
    fn files_stay_in_their_context() {
        let outside = |text: &str| Err(PathError::OutsideOfContext(text.to_owned()));
        for (text, expected) in [
            ("Dockerfile", Ok("Dockerfile")),
            ("./a//b", Ok("a/b")),
            ("a..b", Ok("a..b")),
            ("/Dockerfile", outside("/Dockerfile")),
            ("a/../../b", outside("a/../../b")),
            ("./", Err(PathError::Empty)),
        ] {
            let found = text.parse::<ContextFile>();
            assert_eq!(found.as_ref().map(ContextFile::as_str), expected.as_ref().copied(), "{text:?}");
        }
    }
}
