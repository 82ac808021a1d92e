//! What the record says of commands that were run.

use alloc::collections::BTreeMap;
use alloc::format;
use alloc::string::String;
use alloc::vec::Vec;

use crate::action::Action;
use crate::container_ref::ContainerRef;
use crate::engine::{EngineId, EngineState, ObservedContainer, Record, fingerprint_digest};
use crate::spec::ExecSpec;

/// Divides a command from the run of the container that it was run in.
const IN: char = '@';

/// Returns what is noted of a command that was run in a container, in whichever of its runs.
pub(super) fn in_container(exec: &ExecSpec) -> String {
    fingerprint_digest(exec)
}

/// Returns what is noted of a command that was run in the present run of a container.
pub(super) fn in_run(exec: &ExecSpec, live: &ObservedContainer) -> String {
    format!("{}{}", in_container(exec), run(live))
}

fn run(live: &ObservedContainer) -> String {
    format!("{IN}{}", fingerprint_digest(&live.started))
}

impl Record {
    /// Returns the record with the commands that were run since: those of the given actions, which were done.
    ///
    /// `now` is what the engine has after that; it tells which object and which run of it a command was run in. What was
    /// noted of containers that are gone is left out.
    #[must_use]
    pub fn with_commands<'a>(&self, done: impl IntoIterator<Item = &'a Action>, now: &EngineState) -> Self {
        let mut record = self.clone();
        let mut run_in: BTreeMap<&EngineId, (&ObservedContainer, Vec<&ExecSpec>)> = BTreeMap::new();
        for action in done {
            if let Action::Exec { container, command } = action
                // A successor has taken the container's name meanwhile.
                && let Some(live) = now.container(container).or_else(|| now.container(&ContainerRef::current(&container.key)))
            {
                run_in.entry(&live.id).or_insert_with(|| (live, Vec::new())).1.push(command);
            }
        }
        for (id, (live, commands)) in run_in {
            let noted = &mut record.containers.entry(id.clone()).or_default().commands;
            // What was run in an earlier run does not count any more.
            noted.retain(|entry| !entry.contains(IN) || entry.ends_with(&run(live)));
            noted.extend(commands.into_iter().flat_map(|exec| [in_container(exec), in_run(exec, live)]));
        }
        record.containers.retain(|id, _| now.name_of(id).is_some());
        record
    }
}
