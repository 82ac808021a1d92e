//! The build context: a Dockerfile, its files, and the rules for their places.

use std::collections::BTreeSet;
use std::{io, iter};

use crate::archive;
use crate::digest::ContextDigest;
use crate::dockerfile::Dockerfile;
use crate::encoding::Encoding;
use crate::error::{ContextError, Origin};
use crate::ignore::Ignore;
use crate::members::{self, Archived, Content, Member, Members, Stream, Unpacked};
use crate::pack;
use crate::path::{ContextPath, SourcePath};
use crate::source::{self, EntryKind, SourceEntry, SourceTree, Walk};

/// A Dockerfile together with the files that its instructions copy.
///
/// Adding only takes note; [`pack`](Self::pack) looks at the sources and reports the first problem in the order of the
/// targets, whatever the order of the additions was.
/// Directories may overlap as long as no two different files want the same place.
///
/// A directory that has a file `.dockerignore` is added without what that file leaves out; see [`Ignore`] for the rules.
#[derive(Clone, PartialEq, Eq, Debug)]
#[must_use = "a context does nothing until it is packed"]
pub struct BuildContext {
    recipe: Recipe,
    additions: BTreeSet<Addition>,
}

#[derive(Clone, PartialEq, Eq, Debug)]
enum Recipe {
    Rendered(Dockerfile),
    /// A directory of the source tree, which is the whole context, and the Dockerfile in it.
    Directory {
        directory: SourcePath,
        dockerfile: ContextPath,
    },
}

// The target comes first, because the derived order decides which problem is the first.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Debug)]
struct Addition {
    target: ContextPath,
    what: Added,
}

#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Debug)]
enum Added {
    Bytes(Vec<u8>),
    File(SourcePath),
    Archive(SourcePath),
    Directory(SourcePath),
    Either(SourcePath),
}

/// An entry of a build context.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct ContextEntry {
    /// Its place.
    pub path: ContextPath,
    /// What is there.
    pub kind: ContextKind,
}

/// What an entry of a build context is.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum ContextKind {
    /// A directory.
    Directory,
    /// A file.
    File {
        /// Whether it may be executed.
        executable: bool,
        /// Its length in bytes.
        len: u64,
    },
    /// A symbolic link.
    Symlink {
        /// The text of the link, which may name something that does not exist.
        target: String,
    },
    /// Another name of a file, which only an archive can bring.
    HardLink {
        /// The file.
        to: ContextPath,
    },
}

impl BuildContext {
    /// Returns a context that holds the Dockerfile and nothing else.
    pub fn new(dockerfile: Dockerfile) -> Self {
        Self { recipe: Recipe::Rendered(dockerfile), additions: BTreeSet::new() }
    }

    /// Returns a context that is a directory of the source tree, with a Dockerfile that lies in it.
    ///
    /// What `NAME.dockerignore` beside a Dockerfile `NAME` leaves out, or else `.dockerignore` at the top of the directory, is
    /// not in the context. The Dockerfile and the files of patterns always are, because the engine asks for them.
    pub fn of_directory(directory: SourcePath, dockerfile: ContextPath) -> Self {
        Self { recipe: Recipe::Directory { directory, dockerfile }, additions: BTreeSet::new() }
    }

    /// Returns the Dockerfile, unless it lies in the source tree.
    pub fn dockerfile(&self) -> Option<&Dockerfile> {
        match &self.recipe {
            Recipe::Rendered(dockerfile) => Some(dockerfile),
            Recipe::Directory { .. } => None,
        }
    }

    /// Returns the place of the Dockerfile in the context.
    pub fn dockerfile_path(&self) -> ContextPath {
        match &self.recipe {
            Recipe::Rendered(_) => ContextPath::dockerfile(),
            Recipe::Directory { dockerfile, .. } => dockerfile.clone(),
        }
    }

    /// Returns the text of the Dockerfile; none if it is a link, which is not followed, or not there.
    ///
    /// # Errors
    ///
    /// It cannot be read.
    pub fn dockerfile_text(&self, tree: &dyn SourceTree) -> Result<Option<String>, ContextError> {
        match &self.recipe {
            Recipe::Rendered(dockerfile) => Ok(Some(dockerfile.to_string())),
            Recipe::Directory { directory, dockerfile } => source::text(tree, &directory.under(dockerfile)),
        }
    }

    /// Adds a file, or a symbolic link as such, of the source tree.
    pub fn add_file(self, source: SourcePath, target: ContextPath) -> Self {
        self.note(target, Added::File(source))
    }

    /// Adds a directory of the source tree with everything in it that its `.dockerignore` does not leave out.
    pub fn add_directory(self, source: SourcePath, target: ContextPath) -> Self {
        self.note(target, Added::Directory(source))
    }

    /// Adds what is in a tar archive of the source tree, plain or compressed with gzip, below a directory.
    ///
    /// Owners and times are normalised as those of all files are, and an entry that could lead out of the context is an
    /// error.
    pub fn add_archive(self, source: SourcePath, target: ContextPath) -> Self {
        self.note(target, Added::Archive(source))
    }

    /// Adds a file that exists in memory only.
    pub fn add_bytes(self, target: ContextPath, content: impl Into<Vec<u8>>) -> Self {
        self.note(target, Added::Bytes(content.into()))
    }

    /// Adds a file or a directory of the source tree, whichever is there.
    pub fn add(self, source: SourcePath, target: ContextPath) -> Self {
        self.note(target, Added::Either(source))
    }

    fn note(mut self, target: ContextPath, what: Added) -> Self {
        self.additions.insert(Addition { target, what });
        self
    }

    /// Writes the context as one tar archive and returns its digest, which does not depend on the encoding.
    ///
    /// The memory needed does not depend on the size or number of the files, only on the number of names in one directory or
    /// archive.
    /// After an error the archive is cut off, without the marker that ends a complete one.
    pub fn pack(
        &self,
        tree: &dyn SourceTree,
        encoding: Encoding,
        out: impl io::Write,
    ) -> Result<ContextDigest, ContextError> {
        pack::digested(|| self.members(tree), tree, encoding, out)
    }

    /// Writes what [`pack`](Self::pack) writes, without the time that the digest takes.
    pub fn write(
        &self,
        tree: &dyn SourceTree,
        encoding: Encoding,
        out: impl io::Write,
    ) -> Result<(), ContextError> {
        pack::write(|| self.members(tree), tree, encoding, out)
    }

    /// Returns the digest that [`pack`](Self::pack) would return, without keeping the archive.
    pub fn digest(&self, tree: &dyn SourceTree) -> Result<ContextDigest, ContextError> {
        self.pack(tree, Encoding::Plain, io::sink())
    }

    /// Returns everything the archive will hold, in the order of the places; no file is read.
    pub fn entries<'a>(
        &'a self,
        tree: &'a dyn SourceTree,
    ) -> impl Iterator<Item = Result<ContextEntry, ContextError>> + 'a {
        self.members(tree).map(|member| {
            let (path, content) = member?;
            Ok(ContextEntry { path, kind: content.into() })
        })
    }

    fn members<'a>(&'a self, tree: &'a dyn SourceTree) -> Members<'a> {
        let mut streams = match &self.recipe {
            Recipe::Rendered(dockerfile) => vec![once(Ok(rendered(dockerfile)))],
            Recipe::Directory { directory, dockerfile } => {
                whole_directory(tree, directory, dockerfile).unwrap_or_else(|error| vec![once(Err(error))])
            }
        };
        streams.extend(self.additions.iter().map(|addition| {
            let stream = addition.stream(tree);
            // Why there is no stream is its only item.
            stream.unwrap_or_else(|error| once(Err(error)))
        }));
        Members::new(streams.into_iter())
    }
}

impl From<Content<'_>> for ContextKind {
    fn from(content: Content<'_>) -> Self {
        match content {
            Content::Directory => Self::Directory,
            Content::Bytes(bytes) => Self::File { executable: false, len: bytes.len() as u64 },
            Content::File { executable, len, .. }
            | Content::Archived(Archived { what: Unpacked::File { executable, len }, .. }) => {
                Self::File { executable, len }
            }
            Content::Archived(Archived { what: Unpacked::HardLink { to }, .. }) => Self::HardLink { to },
            Content::Symlink { target } => Self::Symlink { target },
        }
    }
}

impl Addition {
    /// Returns what it adds.
    fn stream<'a>(&'a self, tree: &'a dyn SourceTree) -> Result<Stream<'a>, ContextError> {
        let Self { target, what } = self;
        match what {
            Added::Bytes(content) => {
                let content = Content::Bytes(content.into());
                Ok(once(Ok(Member { place: target.clone(), content, origin: Origin::Bytes })))
            }
            Added::Archive(source) => {
                let listed = archive::list(tree, source, target)?;
                Ok(Box::new(listed.into_iter().map(Ok)))
            }
            Added::Directory(source) => directory(tree, source, target),
            Added::Either(source) if tree.entry(source)?.kind == EntryKind::Directory => {
                directory(tree, source, target)
            }
            Added::File(source) | Added::Either(source) => Ok(once(members::file(tree, source, target))),
        }
    }
}

fn once(member: Result<Member<'_>, ContextError>) -> Stream<'_> {
    Box::new(iter::once(member))
}

fn rendered(dockerfile: &Dockerfile) -> Member<'_> {
    let content = Content::Bytes(dockerfile.to_string().into_bytes().into());
    Member { place: ContextPath::dockerfile(), content, origin: Origin::Dockerfile }
}

/// Returns what a directory of the source tree adds.
fn directory<'a>(
    tree: &'a dyn SourceTree,
    top: &SourcePath,
    target: &ContextPath,
) -> Result<Stream<'a>, ContextError> {
    if tree.entry(top)?.kind != EntryKind::Directory {
        return Err(ContextError::WrongKind { path: top.clone(), expected: "directory" });
    }
    let ignore = patterns(tree, &top.under(&ContextPath::ignore()))?.unwrap_or_default();
    let itself =
        Member { place: target.clone(), content: Content::Directory, origin: Origin::Source(top.clone()) };
    Ok(Box::new(iter::once(Ok(itself)).chain(walk(tree, top, target, ignore))))
}

/// Returns what a context has that is a directory of the source tree.
fn whole_directory<'a>(
    tree: &'a dyn SourceTree,
    top: &SourcePath,
    dockerfile: &ContextPath,
) -> Result<Vec<Stream<'a>>, ContextError> {
    match tree.entry(&top.under(dockerfile)) {
        Ok(SourceEntry { kind: EntryKind::File { .. } | EntryKind::Symlink { .. }, .. }) => {}
        Ok(_) | Err(ContextError::Missing { .. }) => {
            return Err(ContextError::NoDockerfile { path: dockerfile.clone() });
        }
        Err(error) => return Err(error),
    }
    let ignore = match patterns(tree, &top.under(&dockerfile.own_ignore()))? {
        Some(ignore) => ignore,
        None => patterns(tree, &top.under(&ContextPath::ignore()))?.unwrap_or_default(),
    };
    let mut streams: Vec<Stream<'a>> = vec![Box::new(walk(tree, top, &ContextPath::root(), ignore))];
    for place in [dockerfile.clone(), dockerfile.own_ignore(), ContextPath::ignore()] {
        match members::file(tree, &top.under(&place), &place) {
            Err(ContextError::Missing { .. } | ContextError::WrongKind { .. }) => {}
            found => streams.push(once(found)),
        }
    }
    Ok(streams)
}

/// Returns what lies below a directory of the source tree, at its places in the context.
fn walk<'a>(
    tree: &'a dyn SourceTree,
    top: &SourcePath,
    target: &ContextPath,
    ignore: Ignore,
) -> impl Iterator<Item = Result<Member<'a>, ContextError>> + use<'a> {
    let (top, target) = (top.clone(), target.clone());
    Walk::new(tree, top.clone(), ignore).map(move |entry| {
        let SourceEntry { path, kind } = entry?;
        let content = members::content(&path, kind)?;
        Ok(Member { place: target.place(&top, &path), content, origin: Origin::Source(path) })
    })
}

/// Reads a file of patterns, if there is one.
fn patterns(tree: &dyn SourceTree, path: &SourcePath) -> Result<Option<Ignore>, ContextError> {
    let Some(text) = source::text(tree, path)? else {
        return Ok(None);
    };
    let ignore = text.parse().map_err(|source| ContextError::Ignore { path: path.clone(), source })?;
    Ok(Some(ignore))
}

#[cfg(test)]
mod tests {
    use std::error::Error;

    use super::*;
    use crate::source::MemoryTree;

    fn tree() -> Result<MemoryTree, Box<dyn Error>> {
        Ok(MemoryTree::new()
            .file("a/f".parse()?, "a")
            .file("b/f".parse()?, "b")
            .file("b/g/h".parse()?, "b")
            .file("Dockerfile".parse()?, "FROM scratch"))
    }

    /// Packs additions of the form `file a/f x`, in the given and in the opposite order.
    #[track_caller]
    fn check(additions: &[&str], expected: &str) -> Result<(), Box<dyn Error>> {
        let mut found = Vec::new();
        for additions in [additions.to_vec(), additions.iter().rev().copied().collect()] {
            let mut context = BuildContext::new(Dockerfile::from("scratch").build());
            for addition in additions {
                let words: Vec<_> = addition.split(' ').collect();
                context = match words[..] {
                    ["file", source, target] => context.add_file(source.parse()?, target.parse()?),
                    ["directory", source, target] => context.add_directory(source.parse()?, target.parse()?),
                    ["bytes", text, target] => context.add_bytes(target.parse()?, text),
                    _ => return Err(addition.into()),
                };
            }
            found.push(
                context.digest(&tree()?).map_or_else(|error| error.to_string(), |_| "packed".to_owned()),
            );
        }
        assert_eq!(found, [expected, expected]);
        Ok(())
    }

    #[test]
    fn two_sources_for_one_target_collide() -> Result<(), Box<dyn Error>> {
        let is_both = "`x` of the build context would be both";
        check(
            &["file a/f x", "file b/f x"],
            &format!("{is_both} `a/f` of the source tree and `b/f` of the source tree"),
        )?;
        check(&["bytes 1 x", "bytes 2 x"], &format!("{is_both} bytes from memory and bytes from memory"))?;
        check(
            &["file a/f x", "bytes 1 x/y"],
            &format!("{is_both} `a/f` of the source tree and a directory with content"),
        )?;
        check(
            &["directory a x", "file b/f x"],
            &format!("{is_both} `b/f` of the source tree and `a` of the source tree"),
        )?;
        check(
            &["directory . ."],
            "`Dockerfile` of the build context would be both the Dockerfile itself and `Dockerfile` of the source tree",
        )?;
        check(
            &["file a/f ."],
            "`.` of the build context would be both a directory with content and `a/f` of the source tree",
        )
    }

    #[test]
    fn overlaps_without_contradiction_are_fine() -> Result<(), Box<dyn Error>> {
        check(&["file a/f x", "file a/f x"], "packed")?;
        check(&["directory b x", "file b/f x/f", "file a/f x/g/i"], "packed")?;
        check(&["directory b/g x", "directory a x"], "packed")
    }

    #[test]
    fn sources_are_what_they_were_added_as() -> Result<(), Box<dyn Error>> {
        check(&["file c x"], "the source tree has no `c`")?;
        check(&["file a x"], "`a` of the source tree is not a file")?;
        check(&["directory a/f x"], "`a/f` of the source tree is not a directory")
    }
}
