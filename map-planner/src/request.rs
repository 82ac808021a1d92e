//! What is asked of the planner. Every question a prompt would ask is a field here.

use alloc::collections::BTreeSet;
use core::time::Duration;

use container_map::{ContainerKey, Signal};

use crate::action::Effect;
use crate::plan::Plan;

/// What is asked, and the containers it is asked for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Request {
    /// What is asked.
    pub verb: Verb,
    /// The containers it is for.
    pub select: Select,
    /// What is allowed on the way.
    pub policy: Policy,
}

/// What is asked: a state, or something to be done once.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Verb {
    /// A state to reach.
    Goal(Goal),
    /// Something to do.
    Errand(Errand),
}

/// A state to reach. After a goal is reached, planning it again gives an empty plan.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Goal {
    /// Everything selected, and what it depends on, exists; nothing is started, and what is there stays as it is
    /// (docker-map: `create`).
    Create,
    /// Whatever exists of the selection, and of what it depends on, runs (docker-map: `start`).
    Start,
    /// Everything selected, and what it depends on, exists and runs; what is there stays as it is (docker-map: `startup`).
    Startup,
    /// Everything selected, and what it depends on, exists, is as the map says and runs (docker-map: `update`).
    Up,
    /// Nothing selected, and nothing that depends on it, runs (docker-map: `stop`).
    Stop,
    /// Nothing selected, and nothing that depends on it, exists without running (docker-map: `remove`).
    Remove,
    /// Nothing selected, and nothing that depends on it, exists; volumes stay (docker-map: `shutdown`).
    Down,
    /// The images of everything selected, and of what it depends on, are here.
    Pull,
    /// The images of everything selected that the map builds are what a build makes now.
    Build,
}

/// Something to do. It is done whenever it is asked, so it has no end that could be planned for again.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Errand {
    /// What is selected stops and starts again, and with it what shares its network namespace.
    Restart,
    /// What is selected and runs gets a signal.
    Signal(Signal),
    /// The images of everything selected, and of what it depends on, are pulled, also if they are here (docker-map:
    /// `pull_images`).
    Refresh,
    /// The images of everything selected that the map builds are built, also if they are what a build makes.
    Rebuild,
}

impl From<Goal> for Verb {
    fn from(goal: Goal) -> Self {
        Self::Goal(goal)
    }
}

impl From<Errand> for Verb {
    fn from(errand: Errand) -> Self {
        Self::Errand(errand)
    }
}

/// What a verb means: a row of the table of verbs.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Rule {
    /// Who is meant besides the selected.
    pub(crate) reach: Reach,
    /// What becomes of those who are meant.
    pub(crate) target: Target,
    /// Whether what exists is made as the map says.
    pub(crate) differences: Differences,
}

/// Who is meant besides the selected.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Reach {
    Dependencies,
    Dependents,
    Nobody,
}

/// What becomes of those who are meant.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Target {
    Exists,
    RunsIfThere,
    Runs,
    Stopped,
    GoneUnlessUp,
    Gone,
    ImageHere,
    ImagePulled,
    ImageBuilt,
    ImageRebuilt,
    Restarted,
    Signalled(Signal),
}

/// Whether what exists is made as the map says.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Differences {
    Mended,
    Ignored,
}

impl Verb {
    /// Returns what the verb means: the table of verbs.
    pub(crate) fn rule(self) -> Rule {
        use Differences::{Ignored, Mended};
        use Reach::{Dependencies, Dependents, Nobody};
        let (reach, target, differences) = match self {
            Self::Goal(Goal::Create) => (Dependencies, Target::Exists, Ignored),
            Self::Goal(Goal::Start) => (Dependencies, Target::RunsIfThere, Ignored),
            Self::Goal(Goal::Startup) => (Dependencies, Target::Runs, Ignored),
            Self::Goal(Goal::Up) => (Dependencies, Target::Runs, Mended),
            Self::Goal(Goal::Stop) => (Dependents, Target::Stopped, Ignored),
            Self::Goal(Goal::Remove) => (Dependents, Target::GoneUnlessUp, Ignored),
            Self::Goal(Goal::Down) => (Dependents, Target::Gone, Ignored),
            Self::Goal(Goal::Pull) => (Dependencies, Target::ImageHere, Ignored),
            Self::Goal(Goal::Build) => (Nobody, Target::ImageBuilt, Ignored),
            Self::Errand(Errand::Rebuild) => (Nobody, Target::ImageRebuilt, Ignored),
            Self::Errand(Errand::Restart) => (Nobody, Target::Restarted, Ignored),
            Self::Errand(Errand::Signal(signal)) => (Nobody, Target::Signalled(signal), Ignored),
            Self::Errand(Errand::Refresh) => (Dependencies, Target::ImagePulled, Ignored),
        };
        Rule { reach, target, differences }
    }

    /// Returns whether a plan for it can build images, for which what their contexts hold must be known.
    pub fn can_build(self) -> bool {
        matches!(
            self.rule().target,
            Target::Exists | Target::Runs | Target::ImageBuilt | Target::ImageRebuilt
        )
    }

    /// Returns whether a plan for it can create containers, for which what their secrets hold must be known.
    pub fn can_create(self) -> bool {
        matches!(self.rule().target, Target::Exists | Target::Runs)
    }
}

impl Request {
    /// Returns the rule of the request's verb, as far as the policy lets it reach.
    pub(crate) fn rule(&self) -> Rule {
        let rule = self.verb.rule();
        match self.policy.company {
            Company::Others => rule,
            Company::Nobody => Rule { reach: Reach::Nobody, ..rule },
        }
    }

    /// Returns whether a plan for the request takes the user's consent: it stops or removes something. Who names a
    /// container to be stopped, restarted or sent a signal has consented to that already.
    pub fn takes_consent(&self, plan: &Plan) -> bool {
        let is_said = match (self.rule().target, &self.select) {
            (Target::Stopped | Target::Restarted | Target::Signalled(_), Select::Only(keys)) => Some(keys),
            _ => None,
        };
        plan.steps().iter().any(|step| match step.action.effect() {
            Effect::Stop => {
                let named = step.action.container().zip(is_said);
                !named.is_some_and(|(container, keys)| keys.contains(&container.key))
            }
            Effect::Destroy => true,
            Effect::Prepare | Effect::Amend | Effect::Start => false,
        })
    }
}

/// The containers a request is for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Select {
    /// The whole map, and its networks with it.
    All,
    /// These, and what they depend on or what depends on them.
    Only(BTreeSet<ContainerKey>),
    /// What this one needs to run: what it depends on, its image, networks and volumes; and not the container itself.
    Needs(ContainerKey),
}

/// What is allowed on the way.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Policy {
    /// What happens to a foreign container that has a name the map needs.
    pub foreign: Foreign,
    /// Exit codes after which starting a container again is of no use (docker-map: `nonrecoverable_exit_codes`).
    pub unrecoverable: BTreeSet<i64>,
    /// How it is found out that commands that go on running still do (docker-map: `check_exec_commands`).
    pub exec_check: ExecCheck,
    /// What is said of differences that the map's rules of comparison leave alone.
    pub ignored: Ignored,
    /// What becomes of replacements that were not finished.
    pub failed_replacement: FailedReplacement,
    /// Whether containers are waited for.
    pub readiness: Readiness,
    /// Who comes along with the selected.
    pub company: Company,
    /// Containers that are left as they are, whoever needs them.
    pub exclude: BTreeSet<ContainerKey>,
    /// Containers that [`Goal::Up`] replaces although they are as the map says (docker-map: `force_update`). This is done
    /// whenever it is asked, like an errand: the next plan with the same wish does it again. One whose replacement was
    /// interrupted is finished instead.
    pub replace: BTreeSet<ContainerKey>,
    /// Which image persistent containers run (docker-map: `update_persistent`).
    pub persistent_images: PersistentImages,
    /// What becomes of persistent containers that are to be removed (docker-map: `remove_persistent`).
    pub persistent: Persistent,
    /// What becomes of limits that the map no longer sets (docker-map: `skip_limit_reset`).
    pub limits: UnsetLimits,
    /// What becomes of the attached volumes of containers that are removed (docker-map: `remove_attached`).
    pub volumes: AttachedVolumes,
    /// What becomes of containers and networks of dmap's own that the map no longer has.
    pub orphans: Orphans,
    /// Whether images that are here are pulled before the plan is carried out (docker-map: `pull_before_update`).
    pub pull: Pull,
    /// Which images the map builds are built.
    pub builds: Builds,
    /// Time between a stop signal and the kill, where it is not the one a container was created with.
    pub grace: Option<Duration>,
    /// What becomes of exec commands when containers are restarted (docker-map: `restart_exec_commands`).
    pub restart_commands: RestartCommands,
}

/// What becomes of exec commands when containers are restarted.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum RestartCommands {
    /// They are left to the next [`Goal::Up`], which runs what was not run since the start.
    #[default]
    Leave,
    /// Those that are for every start are run.
    Run,
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

/// Who comes along with the selected.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Company {
    /// What the selected depend on, or what depends on them, as the verb says.
    Others,
    /// Nobody.
    Nobody,
}

/// Which image persistent containers run.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum PersistentImages {
    /// The one they were made from.
    Keep,
    /// The one their tag stands for, like all others.
    Follow,
}

/// What becomes of persistent containers that are to be removed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Persistent {
    /// They are removed like all others.
    Remove,
    /// They are left as they are.
    Keep,
}

/// What becomes of limits that the map no longer sets.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum UnsetLimits {
    /// They are taken away.
    Reset,
    /// They stay.
    Keep,
}

/// What becomes of the attached volumes of containers that are removed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum AttachedVolumes {
    /// They stay.
    Keep,
    /// They are removed, if dmap made them and nobody else mounts them.
    Remove,
}

/// What becomes of containers and networks of dmap's own that the map no longer has. Volumes always stay.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Orphans {
    /// They are named in the plan.
    Name,
    /// They are removed.
    Remove,
}

/// Whether images that are here are pulled before a plan is carried out.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Pull {
    /// Only those that are missing.
    Missing,
    /// They will be, so that the plan may change: it says so.
    First,
}

/// Which of the images that the map builds are built, where containers are made from them.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Builds {
    /// None: without one, there is no plan.
    Never,
    /// Those that are missing. Those that are not what a build would make now are named in the plan.
    Missing,
    /// Those that are missing, and those that are not what a build would make now.
    Changed,
}

impl Default for Policy {
    /// Refuses foreign containers and keeps all data; 125, 126 and 127 say that the command could not be run (docker
    /// run's own codes).
    fn default() -> Self {
        Self {
            foreign: Foreign::Refuse,
            unrecoverable: BTreeSet::from([125, 126, 127]),
            ignored: Ignored::Untold,
            failed_replacement: FailedReplacement::Finish,
            readiness: Readiness::AsNeeded,
            exec_check: ExecCheck::Off,
            company: Company::Others,
            exclude: BTreeSet::new(),
            replace: BTreeSet::new(),
            persistent_images: PersistentImages::Keep,
            persistent: Persistent::Remove,
            limits: UnsetLimits::Reset,
            volumes: AttachedVolumes::Keep,
            orphans: Orphans::Name,
            pull: Pull::Missing,
            builds: Builds::Missing,
            grace: None,
            restart_commands: RestartCommands::Leave,
        }
    }
}
