//! How long containers did not run while a plan was carried out.

use std::collections::{BTreeMap, BTreeSet};
use std::time::{Duration, Instant};

use container_map::ContainerKey;
use map_planner::{Action, Plan, Step};

use crate::event::Event;

/// How long one container was down.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct MeasuredOutage {
    /// The container.
    pub container: ContainerKey,
    /// From the beginning of its stop to the end of its start, or until the plan was over.
    pub lasted: Duration,
    /// Whether it was over when the plan was.
    pub is_over: bool,
}

/// Measures the outages of the containers that a plan stops and starts again, be it another object that is started.
///
/// A container whose successor runs before it is stopped has none. Nor has one whose stop failed, as far as is known.
/// The clock is the caller's: it is told with each event.
#[derive(Debug, Clone, Default)]
pub struct Outages {
    /// The containers that the plan starts.
    started: BTreeSet<ContainerKey>,
    /// Those of which something was started.
    up: BTreeSet<ContainerKey>,
    /// Since when containers are down.
    open: BTreeMap<ContainerKey, Instant>,
    /// For how long containers were down.
    over: BTreeMap<ContainerKey, Duration>,
}

/// What an action means to whoever uses a container.
enum Turn {
    Off,
    On,
    OffAndOn,
}

impl Turn {
    fn of(action: &Action) -> Option<Self> {
        match action {
            Action::StopContainer { .. } => Some(Self::Off),
            Action::StartContainer { .. } => Some(Self::On),
            Action::RestartContainer { .. } => Some(Self::OffAndOn),
            Action::PullImage { .. }
            | Action::BuildImage { .. }
            | Action::CreateNetwork { .. }
            | Action::RemoveNetwork { .. }
            | Action::ConnectNetwork { .. }
            | Action::DisconnectNetwork { .. }
            | Action::CreateVolume { .. }
            | Action::PrepareVolume { .. }
            | Action::RemoveVolume { .. }
            | Action::CreateContainer { .. }
            | Action::UpdateContainer { .. }
            | Action::KillContainer { .. }
            | Action::RenameContainer { .. }
            | Action::AwaitContainer { .. }
            | Action::Exec { .. }
            | Action::RemoveHelper { .. }
            | Action::RemoveContainer { .. } => None,
        }
    }
}

impl Outages {
    /// Measures those of a plan.
    pub fn new(plan: &Plan) -> Self {
        Self::of(plan.steps())
    }

    fn of(steps: &[Step]) -> Self {
        let turned_on = |step: &&Step| matches!(Turn::of(&step.action), Some(Turn::On | Turn::OffAndOn));
        let started = steps.iter().filter(turned_on).filter_map(key).cloned().collect();
        Self { started, ..Self::default() }
    }

    /// Takes notice of an event that happens now.
    pub fn notice(&mut self, event: &Event<'_>, now: Instant) {
        match event {
            Event::StepStarted { step } => self.begin(step, now),
            Event::StepProgressed { .. } => {}
            Event::StepFinished { step, outcome } if outcome.is_success() => self.end(step, now),
            Event::StepFinished { step, .. } => {
                if let (Some(Turn::Off), Some(key)) = (Turn::of(&step.action), key(step)) {
                    self.open.remove(key);
                }
            }
        }
    }

    fn begin(&mut self, step: &Step, now: Instant) {
        let (Some(Turn::Off | Turn::OffAndOn), Some(key)) = (Turn::of(&step.action), key(step)) else {
            return;
        };
        if self.started.contains(key) && !self.up.contains(key) {
            self.open.entry(key.clone()).or_insert(now);
        }
    }

    fn end(&mut self, step: &Step, now: Instant) {
        let (Some(Turn::On | Turn::OffAndOn), Some(key)) = (Turn::of(&step.action), key(step)) else {
            return;
        };
        self.up.insert(key.clone());
        if let Some(since) = self.open.remove(key) {
            *self.over.entry(key.clone()).or_default() += now.duration_since(since);
        }
    }

    /// Returns the outages until now, by container.
    pub fn until(&self, now: Instant) -> Vec<MeasuredOutage> {
        let over = self.over.iter().map(|(key, lasted)| (key, *lasted, true));
        let open = self.open.iter().map(|(key, since)| (key, now.duration_since(*since), false));
        let mut all: Vec<MeasuredOutage> = over
            .chain(open)
            .map(|(key, lasted, is_over)| MeasuredOutage { container: key.clone(), lasted, is_over })
            .collect();
        all.sort_by(|one, other| one.container.cmp(&other.container));
        all
    }
}

fn key(step: &Step) -> Option<&ContainerKey> {
    step.action.container().map(|container| &container.key)
}

#[cfg(test)]
mod tests;
