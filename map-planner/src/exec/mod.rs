//! Exec commands: which are still to be run, and what is noted once they were.
//!
//! A command is run after its container was started, and before whatever depends on the container starts. A policy of
//! `initial` runs it once in each container that is created, a policy of `restart` after each of its starts, whoever
//! started it. What was run is noted in the [`Record`](crate::engine::Record), under the container's identifier; what is
//! not noted is run, so a record that was lost makes commands run once more.

mod check;
mod note;

use alloc::collections::BTreeSet;
use alloc::string::String;
use alloc::vec::Vec;

use container_map::ContainerKey;
use container_map::config::{ExecPolicy, UpdateOrder};

use self::check::is_running;
use self::note::{in_container, in_run};
use crate::desired::DesiredContainer;
use crate::engine::{EngineState, ObservedContainer, RunState};
use crate::reason::Reason;
use crate::request::ExecCheck;
use crate::spec::ExecSpec;
use crate::verdict::{ContainerVerdict, Fate, FinalObject, Successor};

/// A command as the map wants it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DesiredCommand {
    /// What is run.
    pub exec: ExecSpec,
    /// When it is run again.
    pub policy: ExecPolicy,
}

/// A command that is still to be run.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Pending {
    pub(crate) exec: ExecSpec,
    /// Why, if it is not because the container is started.
    pub(crate) reason: Option<Reason>,
}

/// Returns the commands that are to be run in the object that stands for a container when the plan is done, in the order
/// of the map.
pub(crate) fn pending(
    key: &ContainerKey,
    wanted: &DesiredContainer,
    verdict: &ContainerVerdict,
    engine: &EngineState,
    check: ExecCheck,
) -> Vec<Pending> {
    let live = match &verdict.outcome {
        FinalObject::Existing(id) => engine.object(key, id),
        FinalObject::New => None,
    };
    let is_up = live.is_some_and(|live| live.state.is_up());
    let starts = match verdict.fate {
        Fate::Keep => false,
        // It may have been started beside its predecessor.
        Fate::Replace { successor: Successor::Waiting, order: UpdateOrder::StartFirst } => !is_up,
        _ => true,
    };
    if !starts && live.is_none_or(|live| live.state != RunState::Running) {
        return Vec::new();
    }
    let noted = live.and_then(|live| engine.record.as_ref()?.containers.get(&live.id));
    let none = BTreeSet::new();
    let noted = noted.map_or(&none, |noted| &noted.commands);
    let wanted = wanted.commands.iter().filter_map(|command| {
        let reason = match live.filter(|_| !starts) {
            Some(live) => Some(why(command, live, noted, check)?),
            None if command.policy == ExecPolicy::Initial && noted.contains(&in_container(&command.exec)) => {
                return None;
            }
            None => None,
        };
        Some(Pending { exec: command.exec.clone(), reason })
    });
    wanted.collect()
}

/// Returns why a command is to be run in a container that runs already.
fn why(
    command: &DesiredCommand,
    live: &ObservedContainer,
    noted: &BTreeSet<String>,
    check: ExecCheck,
) -> Option<Reason> {
    match (command.policy, &live.processes) {
        (ExecPolicy::Initial, _) => (!noted.contains(&in_container(&command.exec))).then_some(Reason::NotRun),
        (ExecPolicy::Restart, Some(processes)) if check != ExecCheck::Off => {
            (!is_running(&command.exec, live, processes, check)).then_some(Reason::NoProcess)
        }
        (ExecPolicy::Restart, _) => (!noted.contains(&in_run(&command.exec, live))).then_some(Reason::NotRun),
    }
}
