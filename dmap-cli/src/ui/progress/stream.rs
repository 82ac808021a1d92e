//! What happens as lines of JSON, for programs.
//!
//! Nothing that a container or a command wrote is in them, for that could be anything; nor is any setting of a container.

use std::time::Duration;

use container_map::ResourceKey;
use docker_exec::{EngineError, Kind, MeasuredOutage, Outcome};
use map_planner::{Action, Plan, Slot, Step, StepId};
use schemars::JsonSchema;
use schemars::generate::SchemaSettings;
use serde::Serialize;

use crate::failure::{causes_of, hint_for};
use crate::ui::count::Count;

/// The version of the lines. It is raised when a reader of the older one would misread a line; fields and events can be
/// added without that.
#[derive(Debug, Clone, Copy, Serialize, JsonSchema)]
enum Format {
    /// The first one.
    #[serde(rename = "dmap-progress/1")]
    V1,
}

/// A line of `--progress json`. Times are in milliseconds.
#[derive(Debug, Serialize, JsonSchema)]
#[schemars(title = "A line of progress")]
pub(super) struct Line<'a> {
    /// The format's name and version.
    format: Format,
    /// Time since the plan's beginning.
    at_ms: u64,
    #[serde(flatten)]
    event: Event<'a>,
}

#[derive(Debug, Serialize, JsonSchema)]
#[serde(tag = "event", rename_all = "kebab-case")]
enum Event<'a> {
    /// A plan is going to be carried out. All lines until its summary are about it.
    Begin {
        client: &'a str,
        map: &'a str,
        /// How many there are.
        steps: usize,
    },
    /// A step was handed to the engine.
    Start(Named),
    /// A step says how far it is.
    Progress { step: StepId, text: &'a str },
    /// The engine is as the step wants it.
    Done {
        step: StepId,
        /// Whether it was so before.
        already: bool,
        took_ms: u64,
    },
    /// The engine did not do it.
    Failed {
        step: StepId,
        took_ms: u64,
        kind: Failing,
        message: String,
        /// What is behind the message, the nearest first.
        causes: Vec<String>,
        /// What can be done about it.
        hint: Option<String>,
    },
    /// It is not tried.
    Skipped {
        step: StepId,
        /// The step that failed.
        because: StepId,
    },
    /// It is not begun, since the run ends.
    NotBegun { step: StepId },
    /// The plan is over.
    Summary(Summary),
}

/// What a step does.
#[derive(Debug, Serialize, JsonSchema)]
struct Named {
    step: StepId,
    /// The imperative that plans have for it.
    verb: &'static str,
    resource: ResourceKey,
    /// Which of a container's objects, as a replacement needs two.
    #[serde(skip_serializing_if = "Option::is_none")]
    slot: Option<Slot>,
}

/// What kind of failure it is.
#[derive(Debug, Clone, Copy, Serialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
enum Failing {
    /// Something that is named does not exist.
    NotFound,
    /// A name is taken, or an object is not in the state that is needed.
    Conflict,
    /// A port, address, volume or network is held by somebody.
    InUse,
    /// The engine will not do it.
    Refused,
    /// Nobody answers.
    Unreachable,
    /// Somebody is there and does not answer, or a state is not reached, in time.
    TimedOut,
    /// Anything else.
    Other,
}

/// What became of a plan. The counts add up to its steps.
#[derive(Debug, Serialize, JsonSchema)]
struct Summary {
    /// Whether the engine is as the plan wants it.
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

/// How long a container was down.
#[derive(Debug, Serialize, JsonSchema)]
struct Down {
    container: ResourceKey,
    lasted_ms: u64,
    /// Whether it ran again when the plan was over.
    over: bool,
}

/// Returns the JSON Schema (2020-12) of a line, made from the types that are written. It allows more fields than there are.
pub(super) fn schema() -> impl Serialize {
    let settings = SchemaSettings::draft2020_12().for_serialize();
    settings.into_generator().into_root_schema_for::<Line<'static>>()
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
        let slot = step.action.container().map(|container| container.slot);
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
        kind: failing(error.kind),
        message: error.to_string(),
        causes: causes_of(error).into_iter().map(first).collect(),
        hint: hint_for(&step.action, error),
    }
}

fn failing(kind: Kind) -> Failing {
    match kind {
        Kind::NotFound => Failing::NotFound,
        Kind::Conflict => Failing::Conflict,
        Kind::InUse => Failing::InUse,
        Kind::Refused => Failing::Refused,
        Kind::Unreachable => Failing::Unreachable,
        Kind::TimedOut => Failing::TimedOut,
        _ => Failing::Other,
    }
}

fn milliseconds(time: Duration) -> u64 {
    u64::try_from(time.as_millis()).unwrap_or(u64::MAX)
}

#[cfg(test)]
mod tests;
