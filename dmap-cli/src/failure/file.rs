//! Files that cannot be read, or do not hold what they should.

use std::io;
use std::path::Path;

use container_map::Source;

use super::{Diagnostic, Failure, Place, Problem};
use crate::exit::Exit;
use crate::input::{NotUtf8, ReadError};

impl Failure {
    /// No map is named, and the default one cannot be read.
    pub(crate) fn no_default_map(path: &str, error: ReadError) -> Self {
        match error {
            ReadError::Io(error) if error.kind() == io::ErrorKind::NotFound => {
                Self::new(Exit::Failed, format!("there is no `{path}` in the current directory"))
                    .hint("name a map with `--file FILE`, or change to the directory that has one")
            }
            error => Self::unreadable_map("map", path, error),
        }
    }

    /// A file of a project cannot be read.
    pub(crate) fn unreadable_map(what: &str, path: &str, error: ReadError) -> Self {
        match error {
            ReadError::NotUtf8(bad) => Self::not_text(path, bad),
            error => Self::unreadable(what, path.as_ref(), &error),
        }
    }

    /// A file cannot be read.
    pub(crate) fn unreadable(what: &str, path: &Path, error: &ReadError) -> Self {
        let failure = Self::new(Exit::Failed, format!("cannot read the {what} `{}`", path.display()))
            .note(error.to_string());
        match error {
            ReadError::Io(error) if error.kind() == io::ErrorKind::NotFound => failure.hint("check the path"),
            ReadError::Io(error) if error.kind() == io::ErrorKind::PermissionDenied => {
                failure.hint("check who may read it")
            }
            ReadError::Directory => failure.hint("name a file in it"),
            ReadError::NotUtf8(_) => Self { exit: Exit::Invalid, ..failure },
            ReadError::Io(_) | ReadError::TooLarge => failure,
        }
    }

    /// A file of a project is no text.
    fn not_text(path: &str, bad: NotUtf8) -> Self {
        let (line, column) = (bad.line(), bad.column());
        let problem = Problem {
            code: None,
            message: "this is not text in UTF-8".to_owned(),
            field: None,
            place: Some(Place { source: 0, bytes: bad.at..bad.at + 1, line, column }),
            label: Some(format!("byte 0x{:02x}", bad.byte)),
            help: Some("save the file in UTF-8".to_owned()),
        };
        let sources = vec![Source { path: path.to_owned(), text: bad.text }];
        let diagnostic = Diagnostic::Project { sources, problems: vec![problem], omitted: 0 };
        Self { diagnostic, hints: Vec::new(), exit: Exit::Invalid }
    }

    /// A file has lines that set no variable. The lines are not shown, as they can hold secrets.
    pub(crate) fn bad_lines(path: &Path, problems: Vec<String>) -> Self {
        let text = format!("`{}` is not a file of variables", path.display());
        let failure = problems.into_iter().fold(Self::new(Exit::Invalid, text), Self::note);
        failure.hint("each line is `NAME=value`, `export NAME=value`, empty, or a comment after `#`")
    }

    /// A file is not a snapshot.
    pub(crate) fn bad_snapshot(path: &Path, error: &serde_json::Error) -> Self {
        Self::new(Exit::Invalid, format!("`{}` is not a snapshot of an engine", path.display()))
            .because(error)
            .hint("`dmap snapshot > FILE` writes one; `--engine-state empty` needs none")
    }

    /// A file is not a plan, or one that was edited into something that cannot be done.
    pub(crate) fn bad_plan(path: &Path, error: &serde_json::Error) -> Self {
        Self::new(Exit::Invalid, format!("`{}` is not a plan that can be carried out", path.display()))
            .because(error)
            .hint("`dmap plan --out FILE` writes one; change the map rather than the plan")
    }

    /// A plan is of a format that this version does not know.
    pub(crate) fn newer_plan(path: &Path, format: &str) -> Self {
        Self::new(Exit::Invalid, format!("`{}` is a plan of another version of dmap", path.display()))
            .note(format!("its format is `{format}`"))
            .hint("carry it out with the version that made it, or plan again with this one")
    }

    /// A file cannot be written.
    pub(crate) fn unwritable(path: &Path, error: &io::Error) -> Self {
        Self::new(Exit::Failed, format!("cannot write `{}`", path.display())).because(error)
    }
}
