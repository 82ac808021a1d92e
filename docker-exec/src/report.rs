//! What became of each step.

use std::collections::BTreeMap;

use map_planner::StepId;

use crate::error::EngineError;

/// What became of each step of a plan. Every step of the plan is in it.
#[derive(Debug, Default)]
pub struct Report {
    /// The outcomes, by step.
    pub outcomes: BTreeMap<StepId, Outcome>,
}

/// What became of a step.
#[derive(Debug)]
pub enum Outcome {
    /// It was done.
    Done,
    /// The engine was so already.
    AlreadyDone,
    /// The engine did not do it.
    Failed(EngineError),
    /// It was not tried, because a step before it was not done.
    Skipped {
        /// The step that failed.
        because: StepId,
    },
    /// It was not tried, because the run was cancelled before its turn.
    Cancelled,
}

impl Outcome {
    /// Returns whether the engine now is as the step wants it.
    pub fn is_success(&self) -> bool {
        matches!(self, Self::Done | Self::AlreadyDone)
    }
}

impl Report {
    /// Returns whether every step was done.
    pub fn is_success(&self) -> bool {
        self.outcomes.values().all(Outcome::is_success)
    }

    /// Returns whether any step changed the engine.
    pub fn applied_any(&self) -> bool {
        self.outcomes.values().any(|outcome| matches!(outcome, Outcome::Done))
    }

    /// Returns whether steps were left out because the run was cancelled.
    pub fn was_cancelled(&self) -> bool {
        self.outcomes.values().any(|outcome| matches!(outcome, Outcome::Cancelled))
    }

    /// Returns the steps that failed, with their errors.
    pub fn failures(&self) -> impl Iterator<Item = (StepId, &EngineError)> {
        self.outcomes.iter().filter_map(|(id, outcome)| match outcome {
            Outcome::Failed(error) => Some((*id, error)),
            _ => None,
        })
    }

    /// Returns the steps that were not done, for whatever reason.
    pub fn left(&self) -> impl Iterator<Item = StepId> {
        self.outcomes.iter().filter(|(_, outcome)| !outcome.is_success()).map(|(id, _)| *id)
    }
}
