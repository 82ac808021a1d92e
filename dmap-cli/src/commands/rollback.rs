//! The way back from replacements that failed.

use std::collections::BTreeSet;

use container_map::ContainerKey;
use docker_exec::Report;
use map_planner::{Action, ContainerRef, Plan, Slot};

use super::carry_out::{Ended, Work};
use crate::exit::Exit;
use crate::failure::Failure;

/// Returns the containers that are replaced by a plan, or left by an earlier one, and are not ready; none unless something
/// failed. A predecessor that could not be removed is no reason to go back.
pub(super) fn unfinished(plan: &Plan, report: &Report) -> BTreeSet<ContainerKey> {
    if report.failures().next().is_none() {
        return BTreeSet::new();
    }
    let clears = |action: &Action| {
        matches!(action, Action::RemoveContainer { container: ContainerRef { slot: Slot::Prev, .. } })
    };
    let left = report.left().filter_map(|id| plan.step(id)).map(|step| &step.action);
    left.filter(|action| !clears(action))
        .filter_map(|action| action.container())
        .map(|container| container.key.clone())
        .collect()
}

/// Carries out the way back. The run has failed all the same.
pub(super) async fn roll_back(work: &Work<'_>, plan: &Plan, failed: Exit) -> Result<Ended, Failure> {
    if plan.is_empty() {
        return Ok(Ended::Over(failed));
    }
    work.ui.say("rolling back: what was replaced and did not come up gets its predecessor back");
    Ok(match work.carry_out(plan).await? {
        Some(run) if run.exit == Exit::Interrupted => Ended::Over(Exit::Interrupted),
        Some(_) => Ended::Over(Exit::Partly),
        None => Ended::Aborted,
    })
}
