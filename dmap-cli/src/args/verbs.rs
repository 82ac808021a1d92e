//! What is typed for the verbs that change an engine, and for what they would do.

use std::path::PathBuf;
use std::time::Duration;

use clap::ValueEnum;
use container_map::Signal;

use super::{Check, Selected, View, WayArgs};

/// Who else a command is for.
#[derive(Debug, Clone, Default, clap::Args)]
pub(crate) struct CompanyArgs {
    /// Only the targets themselves: nothing that they need, and nothing that needs them
    #[arg(long)]
    pub(crate) only: bool,
    /// Leave these as they are, whoever needs them; can be given several times
    #[arg(long, value_name = "TARGET")]
    pub(crate) exclude: Vec<String>,
}

/// What every command takes that changes the engine.
#[derive(Debug, clap::Args)]
pub(crate) struct ApplyArgs {
    #[command(flatten)]
    pub(crate) selected: Selected,
    #[command(flatten)]
    pub(crate) company: CompanyArgs,
    #[command(flatten)]
    pub(crate) way: WayArgs,
}

/// What holds wherever containers are created and started.
#[derive(Debug, Clone, Default, clap::Args)]
pub(crate) struct CreationArgs {
    /// Replace containers that have a name of the map and were not created by dmap
    #[arg(long)]
    pub(crate) adopt: bool,
    /// Replace stopped containers that ended with one of these exit codes, since starting them again is of no use
    /// [default: 125,126,127]
    #[arg(long, value_name = "CODE", value_delimiter = ',')]
    pub(crate) unrecoverable: Option<Vec<i64>>,
}

/// What `up` does besides.
#[expect(clippy::struct_excessive_bools, reason = "each is a flag of its own, as it is typed")]
#[derive(Debug, Clone, clap::Args)]
pub(crate) struct UpdateArgs {
    /// Replace the targets also if they are as the map says; not what they need
    #[arg(long, visible_alias = "force")]
    pub(crate) recreate: bool,
    /// Replace these also if they are as the map says; can be given several times
    #[arg(long, value_name = "TARGET")]
    pub(crate) replace: Vec<String>,
    /// Pull images also if they are here, and then see what to do
    #[arg(long)]
    pub(crate) pull: bool,
    /// Build images too that are not what their build makes now, and replace their containers; without this, only what is
    /// missing is built
    #[arg(long, conflicts_with = "no_build")]
    pub(crate) build: bool,
    /// Build nothing, and read no build contexts
    #[arg(long)]
    pub(crate) no_build: bool,
    /// Replace persistent containers too when their image's tag stands for another image
    #[arg(long)]
    pub(crate) update_persistent: bool,
    /// Keep limits that are no longer in the map; taking one away replaces the container
    #[arg(long)]
    pub(crate) keep_limits: bool,
    /// Run exec commands again also where no process looks like them: `full` for the whole command line, `partial` for a part
    /// of it; `off` goes by what was noted alone
    #[arg(long, value_enum, value_name = "HOW", default_value_t = Check::Off)]
    pub(crate) exec_check: Check,
}

/// What becomes of what the map no longer has.
#[derive(Debug, Clone, Default, clap::Args)]
pub(crate) struct PruneArgs {
    /// Remove containers and networks that dmap made and the map no longer has; volumes stay
    #[arg(long)]
    pub(crate) prune: bool,
}

/// What holds wherever containers are removed.
#[derive(Debug, Clone, Default, clap::Args)]
pub(crate) struct RemovalArgs {
    /// Leave persistent containers as they are
    #[arg(long)]
    pub(crate) keep_persistent: bool,
}

/// What `down` does besides.
#[derive(Debug, Clone, Default, clap::Args)]
pub(crate) struct DataArgs {
    /// Remove attached volumes too, and the data in them: those that dmap made and nobody else mounts
    #[arg(long)]
    pub(crate) volumes: bool,
}

/// How long stopping may take.
#[derive(Debug, Clone, Default, clap::Args)]
pub(crate) struct GraceArgs {
    /// Time between the stop signal and the kill, like `10s` [default: the container's own]
    #[arg(long, value_name = "TIME", value_parser = container_map::parse_duration)]
    pub(crate) timeout: Option<Duration>,
}

/// What `restart` does besides.
#[derive(Debug, Clone, Default, clap::Args)]
pub(crate) struct RerunArgs {
    /// Run the exec commands that are for every start, instead of leaving them to the next `up`
    #[arg(long)]
    pub(crate) exec_commands: bool,
}

/// Which images are pulled.
#[derive(Debug, Clone, Default, clap::Args)]
pub(crate) struct ImageArgs {
    /// Only images that are not here
    #[arg(long)]
    pub(crate) missing: bool,
}

/// `create`, `start`
#[derive(Debug, clap::Args)]
pub(crate) struct PlainArgs {
    #[command(flatten)]
    pub(crate) apply: ApplyArgs,
}

/// `startup`
#[derive(Debug, clap::Args)]
pub(crate) struct StartupArgs {
    #[command(flatten)]
    pub(crate) apply: ApplyArgs,
    #[command(flatten)]
    pub(crate) creation: CreationArgs,
}

/// `up`
#[derive(Debug, clap::Args)]
pub(crate) struct UpArgs {
    #[command(flatten)]
    pub(crate) apply: ApplyArgs,
    #[command(flatten)]
    pub(crate) creation: CreationArgs,
    #[command(flatten)]
    pub(crate) update: UpdateArgs,
    #[command(flatten)]
    pub(crate) prune: PruneArgs,
    /// Wait until all containers are ready: healthy if they have a health check, running otherwise
    #[arg(long)]
    pub(crate) wait: bool,
    /// How long to wait for each container at most, like `90s` [default: as long as its health check may take]
    #[arg(long, value_name = "TIME", requires = "wait", value_parser = container_map::parse_duration)]
    pub(crate) wait_timeout: Option<Duration>,
    /// Leave a replacement that fails as it is, instead of giving the predecessor its place back
    #[arg(long)]
    pub(crate) no_rollback: bool,
}

/// `stop`, `restart`
#[derive(Debug, clap::Args)]
pub(crate) struct StopArgs {
    #[command(flatten)]
    pub(crate) apply: ApplyArgs,
    #[command(flatten)]
    pub(crate) grace: GraceArgs,
}

/// `restart`
#[derive(Debug, clap::Args)]
pub(crate) struct RestartArgs {
    #[command(flatten)]
    pub(crate) stop: StopArgs,
    #[command(flatten)]
    pub(crate) rerun: RerunArgs,
}

/// `rm`
#[derive(Debug, clap::Args)]
pub(crate) struct RemoveArgs {
    #[command(flatten)]
    pub(crate) apply: ApplyArgs,
    #[command(flatten)]
    pub(crate) removal: RemovalArgs,
}

/// `down`
#[derive(Debug, clap::Args)]
pub(crate) struct DownArgs {
    #[command(flatten)]
    pub(crate) apply: ApplyArgs,
    #[command(flatten)]
    pub(crate) removal: RemovalArgs,
    #[command(flatten)]
    pub(crate) data: DataArgs,
    #[command(flatten)]
    pub(crate) prune: PruneArgs,
    #[command(flatten)]
    pub(crate) grace: GraceArgs,
}

/// `signal`
#[derive(Debug, clap::Args)]
pub(crate) struct SignalArgs {
    /// The signal, like HUP or 9
    #[arg(value_name = "SIGNAL")]
    pub(crate) signal: Signal,
    #[command(flatten)]
    pub(crate) apply: ApplyArgs,
}

/// `pull`
#[derive(Debug, clap::Args)]
pub(crate) struct PullArgs {
    #[command(flatten)]
    pub(crate) apply: ApplyArgs,
    #[command(flatten)]
    pub(crate) images: ImageArgs,
}

/// `build`
#[derive(Debug, clap::Args)]
pub(crate) struct BuildArgs {
    #[command(flatten)]
    pub(crate) apply: ApplyArgs,
    /// Build also what is what its build makes
    #[arg(long)]
    pub(crate) force: bool,
}

/// A command that can be planned.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum Planned {
    /// `dmap create`
    Create,
    /// `dmap start`
    Start,
    /// `dmap startup`
    Startup,
    /// `dmap up`
    Up,
    /// `dmap stop`
    Stop,
    /// `dmap rm`
    Rm,
    /// `dmap down`
    Down,
    /// `dmap restart`
    Restart,
    /// `dmap signal`
    Signal,
    /// `dmap pull`
    Pull,
    /// `dmap build`
    Build,
}

/// `plan`
#[derive(Debug, clap::Args)]
pub(crate) struct PlanArgs {
    #[command(flatten)]
    pub(crate) selected: Selected,
    /// The command whose plan to show; `restart`, `signal` and `pull` have something to do whenever they are asked
    #[arg(long, value_enum, default_value_t = Planned::Up)]
    pub(crate) goal: Planned,
    #[command(flatten)]
    pub(crate) company: CompanyArgs,
    /// Exit with 2 if there is something to do
    #[arg(long)]
    pub(crate) detailed_exitcode: bool,
    /// How to show the plan; a script and JSON hold the values of environment variables, but no secrets
    #[arg(long, value_enum, default_value_t = View::Text)]
    pub(crate) format: View,
    /// Save the plan too, as JSON, for `apply`
    #[arg(long, value_name = "FILE")]
    pub(crate) out: Option<PathBuf>,
    /// Show instead why one container, volume or network is kept, amended or replaced: NAME, `NAME.INSTANCE`, or with
    /// `container/`, `volume/` or `network/` before it
    #[arg(long, value_name = "NAME", conflicts_with_all = ["out", "detailed_exitcode", "goal"])]
    pub(crate) explain: Option<String>,
    /// Plan against a snapshot instead of an engine; `empty` for an engine that has nothing
    #[arg(long, value_name = "FILE")]
    pub(crate) engine_state: Option<PathBuf>,
    #[command(flatten, next_help_heading = "Of `startup` and `up`")]
    pub(crate) creation: CreationArgs,
    #[command(flatten, next_help_heading = "Of `up`")]
    pub(crate) update: UpdateArgs,
    #[command(flatten, next_help_heading = "Of `up` and `down`")]
    pub(crate) prune: PruneArgs,
    #[command(flatten, next_help_heading = "Of `rm` and `down`")]
    pub(crate) removal: RemovalArgs,
    #[command(flatten, next_help_heading = "Of `down`")]
    pub(crate) data: DataArgs,
    #[command(flatten, next_help_heading = "Of `stop`, `restart` and `down`")]
    pub(crate) grace: GraceArgs,
    #[command(flatten, next_help_heading = "Of `restart`")]
    pub(crate) rerun: RerunArgs,
    /// The signal, like HUP or 9
    #[arg(long, value_name = "SIGNAL", required_if_eq("goal", "signal"), help_heading = "Of `signal`")]
    pub(crate) signal: Option<Signal>,
    #[command(flatten, next_help_heading = "Of `pull`")]
    pub(crate) images: ImageArgs,
}
