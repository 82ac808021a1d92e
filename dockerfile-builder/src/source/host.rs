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
use std::sync::{Mutex, PoisonError};

use super::{EntryKind, SourceEntry, SourceTree};
use crate::context::BuildContext;
use crate::digest::ContextDigest;
use crate::dockerfile::Dockerfile;
use crate::encoding::Encoding;
use crate::error::ContextError;
use crate::path::SourcePath;

/// A folder of the host.
///
/// Symbolic links are kept as links, special files are refused, and nothing outside the folder is read.
/// Systems without permission bits know no executable files.
#[derive(Debug)]
pub struct HostTree {
    root: PathBuf,
    // The files of a directory are read one after the other, so its place is asked for once.
    resolved: Mutex<Option<Directory>>,
}

/// A directory of the tree and its place on the host, proven to lie inside the root.
#[derive(Clone, Debug)]
struct Directory {
    path: String,
    place: PathBuf,
}

impl HostTree {
    /// Returns the tree below a folder, which is looked at only when the tree is used.
    pub fn new(root: impl Into<PathBuf>) -> Self {
        Self { root: root.into(), resolved: Mutex::new(None) }
    }

    /// Returns the place of an entry, proven to lie inside the root.
    fn resolve(&self, path: &SourcePath) -> Result<PathBuf, ContextError> {
        match path.split() {
            None => self.root(),
            Some((parent, name)) => Ok(self.directory(parent, path)?.join(name)),
        }
    }

    fn root(&self) -> Result<PathBuf, ContextError> {
        fs::canonicalize(&self.root)
            .map_err(|source| ContextError::Unreadable { path: SourcePath::root(), source })
    }

    /// Returns the place of the directory in which `path` lies.
    fn directory(&self, parent: &str, path: &SourcePath) -> Result<PathBuf, ContextError> {
        let mut resolved = self.resolved.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(known) = resolved.as_ref().filter(|known| known.path == parent) {
            return Ok(known.place.clone());
        }
        let root = self.root()?;
        let place = fs::canonicalize(root.join(parent)).map_err(|source| failure(path, source))?;
        if !place.starts_with(&root) {
            return Err(ContextError::Escapes { path: path.clone() });
        }
        *resolved = Some(Directory { path: parent.to_owned(), place: place.clone() });
        Ok(place)
    }
}

impl SourceTree for HostTree {
    fn entry(&self, path: &SourcePath) -> Result<SourceEntry, ContextError> {
        let place = self.resolve(path)?;
        let metadata = fs::symlink_metadata(&place).map_err(|source| failure(path, source))?;
        Ok(SourceEntry { path: path.clone(), kind: kind(path, &place, &metadata)? })
    }

    fn children(&self, directory: &SourcePath) -> Result<Vec<SourceEntry>, ContextError> {
        let place = self.resolve(directory)?;
        let seen = fs::symlink_metadata(&place).map_err(|source| failure(directory, source))?;
        if !seen.is_dir() {
            return Err(ContextError::WrongKind { path: directory.clone(), expected: "directory" });
        }
        let listed = fs::read_dir(&place).map_err(|source| failure(directory, source))?;
        let mut entries = Vec::new();
        for found in listed {
            let found = found.map_err(|source| failure(directory, source))?;
            let path = child(directory, &found)?;
            let metadata = found.metadata().map_err(|source| failure(&path, source))?;
            entries.push(SourceEntry { kind: kind(&path, &found.path(), &metadata)?, path });
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

impl Dockerfile {
    /// Writes the text to a file of the host.
    pub fn save(&self, path: impl AsRef<Path>) -> io::Result<()> {
        fs::write(path, self.to_string())
    }
}

impl BuildContext {
    /// Writes the context to a file of the host and returns its digest; after an error there is no file.
    pub fn save(
        &self,
        tree: &dyn SourceTree,
        encoding: Encoding,
        path: impl AsRef<Path>,
    ) -> Result<ContextDigest, ContextError> {
        let file = File::create(&path).map_err(|source| ContextError::Write { source })?;
        self.pack(tree, encoding, file).inspect_err(|_| {
            // The first problem is what counts.
            let _ = fs::remove_file(&path);
        })
    }
}

fn failure(path: &SourcePath, source: io::Error) -> ContextError {
    match source.kind() {
        io::ErrorKind::NotFound => ContextError::Missing { path: path.clone() },
        _ => ContextError::Unreadable { path: path.clone(), source },
    }
}

/// Returns the path of an entry that was found in a directory.
fn child(directory: &SourcePath, found: &fs::DirEntry) -> Result<SourcePath, ContextError> {
    let name = found.file_name().into_string().map_err(|name| ContextError::NotUtf8 {
        path: directory.clone(),
        name: name.to_string_lossy().into_owned(),
    })?;
    // A listing has neither `..` nor absolute names, so this is a path like every other.
    directory.join(&name).map_err(|_| ContextError::Escapes { path: directory.clone() })
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
        return Ok(EntryKind::Special);
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
        let mut entries = tree.children(&path.parse()?)?;
        entries.sort_by(|one, other| one.path.cmp(&other.path));
        let lines = entries.iter().map(|entry| format!("{} {:?}", entry.path, entry.kind));
        Ok(lines.collect::<Vec<_>>().join("\n"))
    }

    fn text(tree: &HostTree, path: &str) -> Result<String, Box<dyn Error>> {
        Ok(io::read_to_string(tree.read(&path.parse()?)?)?)
    }

    #[test]
    fn a_listing_keeps_links_and_executable_bits() -> Result<(), Box<dyn Error>> {
        let folder = tempfile::tempdir()?;
        fs::create_dir_all(folder.path().join("a/empty"))?;
        fs::write(folder.path().join("a/run.sh"), "#!/bin/sh\n")?;
        fs::set_permissions(folder.path().join("a/run.sh"), fs::Permissions::from_mode(0o750))?;
        fs::write(folder.path().join("a/data"), "data")?;
        symlink("/etc", folder.path().join("a/etc"))?;
        let tree = HostTree::new(folder.path());
        insta::assert_snapshot!(listed(&tree, "a")?, @r#"
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
        assert!(matches!(tree.entry(&"out/secret".parse()?), Err(ContextError::Escapes { .. })));
        assert!(matches!(tree.children(&"out".parse()?), Err(ContextError::WrongKind { .. })));
        assert!(matches!(tree.read(&"last".parse()?).err(), Some(ContextError::WrongKind { .. })));
        assert_eq!(text(&tree, "in/open")?, "open");
        let link = EntryKind::Symlink { target: "inner".to_owned() };
        assert_eq!(tree.entry(&"in".parse()?)?.kind, link);
        Ok(())
    }

    #[test]
    fn special_files_are_shown_and_foreign_names_refused() -> Result<(), Box<dyn Error>> {
        let folder = tempfile::tempdir()?;
        let tree = HostTree::new(folder.path());
        assert!(matches!(tree.entry(&"none".parse()?), Err(ContextError::Missing { .. })));
        let socket = UnixListener::bind(folder.path().join("socket"))?;
        assert_eq!(listed(&tree, ".")?, "socket Special");
        drop(socket);
        fs::remove_file(folder.path().join("socket"))?;
        fs::write(folder.path().join(OsStr::from_bytes(b"\xff")), "")?;
        assert!(matches!(tree.children(&SourcePath::root()), Err(ContextError::NotUtf8 { .. })));
        let gone = HostTree::new(folder.path().join("gone"));
        assert!(matches!(gone.entry(&"a".parse()?), Err(ContextError::Unreadable { .. })));
        Ok(())
    }
}
