//! Why a build context could not be packed.

use std::{fmt, io};

use thiserror::Error;

use crate::path::{ContextPath, SourcePath};

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
    /// A directory that has to be there because something else lies in it.
    Parent,
}

impl fmt::Display for Origin {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Dockerfile => f.write_str("the Dockerfile itself"),
            Self::Bytes => f.write_str("bytes from memory"),
            Self::Source(path) => write!(f, "`{path}` of the source tree"),
            Self::Parent => f.write_str("a directory with content"),
        }
    }
}
