//! Images that cannot be built.

use std::path::Path;

use container_map::{ClientName, Source};
use docker_exec::{BuildError, BuildRequest, Builder, FailedStep};

use super::{Diagnostic, Failure, Place};
use crate::exit::Exit;

/// The directory that was built from, and the Dockerfile if it has a name of its own.
type Files<'a> = (&'a Path, Option<&'a Path>);

impl Failure {
    /// A secret is not where it is read from.
    pub(crate) fn no_secret(name: &str, variable: &str) -> Self {
        Self::new(
            Exit::Failed,
            format!("the secret `{name}` is not there: there is no variable `{variable}`"),
        )
        .hint(format!("set `{variable}`, or name a file with `--secret id={name},src=FILE`"))
    }

    /// The agent that a build is to be lent is not there.
    pub(crate) fn no_agent(name: &str) -> Self {
        Self::new(
            Exit::Failed,
            format!("the agent `{name}` is not there: there is no variable `SSH_AUTH_SOCK`"),
        )
        .hint(format!("start one with `eval $(ssh-agent)`, or name a socket with `--ssh {name}=SOCKET`"))
    }

    /// An image was not built.
    pub(crate) fn build(
        from: Files<'_>,
        request: &BuildRequest,
        error: &BuildError,
        client: &ClientName,
    ) -> Self {
        match error {
            BuildError::Context(error) => Self::context(from.0, error),
            BuildError::Step(step) => Self::step(from, request, step),
            BuildError::Lacks { builder: Builder::Classic, .. } => {
                Self::new(Exit::Failed, error.to_string()).hint("leave out `--builder classic`")
            }
            BuildError::Engine(error) => Self::engine(error, client),
            error => Self::new(Exit::Failed, error.to_string()),
        }
    }

    /// A step failed, or the Dockerfile cannot be carried out.
    fn step(from: Files<'_>, request: &BuildRequest, step: &FailedStep) -> Self {
        let text = "the image was not built; nothing is left of it on the engine".to_owned();
        let mut causes = vec![step.message.trim_end().to_owned()];
        if !step.output.is_empty() {
            causes.push(format!("the last that it wrote:\n{}", step.output));
        }
        let dockerfile = request.context.dockerfile_text(&*request.tree).ok().flatten();
        let place = step.line.zip(dockerfile).and_then(|(line, text)| place(from, line, text));
        let hints = hint(&step.message).map(str::to_owned).into_iter().collect();
        let diagnostic = if let Some(at) = place {
            Diagnostic::Marked { text, at: Box::new(at), causes }
        } else {
            causes.splice(0..0, step.step.clone());
            Diagnostic::Message { text, causes }
        };
        Self { diagnostic, hints, exit: Exit::Failed }
    }
}

/// Returns the place of a line of the Dockerfile.
fn place(from: Files<'_>, line: usize, text: String) -> Option<(Source, Place)> {
    let (directory, dockerfile) = from;
    let usual = directory.join("Dockerfile");
    let path = dockerfile.unwrap_or(&usual).display().to_string();
    let start = match line.checked_sub(2) {
        None => 0,
        Some(breaks) => text.match_indices('\n').nth(breaks)?.0 + 1,
    };
    let end = text[start..].find('\n').map_or(text.len(), |end| start + end);
    let place = Place { source: 0, bytes: start..end, line, column: 1 };
    Some((Source { path, text }, place))
}

/// Returns what to do about what the engine says.
fn hint(message: &str) -> Option<&'static str> {
    let says = |words: &[&str]| words.iter().any(|words| message.contains(words));
    if says(&["requires BuildKit", "Unknown flag: mount"]) {
        Some("BuildKit can do it: leave out `--builder classic`")
    } else if says(&["is lent no agent with SSH keys"]) {
        Some("lend it with `--ssh NAME`, for the agent of SSH_AUTH_SOCK, or `--ssh NAME=SOCKET`")
    } else if says(&["no space left on device"]) {
        Some("`docker system df` shows what takes room on the engine")
    } else if says(&["no such host", "connection refused", "i/o timeout"]) {
        Some(
            "a base image that is not on the engine is pulled from its registry; `docker images` shows what is there",
        )
    } else {
        None
    }
}
