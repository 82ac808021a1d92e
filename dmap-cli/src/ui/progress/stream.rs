//! What happens as lines of JSON, for programs.
//!
//! Nothing that a container or a command wrote is in them, for that could be anything; nor is any setting of a container.

use std::time::Duration;

use container_map::ResourceKey;
use docker_exec::{EngineError, Kind, MeasuredOutage, Outcome};
use map_planner::{Action, Plan, Slot, Step, StepId};
use serde::Serialize;

use crate::failure::{causes_of, hint_for};
use crate::ui::count::Count;

/// The version of the lines. It is raised when a reader of the older one would misread a line; fields and events can be
/// added without that.
#[derive(Debug, Clone, Copy, Serialize)]
enum Format {
    #[serde(rename = "dmap-progress/1")]
    V1,
}

/// A line. Times are in milliseconds.
#[derive(Debug, Serialize)]
pub(super) struct Line<'a> {
    format: Format,
    /// Time since the plan's beginning.
    at_ms: u64,
    #[serde(flatten)]
    event: Event<'a>,
}

#[derive(Debug, Serialize)]
#[serde(tag = "event", rename_all = "kebab-case")]
enum Event<'a> {
    /// A plan is going to be carried out. All lines until its summary are about it.
    Begin { client: &'a str, map: &'a str, steps: usize },
    /// A step was handed to the engine.
    Start(Named),
    /// A step says how far it is.
    Progress { step: StepId, text: &'a str },
    /// The engine is as the step wants it.
    Done { step: StepId, already: bool, took_ms: u64 },
    /// The engine did not do it.
    Failed {
        step: StepId,
        took_ms: u64,
        kind: &'static str,
        message: String,
        causes: Vec<String>,
        hint: Option<String>,
    },
    /// It is not tried.
    Skipped { step: StepId, because: StepId },
    /// It is not begun, since the run ends.
    NotBegun { step: StepId },
    /// The plan is over.
    Summary(Summary),
}

/// What a step does.
#[derive(Debug, Serialize)]
struct Named {
    step: StepId,
    verb: &'static str,
    resource: ResourceKey,
    /// Which of a container's objects, as a replacement needs two.
    #[serde(skip_serializing_if = "Option::is_none")]
    slot: Option<&'static str>,
}

/// What became of a plan. The counts add up to its steps.
#[derive(Debug, Serialize)]
struct Summary {
    success: bool,
    done: usize,
    already: usize,
    failed: usize,
    skipped: usize,
    not_begun: usize,
    /// Steps that were under way when the run was aborted.
    unknown: usize,
    took_ms: u64,
    outages: Vec<Down>,
}

#[derive(Debug, Serialize)]
struct Down {
    container: ResourceKey,
    lasted_ms: u64,
    over: bool,
}

impl<'a> Line<'a> {
    fn new(at: Duration, event: Event<'a>) -> Self {
        Self { format: Format::V1, at_ms: milliseconds(at), event }
    }

    pub(super) fn begin(plan: &'a Plan) -> Self {
        let (client, map) = (plan.client().as_str(), plan.map().as_str());
        Self::new(Duration::ZERO, Event::Begin { client, map, steps: plan.steps().len() })
    }

    pub(super) fn start(step: &Step, at: Duration) -> Self {
        let slot = step.action.container().map(|container| match container.slot {
            Slot::Current => "current",
            Slot::Next => "next",
            Slot::Prev => "prev",
        });
        let (verb, resource) = (step.action.verb(), step.action.target());
        Self::new(at, Event::Start(Named { step: step.id, verb, resource, slot }))
    }

    /// Returns none for what a command wrote.
    pub(super) fn progress(step: &Step, text: &'a str, at: Duration) -> Option<Self> {
        let is_output = matches!(step.action, Action::Exec { .. });
        (!is_output).then(|| Self::new(at, Event::Progress { step: step.id, text }))
    }

    pub(super) fn end(step: &Step, outcome: &Outcome, took: Duration, at: Duration) -> Self {
        let (id, took_ms) = (step.id, milliseconds(took));
        let event = match outcome {
            Outcome::Done => Event::Done { step: id, already: false, took_ms },
            Outcome::AlreadyDone => Event::Done { step: id, already: true, took_ms },
            Outcome::Failed(error) => failed(step, error, took_ms),
            Outcome::Skipped { because } => Event::Skipped { step: id, because: *because },
            Outcome::Cancelled => Event::NotBegun { step: id },
        };
        Self::new(at, event)
    }

    /// Sums up. Steps without an outcome are of unknown state if they were begun.
    pub(super) fn summary(
        count: Count,
        total: usize,
        under_way: usize,
        outages: Vec<MeasuredOutage>,
        at: Duration,
    ) -> Self {
        let over = count.done + count.already + count.failed + count.skipped;
        let outages = outages.into_iter().map(|outage| Down {
            container: outage.container.into(),
            lasted_ms: milliseconds(outage.lasted),
            over: outage.is_over,
        });
        let summary = Summary {
            success: count.done + count.already == total,
            done: count.done,
            already: count.already,
            failed: count.failed,
            skipped: count.skipped,
            not_begun: total.saturating_sub(over + under_way),
            unknown: under_way,
            took_ms: milliseconds(at),
            outages: outages.collect(),
        };
        Self::new(at, Event::Summary(summary))
    }

    /// Returns the line's text.
    pub(super) fn text(&self) -> String {
        serde_json::to_string(self).expect("because the fields have names, and numbers are finite")
    }
}

/// Of a cause with several lines the first ends with who wrote the others, and what a container wrote stays out.
fn failed(step: &Step, error: &EngineError, took_ms: u64) -> Event<'static> {
    let first = |cause: String| match cause.split_once('\n') {
        Some((first, _)) => first.split_once(';').map_or(first, |(first, _)| first).to_owned(),
        None => cause,
    };
    Event::Failed {
        step: step.id,
        took_ms,
        kind: word(error.kind),
        message: error.to_string(),
        causes: causes_of(error).into_iter().map(first).collect(),
        hint: hint_for(&step.action, error),
    }
}

fn word(kind: Kind) -> &'static str {
    match kind {
        Kind::NotFound => "not-found",
        Kind::Conflict => "conflict",
        Kind::InUse => "in-use",
        Kind::Refused => "refused",
        Kind::Unreachable => "unreachable",
        Kind::TimedOut => "timed-out",
        _ => "other",
    }
}

fn milliseconds(time: Duration) -> u64 {
    u64::try_from(time.as_millis()).unwrap_or(u64::MAX)
}

#[cfg(test)]
mod tests;
