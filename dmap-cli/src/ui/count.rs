//! How many steps ended in which way.

use docker_exec::{Outcome, Report};

/// How many steps ended in which way.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(super) struct Count {
    pub(super) done: usize,
    pub(super) already: usize,
    pub(super) failed: usize,
    pub(super) skipped: usize,
    pub(super) cancelled: usize,
}

impl Count {
    pub(super) fn of(report: &Report) -> Self {
        let mut count = Self::default();
        report.outcomes.values().for_each(|outcome| count.add(outcome));
        count
    }

    pub(super) fn add(&mut self, outcome: &Outcome) {
        *match outcome {
            Outcome::Done => &mut self.done,
            Outcome::AlreadyDone => &mut self.already,
            Outcome::Failed(_) => &mut self.failed,
            Outcome::Skipped { .. } => &mut self.skipped,
            Outcome::Cancelled => &mut self.cancelled,
        } += 1;
    }
}
