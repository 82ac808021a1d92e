//! A source tree in memory.

use std::collections::BTreeMap;
use std::io;
use std::ops::Bound;

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

    /// Returns the paths that were added below a path, in order.
    fn below<'a>(&'a self, top: &'a SourcePath) -> impl Iterator<Item = &'a SourcePath> {
        let after = self.nodes.range((Bound::Excluded(top), Bound::Unbounded)).map(|(path, _)| path);
        after.take_while(|path| top.covers(path))
    }

    fn insert(mut self, path: SourcePath, node: Node) -> Self {
        self.nodes.insert(path, node);
        self
    }
}

impl SourceTree for MemoryTree {
    fn entry(&self, path: &SourcePath) -> Result<SourceEntry, ContextError> {
        let is_parent = || self.below(path).next().is_some();
        let kind = match self.nodes.get(path) {
            Some(node) => node.kind(),
            // The root always exists, and so does a directory that nobody added but that has content.
            None if path.is_root() || is_parent() => EntryKind::Directory,
            None => return Err(ContextError::Missing { path: path.clone() }),
        };
        Ok(SourceEntry { path: path.clone(), kind })
    }

    fn children(&self, directory: &SourcePath) -> Result<Vec<SourceEntry>, ContextError> {
        if self.entry(directory)?.kind != EntryKind::Directory {
            return Err(ContextError::WrongKind { path: directory.clone(), expected: "directory" });
        }
        let mut names: Vec<&str> =
            self.below(directory).filter_map(|path| path.below(directory).split('/').next()).collect();
        names.dedup();
        let child = |name| {
            self.entry(&directory.join(name).map_err(|_| ContextError::Escapes { path: directory.clone() })?)
        };
        names.into_iter().map(child).collect()
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
        let entries = tree.children(&path.parse()?)?;
        Ok(entries.iter().map(|entry| format!("{} {:?}", entry.path, entry.kind)).collect())
    }

    #[test]
    fn directories_are_there_because_something_lies_in_them() -> Result<(), Box<dyn std::error::Error>> {
        let tree = MemoryTree::new()
            .executable("a/run".parse()?, "x")
            .file("ab".parse()?, "")
            .file("a/b/c/d".parse()?, "")
            .file("a/b/e".parse()?, "")
            .symlink("a/link".parse()?, "../ab");
        assert_eq!(
            names(&tree, "a")?,
            [
                "a/b Directory",
                "a/link Symlink { target: \"../ab\" }",
                "a/run File { executable: true, len: 1 }"
            ]
        );
        assert_eq!(names(&tree, ".")?, ["a Directory", "ab File { executable: false, len: 0 }"]);
        assert_eq!(names(&MemoryTree::new(), ".")?, [""; 0]);
        assert_eq!(tree.entry(&"a/b/c".parse()?)?.kind, EntryKind::Directory);
        assert!(matches!(tree.entry(&"b".parse()?), Err(ContextError::Missing { .. })));
        assert!(matches!(tree.children(&"ab".parse()?), Err(ContextError::WrongKind { .. })));
        assert!(matches!(tree.read(&"a/link".parse()?).err(), Some(ContextError::WrongKind { .. })));
        Ok(())
    }
}
