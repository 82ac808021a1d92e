//! Typed Dockerfiles and deterministic build contexts.
//!
//! A [`Dockerfile`] is a list of stages that is never empty; [`Dockerfile::from`] starts the first one and hands out a
//! chainable [`DockerfileBuilder`].
//! A [`BuildContext`] is a Dockerfile together with the files it copies.
//! The files live in a [`SourceTree`]: a folder of the host ([`HostTree`]) or a map in memory ([`MemoryTree`]).
//! Packing writes one tar archive to any [`std::io::Write`] and yields its [`ContextDigest`] from the same pass.
//!
//! ```
//! use dockerfile_builder::{BuildContext, ContextPath, Dockerfile, Encoding, MemoryTree, SourcePath};
//!
//! let site: ContextPath = "site".parse()?;
//! let dockerfile = Dockerfile::from("ubuntu:latest")
//!     .run("apt-get update")
//!     .run("apt-get -y upgrade")
//!     .copy(site.clone(), "/var/lib/my site")
//!     .build();
//! assert_eq!(
//!     dockerfile.to_string(),
//!     "FROM ubuntu:latest\n\
//!      RUN apt-get update\n\
//!      RUN apt-get -y upgrade\n\
//!      COPY [\"site\", \"/var/lib/my site\"]\n"
//! );
//!
//! let html: SourcePath = "html".parse()?;
//! let tree = MemoryTree::new().file("html/index.html".parse()?, "<p>Hello</p>");
//! let context = BuildContext::new(dockerfile).add_directory(html, site);
//!
//! let mut archive = Vec::new();
//! let digest = context.pack(&tree, Encoding::Plain, &mut archive)?;
//! assert_eq!(digest, context.digest(&tree)?);
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```
//!
//! [`shell`] has commands for `RUN`. A folder with a Dockerfile of its own is a context, too
//! ([`BuildContext::of_directory`]), without what its `.dockerignore` leaves out ([`Ignore`]).
//!
//! # Guarantees
//!
//! - Every value is literal unless it says otherwise: what is put in arrives, whatever quotes, blanks, `$` or glob characters
//!   it holds. No value can add an instruction, end one early, or swallow the next one.
//! - What is rendered is read as the same Dockerfile ([`FromStr`](std::str::FromStr)).
//! - Equal content gives equal bytes and an equal digest, on any machine and in whatever order it was added.
//! - No entry of an archive lies outside the context, and nothing outside the source tree is read.
//! - Packing takes memory for the names in one directory, never for contents or for all names; what is in an archive needs
//!   memory for its names.
//!
//! # What it does not do
//!
//! It does not talk to an engine, and does not check that a `COPY` finds its file in the context; [`context_uses`] says what
//! a Dockerfile takes, and [`base_images`] what it is based on.
//! A line break has no spelling in `ENV`, `LABEL`, `ARG`, `USER`, `WORKDIR` and `STOPSIGNAL`; a blank stands in for it there.
//! Options (`--chown=…`, `--mount=…`) have no quoting that all versions of the engine agree on; a character that would need
//! it is replaced by one that no engine accepts, so that the build fails instead of doing something else.
//!
//! # Errors
//!
//! Building and rendering a Dockerfile cannot fail.
//! [`PathError`], [`DigestError`], [`IgnoreError`] and [`DockerfileError`] say why a text is not what it should be,
//! [`ContextError`] why a context could not be packed.

mod ahead;
mod archive;
mod base;
mod builder;
mod chunks;
mod command;
mod context;
mod digest;
mod dockerfile;
mod encoding;
mod ending;
mod error;
#[cfg(feature = "fuzz")]
pub mod fuzz;
mod ignore;
mod instruction;
mod members;
mod pack;
mod path;
mod preamble;
mod quote;
mod read;
pub mod shell;
mod source;

pub use archive::top_level;
pub use base::{Base, StageRef};
pub use builder::DockerfileBuilder;
pub use command::Command;
pub use context::{BuildContext, ContextEntry, ContextKind};
pub use digest::{ContextDigest, DigestError};
pub use dockerfile::{Dockerfile, Stage};
pub use encoding::Encoding;
pub use ending::Ending;
pub use error::{ArchivedError, ContextError, Origin};
pub use ignore::{Ignore, IgnoreError, PatternError};
pub use instruction::{
    Access, AddFiles, AddSource, CopyFiles, Exposed, HealthCommand, Healthcheck, Instruction, Mount, Outside,
    Protocol, Run, RunNetwork, Script, Security, Sharing, Sources, Step, Value,
};
pub use path::{ContextPath, ImagePath, PathError, SourcePath};
pub use preamble::Preamble;
pub use read::{ContextUse, DockerfileError, Located, Used, base_images, context_uses, locate};
pub use source::{EntryKind, HostTree, MemoryTree, SourceEntry, SourceTree};
