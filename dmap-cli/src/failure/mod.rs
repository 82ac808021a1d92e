//! Errors of the libraries, translated into what is shown: one function per error.

mod build;
mod context;
mod engine;
mod file;
mod map;

use std::error::Error;
use std::io;
use std::ops::Range;

use container_map::Source;

use crate::exit::Exit;

pub(crate) use engine::hint_for;

/// Why a command ends early, and what to do about it.
#[derive(Debug)]
pub(crate) struct Failure {
    /// What is wrong.
    pub(crate) diagnostic: Diagnostic,
    /// What to do about it.
    pub(crate) hints: Vec<String>,
    /// How the command ends.
    pub(crate) exit: Exit,
}

/// What is wrong.
#[derive(Debug)]
pub(crate) enum Diagnostic {
    /// One thing, with the reasons behind it.
    Message {
        /// The thing.
        text: String,
        /// Why, outermost first.
        causes: Vec<String>,
    },
    /// One thing, at a place in a file.
    Marked {
        /// The thing.
        text: String,
        /// The file, and the place in it.
        at: Box<(Source, Place)>,
        /// Why, outermost first.
        causes: Vec<String>,
    },
    /// Places in the files of a project.
    Project {
        /// All files that were read.
        sources: Vec<Source>,
        /// The places, in order.
        problems: Vec<Problem>,
        /// How many more there are.
        omitted: usize,
    },
}

/// One thing that is wrong in a project.
#[derive(Debug)]
pub(crate) struct Problem {
    /// Its stable code; none for what is no YAML at all.
    pub(crate) code: Option<&'static str>,
    /// What is wrong.
    pub(crate) message: String,
    /// The field, like `containers.web.uses[0]`.
    pub(crate) field: Option<String>,
    /// Where.
    pub(crate) place: Option<Place>,
    /// A few words for the marked place.
    pub(crate) label: Option<String>,
    /// What to do about it.
    pub(crate) help: Option<String>,
}

/// A place in one of several files.
#[derive(Debug)]
pub(crate) struct Place {
    /// The file's position among the sources.
    pub(crate) source: usize,
    /// The bytes of its text.
    pub(crate) bytes: Range<usize>,
    /// The line, from 1.
    pub(crate) line: usize,
    /// The column in characters, from 1.
    pub(crate) column: usize,
}

impl Failure {
    /// Makes a failure that is one message.
    pub(crate) fn new(exit: Exit, text: impl Into<String>) -> Self {
        let diagnostic = Diagnostic::Message { text: text.into(), causes: Vec::new() };
        Self { diagnostic, hints: Vec::new(), exit }
    }

    /// Adds a reason behind it.
    pub(crate) fn note(mut self, cause: impl Into<String>) -> Self {
        if let Diagnostic::Message { causes, .. } = &mut self.diagnostic {
            causes.push(cause.into());
        }
        self
    }

    /// Adds the reasons behind it.
    fn because(self, error: &dyn Error) -> Self {
        let failure = self.note(error.to_string());
        causes_of(error).into_iter().fold(failure, Self::note)
    }

    /// Adds what to do about it.
    pub(crate) fn hint(mut self, hint: impl Into<String>) -> Self {
        self.hints.push(hint.into());
        self
    }

    /// Standard output takes no more.
    pub(crate) fn output(error: &io::Error) -> Self {
        Self::new(Exit::Failed, "cannot write to standard output").because(error)
    }

    /// The answer to a question cannot be read.
    pub(crate) fn input(error: &io::Error) -> Self {
        Self::new(Exit::Failed, "cannot read the answer; nothing was changed")
            .because(error)
            .hint("`--yes` goes ahead without asking")
    }

    /// The system does not give what a program needs.
    pub(crate) fn system(error: &io::Error) -> Self {
        Self::new(Exit::Failed, "cannot start").because(error)
    }
}

/// Returns what lies behind an error, outermost first. Wrappers that only repeat what is below them are left out.
pub(crate) fn causes_of(error: &dyn Error) -> Vec<String> {
    let mut causes: Vec<String> = Vec::new();
    let mut next = error.source();
    while let Some(cause) = next {
        let text = cause.to_string();
        // The HTTP client's own layer says no more than that it failed; other layers repeat the one below them.
        let says_nothing = text.starts_with("client error (");
        if !says_nothing && !causes.last().is_some_and(|last| last.contains(&text)) {
            causes.push(text);
        }
        next = cause.source();
    }
    causes
}
