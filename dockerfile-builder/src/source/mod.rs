//! Where the files of a build context come from.

mod host;
mod memory;

use std::io;

pub use host::HostTree;
pub use memory::MemoryTree;

use crate::error::ContextError;
use crate::path::SourcePath;

/// A tree of files, directories and symbolic links to pack a build context from.
///
/// # Guarantees
///
/// An implementation lists links as links and reads nothing that lies outside the tree.
pub trait SourceTree {
    /// Returns the entry at `path` and everything below it, in any order.
    ///
    /// Every entry is at or below `path`; a link is never followed.
    /// Nothing at `path` is [`ContextError::Missing`], so the list is not empty.
    fn list(&self, path: &SourcePath) -> Result<Vec<SourceEntry>, ContextError>;

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
}
