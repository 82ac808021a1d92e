//! Where the files of a build context come from.

mod host;
mod memory;
mod walk;

use std::io;

pub use host::HostTree;
pub use memory::MemoryTree;
pub(crate) use walk::Walk;

use crate::error::ContextError;
use crate::path::SourcePath;

/// A tree of files, directories and symbolic links to pack a build context from.
///
/// # Guarantees
///
/// An implementation shows links as links and reads nothing that lies outside the tree. It is used by two threads at once: one
/// looks for what is to come, one reads.
pub trait SourceTree: Sync {
    /// Returns what is at `path`; a link there is not followed.
    ///
    /// # Errors
    ///
    /// [`ContextError::Missing`] if there is nothing.
    fn entry(&self, path: &SourcePath) -> Result<SourceEntry, ContextError>;

    /// Returns what lies directly in a directory, in any order.
    fn children(&self, directory: &SourcePath) -> Result<Vec<SourceEntry>, ContextError>;

    /// Opens the content of a file.
    fn read(&self, path: &SourcePath) -> Result<Box<dyn io::Read + '_>, ContextError>;
}

/// One entry of a source tree.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct SourceEntry {
    /// The path in the source tree.
    pub path: SourcePath,
    /// What is there.
    pub kind: EntryKind,
}

/// What an entry of a source tree is.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum EntryKind {
    /// A directory, empty or not.
    Directory,
    /// A regular file.
    File {
        /// Whether anybody may execute it.
        executable: bool,
        /// Its length in bytes.
        len: u64,
    },
    /// A symbolic link.
    Symlink {
        /// The text of the link, which may name something that does not exist.
        target: String,
    },
    /// A device, a socket or a pipe, which a build context cannot hold.
    Special,
}

/// Reads a small file as text, if there is one.
pub(crate) fn text(tree: &dyn SourceTree, path: &SourcePath) -> Result<Option<String>, ContextError> {
    match tree.entry(path) {
        Ok(SourceEntry { kind: EntryKind::File { .. }, .. }) => {}
        Ok(_) | Err(ContextError::Missing { .. }) => return Ok(None),
        Err(error) => return Err(error),
    }
    let read = io::read_to_string(tree.read(path)?);
    read.map(Some).map_err(|source| ContextError::Unreadable { path: path.clone(), source })
}
