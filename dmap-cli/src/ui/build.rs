//! Builds, as they go on.

use std::collections::BTreeMap;

use docker_exec::{BuildEvent, BuildStep, BuildWatcher, Built, StepEnd, Stream};
use serde::Serialize;

use super::Ui;
use crate::args::BuildView;
use crate::failure::Failure;

/// Shows a build while it goes on.
#[derive(Debug)]
pub(crate) struct BuildProgress {
    view: BuildView,
    ui: Ui,
    /// The beginnings of lines, by the numbers of steps.
    begun: BTreeMap<usize, String>,
}

/// A line for programs.
#[derive(Debug, Serialize)]
#[serde(tag = "event", rename_all = "kebab-case")]
enum Line<'a> {
    Sent { bytes: u64 },
    Start { step: usize, name: &'a str, line: Option<usize> },
    Wrote { step: usize, stream: &'static str, text: &'a str },
    End { step: usize, end: &'static str, took_ms: Option<u64> },
    Told { text: &'a str },
    Built { image: &'a str },
}

impl BuildProgress {
    /// Watches a build.
    pub(crate) fn new(view: BuildView, ui: Ui) -> Self {
        Self { view, ui, begun: BTreeMap::new() }
    }

    /// Prints what no end of a line came for.
    pub(crate) fn close(&mut self) {
        for (step, text) in std::mem::take(&mut self.begun) {
            self.line_of(step, &text);
        }
    }

    /// Prints the image's identifier.
    ///
    /// # Errors
    ///
    /// Standard output takes no more.
    pub(crate) fn built(&self, built: &Built) -> Result<(), Failure> {
        match self.view {
            BuildView::Plain | BuildView::Quiet => self.ui.out(format_args!("{}\n", built.image)),
            BuildView::Json => {
                self.json(&Line::Built { image: built.image.as_str() });
                Ok(())
            }
        }
    }

    fn json(&self, line: &Line<'_>) {
        if let Ok(text) = serde_json::to_string(line) {
            self.ui.line(text);
        }
    }

    /// Prints a line that a step wrote; what would move the cursor is taken out.
    fn line_of(&self, step: usize, text: &str) {
        let text = text.rsplit('\r').find(|part| !part.is_empty()).unwrap_or_default();
        let text = text.replace(|c: char| c.is_control() && c != '\t', "");
        self.ui.say(format_args!("#{step} {text}"));
    }

    fn wrote(&mut self, step: &BuildStep, bytes: &[u8]) {
        let mut begun = self.begun.remove(&step.number).unwrap_or_default();
        begun.push_str(&String::from_utf8_lossy(bytes));
        let mut lines = begun.split('\n');
        let last = lines.next_back().unwrap_or_default();
        lines.for_each(|line| self.line_of(step.number, line));
        if !last.is_empty() {
            self.begun.insert(step.number, last.to_owned());
        }
    }

    /// Returns whether a step is of interest: what the builder does for itself is only for who wants to know more.
    fn shows(&self, step: &BuildStep) -> bool {
        self.ui.is_verbose() || (step.line.is_some() && !step.name.starts_with("[internal]"))
    }

    fn plain(&mut self, event: &BuildEvent<'_>) {
        match event {
            BuildEvent::StepStarted { step } if self.shows(step) => {
                self.ui.say(format_args!("#{} {}", step.number, step.name.trim_end()));
            }
            BuildEvent::StepWrote { step, bytes, .. } => self.wrote(step, bytes),
            BuildEvent::StepFinished { step, end, took } if self.shows(step) => {
                if let Some(text) = self.begun.remove(&step.number) {
                    self.line_of(step.number, &text);
                }
                let took = took.map(|took| format!(" ({:.1}s)", took.as_secs_f64())).unwrap_or_default();
                self.ui.say(format_args!("#{} {}{took}", step.number, word(*end)));
            }
            BuildEvent::Told { text } => self.ui.say(text.trim_end()),
            BuildEvent::Sent { bytes } => self.ui.detail(format_args!("sent {bytes} bytes")),
            _ => {}
        }
    }

    fn lines(&self, event: &BuildEvent<'_>) {
        match event {
            BuildEvent::Sent { bytes } => self.json(&Line::Sent { bytes: *bytes }),
            BuildEvent::StepStarted { step } => {
                self.json(&Line::Start { step: step.number, name: &step.name, line: step.line });
            }
            BuildEvent::StepWrote { step, stream, bytes } => {
                let stream = match stream {
                    Stream::Out => "out",
                    Stream::Err => "err",
                };
                let text = String::from_utf8_lossy(bytes);
                self.json(&Line::Wrote { step: step.number, stream, text: &text });
            }
            BuildEvent::StepFinished { step, end, took } => {
                let took_ms = took.and_then(|took| u64::try_from(took.as_millis()).ok());
                self.json(&Line::End { step: step.number, end: word(*end), took_ms });
            }
            BuildEvent::Told { text } => self.json(&Line::Told { text }),
            _ => {}
        }
    }
}

fn word(end: StepEnd) -> &'static str {
    match end {
        StepEnd::Done => "done",
        StepEnd::Cached => "cached",
        StepEnd::Failed => "failed",
    }
}

impl BuildWatcher for BuildProgress {
    fn notice(&mut self, event: BuildEvent<'_>) {
        match self.view {
            BuildView::Plain => self.plain(&event),
            BuildView::Json => self.lines(&event),
            BuildView::Quiet => {}
        }
    }
}
