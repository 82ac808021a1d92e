//! Why a build context could not be packed.

use std::{fmt, io};

use thiserror::Error;

use crate::ignore::IgnoreError;
use crate::path::{ContextPath, PathError, SourcePath};

/// Why a build context could not be packed.
///
/// What was written until then is not a complete archive and must not be sent to an engine.
#[derive(Debug, Error)]
#[non_exhaustive]
pub enum ContextError {
    /// The source tree has nothing under this name.
    #[error("the source tree has no `{path}`")]
    Missing {
        /// The path that was looked for.
        path: SourcePath,
    },
    /// The source is there but could not be read.
    #[error("could not read `{path}` of the source tree")]
    Unreadable {
        /// The path of the file or directory.
        path: SourcePath,
        /// What the source tree reported.
        source: io::Error,
    },
    /// A symbolic link on the way to the source leads to a place outside the source tree.
    #[error("`{path}` leads out of the source tree")]
    Escapes {
        /// The path that was looked for.
        path: SourcePath,
    },
    /// The source is something other than it was added as.
    #[error("`{path}` of the source tree is not a {expected}")]
    WrongKind {
        /// The path that was added.
        path: SourcePath,
        /// What it was added as.
        expected: &'static str,
    },
    /// The source is a device, a socket or a pipe.
    #[error("`{path}` of the source tree is a device, socket or pipe, which a build context cannot hold")]
    Special {
        /// The path of the special file.
        path: SourcePath,
    },
    /// The name of a file, or the target of a link, is not UTF-8.
    #[error("`{name}` in `{path}` of the source tree is not UTF-8")]
    NotUtf8 {
        /// The directory or link.
        path: SourcePath,
        /// The name, as far as it can be shown.
        name: String,
    },
    /// The file had another length when it was read than when it was listed.
    #[error("`{path}` of the source tree changed while it was read")]
    Changed {
        /// The path of the file.
        path: SourcePath,
    },
    /// The patterns of what to leave out cannot be read.
    #[error("could not read the patterns of `{path}` of the source tree")]
    Ignore {
        /// The file of patterns.
        path: SourcePath,
        /// The line, and what is wrong with it.
        source: IgnoreError,
    },
    /// The build context has no Dockerfile where it should be.
    #[error("the build context has no `{path}`, which says how to build")]
    NoDockerfile {
        /// Where the Dockerfile should be.
        path: ContextPath,
    },
    /// A file that was added as an archive cannot be read as one.
    #[error("could not read `{path}` of the source tree as a tar archive, plain or compressed with gzip")]
    NotAnArchive {
        /// The path of the file.
        path: SourcePath,
        /// What the reader reported.
        source: io::Error,
    },
    /// An archive holds something that a build context cannot hold.
    #[error("could not add `{}` of the archive `{archive}` of the source tree", name.escape_debug())]
    InArchive {
        /// The path of the archive.
        archive: SourcePath,
        /// The name in the archive.
        name: String,
        /// What is wrong with it.
        source: ArchivedError,
    },
    /// Two sources want the same place in the context.
    #[error("`{target}` of the build context would be both {first} and {second}")]
    Collision {
        /// The place in the context.
        target: ContextPath,
        /// What has the place.
        first: Origin,
        /// What wants it as well.
        second: Origin,
    },
    /// The archive could not be written.
    #[error("could not write the packed build context")]
    Write {
        /// What the writer reported.
        source: io::Error,
    },
}

/// What is wrong with an entry of an archive.
#[derive(Clone, PartialEq, Eq, Debug, Error)]
#[non_exhaustive]
pub enum ArchivedError {
    /// Its name is not UTF-8.
    #[error("its name is not UTF-8")]
    NotUtf8,
    /// Its name is absolute or could lead out of the context.
    #[error("its name cannot be used")]
    Name(#[source] PathError),
    /// It is a device or a pipe.
    #[error("it is a device or pipe")]
    Special,
    /// It is a link without a text.
    #[error("it is a link to nothing")]
    Nothing,
    /// It is a hard link to a file that the archive does not hold before it.
    #[error("it is a hard link to `{target}`, which is no file of the archive before it")]
    Dangling {
        /// The text of the link.
        target: String,
    },
}

/// Where an entry of a build context comes from.
#[derive(Clone, PartialEq, Eq, Debug)]
#[non_exhaustive]
pub enum Origin {
    /// The rendered Dockerfile.
    Dockerfile,
    /// Bytes that were added from memory.
    Bytes,
    /// A file or directory of the source tree.
    Source(SourcePath),
    /// An entry of an archive of the source tree.
    Archive(SourcePath),
    /// A directory that has to be there because something else lies in it.
    Parent,
}

impl fmt::Display for Origin {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Dockerfile => f.write_str("the Dockerfile itself"),
            Self::Bytes => f.write_str("bytes from memory"),
            Self::Source(path) => write!(f, "`{path}` of the source tree"),
            Self::Archive(path) => write!(f, "an entry of the archive `{path}` of the source tree"),
            Self::Parent => f.write_str("a directory with content"),
        }
    }
}
