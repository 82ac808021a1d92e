//! All that is printed: plans and tables to standard output, everything else to standard error.

mod build;
mod cleanup;
mod consent;
mod context;
mod count;
mod diagnostic;
mod output;
mod plan;
mod problems;
mod progress;
mod report;
mod status;

use std::fmt;
use std::io::{self, IsTerminal as _, Write as _};

use anstream::{AutoStream, ColorChoice};
use serde::Serialize;

pub(crate) use build::BuildProgress;
pub(crate) use cleanup::Removal;
pub(crate) use consent::Consent;
pub(crate) use output::Passage;
pub(crate) use progress::{Measured, Progress, progress_schema};
pub(crate) use status::{Row, Table};

use crate::args::{Color, Format, ProgressView, WayArgs};
use crate::exit::Exit;
use crate::failure::Failure;
use progress::{Paint, Room};

/// The terminal, or what stands in for it.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Ui {
    color: ColorChoice,
    verbose: bool,
    out: Out,
    shown: Shown,
}

/// What is shown of plans while they are carried out.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Shown {
    /// Lines that move.
    Live,
    /// Lines that stay.
    Plain,
    /// Lines for programs, on standard output alone.
    Json,
    /// What failed, and the end.
    Quiet,
}

/// Where plans and tables go.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Out {
    /// To standard output.
    Standard,
    /// To standard error: standard output is somebody else's.
    Aside,
}

impl Ui {
    /// Sets up the output.
    pub(crate) fn new(color: Color, verbose: bool) -> Self {
        let color = match color {
            Color::Auto => ColorChoice::Auto,
            Color::Always => ColorChoice::Always,
            Color::Never => ColorChoice::Never,
        };
        Self { color, verbose, out: Out::Standard, shown: Shown::Plain }
    }

    /// Returns the same with standard output left to somebody else.
    pub(crate) fn aside(self) -> Self {
        Self { out: Out::Aside, ..self }
    }

    /// Returns the same for carrying out plans in a way.
    ///
    /// # Errors
    ///
    /// Two kinds of JSON would come to standard output.
    pub(crate) fn carrying_out(self, way: &WayArgs) -> Result<Self, Failure> {
        let shown = match way.progress() {
            ProgressView::Auto | ProgressView::Live if has_moving_lines() => Shown::Live,
            ProgressView::Auto | ProgressView::Live | ProgressView::Plain => Shown::Plain,
            ProgressView::Json => Shown::Json,
            ProgressView::Quiet => Shown::Quiet,
        };
        if shown == Shown::Json && way.format == Format::Json {
            let text = "`--format json` and `--progress json` both print to standard output";
            return Err(Failure::new(Exit::Invalid, text).hint("`dmap plan --format json` prints the plan"));
        }
        Ok(Self { shown, ..self })
    }

    /// Returns whether plans are shown before they are carried out.
    fn shows_plans(self) -> bool {
        match self.shown {
            Shown::Live | Shown::Plain => true,
            Shown::Json | Shown::Quiet => false,
        }
    }

    /// Prints a line for programs. One that has gone away is no reason to stop.
    fn line(self, text: impl fmt::Display) {
        let _ = self.out(format_args!("{text}\n"));
    }

    /// Prints to standard output. A reader that has gone away has seen enough.
    ///
    /// # Errors
    ///
    /// Standard output takes no more for any other reason.
    pub(crate) fn out(self, text: impl fmt::Display) -> Result<(), Failure> {
        if self.out == Out::Aside {
            self.err(text);
            return Ok(());
        }
        let mut out = AutoStream::new(io::stdout().lock(), self.color);
        match write!(out, "{text}").and_then(|()| out.flush()) {
            Err(error) if error.kind() != io::ErrorKind::BrokenPipe => Err(Failure::output(&error)),
            _ => Ok(()),
        }
    }

    /// Prints a value as JSON to standard output.
    ///
    /// # Errors
    ///
    /// Standard output takes no more.
    pub(crate) fn json(self, value: &impl Serialize) -> Result<(), Failure> {
        let json = serde_json::to_string_pretty(value).map_err(|error| Failure::output(&error.into()))?;
        self.out(format_args!("{json}\n"))
    }

    /// Prints a line to standard error.
    pub(crate) fn say(self, text: impl fmt::Display) {
        self.err(format_args!("{text}\n"));
    }

    /// Returns whether the user wants to know more.
    pub(crate) fn is_verbose(self) -> bool {
        self.verbose
    }

    /// Prints a line to standard error if the user wants to know more.
    pub(crate) fn detail(self, text: impl fmt::Display) {
        if self.verbose {
            self.say(format_args!("dmap: {text}"));
        }
    }

    /// Prints a warning.
    pub(crate) fn warn(self, text: &str) {
        self.err(diagnostic::warning(text));
    }

    /// Prints why the command ends early, and returns how it ends.
    pub(crate) fn failure(self, failure: &Failure) -> Exit {
        self.err(diagnostic::render(failure));
        failure.exit
    }

    /// Returns whether lines on standard error have colours.
    fn paint(self) -> Paint {
        let choice = match self.color {
            ColorChoice::Auto => AutoStream::choice(&io::stderr()),
            choice => choice,
        };
        if choice == ColorChoice::Never { Paint::Plain } else { Paint::Coloured }
    }

    /// Writes to standard error; there is nobody to tell if that fails.
    fn err(self, text: impl fmt::Display) {
        let mut err = AutoStream::new(io::stderr().lock(), self.color);
        let _ = write!(err, "{text}").and_then(|()| err.flush());
    }
}

/// Prints what clap has to say: help to standard output, mistakes to standard error. clap's own exit code for mistakes
/// is 2, which `plan --detailed-exitcode` needs for something else.
pub(crate) fn usage(error: &clap::Error) -> Exit {
    let _ = error.print();
    if error.use_stderr() { Exit::Invalid } else { Exit::Done }
}

/// Makes a panic a message that says whose fault it is.
pub(crate) fn announce_defects() {
    std::panic::set_hook(Box::new(|info| {
        let message = info.payload_as_str().unwrap_or("no message");
        let place = info.location().map(|at| format!(" ({at})")).unwrap_or_default();
        Ui::new(Color::Auto, false).err(diagnostic::defect(&format!("{message}{place}")));
    }));
}

/// Returns how many columns the terminal has that standard output goes to; none if it goes elsewhere.
fn terminal_width() -> Option<usize> {
    terminal_size::terminal_size_of(io::stdout()).map(|(width, _)| usize::from(width.0))
}

/// Returns the room that lines on standard error have.
fn terminal_room() -> Room {
    let size = terminal_size::terminal_size_of(io::stderr());
    size.map_or(Room { width: 80, height: 24 }, |(width, height)| Room {
        width: usize::from(width.0),
        height: usize::from(height.0),
    })
}

/// Returns whether lines on standard error can be written over.
fn has_moving_lines() -> bool {
    io::stderr().is_terminal() && std::env::var_os("TERM").is_none_or(|term| term != "dumb")
}

/// Returns whether somebody is there to answer a question.
fn has_terminal() -> bool {
    io::stdin().is_terminal() && io::stderr().is_terminal()
}
