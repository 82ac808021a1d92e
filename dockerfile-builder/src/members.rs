//! The entries of an archive before they are written, and the rules for their places.

use std::borrow::Cow;
use std::collections::BTreeMap;
use std::collections::btree_map::Entry;

use crate::error::{ContextError, Origin};
use crate::path::{ContextPath, SourcePath};
use crate::source::{EntryKind, SourceTree};

/// The entries of an archive, each at its place.
#[derive(Default, Debug)]
pub(crate) struct Members<'a> {
    // Invariant: the root is not in the map, and every directory above a place in the map is.
    places: BTreeMap<ContextPath, Member<'a>>,
}

#[derive(Debug)]
struct Member<'a> {
    content: Content<'a>,
    origin: Origin,
}

/// What stands at a place of the archive.
#[derive(PartialEq, Eq, Debug)]
pub(crate) enum Content<'a> {
    Directory,
    Bytes(Cow<'a, [u8]>),
    File { source: SourcePath, executable: bool, len: u64 },
    Symlink { target: String },
}

impl<'a> Members<'a> {
    /// Returns the entries in the order of their places, directories before what lies in them.
    pub(crate) fn iter(&self) -> impl Iterator<Item = (&ContextPath, &Content<'a>)> {
        self.places.iter().map(|(place, member)| (place, &member.content))
    }

    /// Adds a file or link of the source tree.
    pub(crate) fn add_file(
        &mut self,
        tree: &dyn SourceTree,
        source: &SourcePath,
        target: &ContextPath,
    ) -> Result<(), ContextError> {
        let found = tree.list(source)?.into_iter().find(|entry| entry.path == *source);
        match found.map(|entry| entry.kind) {
            None => Err(ContextError::Missing { path: source.clone() }),
            Some(EntryKind::Directory) => {
                Err(ContextError::WrongKind { path: source.clone(), expected: "file" })
            }
            Some(kind) => self.claim(target, content(source, kind), Origin::Source(source.clone())),
        }
    }

    /// Adds a directory of the source tree with everything in it.
    pub(crate) fn add_directory(
        &mut self,
        tree: &dyn SourceTree,
        source: &SourcePath,
        target: &ContextPath,
    ) -> Result<(), ContextError> {
        for entry in tree.list(source)? {
            if entry.path == *source && entry.kind != EntryKind::Directory {
                return Err(ContextError::WrongKind { path: source.clone(), expected: "directory" });
            }
            let place = target.place(source, &entry.path);
            self.claim(&place, content(&entry.path, entry.kind), Origin::Source(entry.path))?;
        }
        Ok(())
    }

    /// Puts something at its place, together with the directories above it.
    pub(crate) fn claim(
        &mut self,
        place: &ContextPath,
        content: Content<'a>,
        origin: Origin,
    ) -> Result<(), ContextError> {
        for parent in place.parents() {
            self.put(parent, Content::Directory, Origin::Parent)?;
        }
        if !place.is_root() {
            return self.put(place.clone(), content, origin);
        }
        if content == Content::Directory {
            return Ok(());
        }
        Err(ContextError::Collision { target: place.clone(), first: Origin::Parent, second: origin })
    }

    fn put(&mut self, place: ContextPath, content: Content<'a>, origin: Origin) -> Result<(), ContextError> {
        match self.places.entry(place) {
            Entry::Vacant(vacant) => {
                vacant.insert(Member { content, origin });
                Ok(())
            }
            // Directories merge, and the same thing twice is no contradiction.
            Entry::Occupied(taken) if taken.get().content == content => Ok(()),
            Entry::Occupied(taken) => Err(ContextError::Collision {
                target: taken.key().clone(),
                first: taken.get().origin.clone(),
                second: origin,
            }),
        }
    }
}

fn content(source: &SourcePath, kind: EntryKind) -> Content<'static> {
    match kind {
        EntryKind::Directory => Content::Directory,
        EntryKind::File { executable, len } => Content::File { source: source.clone(), executable, len },
        EntryKind::Symlink { target } => Content::Symlink { target },
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn directories_above_are_there_and_come_first() -> Result<(), Box<dyn std::error::Error>> {
        let mut members = Members::default();
        for place in ["a/b/c", "a-b", "a/b.c"] {
            members.claim(&place.parse()?, Content::Bytes(Cow::default()), Origin::Bytes)?;
        }
        members.claim(&ContextPath::root(), Content::Directory, Origin::Bytes)?;
        let places: Vec<_> = members.iter().map(|(place, _)| place.as_str()).collect();
        assert_eq!(places, ["a", "a-b", "a/b", "a/b.c", "a/b/c"]);
        Ok(())
    }
}
