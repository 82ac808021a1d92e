//! A source tree on the host, the only file of the crate that touches a filesystem.
//!
//! # Guarantees
//!
//! Everything is opened relative to an open directory, the root at first, and nothing leads out of it: links among the
//! directories above a path are followed inside the root only, and one in its last segment is not followed. That holds, too,
//! if somebody exchanges files or directories meanwhile.

use std::fs::{self, File};
use std::io;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, OnceLock, PoisonError};

use cap_fs_ext::{DirExt as _, FollowSymlinks, OpenOptionsFollowExt as _, OpenOptionsSyncExt as _};
use cap_std::ambient_authority;
use cap_std::fs::{Dir, DirEntry, Metadata, OpenOptions};

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
    place: PathBuf,
    root: OnceLock<Arc<Dir>>,
    // The files of a directory are read one after the other, so it is opened once.
    last: Mutex<Option<Parent>>,
}

/// A directory of the tree in which entries are looked up.
#[derive(Clone, Debug)]
struct Parent {
    path: String,
    directory: Arc<Dir>,
}

impl HostTree {
    /// Returns the tree below a folder, which is looked at only when the tree is used.
    pub fn new(root: impl Into<PathBuf>) -> Self {
        Self { place: root.into(), root: OnceLock::new(), last: Mutex::default() }
    }

    fn root(&self) -> Result<Arc<Dir>, ContextError> {
        if let Some(root) = self.root.get() {
            return Ok(Arc::clone(root));
        }
        let opened = Dir::open_ambient_dir(&self.place, ambient_authority());
        let opened =
            opened.map_err(|source| ContextError::Unreadable { path: SourcePath::root(), source })?;
        Ok(Arc::clone(self.root.get_or_init(|| Arc::new(opened))))
    }

    /// Returns the directory in which an entry is, and its name there.
    fn parent<'a>(&self, path: &'a SourcePath) -> Result<(Arc<Dir>, &'a str), ContextError> {
        let root = self.root()?;
        let Some((parent, name)) = path.split() else {
            return Ok((root, "."));
        };
        let mut last = self.last.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(known) = last.as_ref().filter(|known| known.path == parent) {
            return Ok((Arc::clone(&known.directory), name));
        }
        let opened = root.open_dir(parent).map_err(|source| failure(path, source))?;
        let known = last.insert(Parent { path: parent.to_owned(), directory: Arc::new(opened) });
        Ok((Arc::clone(&known.directory), name))
    }
}

impl SourceTree for HostTree {
    fn entry(&self, path: &SourcePath) -> Result<SourceEntry, ContextError> {
        let (parent, name) = self.parent(path)?;
        let metadata = parent.symlink_metadata(name).map_err(|source| failure(path, source))?;
        Ok(SourceEntry { path: path.clone(), kind: kind(path, &parent, Path::new(name), &metadata)? })
    }

    fn children(&self, directory: &SourcePath) -> Result<Vec<SourceEntry>, ContextError> {
        let (parent, name) = self.parent(directory)?;
        let opened = parent.open_dir_nofollow(name).map_err(|source| match self.entry(directory) {
            Ok(SourceEntry { kind: EntryKind::Directory, .. }) => failure(directory, source),
            Ok(_) => ContextError::WrongKind { path: directory.clone(), expected: "directory" },
            Err(error) => error,
        })?;
        let mut entries = Vec::new();
        for found in opened.entries().map_err(|source| failure(directory, source))? {
            let found = found.map_err(|source| failure(directory, source))?;
            let path = child(directory, &found)?;
            let metadata = found.metadata().map_err(|source| failure(&path, source))?;
            let kind = kind(&path, &opened, Path::new(&found.file_name()), &metadata)?;
            entries.push(SourceEntry { path, kind });
        }
        Ok(entries)
    }

    fn read(&self, path: &SourcePath) -> Result<Box<dyn io::Read + '_>, ContextError> {
        let (parent, name) = self.parent(path)?;
        let mut options = OpenOptions::new();
        // Opening a pipe would wait for somebody who writes to it.
        options.read(true).follow(FollowSymlinks::No).nonblock(true);
        let no_file = || ContextError::WrongKind { path: path.clone(), expected: "file" };
        let file = parent.open_with(name, &options).map_err(|source| match self.entry(path) {
            Ok(SourceEntry { kind: EntryKind::File { .. }, .. }) => failure(path, source),
            Ok(_) => no_file(),
            Err(error) => error,
        })?;
        let opened = file.metadata().map_err(|source| failure(path, source))?;
        if opened.is_file() { Ok(Box::new(file.into_std())) } else { Err(no_file()) }
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
        // What the system refuses has a number; this is what the library refuses, because it would lead out of the root.
        io::ErrorKind::PermissionDenied if source.raw_os_error().is_none() => {
            ContextError::Escapes { path: path.clone() }
        }
        _ => ContextError::Unreadable { path: path.clone(), source },
    }
}

/// Returns the path of an entry that was found in a directory.
fn child(directory: &SourcePath, found: &DirEntry) -> Result<SourcePath, ContextError> {
    let name = found.file_name().into_string().map_err(|name| ContextError::NotUtf8 {
        path: directory.clone(),
        name: name.to_string_lossy().into_owned(),
    })?;
    // A listing has neither `..` nor absolute names, so this is a path like every other.
    directory.join(&name).map_err(|_| ContextError::Escapes { path: directory.clone() })
}

/// Returns what an entry of a directory is.
fn kind(at: &SourcePath, parent: &Dir, name: &Path, metadata: &Metadata) -> Result<EntryKind, ContextError> {
    if metadata.is_dir() {
        return Ok(EntryKind::Directory);
    }
    if metadata.is_file() {
        return Ok(EntryKind::File { executable: is_executable(metadata), len: metadata.len() });
    }
    if !metadata.is_symlink() {
        return Ok(EntryKind::Special);
    }
    let target = parent.read_link_contents(name).map_err(|source| failure(at, source))?.into_os_string();
    let target = target.into_string().map_err(|target| ContextError::NotUtf8 {
        path: at.clone(),
        name: target.to_string_lossy().into_owned(),
    })?;
    Ok(EntryKind::Symlink { target })
}

#[cfg(unix)]
fn is_executable(metadata: &Metadata) -> bool {
    use cap_std::fs::PermissionsExt as _;
    metadata.permissions().mode() & 0o111 != 0
}

#[cfg(not(unix))]
fn is_executable(_: &Metadata) -> bool {
    false
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
    fn exchanged_directories_lead_nowhere() -> Result<(), Box<dyn Error>> {
        let folder = tempfile::tempdir()?;
        let (root, outside) = (folder.path().join("root"), folder.path().join("outside"));
        fs::create_dir_all(root.join("a"))?;
        fs::create_dir(&outside)?;
        fs::write(root.join("a/f"), "inside")?;
        fs::write(outside.join("f"), "outside")?;
        let tree = HostTree::new(&root);
        assert_eq!(listed(&tree, "a")?, "a/f File { executable: false, len: 6 }");
        fs::rename(root.join("a"), root.join("b"))?;
        symlink(&outside, root.join("a"))?;
        assert!(matches!(tree.read(&"a/f".parse()?).err(), Some(ContextError::Escapes { .. })));
        // A directory that is open already stays the one it was.
        assert_eq!(text(&tree, "b/f")?, "inside");
        fs::rename(root.join("b"), root.join("c"))?;
        symlink(&outside, root.join("b"))?;
        assert_eq!(text(&tree, "b/f")?, "inside");
        Ok(())
    }

    #[test]
    fn special_files_are_shown_and_foreign_names_refused() -> Result<(), Box<dyn Error>> {
        let folder = tempfile::tempdir()?;
        let tree = HostTree::new(folder.path());
        assert!(matches!(tree.entry(&"none".parse()?), Err(ContextError::Missing { .. })));
        let socket = UnixListener::bind(folder.path().join("socket"))?;
        assert_eq!(listed(&tree, ".")?, "socket Special");
        let read = tree.read(&"socket".parse()?).err();
        assert!(matches!(read, Some(ContextError::WrongKind { .. })), "{read:?}");
        drop(socket);
        fs::remove_file(folder.path().join("socket"))?;
        fs::write(folder.path().join(OsStr::from_bytes(b"\xff")), "")?;
        assert!(matches!(tree.children(&SourcePath::root()), Err(ContextError::NotUtf8 { .. })));
        let gone = HostTree::new(folder.path().join("gone"));
        assert!(matches!(gone.entry(&"a".parse()?), Err(ContextError::Unreadable { .. })));
        Ok(())
    }
}
