//! A source tree on the host, the only file of the crate that touches a filesystem.
//!
//! # Flow
//!
//! A path is resolved by following the links of the directories above it, which must end inside the root, and by not
//! following a link in its last segment.
//!
//! # Caveats
//!
//! Between resolving and opening, a file that is exchanged for a link is noticed (on Unix), but a directory above it is
//! not: pack a folder that only trusted programs write to.

use std::fs::{self, File, Metadata};
use std::io;
use std::path::{Path, PathBuf};

use walkdir::WalkDir;

use super::{EntryKind, SourceEntry, SourceTree};
use crate::error::ContextError;
use crate::path::SourcePath;

/// A folder of the host.
///
/// Symbolic links are kept as links, special files are refused, and nothing outside the folder is read.
/// Systems without permission bits know no executable files.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct HostTree {
    root: PathBuf,
}

impl HostTree {
    /// Returns the tree below a folder, which is looked at only when the tree is used.
    pub fn new(root: impl Into<PathBuf>) -> Self {
        Self { root: root.into() }
    }

    /// Returns the place of an entry, proven to lie inside the root.
    fn resolve(&self, path: &SourcePath) -> Result<PathBuf, ContextError> {
        let root = fs::canonicalize(&self.root)
            .map_err(|source| ContextError::Unreadable { path: SourcePath::root(), source })?;
        let Some((parent, name)) = path.split() else {
            return Ok(root);
        };
        let parent = fs::canonicalize(root.join(parent)).map_err(|source| failure(path, source))?;
        if !parent.starts_with(&root) {
            return Err(ContextError::Escapes { path: path.clone() });
        }
        Ok(parent.join(name))
    }
}

impl SourceTree for HostTree {
    fn list(&self, path: &SourcePath) -> Result<Vec<SourceEntry>, ContextError> {
        let top = self.resolve(path)?;
        let mut entries = Vec::new();
        // Sorted, so that of several problems the same one is reported on every machine.
        let walk = WalkDir::new(&top).follow_links(false).follow_root_links(false).sort_by_file_name();
        for found in walk {
            let found = found.map_err(|error| walk_failure(path, &top, error))?;
            let at = below(path, &top, found.path())?;
            let metadata = found.metadata().map_err(|error| walk_failure(path, &top, error))?;
            let kind = kind(&at, found.path(), &metadata)?;
            entries.push(SourceEntry { path: at, kind });
        }
        Ok(entries)
    }

    fn read(&self, path: &SourcePath) -> Result<Box<dyn io::Read + '_>, ContextError> {
        let place = self.resolve(path)?;
        let seen = fs::symlink_metadata(&place).map_err(|source| failure(path, source))?;
        if !seen.is_file() {
            return Err(ContextError::WrongKind { path: path.clone(), expected: "file" });
        }
        let file = File::open(&place).map_err(|source| failure(path, source))?;
        let opened = file.metadata().map_err(|source| failure(path, source))?;
        if !is_same(&seen, &opened) {
            return Err(ContextError::Changed { path: path.clone() });
        }
        Ok(Box::new(file))
    }
}

fn failure(path: &SourcePath, source: io::Error) -> ContextError {
    match source.kind() {
        io::ErrorKind::NotFound => ContextError::Missing { path: path.clone() },
        _ => ContextError::Unreadable { path: path.clone(), source },
    }
}

fn walk_failure(path: &SourcePath, top: &Path, error: walkdir::Error) -> ContextError {
    let at = error.path().and_then(|place| below(path, top, place).ok());
    // Links are not followed, so there is no loop, and every other error of a walk comes from the system.
    failure(at.as_ref().unwrap_or(path), error.into())
}

/// Returns the path in the tree of a `place` at or below `top`, which itself is `path`.
fn below(path: &SourcePath, top: &Path, place: &Path) -> Result<SourcePath, ContextError> {
    let mut text = path.as_str().to_owned();
    for segment in place.strip_prefix(top).unwrap_or(Path::new("")) {
        let Some(segment) = segment.to_str() else {
            return Err(ContextError::NotUtf8 {
                path: path.clone(),
                name: segment.to_string_lossy().into_owned(),
            });
        };
        text.push('/');
        text.push_str(segment);
    }
    // A walk yields neither `..` nor absolute names, so this is a path like every other.
    text.parse().map_err(|_| ContextError::Escapes { path: path.clone() })
}

fn kind(at: &SourcePath, place: &Path, metadata: &Metadata) -> Result<EntryKind, ContextError> {
    let file_type = metadata.file_type();
    if file_type.is_dir() {
        return Ok(EntryKind::Directory);
    }
    if file_type.is_file() {
        return Ok(EntryKind::File { executable: is_executable(metadata), len: metadata.len() });
    }
    if !file_type.is_symlink() {
        return Err(ContextError::Special { path: at.clone() });
    }
    let target = fs::read_link(place).map_err(|source| failure(at, source))?.into_os_string();
    let target = target.into_string().map_err(|target| ContextError::NotUtf8 {
        path: at.clone(),
        name: target.to_string_lossy().into_owned(),
    })?;
    Ok(EntryKind::Symlink { target })
}

#[cfg(unix)]
fn is_executable(metadata: &Metadata) -> bool {
    use std::os::unix::fs::PermissionsExt;
    metadata.permissions().mode() & 0o111 != 0
}

#[cfg(not(unix))]
fn is_executable(_: &Metadata) -> bool {
    false
}

#[cfg(unix)]
fn is_same(seen: &Metadata, opened: &Metadata) -> bool {
    use std::os::unix::fs::MetadataExt;
    (seen.dev(), seen.ino()) == (opened.dev(), opened.ino())
}

#[cfg(not(unix))]
fn is_same(_: &Metadata, opened: &Metadata) -> bool {
    opened.is_file()
}

#[cfg(all(test, unix))]
mod tests {
    use std::error::Error;
    use std::ffi::OsStr;
    use std::os::unix::ffi::OsStrExt;
    use std::os::unix::fs::{PermissionsExt, symlink};
    use std::os::unix::net::UnixListener;

    use super::*;

    fn listed(tree: &HostTree, path: &str) -> Result<String, Box<dyn Error>> {
        let entries = tree.list(&path.parse()?)?;
        let lines = entries.iter().map(|entry| format!("{} {:?}", entry.path, entry.kind));
        Ok(lines.collect::<Vec<_>>().join("\n"))
    }

    fn text(tree: &HostTree, path: &str) -> Result<String, Box<dyn Error>> {
        Ok(io::read_to_string(tree.read(&path.parse()?)?)?)
    }

    #[test]
    fn the_walk_keeps_links_and_executable_bits() -> Result<(), Box<dyn Error>> {
        let folder = tempfile::tempdir()?;
        fs::create_dir_all(folder.path().join("a/empty"))?;
        fs::write(folder.path().join("a/run.sh"), "#!/bin/sh\n")?;
        fs::set_permissions(folder.path().join("a/run.sh"), fs::Permissions::from_mode(0o750))?;
        fs::write(folder.path().join("a/data"), "data")?;
        symlink("/etc", folder.path().join("a/etc"))?;
        let tree = HostTree::new(folder.path());
        insta::assert_snapshot!(listed(&tree, "a")?, @r#"
        a Directory
        a/data File { executable: false, len: 4 }
        a/empty Directory
        a/etc Symlink { target: "/etc" }
        a/run.sh File { executable: true, len: 10 }
        "#);
        assert_eq!(text(&tree, "a/data")?, "data");
        Ok(())
    }

    #[test]
    fn links_are_not_followed_out_of_the_root() -> Result<(), Box<dyn Error>> {
        let folder = tempfile::tempdir()?;
        let root = folder.path().join("root");
        fs::create_dir_all(root.join("inner"))?;
        fs::write(folder.path().join("secret"), "secret")?;
        fs::write(root.join("inner/open"), "open")?;
        symlink("..", root.join("out"))?;
        symlink("inner", root.join("in"))?;
        symlink("../secret", root.join("last"))?;
        let tree = HostTree::new(&root);
        assert!(matches!(tree.read(&"out/secret".parse()?).err(), Some(ContextError::Escapes { .. })));
        assert!(matches!(tree.list(&"out/secret".parse()?), Err(ContextError::Escapes { .. })));
        assert!(matches!(tree.read(&"last".parse()?).err(), Some(ContextError::WrongKind { .. })));
        assert_eq!(text(&tree, "in/open")?, "open");
        assert_eq!(listed(&tree, "in")?, "in Symlink { target: \"inner\" }");
        Ok(())
    }

    #[test]
    fn special_files_and_foreign_names_are_refused() -> Result<(), Box<dyn Error>> {
        let folder = tempfile::tempdir()?;
        let tree = HostTree::new(folder.path());
        assert!(matches!(tree.list(&"none".parse()?), Err(ContextError::Missing { .. })));
        let socket = UnixListener::bind(folder.path().join("socket"))?;
        let refused = tree.list(&SourcePath::root());
        assert!(matches!(refused, Err(ContextError::Special { path }) if path.as_str() == "socket"));
        drop(socket);
        fs::remove_file(folder.path().join("socket"))?;
        fs::write(folder.path().join(OsStr::from_bytes(b"\xff")), "")?;
        assert!(matches!(tree.list(&SourcePath::root()), Err(ContextError::NotUtf8 { .. })));
        let gone = HostTree::new(folder.path().join("gone"));
        assert!(matches!(gone.list(&"a".parse()?), Err(ContextError::Unreadable { .. })));
        Ok(())
    }
}
