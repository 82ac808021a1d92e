//! Carries out a plan: ready steps side by side, as far as the width and the networks allow.
//!
//! # Guarantees
//!
//! - A step is started only after every step it names in `after` was done.
//! - A step that was started is waited for, whatever else fails and also when the run is cancelled; except one that only
//!   waits itself, which is given up then.
//! - A failed step keeps only those from starting that come after it, directly or not.
//! - Every step gets one outcome, and one [`Event::StepFinished`].
//!
//! # Assumptions
//!
//! The plan's edges are complete: every order they allow is valid (`Plan::check`, and the planner's properties).

use std::collections::{BTreeMap, BTreeSet};
use std::num::NonZeroUsize;

use container_map::NetworkKey;
use futures_util::StreamExt;
use futures_util::stream::FuturesUnordered;
use map_planner::{Plan, Step, StepId};
use tokio::sync::mpsc;
use tokio_util::sync::CancellationToken;

use crate::engine::{Applied, Engine};
use crate::event::{Event, Observer, Progress};
use crate::report::{Outcome, Report};

/// How a plan is carried out.
#[derive(Debug, Clone)]
pub struct ExecuteOptions {
    /// How many steps are under way at once at most.
    pub width: NonZeroUsize,
    /// How many steps that touch endpoints of the same network are under way at once at most; none for no limit.
    /// Engines before 28.2 lose count of a network's endpoints when it is more than two.
    pub per_network: Option<NonZeroUsize>,
    /// Cancels the run: what is under way is finished, nothing new is started.
    pub cancel: CancellationToken,
}

/// Carries out a plan and says what became of each step. It knows no action: it only follows the edges.
pub async fn execute<E: Engine>(
    engine: &E,
    plan: &Plan,
    options: &ExecuteOptions,
    observer: &mut dyn Observer,
) -> Report {
    run(engine, plan.steps(), options, observer).await
}

async fn run<E: Engine>(
    engine: &E,
    steps: &[Step],
    options: &ExecuteOptions,
    observer: &mut dyn Observer,
) -> Report {
    let (to, mut progress) = mpsc::unbounded_channel();
    let mut schedule = Schedule::new(steps, options);
    let mut running = FuturesUnordered::new();
    let mut cancelled = options.cancel.is_cancelled();
    loop {
        while let Some(step) = (!cancelled).then(|| schedule.take_next()).flatten() {
            observer.notice(Event::StepStarted { step });
            let line = Progress { step: step.id, to: to.clone() };
            running.push(async move { (step, attempt(engine, step, line, &options.cancel).await) });
        }
        if running.is_empty() {
            break;
        }
        tokio::select! {
            biased;
            Some((id, text)) = progress.recv() => {
                if let Some(step) = schedule.step(id) {
                    observer.notice(Event::StepProgressed { step, text: &text });
                }
            }
            Some((step, outcome)) = running.next() => schedule.finish(step, outcome, observer),
            () = options.cancel.cancelled(), if !cancelled => cancelled = true,
        }
    }
    schedule.close(observer)
}

/// Does one step. One that only waits is given up when the run is cancelled.
async fn attempt<E: Engine>(engine: &E, step: &Step, line: Progress, cancel: &CancellationToken) -> Outcome {
    let work = line.during(engine.apply(&step.action));
    let result =
        if step.action.only_waits() { cancel.run_until_cancelled(work).await } else { Some(work.await) };
    match result {
        Some(Ok(Applied::Done)) => Outcome::Done,
        Some(Ok(Applied::AlreadyDone)) => Outcome::AlreadyDone,
        Some(Err(error)) => Outcome::Failed(error),
        None => Outcome::Cancelled,
    }
}

/// What can be started, what is under way and what is over.
struct Schedule<'a> {
    steps: BTreeMap<StepId, &'a Step>,
    /// The steps that wait for one.
    dependents: BTreeMap<StepId, Vec<StepId>>,
    /// How many steps a step still waits for.
    open: BTreeMap<StepId, usize>,
    ready: BTreeSet<StepId>,
    running: usize,
    busy: BTreeMap<&'a NetworkKey, usize>,
    options: &'a ExecuteOptions,
    report: Report,
}

impl<'a> Schedule<'a> {
    fn new(steps: &'a [Step], options: &'a ExecuteOptions) -> Self {
        let mut dependents: BTreeMap<StepId, Vec<StepId>> = BTreeMap::new();
        for step in steps {
            for before in &step.after {
                dependents.entry(*before).or_default().push(step.id);
            }
        }
        let ready = steps.iter().filter(|step| step.after.is_empty()).map(|step| step.id).collect();
        Self {
            steps: steps.iter().map(|step| (step.id, step)).collect(),
            dependents,
            open: steps.iter().map(|step| (step.id, step.after.len())).collect(),
            ready,
            running: 0,
            busy: BTreeMap::new(),
            options,
            report: Report::default(),
        }
    }

    fn step(&self, id: StepId) -> Option<&'a Step> {
        self.steps.get(&id).copied()
    }

    /// Takes the first step that can be started now, in the plan's order.
    fn take_next(&mut self) -> Option<&'a Step> {
        if self.running >= self.options.width.get() {
            return None;
        }
        let step = self.ready.iter().filter_map(|id| self.step(*id)).find(|step| self.has_room(step))?;
        self.ready.remove(&step.id);
        self.running += 1;
        for network in &step.networks {
            *self.busy.entry(network).or_default() += 1;
        }
        Some(step)
    }

    fn has_room(&self, step: &Step) -> bool {
        self.options.per_network.is_none_or(|limit| {
            let is_free = |network| self.busy.get(network).is_none_or(|busy| *busy < limit.get());
            step.networks.iter().all(is_free)
        })
    }

    fn finish(&mut self, step: &'a Step, outcome: Outcome, observer: &mut dyn Observer) {
        self.running -= 1;
        for network in &step.networks {
            if let Some(busy) = self.busy.get_mut(network) {
                *busy -= 1;
            }
        }
        let (success, cancelled) = (outcome.is_success(), matches!(outcome, Outcome::Cancelled));
        self.record(step, outcome, observer);
        if success {
            self.release(step.id);
        } else if !cancelled {
            self.skip_dependents(step.id, observer);
        }
    }

    fn release(&mut self, done: StepId) {
        for waiting in self.dependents.get(&done).into_iter().flatten() {
            if let Some(open) = self.open.get_mut(waiting) {
                *open -= 1;
                if *open == 0 && !self.report.outcomes.contains_key(waiting) {
                    self.ready.insert(*waiting);
                }
            }
        }
    }

    fn skip_dependents(&mut self, failed: StepId, observer: &mut dyn Observer) {
        let mut todo = vec![failed];
        while let Some(id) = todo.pop() {
            for waiting in self.dependents.get(&id).cloned().unwrap_or_default() {
                let Some(step) = self.step(waiting) else { continue };
                if !self.report.outcomes.contains_key(&waiting) {
                    self.record(step, Outcome::Skipped { because: failed }, observer);
                    todo.push(waiting);
                }
            }
        }
    }

    fn record(&mut self, step: &'a Step, outcome: Outcome, observer: &mut dyn Observer) {
        observer.notice(Event::StepFinished { step, outcome: &outcome });
        self.report.outcomes.insert(step.id, outcome);
    }

    /// Gives the steps that had no turn their outcome: nothing is under way any more, so the run was cancelled.
    fn close(mut self, observer: &mut dyn Observer) -> Report {
        for step in self.steps.clone().into_values() {
            if !self.report.outcomes.contains_key(&step.id) {
                self.record(step, Outcome::Cancelled, observer);
            }
        }
        self.report
    }
}

#[cfg(test)]
mod tests;
