//! What a builder says, as events, and what is kept of it for the end.

use std::collections::BTreeMap;
use std::fmt;

use base64::Engine as _;
use base64::prelude::BASE64_STANDARD;
use map_planner::engine::EngineId;

use super::classic::{self, Said, Traces};
use super::line::{self, Lines};
use super::message::Message;
use super::trace::{self, Vertex};
use crate::build::{BuildEvent, BuildStep, BuildWatcher, FailedStep, StepEnd};
use crate::docker::cause::Cause;
use crate::docker::secrets::Secrets;
use crate::output::Stream;

/// How much of what a step wrote is kept for its failure, in bytes.
const KEPT: usize = 8 * 1024;
/// How many lines of it are shown.
const LINES: usize = 20;

/// Turns messages into events.
pub(super) struct Teller<'a> {
    lines: Lines,
    secrets: Secrets,
    watcher: &'a mut dyn BuildWatcher,
    /// The steps that were told of; those of BuildKit by digests, those of the classic builder by their numbers.
    steps: BTreeMap<String, Seen>,
    /// What the classic builder is at.
    present: Option<String>,
    traces: Traces,
    failed: Option<Failed>,
    image: Option<EngineId>,
}

/// A step that was told of.
#[derive(Debug)]
struct Seen {
    step: BuildStep,
    wrote: Vec<u8>,
    is_cached: bool,
    is_over: bool,
}

/// A step that failed.
#[derive(Debug)]
struct Failed {
    key: String,
    error: String,
}

impl<'a> Teller<'a> {
    pub(super) fn new(lines: Lines, secrets: Secrets, watcher: &'a mut dyn BuildWatcher) -> Self {
        let (steps, traces) = (BTreeMap::new(), Traces::default());
        Self { lines, secrets, watcher, steps, present: None, traces, failed: None, image: None }
    }

    /// Returns whether the build can ask for something in a session.
    pub(super) fn asks(&self) -> bool {
        self.lines.asks() || self.secrets.has_some_for_build()
    }

    pub(super) fn secrets(&self) -> &Secrets {
        &self.secrets
    }

    /// Returns what the classic builder named that it made.
    pub(super) fn traces(&self) -> &Traces {
        &self.traces
    }

    /// Returns the image, if it was named.
    pub(super) fn image(&self) -> Option<EngineId> {
        self.image.clone()
    }

    pub(super) fn tell(&mut self, event: BuildEvent<'_>) {
        self.watcher.notice(event);
    }

    /// Takes a message; one that says that the build failed is an error.
    pub(super) fn take(&mut self, message: Message) -> Result<(), Cause> {
        if let Some(error) = message.error {
            self.end_present(StepEnd::Failed);
            return Err(Cause::Streamed(error));
        }
        match message.aux {
            Some(serde_json::Value::String(text)) => {
                let bytes = BASE64_STANDARD.decode(text).unwrap_or_default();
                self.trace(&bytes);
            }
            Some(value) => {
                if let Some(id) = value.get("ID").and_then(serde_json::Value::as_str) {
                    self.image = Some(EngineId::new(id));
                }
            }
            None => {}
        }
        if let Some(text) = message.stream {
            self.classic(&text);
        }
        if let (Some(status), None) = (message.status, message.progress) {
            let of = message.id.map(|id| format!("{id}: ")).unwrap_or_default();
            self.watcher.notice(BuildEvent::Told { text: &format!("{of}{status}") });
        }
        Ok(())
    }

    fn trace(&mut self, message: &[u8]) {
        let trace = trace::read(message);
        for vertex in &trace.vertices {
            self.vertex(vertex);
        }
        for log in trace.logs {
            self.wrote(&log.vertex, log.stream, &log.bytes);
        }
        for warning in trace.warnings {
            self.watcher.notice(BuildEvent::Told { text: &warning });
        }
    }

    /// A vertex is told of again whenever something of it changes.
    fn vertex(&mut self, vertex: &Vertex) {
        if vertex.started.is_none() && !vertex.is_cached {
            return;
        }
        if !self.steps.contains_key(&vertex.digest) {
            let name = self.secrets.blot(&vertex.name);
            let line = self.lines.of_step(&vertex.name);
            self.begin(vertex.digest.clone(), name, line);
        }
        let Some(seen) = self.steps.get_mut(&vertex.digest) else { return };
        seen.is_cached |= vertex.is_cached;
        let Some(completed) = vertex.completed else { return };
        if std::mem::replace(&mut seen.is_over, true) {
            return;
        }
        let took = vertex.started.map(|started| completed.saturating_sub(started));
        let end = match (vertex.error.is_empty(), seen.is_cached) {
            (false, _) => StepEnd::Failed,
            (true, true) => StepEnd::Cached,
            (true, false) => StepEnd::Done,
        };
        self.watcher.notice(BuildEvent::StepFinished { step: &seen.step, end, took });
        // What others are cancelled for is the first to fail.
        if end == StepEnd::Failed && self.failed.is_none() {
            self.failed = Some(Failed { key: vertex.digest.clone(), error: vertex.error.clone() });
        }
    }

    fn classic(&mut self, text: &str) {
        match classic::said(text) {
            Said::Step { number, words } => {
                self.end_present(StepEnd::Done);
                let line = self.lines.of_instruction(number);
                let name = self.secrets.blot(words);
                self.begin(number.to_string(), name, line);
                self.present = Some(number.to_string());
            }
            Said::Cached => {
                self.traces.next_is_old();
                if let Some(seen) = self.present.as_ref().and_then(|key| self.steps.get_mut(key)) {
                    seen.is_cached = true;
                }
            }
            Said::Container(id) => self.traces.container(id),
            Said::Image(id) => self.traces.image(id),
            Said::Nothing => {}
            Said::Finished => self.end_present(StepEnd::Done),
            Said::Output(stream, output) => {
                let key = self.present.clone().unwrap_or_default();
                self.wrote(&key, stream, output.as_bytes());
            }
        }
    }

    fn begin(&mut self, key: String, name: String, line: Option<usize>) {
        let step = BuildStep { number: self.steps.len() + 1, name, line };
        self.watcher.notice(BuildEvent::StepStarted { step: &step });
        self.steps.insert(key, Seen { step, wrote: Vec::new(), is_cached: false, is_over: false });
    }

    fn wrote(&mut self, key: &str, stream: Stream, bytes: &[u8]) {
        let Some(seen) = self.steps.get_mut(key) else { return };
        let text = String::from_utf8_lossy(bytes);
        let blotted = self.secrets.blot(&text);
        let bytes = if blotted == text { bytes } else { blotted.as_bytes() };
        self.watcher.notice(BuildEvent::StepWrote { step: &seen.step, stream, bytes });
        seen.wrote.extend_from_slice(bytes);
        if seen.wrote.len() > 2 * KEPT {
            seen.wrote.drain(..seen.wrote.len() - KEPT);
        }
    }

    /// Ends what the classic builder is at.
    fn end_present(&mut self, end: StepEnd) {
        let Some(key) = self.present.take() else { return };
        let Some(seen) = self.steps.get_mut(&key) else { return };
        let end = if end == StepEnd::Done && seen.is_cached { StepEnd::Cached } else { end };
        self.watcher.notice(BuildEvent::StepFinished { step: &seen.step, end, took: None });
        if end == StepEnd::Failed {
            self.failed = Some(Failed { key, error: String::new() });
        }
    }

    /// Returns what is known of a step that failed; none if the build failed for another reason than its Dockerfile.
    pub(super) fn failure(&self, cause: &Cause) -> Option<FailedStep> {
        let message = match cause {
            Cause::Streamed(message) | Cause::Answered { status: 400, message } => message.clone(),
            _ => return None,
        };
        let seen = self.failed.as_ref().and_then(|failed| self.steps.get(&failed.key));
        let own = self.failed.as_ref().map(|failed| self.secrets.blot(&failed.error));
        let line = line::named(&message).or_else(|| seen.and_then(|seen| seen.step.line));
        if seen.is_none() && line.is_none() && matches!(cause, Cause::Answered { .. }) {
            return None;
        }
        Some(FailedStep {
            step: seen.map(|seen| seen.step.name.clone()),
            line,
            // BuildKit puts the way through its own parts in front.
            message: own.filter(|own| !own.is_empty() && message.contains(own.as_str())).unwrap_or(message),
            output: seen.map(|seen| last_lines(&seen.wrote)).unwrap_or_default(),
        })
    }
}

fn last_lines(wrote: &[u8]) -> String {
    let text = String::from_utf8_lossy(wrote);
    let lines: Vec<&str> = text.trim_end().lines().collect();
    lines[lines.len().saturating_sub(LINES)..].join("\n")
}

impl fmt::Debug for Teller<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Teller").field("steps", &self.steps).finish_non_exhaustive()
    }
}
