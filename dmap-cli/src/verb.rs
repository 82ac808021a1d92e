//! What each verb of the command line asks.

use map_planner::{
    AttachedVolumes, Builds, Company, Errand, Foreign, Goal, Orphans, Persistent, PersistentImages, Policy,
    Pull, Readiness, RestartCommands, UnsetLimits, Verb,
};

use crate::args::{
    ChangeCommand, CompanyArgs, CreationArgs, DataArgs, GraceArgs, ImageArgs, PlanArgs, Planned, PruneArgs,
    RemovalArgs, RerunArgs, UpdateArgs,
};

/// What a command asks of the containers it is for.
#[derive(Debug)]
pub(crate) struct Asked {
    /// The verb.
    pub(crate) verb: Verb,
    /// What is allowed on the way, without what targets name.
    pub(crate) policy: Policy,
    /// What is replaced in any case.
    pub(crate) replaced: Replaced,
    /// Targets that are left as they are.
    pub(crate) excluded: Vec<String>,
    /// Whether images are pulled before.
    pub(crate) pulls_first: bool,
}

/// What is replaced also if it is as the map says.
#[derive(Debug)]
pub(crate) enum Replaced {
    /// These targets.
    Named(Vec<String>),
    /// What the command is for.
    Selected,
}

impl Asked {
    /// Asks for what nothing else is said about.
    pub(crate) fn plainly(verb: impl Into<Verb>) -> Self {
        Self {
            verb: verb.into(),
            policy: Policy::default(),
            replaced: Replaced::Named(Vec::new()),
            excluded: Vec::new(),
            pulls_first: false,
        }
    }

    /// Returns what a command that changes an engine asks.
    pub(crate) fn by(command: &ChangeCommand) -> Self {
        let asked = match command {
            ChangeCommand::Create(_) => Self::plainly(Goal::Create),
            ChangeCommand::Startup(args) => Self::plainly(Goal::Startup).creating(&args.creation),
            ChangeCommand::Start(_) => Self::plainly(Goal::Start),
            ChangeCommand::Up(args) => {
                let asked = Self::plainly(Goal::Up).creating(&args.creation).updating(&args.update);
                let mut asked = Self { pulls_first: args.update.pull, ..asked }.pruning(&args.prune);
                if args.wait {
                    asked.policy.readiness = Readiness::All { within: args.wait_timeout };
                }
                asked
            }
            ChangeCommand::Stop(args) => Self::plainly(Goal::Stop).within(&args.grace),
            ChangeCommand::Restart(args) => {
                Self::plainly(Errand::Restart).within(&args.stop.grace).rerunning(&args.rerun)
            }
            ChangeCommand::Rm(args) => Self::plainly(Goal::Remove).removing(&args.removal),
            ChangeCommand::Down(args) => {
                let asked = Self::plainly(Goal::Down).removing(&args.removal).pruning(&args.prune);
                asked.with_data(&args.data).within(&args.grace)
            }
            ChangeCommand::Signal(args) => Self::plainly(Errand::Signal(args.signal)),
            ChangeCommand::Build(args) => Self::plainly(build(args.force)),
            ChangeCommand::Pull(args) => Self::plainly(pull(&args.images)),
        };
        asked.of(&command.apply().company)
    }

    /// Returns what a command would ask whose plan is to be shown.
    pub(crate) fn planned(plan: &PlanArgs) -> Self {
        let verb = match plan.goal {
            Planned::Create => Goal::Create.into(),
            Planned::Start => Goal::Start.into(),
            Planned::Startup => Goal::Startup.into(),
            Planned::Up => Goal::Up.into(),
            Planned::Stop => Goal::Stop.into(),
            Planned::Rm => Goal::Remove.into(),
            Planned::Down => Goal::Down.into(),
            Planned::Restart => Errand::Restart.into(),
            Planned::Signal => {
                Errand::Signal(plan.signal.expect("because the command line requires it")).into()
            }
            Planned::Pull => pull(&plan.images),
            Planned::Build => Goal::Build.into(),
        };
        let mut asked = Self::plainly(verb).of(&plan.company).creating(&plan.creation).updating(&plan.update);
        if plan.update.pull {
            asked.policy.pull = Pull::First;
        }
        let asked = asked.removing(&plan.removal).pruning(&plan.prune).with_data(&plan.data);
        asked.within(&plan.grace).rerunning(&plan.rerun)
    }

    fn of(mut self, args: &CompanyArgs) -> Self {
        self.policy.company = if args.only { Company::Nobody } else { Company::Others };
        self.excluded.clone_from(&args.exclude);
        self
    }

    fn creating(mut self, args: &CreationArgs) -> Self {
        self.policy.foreign = if args.adopt { Foreign::Adopt } else { Foreign::Refuse };
        if let Some(codes) = &args.unrecoverable {
            self.policy.unrecoverable = codes.iter().copied().collect();
        }
        self
    }

    fn updating(mut self, args: &UpdateArgs) -> Self {
        self.replaced =
            if args.recreate { Replaced::Selected } else { Replaced::Named(args.replace.clone()) };
        self.policy.exec_check = args.exec_check.into();
        self.policy.builds = match (args.build, args.no_build) {
            (true, _) => Builds::Changed,
            (false, true) => Builds::Never,
            (false, false) => Builds::Missing,
        };
        if args.update_persistent {
            self.policy.persistent_images = PersistentImages::Follow;
        }
        if args.keep_limits {
            self.policy.limits = UnsetLimits::Keep;
        }
        self
    }

    fn pruning(mut self, args: &PruneArgs) -> Self {
        self.policy.orphans = if args.prune { Orphans::Remove } else { Orphans::Name };
        self
    }

    fn removing(mut self, args: &RemovalArgs) -> Self {
        self.policy.persistent = if args.keep_persistent { Persistent::Keep } else { Persistent::Remove };
        self
    }

    fn with_data(mut self, args: &DataArgs) -> Self {
        self.policy.volumes = if args.volumes { AttachedVolumes::Remove } else { AttachedVolumes::Keep };
        self
    }

    fn within(mut self, args: &GraceArgs) -> Self {
        self.policy.grace = args.timeout;
        self
    }

    fn rerunning(mut self, args: &RerunArgs) -> Self {
        if args.exec_commands {
            self.policy.restart_commands = RestartCommands::Run;
        }
        self
    }
}

fn pull(args: &ImageArgs) -> Verb {
    if args.missing { Goal::Pull.into() } else { Errand::Refresh.into() }
}

/// Returns what `build` asks: what is missing or has changed, or all of it.
fn build(all: bool) -> Verb {
    if all { Errand::Rebuild.into() } else { Goal::Build.into() }
}
