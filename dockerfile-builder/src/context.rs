//! The build context: a Dockerfile, its files, and the rules for their places.

use std::collections::BTreeSet;
use std::io;

use crate::digest::ContextDigest;
use crate::dockerfile::Dockerfile;
use crate::error::{ContextError, Origin};
use crate::members::{Content, Members};
use crate::pack;
use crate::path::{ContextPath, SourcePath};
use crate::source::SourceTree;

/// A Dockerfile together with the files that its instructions copy.
///
/// Adding only takes note; [`pack`](Self::pack) looks at the sources and reports the first problem in the order of the
/// targets, whatever the order of the additions was.
/// Directories may overlap as long as no two different files want the same place.
#[derive(Clone, PartialEq, Eq, Debug)]
#[must_use = "a context does nothing until it is packed"]
pub struct BuildContext {
    dockerfile: Dockerfile,
    additions: BTreeSet<Addition>,
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
    Directory(SourcePath),
}

impl BuildContext {
    /// Returns a context that holds the Dockerfile and nothing else.
    pub fn new(dockerfile: Dockerfile) -> Self {
        Self { dockerfile, additions: BTreeSet::new() }
    }

    /// Returns the Dockerfile.
    pub fn dockerfile(&self) -> &Dockerfile {
        &self.dockerfile
    }

    /// Adds a file, or a symbolic link as such, of the source tree.
    pub fn add_file(self, source: SourcePath, target: ContextPath) -> Self {
        self.add(target, Added::File(source))
    }

    /// Adds a directory of the source tree with everything in it.
    pub fn add_directory(self, source: SourcePath, target: ContextPath) -> Self {
        self.add(target, Added::Directory(source))
    }

    /// Adds a file that exists in memory only.
    pub fn add_bytes(self, target: ContextPath, content: impl Into<Vec<u8>>) -> Self {
        self.add(target, Added::Bytes(content.into()))
    }

    fn add(mut self, target: ContextPath, what: Added) -> Self {
        self.additions.insert(Addition { target, what });
        self
    }

    /// Writes the context as one tar archive and returns its digest.
    ///
    /// The memory needed does not depend on the size of the files, and `out` sees many small writes.
    /// After an error the archive is cut off, without the marker that ends a complete one.
    pub fn pack(&self, tree: &dyn SourceTree, out: impl io::Write) -> Result<ContextDigest, ContextError> {
        pack::write(&self.members(tree)?, tree, out)
    }

    /// Returns the digest that [`pack`](Self::pack) would return, without keeping the archive.
    pub fn digest(&self, tree: &dyn SourceTree) -> Result<ContextDigest, ContextError> {
        self.pack(tree, io::sink())
    }

    /// Returns everything the archive will hold, each entry at its place.
    fn members(&self, tree: &dyn SourceTree) -> Result<Members<'_>, ContextError> {
        let mut members = Members::default();
        let text = self.dockerfile.to_string().into_bytes();
        members.claim(&ContextPath::dockerfile(), Content::Bytes(text.into()), Origin::Dockerfile)?;
        for Addition { target, what } in &self.additions {
            match what {
                Added::Bytes(content) => {
                    members.claim(target, Content::Bytes(content.into()), Origin::Bytes)?;
                }
                Added::File(source) => members.add_file(tree, source, target)?,
                Added::Directory(source) => members.add_directory(tree, source, target)?,
            }
        }
        Ok(members)
    }
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
