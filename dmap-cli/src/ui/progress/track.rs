//! What is known of a plan that is being carried out. It reads no clock: times are those since the beginning, and its
//! caller's.

use std::collections::{BTreeMap, BTreeSet};
use std::time::Duration;

use container_map::ResourceKey;
use docker_exec::Outcome;
use map_planner::{Effect, Plan, Step, StepId};

use crate::ui::count::Count;
use crate::ui::plan::Words;

/// What is known of a plan that is being carried out.
#[derive(Debug)]
pub(super) struct Track {
    pub(super) total: usize,
    pub(super) count: Count,
    begun: BTreeSet<StepId>,
    running: BTreeMap<StepId, Running>,
    open: BTreeMap<ResourceKey, Work>,
}

/// A step that is under way.
#[derive(Debug)]
pub(super) struct Running {
    pub(super) words: String,
    pub(super) effect: Effect,
    pub(super) since: Duration,
    /// How far it is, in the engine's words.
    pub(super) text: String,
}

/// What is done with one resource.
#[derive(Debug)]
struct Work {
    left: usize,
    since: Option<Duration>,
    verbs: Vec<&'static str>,
    end: WorkEnd,
}

/// How the work on a resource ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum WorkEnd {
    Done,
    Cancelled,
    Skipped(StepId),
    Failed,
}

/// What has come to its end with a step.
#[derive(Debug)]
pub(super) struct Over {
    pub(super) resource: ResourceKey,
    /// What was done, in order.
    pub(super) verbs: Vec<&'static str>,
    /// From the first step's beginning to the last one's end.
    pub(super) took: Duration,
    pub(super) end: WorkEnd,
}

impl Track {
    pub(super) fn new(steps: &[Step]) -> Self {
        let mut open: BTreeMap<ResourceKey, Work> = BTreeMap::new();
        for step in steps {
            let work = open.entry(step.action.target());
            work.or_insert_with(|| Work { left: 0, since: None, verbs: Vec::new(), end: WorkEnd::Done })
                .left += 1;
        }
        let (begun, running) = (BTreeSet::new(), BTreeMap::new());
        Self { total: steps.len(), count: Count::default(), begun, running, open }
    }

    pub(super) fn start(&mut self, step: &Step, now: Duration) {
        self.begun.insert(step.id);
        let (words, effect) = (Words(step).to_string(), step.action.effect());
        self.running.insert(step.id, Running { words, effect, since: now, text: String::new() });
        if let Some(work) = self.open.get_mut(&step.action.target()) {
            work.since.get_or_insert(now);
        }
    }

    /// Notes how far a step is; what would move the cursor is taken out.
    pub(super) fn progress(&mut self, step: &Step, text: &str) {
        if let Some(running) = self.running.get_mut(&step.id) {
            running.text = text.trim().replace(char::is_control, " ");
        }
    }

    /// Notes the end of a step. Returns how long it took, and what is over with it.
    pub(super) fn finish(
        &mut self,
        step: &Step,
        outcome: &Outcome,
        now: Duration,
    ) -> (Duration, Option<Over>) {
        self.count.add(outcome);
        let running = self.running.remove(&step.id);
        let took = running.map_or(Duration::ZERO, |running| now.saturating_sub(running.since));
        (took, self.close(step, outcome, now))
    }

    fn close(&mut self, step: &Step, outcome: &Outcome, now: Duration) -> Option<Over> {
        let resource = step.action.target();
        let work = self.open.get_mut(&resource)?;
        work.left -= 1;
        let end = match outcome {
            Outcome::Done | Outcome::AlreadyDone => WorkEnd::Done,
            Outcome::Failed(_) => WorkEnd::Failed,
            Outcome::Skipped { because } => WorkEnd::Skipped(*because),
            Outcome::Cancelled => WorkEnd::Cancelled,
        };
        if matches!(end, WorkEnd::Done | WorkEnd::Failed) {
            work.verbs.push(step.action.verb());
        }
        work.end = work.end.max(end);
        if work.left > 0 {
            return None;
        }
        let work = self.open.remove(&resource)?;
        let took = now.saturating_sub(work.since.unwrap_or(now));
        Some(Over { resource, verbs: work.verbs, took, end: work.end })
    }

    /// Returns what is under way, the longest first.
    pub(super) fn under_way(&self) -> Vec<&Running> {
        let mut all: Vec<(&StepId, &Running)> = self.running.iter().collect();
        all.sort_by_key(|(id, running)| (running.since, **id));
        all.into_iter().map(|(_, running)| running).collect()
    }

    /// Returns the steps of a plan that were not begun, in words.
    pub(super) fn not_begun(&self, plan: &Plan) -> Vec<String> {
        let left = plan.steps().iter().filter(|step| !self.begun.contains(&step.id));
        left.map(|step| Words(step).to_string()).collect()
    }
}
