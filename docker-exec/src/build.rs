//! What is built on an engine, and what can be watched meanwhile.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt;
use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use container_map::{ImageRef, Secret};
use dockerfile_builder::{BuildContext, ContextDigest, ContextError, Encoding, SourceTree};
use map_planner::engine::EngineId;
use thiserror::Error;

use crate::error::EngineError;
use crate::output::Stream;

/// An image to build.
#[derive(Clone)]
pub struct BuildRequest {
    /// The Dockerfile and the files it copies.
    pub context: BuildContext,
    /// Where the files are.
    pub tree: Arc<dyn SourceTree + Send>,
    /// How the context is sent.
    pub encoding: Encoding,
    /// The digest that the context has to have; another one fails the build. None if that does not matter.
    pub digest: Option<ContextDigest>,
    /// What the image is called. All are given to it together, when it is there.
    pub tags: BTreeSet<ImageRef>,
    /// Labels beside those of the Dockerfile.
    pub labels: BTreeMap<String, String>,
    /// Values of `ARG`. They can be read in the image's history: a secret is none of them.
    pub args: BTreeMap<String, String>,
    /// The stage to build; none for the last one.
    pub target: Option<String>,
    /// What it is built for, as `linux/arm64`; none for what the engine runs on.
    pub platform: Option<String>,
    /// Names that steps find at an address, as `host` and `address`.
    pub hosts: Vec<(String, String)>,
    /// The network of the steps: `default`, `none`, `host`, or one of the engine's for the classic builder.
    pub network: Option<String>,
    /// Whether base images are pulled also if they are here.
    pub pull: bool,
    /// Whether steps are done again that were done before.
    pub no_cache: bool,
    /// What `RUN --mount=type=secret,id=NAME` finds, by its name. Only BuildKit has them.
    pub secrets: BTreeMap<String, Secret>,
    /// The sockets of agents with SSH keys, which `RUN --mount=type=ssh,id=NAME` can talk to, by their names; the usual one is
    /// `default`. Only BuildKit lends them.
    pub agents: BTreeMap<String, PathBuf>,
    /// Who builds; none for BuildKit where the engine has it, and else the classic builder.
    pub builder: Option<Builder>,
}

impl BuildRequest {
    /// Builds a context whose files are in a tree, with nothing else said.
    pub fn new(context: BuildContext, tree: impl SourceTree + Send + 'static) -> Self {
        Self {
            context,
            tree: Arc::new(tree),
            encoding: Encoding::Plain,
            digest: None,
            tags: BTreeSet::new(),
            labels: BTreeMap::new(),
            args: BTreeMap::new(),
            target: None,
            platform: None,
            hosts: Vec::new(),
            network: None,
            pull: false,
            no_cache: false,
            secrets: BTreeMap::new(),
            agents: BTreeMap::new(),
            builder: None,
        }
    }

    /// Gives the image one more name.
    #[must_use]
    pub fn tag(mut self, tag: ImageRef) -> Self {
        self.tags.insert(tag);
        self
    }

    /// Gives the image the tag `latest` in every repository that it has a name in.
    #[must_use]
    pub fn latest(mut self) -> Self {
        let latest: Vec<ImageRef> =
            self.tags.iter().filter_map(|tag| format!("{}:latest", tag.repository()).parse().ok()).collect();
        self.tags.extend(latest);
        self
    }
}

impl fmt::Debug for BuildRequest {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("BuildRequest").field("tags", &self.tags).finish_non_exhaustive()
    }
}

/// A part of the engine that builds images.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Builder {
    /// The first one: each step in a container, one after the other.
    Classic,
    /// The one that came after: steps side by side, with caches and secrets.
    BuildKit,
}

impl fmt::Display for Builder {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Classic => "the classic builder",
            Self::BuildKit => "BuildKit",
        })
    }
}

/// An image that was built.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Built {
    /// The engine's identifier of the image.
    pub image: EngineId,
    /// Who built it.
    pub builder: Builder,
}

/// A step of a build, as the engine calls it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct BuildStep {
    /// Its number among those that were told of, from 1.
    pub number: usize,
    /// The engine's words: `[2/3] RUN make`.
    pub name: String,
    /// The line of the Dockerfile, from 1, if it is a step of the Dockerfile.
    pub line: Option<usize>,
}

/// How a step of a build ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum StepEnd {
    /// It was done.
    Done,
    /// It had been done before.
    Cached,
    /// It failed.
    Failed,
}

/// Something that happens while an image is built.
#[derive(Debug)]
#[non_exhaustive]
pub enum BuildEvent<'a> {
    /// So much of the context was sent, in bytes.
    Sent {
        /// From the beginning on.
        bytes: u64,
    },
    /// A step began.
    StepStarted {
        /// The step.
        step: &'a BuildStep,
    },
    /// The command of a step wrote something, which can end within a line or a character.
    StepWrote {
        /// The step.
        step: &'a BuildStep,
        /// Where it wrote.
        stream: Stream,
        /// What it wrote, without secrets.
        bytes: &'a [u8],
    },
    /// A step ended.
    StepFinished {
        /// The step.
        step: &'a BuildStep,
        /// How.
        end: StepEnd,
        /// How long it took, if the engine says so.
        took: Option<Duration>,
    },
    /// The builder has something to say: a warning, or how far it is with an image.
    Told {
        /// Its words.
        text: &'a str,
    },
}

/// Somebody who watches a build. It is called between two answers of the engine and should not take long.
pub trait BuildWatcher: Send {
    /// Takes notice of an event.
    fn notice(&mut self, event: BuildEvent<'_>);
}

/// Watches nothing.
impl BuildWatcher for () {
    fn notice(&mut self, _event: BuildEvent<'_>) {}
}

/// Why there is no image. Nothing is left on the engine: no container, and no image with or without a name.
#[derive(Debug, Error)]
#[non_exhaustive]
pub enum BuildError {
    /// The context could not be read to its end.
    #[error("the build context cannot be read")]
    Context(#[source] ContextError),
    /// The context has another digest than it had to have.
    #[error("the build context is {found}, and not {expected} any more: something changed it meanwhile")]
    ContextChanged {
        /// What it had to be.
        expected: ContextDigest,
        /// What it was.
        found: ContextDigest,
    },
    /// A step failed, or the Dockerfile cannot be carried out.
    #[error("{}", .0.message)]
    Step(FailedStep),
    /// Something was asked for that the builder does not have.
    #[error("{builder} has no {what}")]
    Lacks {
        /// Who was to build.
        builder: Builder,
        /// What it lacks.
        what: &'static str,
    },
    /// The caller wished so.
    #[error("the build was cancelled")]
    Cancelled,
    /// The engine did not do what it was asked for.
    #[error(transparent)]
    Engine(#[from] EngineError),
}

/// What is known of a step that failed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FailedStep {
    /// The step, in the engine's words; none if no step was begun.
    pub step: Option<String>,
    /// The line of the Dockerfile, from 1.
    pub line: Option<usize>,
    /// The engine's words on the failure.
    pub message: String,
    /// The last lines that the step wrote.
    pub output: String,
}
