//! The instructions of a stage and their syntax.

mod healthcheck;
mod mount;
mod port;
mod run;
mod transfer;
mod value;

use std::fmt;

pub(crate) use healthcheck::duration;
pub use healthcheck::{HealthCommand, Healthcheck};
pub use mount::{Access, Mount, Sharing};
pub use port::{Exposed, Protocol};
pub use run::{Outside, Run, RunNetwork, Script, Security};
pub(crate) use transfer::CopyOptions;
pub use transfer::{AddFiles, AddSource, CopyFiles, Sources};
pub use value::Value;

use crate::base::StageRef;
use crate::command::Command;
use crate::path::ImagePath;
use crate::quote;

/// One line, or a few, below a `FROM`.
///
/// All values are literal unless they say otherwise; rendering quotes them so that the engine sees exactly what is here.
#[derive(Clone, PartialEq, Eq, Debug)]
#[non_exhaustive]
pub enum Instruction {
    /// Something that the builder does.
    Step(Step),
    /// Something that the builder does when another image is built on this one.
    OnBuild(Step),
    /// Explains something to the reader; the engine does not see it.
    Comment(String),
    /// An empty line.
    Blank,
    /// Lines that are written as they are; nothing is checked or quoted.
    Raw(String),
}

/// What a builder does.
#[derive(Clone, PartialEq, Eq, Debug)]
#[non_exhaustive]
pub enum Step {
    /// Executes a command and keeps what it changed.
    Run(Run),
    /// Copies files from the build context, an earlier stage or an image.
    Copy(CopyFiles),
    /// Copies files and unpacks archives, or fetches them.
    Add(AddFiles),
    /// Declares a variable of the build, which `--build-arg` sets.
    Arg {
        /// The name of the variable.
        name: String,
        /// Its value if nothing sets it.
        default: Option<Value>,
    },
    /// Sets an environment variable for later instructions and for containers.
    Env {
        /// The name of the variable.
        name: String,
        /// Its value.
        value: Value,
    },
    /// Attaches a label to the image.
    Label {
        /// The name of the label.
        name: String,
        /// Its value.
        value: Value,
    },
    /// Sets the working directory for later instructions and for containers.
    Workdir(ImagePath),
    /// Sets the user for later instructions and for containers, as a name or number with an optional `:group`.
    User(String),
    /// Documents ports that containers listen on.
    Expose(Vec<Exposed>),
    /// Makes directories volumes of each container.
    Volume(Vec<ImagePath>),
    /// Sets the program that containers execute.
    Entrypoint(Command),
    /// Sets the command, or the arguments of the entry point, that containers start with.
    Cmd(Command),
    /// Sets how an engine finds out whether a container is well.
    Healthcheck(Healthcheck),
    /// Sets the signal that ends a container, as a name or number.
    StopSignal(String),
    /// Sets the program that executes scripts, with its arguments.
    Shell(Vec<String>),
}

impl Step {
    /// Returns the earlier stages that it refers to.
    pub(crate) fn stages(&self) -> Vec<StageRef> {
        let of = |outside: &Outside| match outside {
            Outside::Stage(stage) => Some(*stage),
            Outside::Image(_) => None,
        };
        match self {
            Self::Copy(CopyFiles { sources: Sources::Elsewhere(outside, _), .. }) => {
                of(outside).into_iter().collect()
            }
            Self::Run(run) => {
                let mounted = run.mounts.iter().filter_map(|mount| mount.outside().and_then(of));
                mounted.collect()
            }
            _ => Vec::new(),
        }
    }

    /// Makes each reference to a stage that does not come before `index` one that no engine accepts.
    pub(crate) fn before(mut self, index: usize) -> Self {
        let check = |outside: &mut Outside| {
            if let Outside::Stage(stage) = outside {
                *stage = stage.before(index);
            }
        };
        match &mut self {
            Self::Copy(CopyFiles { sources: Sources::Elsewhere(outside, _), .. }) => check(outside),
            Self::Run(run) => run.mounts.iter_mut().filter_map(Mount::outside_mut).for_each(check),
            _ => {}
        }
        self
    }
}

impl fmt::Display for Step {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Run(run) => write!(f, "RUN {run}"),
            Self::Copy(copy) => write!(f, "COPY {copy}"),
            Self::Add(add) => write!(f, "ADD {add}"),
            Self::Arg { name, default: None } => write!(f, "ARG {}", quote::variable(name)),
            Self::Arg { name, default: Some(value) } => write!(f, "ARG {}={value}", quote::variable(name)),
            Self::Env { name, value } => write!(f, "ENV {}={value}", quote::name(name)),
            Self::Label { name, value } => write!(f, "LABEL {}={value}", quote::name(name)),
            Self::Workdir(path) => write!(f, "WORKDIR {}", quote::argument(path.as_str())),
            Self::User(user) => write!(f, "USER {}", quote::argument(user)),
            Self::Expose(ports) => {
                f.write_str("EXPOSE")?;
                ports.iter().try_for_each(|port| write!(f, " {port}"))
            }
            Self::Volume(paths) => write!(f, "VOLUME {}", quote::words(paths.iter().map(ImagePath::as_str))),
            Self::Entrypoint(command) => write!(f, "ENTRYPOINT {command}"),
            Self::Cmd(command) => write!(f, "CMD {command}"),
            Self::Healthcheck(healthcheck) => write!(f, "HEALTHCHECK {healthcheck}"),
            Self::StopSignal(signal) => write!(f, "STOPSIGNAL {}", quote::argument(signal)),
            Self::Shell(program) => write!(f, "SHELL {}", quote::list(program)),
        }
    }
}

impl fmt::Display for Instruction {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Step(step) => step.fmt(f),
            Self::OnBuild(step) => write!(f, "ONBUILD {step}"),
            Self::Comment(text) => f.write_str(&quote::comment(text).collect::<Vec<_>>().join("\n")),
            Self::Blank => Ok(()),
            Self::Raw(text) => f.write_str(text.trim_end_matches('\n')),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_equals_sign_in_a_name_cannot_shift_the_value() {
        let label = Step::Label { name: "a=b".to_owned(), value: "c".into() };
        assert_eq!(label.to_string(), r#"LABEL "a=b"="c""#);
    }
}
