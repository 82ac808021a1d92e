//! Build contexts that cannot be read.

use std::path::Path;

use dockerfile_builder::ContextError;

use super::Failure;
use crate::exit::Exit;

impl Failure {
    /// What should be a directory is something else.
    pub(crate) fn no_directory(path: &Path) -> Self {
        Self::new(Exit::Failed, format!("`{}` is not a directory", path.display()))
            .hint("name the directory in which the Dockerfile lies")
    }

    /// A Dockerfile is not where it is sent from.
    pub(crate) fn outside_dockerfile(directory: &Path, path: &Path) -> Self {
        Self::new(
            Exit::Failed,
            format!("the Dockerfile `{}` is not in `{}`", path.display(), directory.display()),
        )
        .hint("only what is in the directory is sent to the engine; copy the Dockerfile there")
    }

    /// A build context cannot be read.
    pub(crate) fn context(directory: &Path, error: &ContextError) -> Self {
        let text = format!("cannot read the build context `{}`", directory.display());
        let failure = Self::new(Exit::Failed, text).because(error);
        match hint(error) {
            Some(hint) => failure.hint(hint),
            None => failure,
        }
    }
}

impl Failure {
    /// The context of an image of the map cannot be read.
    pub(crate) fn context_of_map(folder: &Path, error: &ContextError) -> Self {
        let text = format!("cannot read the build context `{}`; nothing was done", folder.display());
        let failure = Self::new(Exit::Failed, text).because(error);
        let hint = match error {
            ContextError::NoDockerfile { .. } => {
                Some("`dockerfile` under `build` names a Dockerfile that is called something else")
            }
            error => hint(error),
        };
        let failure = hint.into_iter().fold(failure, Self::hint);
        failure.hint("`--no-build` reads no build contexts, and takes the images that are here")
    }
}

/// Returns what to do about a context that cannot be read.
fn hint(error: &ContextError) -> Option<&'static str> {
    match error {
        ContextError::NoDockerfile { .. } => {
            Some("`--dockerfile PATH` names a Dockerfile that is called something else")
        }
        ContextError::Unreadable { .. } | ContextError::Special { .. } => {
            Some("if the image does not need it, leave it out with a line in `.dockerignore`")
        }
        ContextError::NotUtf8 { .. } => {
            Some("rename it, or leave out the directory it lies in with a line in `.dockerignore`")
        }
        ContextError::Missing { .. } | ContextError::Changed { .. } => {
            Some("try again when nothing writes to the directory")
        }
        _ => None,
    }
}
