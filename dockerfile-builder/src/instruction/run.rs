//! What is executed while an image is built.

use std::fmt;

use super::mount::Mount;
use crate::base::StageRef;
use crate::command::Command;
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
    pub(crate) devices: Vec<Device>,
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
        Self { script, mounts: Vec::new(), network: None, security: None, devices: Vec::new() }
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

    /// Gives the command a device of the builder, by its name in
    /// [CDI](https://github.com/cncf-tags/container-device-interface) like `vendor.com/class=name`; needs a frontend of the
    /// `labs` channel.
    #[must_use]
    pub fn device(mut self, name: impl Into<String>, required: bool) -> Self {
        self.devices.push(Device { name: name.into(), required });
        self
    }
}

/// A device for a command.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(crate) struct Device {
    pub(crate) name: String,
    /// Whether the build fails without it.
    pub(crate) required: bool,
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
        for Device { name, required } in &self.devices {
            let required = if *required { ",required" } else { "" };
            write!(f, "--device={}{required} ", quote::option(name))?;
        }
        match &self.script {
            Script::Command(command) => command.fmt(f),
            Script::Heredoc(text) => f.write_str(&quote::heredoc(text)),
        }
    }
}
