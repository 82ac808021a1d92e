//! The entries of an archive before they are written, and the rules for their places.

use std::borrow::Cow;
use std::collections::VecDeque;
use std::iter::Peekable;

use crate::error::{ContextError, Origin};
use crate::path::{ContextPath, SourcePath};
use crate::source::{EntryKind, SourceTree};

/// Something at its place.
#[derive(Debug)]
pub(crate) struct Member<'a> {
    pub(crate) place: ContextPath,
    pub(crate) content: Content<'a>,
    pub(crate) origin: Origin,
}

/// What stands at a place of the archive.
#[derive(PartialEq, Eq, Debug)]
pub(crate) enum Content<'a> {
    Directory,
    Bytes(Cow<'a, [u8]>),
    File { source: SourcePath, executable: bool, len: u64 },
    Symlink { target: String },
    Archived(Archived),
}

/// What is packed when its archive is read for the second time.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(crate) struct Archived {
    /// The archive.
    pub(crate) source: SourcePath,
    /// Where its contents were placed.
    pub(crate) target: ContextPath,
    /// The position in the archive.
    pub(crate) index: usize,
    pub(crate) what: Unpacked,
}

/// An entry of an archive that is not where its name is alone.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(crate) enum Unpacked {
    File {
        executable: bool,
        len: u64,
    },
    /// Another name of a file of the same archive.
    HardLink {
        to: ContextPath,
    },
}

/// What one source adds, in the order of the places.
pub(crate) type Stream<'a> = Box<dyn Iterator<Item = Result<Member<'a>, ContextError>> + 'a>;

/// What all sources add, in the order of the places, each place once and directories before what lies in them.
///
/// # Guarantees
///
/// The root is not among the places, and every directory above a place is.
/// Of each source, one entry is held at a time.
pub(crate) struct Members<'a> {
    streams: Vec<Peekable<Stream<'a>>>,
    last: Option<Last>,
    ready: VecDeque<Member<'a>>,
}

/// What came last: everything below it would come next.
struct Last {
    place: ContextPath,
    origin: Origin,
    is_directory: bool,
}

impl<'a> Members<'a> {
    /// Brings several sources together.
    pub(crate) fn new(streams: impl Iterator<Item = Stream<'a>>) -> Self {
        Self { streams: streams.map(Iterator::peekable).collect(), last: None, ready: VecDeque::new() }
    }

    /// Takes the first entry of all that are left, and all that stand at the same place.
    fn take_first(&mut self) -> Option<Result<Member<'a>, ContextError>> {
        let mut first: Option<(usize, ContextPath)> = None;
        for (index, stream) in self.streams.iter_mut().enumerate() {
            match stream.peek() {
                Some(Ok(member)) if first.as_ref().is_none_or(|(_, place)| member.place < *place) => {
                    first = Some((index, member.place.clone()));
                }
                Some(Ok(_)) | None => {}
                Some(Err(_)) => return stream.next(),
            }
        }
        let (index, place) = first?;
        let member = match self.streams[index].next()? {
            Ok(member) => member,
            Err(error) => return Some(Err(error)),
        };
        for stream in &mut self.streams {
            while let Some(other) =
                stream.next_if(|next| next.as_ref().is_ok_and(|other| other.place == place))
            {
                // Directories merge, and the same thing twice is no contradiction.
                match other {
                    Ok(other) if other.content == member.content => {}
                    Ok(other) => return Some(Err(collision(place, member.origin, other.origin))),
                    Err(error) => return Some(Err(error)),
                }
            }
        }
        Some(Ok(member))
    }

    /// Makes an entry ready, together with the directories above it.
    fn prepare(&mut self, member: Member<'a>) -> Result<(), ContextError> {
        if member.place.is_root() {
            let is_directory = member.content == Content::Directory;
            return if is_directory {
                Ok(())
            } else {
                Err(collision(member.place, Origin::Parent, member.origin))
            };
        }
        for parent in member.place.parents() {
            match &self.last {
                // In this order, a directory that the last place lies in has been there.
                Some(last) if parent == last.place && !last.is_directory => {
                    return Err(collision(parent, last.origin.clone(), Origin::Parent));
                }
                Some(last) if parent.covers(&last.place) => {}
                Some(_) | None => self.ready.push_back(Member {
                    place: parent,
                    content: Content::Directory,
                    origin: Origin::Parent,
                }),
            }
        }
        self.last = Some(Last {
            place: member.place.clone(),
            origin: member.origin.clone(),
            is_directory: member.content == Content::Directory,
        });
        self.ready.push_back(member);
        Ok(())
    }
}

fn collision(target: ContextPath, first: Origin, second: Origin) -> ContextError {
    ContextError::Collision { target, first, second }
}

impl<'a> Iterator for Members<'a> {
    type Item = Result<(ContextPath, Content<'a>), ContextError>;

    fn next(&mut self) -> Option<Self::Item> {
        while self.ready.is_empty() {
            let prepared = self.take_first()?.and_then(|member| self.prepare(member));
            if let Err(error) = prepared {
                return Some(Err(error));
            }
        }
        self.ready.pop_front().map(|member| Ok((member.place, member.content)))
    }
}

/// Returns what a file or link of the source tree adds.
pub(crate) fn file<'a>(
    tree: &dyn SourceTree,
    source: &SourcePath,
    target: &ContextPath,
) -> Result<Member<'a>, ContextError> {
    let entry = tree.entry(source)?;
    let content = match entry.kind {
        EntryKind::Directory => {
            return Err(ContextError::WrongKind { path: source.clone(), expected: "file" });
        }
        kind => content(source, kind)?,
    };
    Ok(Member { place: target.clone(), content, origin: Origin::Source(source.clone()) })
}

/// Returns what an entry of the source tree is in the context.
pub(crate) fn content(source: &SourcePath, kind: EntryKind) -> Result<Content<'static>, ContextError> {
    match kind {
        EntryKind::Directory => Ok(Content::Directory),
        EntryKind::File { executable, len } => Ok(Content::File { source: source.clone(), executable, len }),
        EntryKind::Symlink { target } => Ok(Content::Symlink { target }),
        EntryKind::Special => Err(ContextError::Special { path: source.clone() }),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn directories_above_are_there_and_come_first() -> Result<(), Box<dyn std::error::Error>> {
        let stream = |place: &str, content| -> Result<Stream<'static>, Box<dyn std::error::Error>> {
            let member = Member { place: place.parse()?, content, origin: Origin::Bytes };
            Ok(Box::new(std::iter::once(Ok(member))))
        };
        let mut streams = vec![stream(".", Content::Directory)?];
        for place in ["a-b", "a/b/c", "a/b.c", "d/e/f/g", "d/h"] {
            streams.push(stream(place, Content::Bytes(Cow::default()))?);
        }
        let members: Vec<_> = Members::new(streams.into_iter()).collect::<Result<_, _>>()?;
        let places: Vec<_> = members.iter().map(|(place, _)| place.as_str()).collect();
        assert_eq!(places, ["a", "a/b", "a/b/c", "a/b.c", "a-b", "d", "d/e", "d/e/f", "d/e/f/g", "d/h"]);
        Ok(())
    }
}
