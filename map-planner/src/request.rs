//! What is asked of the planner. Every question a prompt would ask is a field here.

use alloc::collections::BTreeSet;

use core::time::Duration;

use container_map::ContainerKey;

/// A goal and the containers it is for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Request {
    /// The state to reach.
    pub goal: Goal,
    /// The containers it is for.
    pub select: Select,
    /// What is allowed on the way.
    pub policy: Policy,
}

/// A state to reach. After a goal is reached, planning it again gives an empty plan.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Goal {
    /// Everything selected, and what it depends on, exists, is as the map says and runs.
    Up,
    /// Nothing selected, and nothing that depends on it, exists; volumes stay.
    Down,
}

/// The containers a goal is for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Select {
    /// The whole map, and its networks with it.
    All,
    /// These, and what they depend on or what depends on them.
    Only(BTreeSet<ContainerKey>),
    /// What this one needs to run: what it depends on, its image, networks and volumes; and not the container itself.
    Needs(ContainerKey),
}

/// What is allowed on the way to a goal.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Policy {
    /// What happens to a foreign container that has a name the map needs.
    pub foreign: Foreign,
    /// Exit codes after which starting a container again is of no use.
    pub unrecoverable: BTreeSet<i64>,
    /// How it is found out that commands that go on running still do (docker-map: `check_exec_commands`).
    pub exec_check: ExecCheck,
    /// What is said of differences that the map's rules of comparison leave alone.
    pub ignored: Ignored,
    /// What becomes of replacements that were not finished.
    pub failed_replacement: FailedReplacement,
    /// Whether containers are waited for.
    pub readiness: Readiness,
}

/// What is said of differences that the map's rules of comparison leave alone.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Ignored {
    /// Nothing.
    #[default]
    Untold,
    /// A note names them.
    Told,
}

/// What becomes of a replacement that an earlier run did not finish.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum FailedReplacement {
    /// It goes on.
    #[default]
    Finish,
    /// The predecessors of the selected containers take their places again, and nothing else is done.
    Restore,
}

/// Which containers are waited for beyond what others need.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Readiness {
    /// Those that others wait for, and those that replace others.
    #[default]
    AsNeeded,
    /// All that are selected.
    All {
        /// How long for each at most, if not as long as its health check may take.
        within: Option<Duration>,
    },
}

/// What happens to a foreign container that has a name the map needs.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Foreign {
    /// Nothing: the plan is refused.
    Refuse,
    /// It is replaced once, its anonymous volumes kept.
    Adopt,
}

/// How it is found out whether exec commands of containers that run are to be run again.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum ExecCheck {
    /// By what was noted: they were run there or not.
    #[default]
    Off,
    /// By a process whose command line contains the command; commands that run once are still told by what was noted.
    Partial,
    /// By a process whose command line is the command.
    Full,
}

impl Default for Policy {
    /// Refuses foreign containers; 125, 126 and 127 say that the command could not be run (docker run's own codes).
    fn default() -> Self {
        Self {
            foreign: Foreign::Refuse,
            unrecoverable: BTreeSet::from([125, 126, 127]),
            ignored: Ignored::Untold,
            failed_replacement: FailedReplacement::Finish,
            readiness: Readiness::AsNeeded,
            exec_check: ExecCheck::Off,
        }
    }
}
