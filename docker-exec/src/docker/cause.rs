//! Why a request failed, and which family of causes that is. Nobody else looks at status codes or bollard's errors.

use std::time::Duration;

use container_map::SecretSource;
use thiserror::Error;

use super::archive::ArchiveError;
use super::secrets::Secrets;
use crate::build::BuildError;
use crate::error::{EngineError, Kind};

/// Why a request failed.
#[derive(Debug, Error)]
pub(super) enum Cause {
    /// The engine answered, and the answer is no.
    #[error("{message}")]
    Answered { status: u16, message: String },
    /// The engine said yes at first and reported the failure in the course of its answer.
    #[error("{0}")]
    Streamed(String),
    /// The request or its answer did not get through.
    #[error("the connection to the engine failed")]
    Transport(#[source] hyper_util::client::legacy::Error),
    /// The answer broke off.
    #[error("the engine's answer broke off")]
    Broken(#[source] hyper::Error),
    /// The answer is not what the API says.
    #[error("the engine's answer cannot be read")]
    Unreadable(#[source] serde_json::Error),
    /// A request cannot be put into words.
    #[error("the request cannot be written")]
    Unwritable(#[source] serde_json::Error),
    /// There was no answer in time.
    #[error("the engine did not answer within {} s", .0.as_secs())]
    TimedOut(Duration),
    /// A container is not as far as it was waited for.
    #[error("it is not {state} after {} s{}{}", patience.as_secs_f32(), last_words("its health check wrote", check),
        last_words("it wrote", output))]
    NotReached { state: &'static str, patience: Duration, check: String, output: String },
    /// A container that should run has ended.
    #[error("it ended with exit code {exit}{}", last_words("it wrote", output))]
    Ended { exit: i64, output: String },
    /// A container's health check fails.
    #[error(
        "it is unhealthy{}{}",
        last_words("its health check wrote", check),
        last_words("it wrote", output)
    )]
    Unhealthy { check: String, output: String },
    /// A container that should run fell and was started again by the engine.
    #[error("it does not stay up: its restart policy started it again{}", last_words("it wrote", .0))]
    Restarted(String),
    /// Something that will be otherwise in a moment: a name that is taken by what is only just being made.
    #[error(transparent)]
    NotYet(Box<Self>),
    /// The answer was lost, and what is there does not tell whether it was done.
    #[error("the answer was lost, and whether the container was started does not show: it does not run")]
    Unclear(#[source] Box<Self>),
    /// The engine was lost while a command ran.
    #[error("the engine was lost meanwhile, and how the command ended does not show")]
    LostCommand(#[source] Box<Self>),
    /// The engine is not there for longer than starting it anew takes.
    #[error("the engine was lost meanwhile, and did not come back within {} s", .0.as_secs())]
    Silent(Duration, #[source] Box<Self>),
    /// A container that should be healthy has no check that could say so.
    #[error("it has no health check, neither from the map nor from its image, so it never counts as healthy")]
    NoHealthcheck,
    /// The engine keeps a network for containers that are not there.
    #[error(
        "the engine has lost count of the network's endpoints and keeps it although no container is in it; it is a \
         harmless leftover, can be used again, and goes away after the engine was restarted"
    )]
    Miscounted,
    /// An archive of the engine cannot be changed.
    #[error("the volume's files cannot be read")]
    Archive(#[source] ArchiveError),
    /// The files could not be held between reading and writing.
    #[error("the volume's files cannot be held in a temporary file")]
    Spool(#[source] std::io::Error),
    /// The image does not know an account.
    #[error("image `{image}` has no user or group for owner `{owner}`")]
    UnknownOwner { image: String, owner: String },
    /// An image was not built.
    #[error("{}{}", words(error), last_words("it wrote", written(error)))]
    Build {
        /// Why not.
        #[source]
        error: Box<BuildError>,
    },
    /// A secret that a plan names was not handed over.
    #[error("the secret from {0} was not read")]
    UnknownSecret(SecretSource),
    /// Anything else that bollard reports.
    #[error("the request failed")]
    Bollard(#[source] bollard::errors::Error),
}

/// Whether a failure passes by itself.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Passing {
    /// It stays.
    Never,
    /// It may.
    Perhaps,
    /// It is the way of such failures to pass.
    Surely,
}

impl From<bollard::errors::Error> for Cause {
    fn from(error: bollard::errors::Error) -> Self {
        use bollard::errors::Error;
        match error {
            Error::DockerResponseServerError { status_code, message } => {
                Self::Answered { status: status_code, message }
            }
            Error::DockerStreamError { error } => Self::Streamed(error),
            Error::HyperLegacyError { err } => Self::Transport(err),
            Error::HyperResponseError { err } => Self::Broken(err),
            other => Self::Bollard(other),
        }
    }
}

impl Cause {
    /// Returns the status code the engine answered with, if it answered.
    pub(super) fn status(&self) -> Option<u16> {
        match self {
            Self::Answered { status, .. } => Some(*status),
            _ => None,
        }
    }

    /// Returns whether the engine answered with this status and these words.
    pub(super) fn says(&self, status: u16, words: &str) -> bool {
        matches!(self, Self::Answered { status: found, message } if *found == status && message.contains(words))
    }

    /// Returns whether the request may have been carried out although nobody said so.
    pub(super) fn is_lost(&self) -> bool {
        match self {
            Self::Transport(error) => !error.is_connect(),
            Self::Broken(_) => true,
            _ => false,
        }
    }

    /// Returns whether it is worth asking again.
    pub(super) fn passing(&self) -> Passing {
        match self {
            Self::Transport(_)
            | Self::Broken(_)
            | Self::NotYet(_)
            | Self::Answered { status: 502..=504, .. } => Passing::Surely,
            Self::Answered { status: 409, message } if message.contains("already in progress") => {
                Passing::Surely
            }
            // The engine gives 500 to what is wrong with a request as well as to what went wrong in it.
            Self::Answered { status: 500.., .. } | Self::Streamed(_) if self.kind() == Kind::Other => {
                Passing::Perhaps
            }
            _ => Passing::Never,
        }
    }

    /// Takes secrets out of what an engine or a container wrote.
    #[must_use]
    pub(super) fn without(self, secrets: &Secrets) -> Self {
        match self {
            Self::Answered { status, message } => Self::Answered { status, message: secrets.blot(&message) },
            Self::Streamed(message) => Self::Streamed(secrets.blot(&message)),
            Self::Ended { exit, output } => Self::Ended { exit, output: secrets.blot(&output) },
            Self::Restarted(output) => Self::Restarted(secrets.blot(&output)),
            Self::Unhealthy { check, output } => {
                Self::Unhealthy { check: secrets.blot(&check), output: secrets.blot(&output) }
            }
            Self::NotReached { state, patience, check, output } => {
                let (check, output) = (secrets.blot(&check), secrets.blot(&output));
                Self::NotReached { state, patience, check, output }
            }
            Self::NotYet(cause) => Self::NotYet(Box::new(cause.without(secrets))),
            Self::Unclear(cause) => Self::Unclear(Box::new(cause.without(secrets))),
            Self::LostCommand(cause) => Self::LostCommand(Box::new(cause.without(secrets))),
            Self::Silent(patience, cause) => Self::Silent(patience, Box::new(cause.without(secrets))),
            other => other,
        }
    }

    /// Makes the error of the layer above, which knows what was being done.
    pub(super) fn while_doing(self, doing: impl Into<String>) -> EngineError {
        EngineError::new(self.kind(), doing).because(self)
    }

    fn kind(&self) -> Kind {
        match self {
            Self::Answered { status, message } => kind_of_answer(*status, message),
            Self::Streamed(message) => kind_of_answer(500, message),
            Self::Transport(_)
            | Self::Broken(_)
            | Self::Unclear(_)
            | Self::LostCommand(_)
            | Self::Silent(..) => Kind::Unreachable,
            Self::NotYet(cause) => cause.kind(),
            Self::TimedOut(_) | Self::NotReached { .. } => Kind::TimedOut,
            Self::Miscounted => Kind::InUse,
            Self::UnknownOwner { .. } | Self::UnknownSecret(_) => Kind::NotFound,
            Self::Unreadable(_)
            | Self::Unwritable(_)
            | Self::Bollard(_)
            | Self::Ended { .. }
            | Self::Unhealthy { .. }
            | Self::Restarted(_)
            | Self::NoHealthcheck
            | Self::Build { .. }
            | Self::Archive(_)
            | Self::Spool(_) => Kind::Other,
        }
    }
}

/// Says why an image was not built, and at which line of its Dockerfile.
fn words(error: &BuildError) -> String {
    let BuildError::Step(failed) = error else { return error.to_string() };
    let line = failed.line.map(|line| format!(" (line {line} of the Dockerfile)")).unwrap_or_default();
    match &failed.step {
        Some(step) => format!("{step}{line}: {}", failed.message),
        None => format!("{}{line}", failed.message),
    }
}

/// Returns what a step wrote that failed.
fn written(error: &BuildError) -> &str {
    match error {
        BuildError::Step(failed) => &failed.output,
        _ => "",
    }
}

fn last_words(who: &str, output: &str) -> String {
    if output.is_empty() { String::new() } else { format!("; the last {who}:\n{output}") }
}

/// Classifies an answer. The engine gives 500 to much that deserves better, so its words are looked at too.
fn kind_of_answer(status: u16, message: &str) -> Kind {
    let says = |words: &[&str]| words.iter().any(|words| message.contains(words));
    if says(&[
        "port is already allocated",
        "ddress already in use",
        "has active endpoints",
        "volume is in use",
    ]) {
        return Kind::InUse;
    }
    match status {
        404 => Kind::NotFound,
        409 => Kind::Conflict,
        400..=499 => Kind::Refused,
        500 if says(&["manifest unknown", "pull access denied", "does not exist", "not found"]) => {
            Kind::NotFound
        }
        _ => Kind::Other,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn answers_are_classified() {
        for (status, message, kind) in [
            (404, "No such container: site.web", Kind::NotFound),
            (
                409,
                "Conflict. The container name \"/site.web\" is already in use by container \"0a\".",
                Kind::Conflict,
            ),
            (403, "network site.net id 0a has active endpoints", Kind::InUse),
            (500, "driver failed: Bind for 0.0.0.0:80 failed: port is already allocated", Kind::InUse),
            (500, "listen tcp4 0.0.0.0:80: bind: address already in use", Kind::InUse),
            (403, "Address already in use", Kind::InUse),
            (400, "no command specified", Kind::Refused),
            (500, "manifest for x:1 not found: manifest unknown: manifest unknown", Kind::NotFound),
            (500, "Get https://registry.example.org/v2/: dial tcp: i/o timeout", Kind::Other),
        ] {
            assert_eq!(kind_of_answer(status, message), kind, "{message}");
        }
    }
}
