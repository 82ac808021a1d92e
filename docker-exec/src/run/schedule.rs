//! What can be started, what is under way and what is over.

use std::cmp::Reverse;
use std::collections::{BTreeMap, BTreeSet};

use container_map::NetworkKey;
use map_planner::{Action, Effect, Pace, Step, StepId};

use super::handover::{Handover, Outages};
use super::{ExecuteOptions, OnFailure};
use crate::event::{Event, Observer};
use crate::report::{Outcome, Report};

/// A step that can be started: the most urgent first, of these the one with the longest chain, then the plan's order.
type Ready = (Urgency, Reverse<u64>, StepId);

/// Why a step goes before others.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Urgency {
    /// A container is down until it is done.
    Outage,
    /// It needs room in a network, which is narrower than the engine and had better not be empty.
    Narrow,
    /// It does not.
    None,
}

/// What can be started, what is under way and what is over.
pub(super) struct Schedule<'a> {
    steps: BTreeMap<StepId, &'a Step>,
    /// The steps that wait for one.
    dependents: BTreeMap<StepId, Vec<StepId>>,
    /// How many steps a step still waits for.
    open: BTreeMap<StepId, usize>,
    /// How long the longest chain is that begins with a step.
    chains: BTreeMap<StepId, u64>,
    ready: BTreeSet<Ready>,
    running: BTreeMap<Pace, usize>,
    /// The networks in which a step that is under way has room; what a handover has belongs to its stop.
    claims: BTreeMap<StepId, BTreeSet<&'a NetworkKey>>,
    busy: BTreeMap<&'a NetworkKey, usize>,
    outages: Outages<'a>,
    /// The steps that outages which have begun wait for.
    awaited: BTreeSet<StepId>,
    /// The handovers under way, by their stops. They have their room until they are over.
    under_way: BTreeSet<StepId>,
    /// The steps of those, and the stop of each.
    in_handover: BTreeMap<StepId, StepId>,
    /// The failure after which nothing new is started.
    stopped_by: Option<StepId>,
    options: &'a ExecuteOptions,
    report: Report,
}

/// How long an action takes compared with others, as far as its kind tells: a start takes a fifth of a second, a stop as
/// long as the container likes, most others some milliseconds.
fn weight(action: &Action) -> u64 {
    match (action.pace(), action.effect()) {
        (Pace::Long | Pace::Waits, _) => 30,
        (Pace::Quick, Effect::Start) => 20,
        (Pace::Quick, Effect::Prepare | Effect::Amend | Effect::Stop | Effect::Destroy) => 1,
    }
}

impl<'a> Schedule<'a> {
    pub(super) fn new(steps: &'a [Step], options: &'a ExecuteOptions) -> Self {
        let mut dependents: BTreeMap<StepId, Vec<StepId>> = BTreeMap::new();
        for step in steps {
            for before in &step.after {
                dependents.entry(*before).or_default().push(step.id);
            }
        }
        // A step comes after those with smaller numbers only.
        let mut chains: BTreeMap<StepId, u64> = BTreeMap::new();
        for step in steps.iter().rev() {
            let behind = dependents.get(&step.id).into_iter().flatten().filter_map(|id| chains.get(id)).max();
            chains.insert(step.id, weight(&step.action) + behind.copied().unwrap_or_default());
        }
        let mut schedule = Self {
            steps: steps.iter().map(|step| (step.id, step)).collect(),
            dependents,
            open: steps.iter().map(|step| (step.id, step.after.len())).collect(),
            chains,
            ready: BTreeSet::new(),
            running: BTreeMap::new(),
            claims: BTreeMap::new(),
            busy: BTreeMap::new(),
            outages: Outages::of(steps),
            awaited: BTreeSet::new(),
            under_way: BTreeSet::new(),
            in_handover: BTreeMap::new(),
            stopped_by: None,
            options,
            report: Report::default(),
        };
        let first = steps.iter().filter(|step| step.after.is_empty()).map(|step| schedule.ready(step.id));
        schedule.ready = first.collect();
        schedule
    }

    fn ready(&self, id: StepId) -> Ready {
        let is_narrow = |step: &Step| self.options.per_network.is_some() && !step.networks.is_empty();
        let urgency = if self.awaited.contains(&id) {
            Urgency::Outage
        } else if self.step(id).is_some_and(is_narrow) {
            Urgency::Narrow
        } else {
            Urgency::None
        };
        (urgency, Reverse(self.chains.get(&id).copied().unwrap_or_default()), id)
    }

    pub(super) fn step(&self, id: StepId) -> Option<&'a Step> {
        self.steps.get(&id).copied()
    }

    /// Takes the most urgent step that can be started now.
    pub(super) fn take_next(&mut self) -> Option<&'a Step> {
        if self.stopped_by.is_some() {
            return None;
        }
        let mut startable = self.ready.iter().filter_map(|(_, _, id)| self.step(*id));
        let step = startable.find(|step| self.has_room(step))?;
        self.ready.remove(&self.ready(step.id));
        *self.running.entry(step.action.pace()).or_default() += 1;
        let networks = self.networks(step);
        for network in &networks {
            *self.busy.entry(network).or_default() += 1;
        }
        self.claims.entry(step.id).or_default().extend(networks);
        if let Some(handover) = self.handover(step) {
            let steps = handover.steps.clone();
            self.under_way.insert(step.id);
            self.in_handover.extend(steps.into_iter().map(|id| (id, step.id)));
        }
        if let Some(end) = self.outages.ends.get(&step.id).copied() {
            self.hurry(end);
        }
        Some(step)
    }

    fn has_room(&self, step: &Step) -> bool {
        let running = |pace| self.running.get(&pace).copied().unwrap_or_default();
        let width = self.options.width.get();
        let has_lane = match step.action.pace() {
            // One at a time means one at a time.
            Pace::Quick | Pace::Long if width == 1 => running(Pace::Quick) + running(Pace::Long) < 1,
            Pace::Quick => running(Pace::Quick) < width,
            Pace::Long => running(Pace::Long) < 2 * width,
            Pace::Waits => true,
        };
        // What is stopped has to be started, and those that are down would wait for each other.
        let is_in_time = self.handover(step).is_none() || self.under_way.len() < width;
        has_lane
            && is_in_time
            && self.options.per_network.is_none_or(|limit| {
                let is_free = |network| self.busy.get(network).is_none_or(|busy| *busy < limit.get());
                self.networks(step).into_iter().all(is_free)
            })
    }

    /// Returns the handover that a step begins, if all of it can follow at once. If others have to do something in between,
    /// no room is kept meanwhile: they may need it.
    fn handover(&self, step: &Step) -> Option<&Handover<'a>> {
        let is_done = |id: &StepId| self.report.outcomes.get(id).is_some_and(Outcome::is_success);
        self.outages.handovers.get(&step.id).filter(|handover| handover.others.iter().all(is_done))
    }

    /// Returns the networks in which a step needs room that it has not.
    fn networks(&self, step: &Step) -> BTreeSet<&'a NetworkKey> {
        let began_with = self.in_handover.get(&step.id);
        let needed: BTreeSet<&'a NetworkKey> = match self.handover(step).filter(|_| began_with.is_none()) {
            Some(handover) => handover.networks.clone(),
            None => self.steps.get(&step.id).into_iter().flat_map(|step| &step.networks).collect(),
        };
        match began_with.and_then(|stop| self.claims.get(stop)) {
            Some(claimed) => needed.difference(claimed).copied().collect(),
            None => needed,
        }
    }

    /// Gives up the room in a network with whose endpoints a step is over. A handover keeps it up to its start.
    pub(super) fn leave_early(&mut self, step: &Step, network: &NetworkKey) {
        let began_with = self.in_handover.get(&step.id).copied();
        if began_with.is_none_or(|stop| self.outages.ends.get(&stop) == Some(&step.id)) {
            self.give_up_early(step, |left| left == network);
        }
    }

    /// Gives up the room in networks of a step that takes its time before it touches an endpoint.
    pub(super) fn rest(&mut self, step: &Step) {
        self.give_up_early(step, |_| true);
    }

    fn give_up_early(&mut self, step: &Step, is_left: impl Fn(&NetworkKey) -> bool) {
        for holder in [Some(step.id), self.in_handover.get(&step.id).copied()].into_iter().flatten() {
            let claimed = self.claims.entry(holder).or_default();
            let (left, kept) = std::mem::take(claimed).into_iter().partition(|network| is_left(network));
            *claimed = kept;
            self.leave(left);
        }
    }

    /// Makes whatever an outage waits for go first.
    fn hurry(&mut self, end: StepId) {
        let mut todo = vec![end];
        while let Some(id) = todo.pop() {
            if self.report.outcomes.contains_key(&id) || self.awaited.contains(&id) {
                continue;
            }
            let was_ready = self.ready.remove(&self.ready(id));
            self.awaited.insert(id);
            if was_ready {
                self.ready.insert(self.ready(id));
            }
            todo.extend(self.step(id).into_iter().flat_map(|step| &step.after));
        }
    }

    pub(super) fn finish(&mut self, step: &'a Step, outcome: Outcome, observer: &mut dyn Observer) {
        if let Some(running) = self.running.get_mut(&step.action.pace()) {
            *running -= 1;
        }
        let success = outcome.is_success();
        let began_with = self.in_handover.get(&step.id).copied();
        if began_with != Some(step.id) {
            self.give_up(step.id);
        }
        if let Some(began_with) = began_with {
            self.hand_over(began_with, step, success);
        }
        let cancelled = matches!(outcome, Outcome::Cancelled);
        self.record(step, outcome, observer);
        if success {
            self.release(step.id);
        } else if !cancelled {
            self.skip_dependents(step.id, observer);
            if self.options.on_failure == OnFailure::Stop {
                self.stopped_by.get_or_insert(step.id);
            }
        }
    }

    /// Goes on with a handover after one of its steps; gives up its room if that was the last one, or it cannot go on.
    fn hand_over(&mut self, began_with: StepId, step: &Step, success: bool) {
        if success && self.outages.ends.get(&began_with) != Some(&step.id) {
            return;
        }
        self.under_way.remove(&began_with);
        self.in_handover.retain(|_, stop| *stop != began_with);
        self.give_up(began_with);
    }

    /// Gives up the room in networks that a step still has.
    fn give_up(&mut self, id: StepId) {
        let claimed = self.claims.remove(&id).unwrap_or_default();
        self.leave(claimed);
    }

    fn leave(&mut self, networks: BTreeSet<&'a NetworkKey>) {
        for network in networks {
            if let Some(busy) = self.busy.get_mut(network) {
                *busy -= 1;
            }
        }
    }

    fn release(&mut self, done: StepId) {
        for waiting in self.dependents.get(&done).cloned().unwrap_or_default() {
            let Some(open) = self.open.get_mut(&waiting) else { continue };
            *open -= 1;
            if *open == 0 && !self.report.outcomes.contains_key(&waiting) {
                self.ready.insert(self.ready(waiting));
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

    /// Gives the steps that had no turn their outcome. Nothing is under way any more, so a failure was to stop the run, or
    /// it was cancelled.
    pub(super) fn close(mut self, observer: &mut dyn Observer) -> Report {
        for step in self.steps.clone().into_values() {
            if !self.report.outcomes.contains_key(&step.id) {
                let skipped = self.stopped_by.map(|because| Outcome::Skipped { because });
                self.record(step, skipped.unwrap_or(Outcome::Cancelled), observer);
            }
        }
        self.report
    }
}
