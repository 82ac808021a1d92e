//! The walk through a directory: in order, each folder once, without what is ignored.

use std::vec;

use super::{EntryKind, SourceEntry, SourceTree};
use crate::error::ContextError;
use crate::ignore::{Ignore, Matched};
use crate::path::SourcePath;

/// What lies below a directory, in the order of paths; a directory comes before what lies in it.
///
/// # Guarantees
///
/// An ignored directory is not looked into, unless a pattern with `!` could keep something in it.
/// The memory needed is for the names in the open directories, not for all of the tree.
pub(crate) struct Walk<'a> {
    tree: &'a dyn SourceTree,
    top: SourcePath,
    ignore: Ignore,
    open: Vec<Level>,
    next: Option<(SourcePath, Matched)>,
}

/// A directory that is being read.
struct Level {
    entries: vec::IntoIter<SourceEntry>,
    matched: Matched,
}

impl<'a> Walk<'a> {
    /// Walks through what lies below `top`.
    pub(crate) fn new(tree: &'a dyn SourceTree, top: SourcePath, ignore: Ignore) -> Self {
        let next = Some((top.clone(), Matched::default()));
        Self { tree, top, ignore, open: Vec::new(), next }
    }

    /// Goes into the directory that was seen last, if that is to be entered.
    fn enter(&mut self) -> Result<(), ContextError> {
        let Some((directory, matched)) = self.next.take() else {
            return Ok(());
        };
        let mut entries = self.tree.children(&directory)?;
        entries.sort_by(|one, other| one.path.cmp(&other.path));
        self.open.push(Level { entries: entries.into_iter(), matched });
        Ok(())
    }

    /// Returns an entry unless it is ignored, and remembers to enter it if it is a directory.
    fn look(&mut self, entry: SourceEntry) -> Option<Result<SourceEntry, ContextError>> {
        let above = self.open.last().map(|level| &level.matched)?;
        let below_top = entry.path.below(&self.top);
        let (is_excluded, matched) = self.ignore.look(above, below_top);
        let is_directory = entry.kind == EntryKind::Directory;
        if is_directory && (!is_excluded || self.ignore.may_keep_below(below_top)) {
            self.next = Some((entry.path.clone(), matched));
        }
        match entry.kind {
            _ if is_excluded => None,
            EntryKind::Special => Some(Err(ContextError::Special { path: entry.path })),
            EntryKind::Directory | EntryKind::File { .. } | EntryKind::Symlink { .. } => Some(Ok(entry)),
        }
    }
}

impl Iterator for Walk<'_> {
    type Item = Result<SourceEntry, ContextError>;

    fn next(&mut self) -> Option<Self::Item> {
        loop {
            if let Err(error) = self.enter() {
                self.open.clear();
                return Some(Err(error));
            }
            match self.open.last_mut()?.entries.next() {
                None => drop(self.open.pop()),
                Some(entry) => {
                    if let Some(found) = self.look(entry) {
                        return Some(found);
                    }
                }
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use std::io;
    use std::sync::Mutex;

    use super::*;
    use crate::source::MemoryTree;

    /// A tree that remembers which of its directories were read.
    struct Watched(MemoryTree, Mutex<Vec<String>>);

    impl SourceTree for Watched {
        fn entry(&self, path: &SourcePath) -> Result<SourceEntry, ContextError> {
            self.0.entry(path)
        }

        fn children(&self, directory: &SourcePath) -> Result<Vec<SourceEntry>, ContextError> {
            self.1.lock().unwrap().push(directory.to_string());
            self.0.children(directory)
        }

        fn read(&self, path: &SourcePath) -> Result<Box<dyn io::Read + '_>, ContextError> {
            self.0.read(path)
        }
    }

    /// Walks through a tree; returns what was found and which directories were read.
    #[track_caller]
    fn check(ignore: &str, found: &[&str], read: &[&str]) -> Result<(), Box<dyn std::error::Error>> {
        let mut tree = MemoryTree::new();
        for path in ["top/a-b", "top/a/x", "top/a/y/z", "top/b/c/d", "top/b/c/e", "outside"] {
            tree = tree.file(path.parse()?, "");
        }
        let watched = Watched(tree, Mutex::default());
        let walk = Walk::new(&watched, "top".parse()?, ignore.parse()?);
        let paths: Vec<String> =
            walk.map(|entry| Ok(entry?.path.to_string())).collect::<Result<_, ContextError>>()?;
        assert_eq!(paths, found, "{ignore:?}");
        assert_eq!(*watched.1.lock().unwrap(), read, "{ignore:?}");
        Ok(())
    }

    #[test]
    fn a_directory_comes_before_what_lies_in_it_and_is_read_once() -> Result<(), Box<dyn std::error::Error>> {
        let all = [
            "top/a",
            "top/a/x",
            "top/a/y",
            "top/a/y/z",
            "top/a-b",
            "top/b",
            "top/b/c",
            "top/b/c/d",
            "top/b/c/e",
        ];
        check("", &all, &["top", "top/a", "top/a/y", "top/b", "top/b/c"])
    }

    #[test]
    fn ignored_directories_are_entered_only_for_exceptions() -> Result<(), Box<dyn std::error::Error>> {
        check("a\nb", &["top/a-b"], &["top"])?;
        check("*\n!b/c/e", &["top/b/c/e"], &["top", "top/b", "top/b/c"])?;
        check("*\n!a", &["top/a", "top/a/x", "top/a/y", "top/a/y/z"], &["top", "top/a", "top/a/y"])?;
        check(
            "b\n!b/*/d\na/y",
            &["top/a", "top/a/x", "top/a-b", "top/b/c/d"],
            &["top", "top/a", "top/b", "top/b/c"],
        )
    }
}
