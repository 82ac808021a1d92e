//! Checks that no compiler makes: dependencies, licences, layout and the habits of the source.
//!
//! Every check looks at everything and reports all it finds; `tidy` fails when there is at least one problem.

mod dependencies;
mod files;
mod layout;
mod licences;
mod parity;
mod sources;
mod text;

use std::fmt;

use crate::error::{Failure, Result};
use crate::{usage, workspace};
use files::Tree;

/// Something that has to be put right.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
struct Problem {
    /// The file, relative to the workspace.
    file: String,
    /// The line, from 1; 0 when the problem is the file's as a whole.
    line: usize,
    /// What is wrong and what to do.
    message: String,
}

impl Problem {
    /// A problem in a line.
    fn at(file: &str, line: usize, message: impl Into<String>) -> Self {
        Self { file: file.to_owned(), line, message: message.into() }
    }

    /// A problem of a whole file.
    fn of(file: &str, message: impl Into<String>) -> Self {
        Self::at(file, 0, message)
    }
}

impl fmt::Display for Problem {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.line {
            0 => write!(out, "{}: {}", self.file, self.message),
            line => write!(out, "{}:{line}: {}", self.file, self.message),
        }
    }
}

/// `cargo xtask tidy`.
pub(crate) fn command(words: &[&str]) -> Result {
    usage::no_words(words)?;
    run()
}

/// Runs all checks.
pub(crate) fn run() -> Result {
    let tree = Tree::read(&workspace::root())?;
    let metadata = workspace::metadata()?;
    let mut problems = Vec::new();
    problems.extend(dependencies::table(&metadata));
    problems.extend(dependencies::pure_trees(&metadata));
    let deny = tree.text("deny.toml").unwrap_or_default();
    problems.extend(dependencies::duplicates(&metadata, deny));
    problems.extend(licences::check(&metadata, deny));
    problems.extend(sources::check(&tree));
    problems.extend(layout::check(&tree));
    problems.extend(parity::check(&tree));
    problems.extend(text::check(&tree));
    problems.sort();
    problems.dedup();
    for problem in &problems {
        println!("{problem}");
    }
    match problems.len() {
        0 => {
            println!("tidy: {} files are tidy", tree.files.len());
            Ok(())
        }
        1 => Err(Failure::new("tidy found 1 problem")),
        count => Err(Failure::new(format!("tidy found {count} problems"))),
    }
}
