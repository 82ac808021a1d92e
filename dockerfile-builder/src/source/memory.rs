//! A source tree in memory.

use std::collections::BTreeMap;
use std::io;

use super::{EntryKind, SourceEntry, SourceTree};
use crate::error::ContextError;
use crate::path::SourcePath;

/// A source tree that is held in memory, for generated files and for tests.
///
/// Directories exist because something lies in them; [`MemoryTree::directory`] is for empty ones.
/// A second entry with the same path replaces the first.
#[derive(Clone, PartialEq, Eq, Default, Debug)]
#[must_use = "the methods return the changed tree"]
pub struct MemoryTree {
    nodes: BTreeMap<SourcePath, Node>,
}

#[derive(Clone, PartialEq, Eq, Debug)]
enum Node {
    Directory,
    File { executable: bool, content: Vec<u8> },
    Symlink { target: String },
}

impl MemoryTree {
    /// Returns a tree with nothing in it.
    pub fn new() -> Self {
        Self::default()
    }

    /// Adds a file.
    pub fn file(self, path: SourcePath, content: impl Into<Vec<u8>>) -> Self {
        self.insert(path, Node::File { executable: false, content: content.into() })
    }

    /// Adds a file that may be executed.
    pub fn executable(self, path: SourcePath, content: impl Into<Vec<u8>>) -> Self {
        self.insert(path, Node::File { executable: true, content: content.into() })
    }

    /// Adds a directory, which may stay empty.
    pub fn directory(self, path: SourcePath) -> Self {
        self.insert(path, Node::Directory)
    }

    /// Adds a symbolic link.
    pub fn symlink(self, path: SourcePath, target: impl Into<String>) -> Self {
        self.insert(path, Node::Symlink { target: target.into() })
    }

    fn insert(mut self, path: SourcePath, node: Node) -> Self {
        self.nodes.insert(path, node);
        self
    }
}

impl SourceTree for MemoryTree {
    fn list(&self, path: &SourcePath) -> Result<Vec<SourceEntry>, ContextError> {
        let below = self.nodes.iter().filter(|(entry, _)| path.covers(entry));
        let mut entries: Vec<_> =
            below.map(|(entry, node)| SourceEntry { path: entry.clone(), kind: node.kind() }).collect();
        // The root always exists, and so does a directory that nobody added but that has content.
        let is_implied = !self.nodes.contains_key(path);
        if is_implied && entries.is_empty() && !path.is_root() {
            return Err(ContextError::Missing { path: path.clone() });
        }
        if is_implied {
            entries.insert(0, SourceEntry { path: path.clone(), kind: EntryKind::Directory });
        }
        Ok(entries)
    }

    fn read(&self, path: &SourcePath) -> Result<Box<dyn io::Read + '_>, ContextError> {
        match self.nodes.get(path) {
            Some(Node::File { content, .. }) => Ok(Box::new(content.as_slice())),
            Some(Node::Directory | Node::Symlink { .. }) => {
                Err(ContextError::WrongKind { path: path.clone(), expected: "file" })
            }
            None => Err(ContextError::Missing { path: path.clone() }),
        }
    }
}

impl Node {
    fn kind(&self) -> EntryKind {
        match self {
            Self::Directory => EntryKind::Directory,
            Self::File { executable, content } => {
                EntryKind::File { executable: *executable, len: content.len() as u64 }
            }
            Self::Symlink { target } => EntryKind::Symlink { target: target.clone() },
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn names(tree: &MemoryTree, path: &str) -> Result<Vec<String>, Box<dyn std::error::Error>> {
        let entries = tree.list(&path.parse()?)?;
        Ok(entries.iter().map(|entry| format!("{} {:?}", entry.path, entry.kind)).collect())
    }

    #[test]
    fn a_listing_is_the_entry_and_what_lies_below() -> Result<(), Box<dyn std::error::Error>> {
        let tree = MemoryTree::new()
            .executable("a/run".parse()?, "x")
            .file("ab".parse()?, "")
            .symlink("a/link".parse()?, "../ab");
        assert_eq!(
            names(&tree, "a")?,
            [
                "a Directory",
                "a/link Symlink { target: \"../ab\" }",
                "a/run File { executable: true, len: 1 }"
            ]
        );
        assert_eq!(names(&tree, "ab")?, ["ab File { executable: false, len: 0 }"]);
        assert_eq!(names(&MemoryTree::new(), ".")?, [". Directory"]);
        assert!(matches!(tree.list(&"b".parse()?), Err(ContextError::Missing { .. })));
        assert!(matches!(tree.read(&"a/link".parse()?).err(), Some(ContextError::WrongKind { .. })));
        Ok(())
    }
}
