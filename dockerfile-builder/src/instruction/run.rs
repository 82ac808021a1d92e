//! What is executed while an image is built.

use std::fmt;

use crate::base::StageRef;
use crate::command::Command;
use crate::path::ImagePath;
use crate::quote;

/// A command with what it is given while it runs.
///
/// ```
/// # use dockerfile_builder::{Dockerfile, Mount, Run};
/// let install = Run::from("apk add curl").mount(Mount::cache("/var/cache/apk"));
/// let dockerfile = Dockerfile::from("alpine").run(install).build();
/// assert_eq!(dockerfile.to_string(), "FROM alpine\nRUN --mount=type=cache,target=/var/cache/apk apk add curl\n");
/// ```
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Run {
    pub(crate) script: Script,
    pub(crate) mounts: Vec<Mount>,
    pub(crate) network: Option<RunNetwork>,
    pub(crate) security: Option<Security>,
}

/// What a [`Run`] executes.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Script {
    /// A command on one line.
    Command(Command),
    /// A script of many lines, written as it is; needs `BuildKit`.
    ///
    /// A first line `#!…` names its interpreter; without one it is the shell of the image.
    Heredoc(String),
}

impl<C: Into<Command>> From<C> for Run {
    fn from(command: C) -> Self {
        Self::new(Script::Command(command.into()))
    }
}

impl Run {
    fn new(script: Script) -> Self {
        Self { script, mounts: Vec::new(), network: None, security: None }
    }

    /// Returns a script of many lines, which is written as a here-document; needs `BuildKit`.
    pub fn heredoc(text: impl Into<String>) -> Self {
        Self::new(Script::Heredoc(text.into()))
    }

    /// Mounts something while the command runs; needs `BuildKit`.
    #[must_use]
    pub fn mount(mut self, mount: Mount) -> Self {
        self.mounts.push(mount);
        self
    }

    /// Sets the network of the command; needs `BuildKit`.
    #[must_use]
    pub fn network(mut self, network: RunNetwork) -> Self {
        self.network = Some(network);
        self
    }

    /// Sets what the command may do; needs `BuildKit`.
    #[must_use]
    pub fn security(mut self, security: Security) -> Self {
        self.security = Some(security);
        self
    }
}

/// The network of a command that runs while an image is built.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
#[non_exhaustive]
pub enum RunNetwork {
    /// That of the build.
    Default,
    /// None.
    None,
    /// That of the host, which the build has to be allowed.
    Host,
}

/// What a command may do that runs while an image is built.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
#[non_exhaustive]
pub enum Security {
    /// What commands may do by default.
    Sandbox,
    /// Everything, which the build has to be allowed.
    Insecure,
}

/// What is mounted while a command runs.
///
/// The values of a mount have no quoting that all versions of the engine agree on. A character that would need it is
/// replaced by one that no engine accepts, so that the build fails.
#[derive(Clone, PartialEq, Eq, Debug)]
#[non_exhaustive]
pub enum Mount {
    /// A directory of the build context, of an earlier stage, or of an image; what is written there is thrown away.
    Bind {
        /// Where it is mounted.
        target: ImagePath,
        /// What it is a directory of; without one, of the build context.
        from: Option<Outside>,
        /// The directory; without one, all of it.
        source: Option<ImagePath>,
        /// Whether it can be written to.
        writable: bool,
    },
    /// A directory that stays between builds.
    Cache {
        /// Where it is mounted.
        target: ImagePath,
        /// What tells it from others; without one, the target.
        id: Option<String>,
        /// What happens when several builds want it.
        sharing: Option<Sharing>,
    },
    /// An empty directory in memory.
    Tmpfs {
        /// Where it is mounted.
        target: ImagePath,
        /// How many bytes it can hold.
        size: Option<u64>,
    },
    /// A secret that the build is given; it is not in the image.
    Secret {
        /// Which one.
        id: String,
        /// The file it is in; without one, and without a variable, `/run/secrets/ID`.
        target: Option<ImagePath>,
        /// The variable it is in.
        env: Option<String>,
        /// Whether the build fails without it.
        required: bool,
    },
    /// The socket of an agent with SSH keys.
    Ssh {
        /// Which one; without one, `default`.
        id: Option<String>,
        /// Whether the build fails without it.
        required: bool,
    },
}

impl Mount {
    /// Returns a directory that stays between builds.
    pub fn cache(target: impl Into<ImagePath>) -> Self {
        Self::Cache { target: target.into(), id: None, sharing: None }
    }

    /// Returns a secret that is a file at its usual place, and without which the build fails.
    pub fn secret(id: impl Into<String>) -> Self {
        Self::Secret { id: id.into(), target: None, env: None, required: true }
    }
}

/// What something is taken from that is not in the build context.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Outside {
    /// An earlier stage.
    Stage(StageRef),
    /// An image, as the user names it.
    Image(String),
}

impl fmt::Display for Outside {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Stage(stage) => stage.fmt(f),
            Self::Image(text) => f.write_str(&quote::option(text)),
        }
    }
}

/// What happens when several builds want one cache.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
#[non_exhaustive]
pub enum Sharing {
    /// All use it at once.
    Shared,
    /// Each has its own.
    Private,
    /// One after the other.
    Locked,
}

impl fmt::Display for Run {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for mount in &self.mounts {
            write!(f, "--mount={mount} ")?;
        }
        match self.network {
            None => {}
            Some(RunNetwork::Default) => f.write_str("--network=default ")?,
            Some(RunNetwork::None) => f.write_str("--network=none ")?,
            Some(RunNetwork::Host) => f.write_str("--network=host ")?,
        }
        match self.security {
            None => {}
            Some(Security::Sandbox) => f.write_str("--security=sandbox ")?,
            Some(Security::Insecure) => f.write_str("--security=insecure ")?,
        }
        match &self.script {
            Script::Command(command) => command.fmt(f),
            Script::Heredoc(text) => f.write_str(&quote::heredoc(text)),
        }
    }
}

impl fmt::Display for Mount {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (kind, fields) = self.fields();
        write!(f, "type={kind}")?;
        fields.into_iter().try_for_each(|(name, value)| match value {
            Some(value) => write!(f, ",{name}={}", quote::option(&value)),
            None => Ok(()),
        })
    }
}

impl Mount {
    /// Returns the kind and all that is said.
    fn fields(&self) -> (&'static str, Vec<(&'static str, Option<String>)>) {
        let path = |path: &ImagePath| Some(path.as_str().to_owned());
        let flag = |is_set: &bool| is_set.then(|| "true".to_owned());
        match self {
            Self::Bind { target, from, source, writable } => {
                let from = from.as_ref().map(ToString::to_string);
                let source = source.as_ref().and_then(path);
                (
                    "bind",
                    vec![
                        ("target", path(target)),
                        ("from", from),
                        ("source", source),
                        ("rw", flag(writable)),
                    ],
                )
            }
            Self::Cache { target, id, sharing } => {
                let sharing = sharing.map(|sharing| match sharing {
                    Sharing::Shared => "shared".to_owned(),
                    Sharing::Private => "private".to_owned(),
                    Sharing::Locked => "locked".to_owned(),
                });
                ("cache", vec![("target", path(target)), ("id", id.clone()), ("sharing", sharing)])
            }
            Self::Tmpfs { target, size } => {
                ("tmpfs", vec![("target", path(target)), ("size", size.map(|size| size.to_string()))])
            }
            Self::Secret { id, target, env, required } => {
                let target = target.as_ref().and_then(path);
                let id = Some(id.clone());
                (
                    "secret",
                    vec![("id", id), ("target", target), ("env", env.clone()), ("required", flag(required))],
                )
            }
            Self::Ssh { id, required } => ("ssh", vec![("id", id.clone()), ("required", flag(required))]),
        }
    }
}
