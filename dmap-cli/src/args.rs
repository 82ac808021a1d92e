//! What can be typed.

mod build;
mod cleanup;
mod verbs;

use std::num::NonZeroU8;
use std::path::PathBuf;
use std::time::Duration;

use clap::builder::RangedU64ValueParser;
use clap::{ArgAction, Parser, Subcommand, ValueEnum};
use container_map::ContainerPath;
use container_map::config::CommandLine;
use map_planner::ExecCheck;

pub(crate) use self::build::{AgentArg, BuildImageArgs, BuildView, BuilderName, SecretArg, SecretPlace};
pub(crate) use self::cleanup::{
    CleanWayArgs, CleanupCommand, CleanupContainersArgs, CleanupImagesArgs, RemoveAllArgs,
};
pub(crate) use self::verbs::{
    ApplyArgs, BuildArgs, CompanyArgs, CreationArgs, DataArgs, DownArgs, GraceArgs, ImageArgs, PlainArgs,
    PlanArgs, Planned, PruneArgs, PullArgs, RemovalArgs, RemoveArgs, RerunArgs, RestartArgs, SignalArgs,
    StartupArgs, StopArgs, UpArgs, UpdateArgs,
};

const EXIT_CODES: &str = "\
Exit codes:
  0    done, or nothing to do
  1    failed; nothing was changed
  2    plan --detailed-exitcode: there is something to do
  3    some steps were done and some were not; run the command again
  4    apply: something the plan touches has changed since; nothing was done
  5    somebody else works on the map
  64   the command line or the map is not valid
  124  run --timeout: the time was over
  130  interrupted
  any  run: the command's own";

/// What the commands ask that stop without removing.
const NAMED: &str = "\
Who names a container has consented to this; it asks before it does it to any other one.";

/// The heading of what every command takes.
const OF_ALL: &str = "Options of all commands";

/// Plans and applies container maps to a Docker engine.
#[derive(Debug, Parser)]
#[command(name = "dmap", version, after_help = EXIT_CODES, disable_help_subcommand = true, disable_help_flag = true)]
pub(crate) struct Args {
    #[command(flatten)]
    files: FileArgs,
    #[command(flatten)]
    pub(crate) common: CommonArgs,
    #[command(subcommand)]
    pub(crate) command: Command,
}

/// The files of a project. Each can be given several times, before and after the command's name; global arguments of
/// clap would forget those before it.
#[derive(Debug, Clone, Default, clap::Args)]
pub(crate) struct FileArgs {
    /// A map; further ones are laid over it or stand beside it; `-` is standard input [default: dmap.yaml in the
    /// current directory]
    #[arg(short, long = "file", value_name = "FILE", help_heading = OF_ALL)]
    pub(crate) files: Vec<String>,
    /// A file of variables, `NAME=value` on each line; the environment goes before it
    #[arg(long = "env-file", value_name = "FILE", help_heading = OF_ALL)]
    pub(crate) env_files: Vec<PathBuf>,
}

/// What every command takes, before or after its name.
#[derive(Debug, clap::Args)]
#[command(next_help_heading = OF_ALL)]
pub(crate) struct CommonArgs {
    /// A file of clients: a mapping of names to their settings
    #[arg(long, global = true, value_name = "FILE")]
    pub(crate) clients: Option<String>,
    /// Let `include` name files outside of the first map's folder
    #[arg(long, global = true)]
    pub(crate) include_anywhere: bool,
    /// Where the default client's engine is: `unix:///path` or `tcp://host:port` [default: its `base_url`, else
    /// `DOCKER_HOST`, else the local socket]
    #[arg(long, global = true, value_name = "URL")]
    pub(crate) host: Option<String>,
    /// When to use colour; `NO_COLOR` is honoured
    #[arg(long, global = true, value_enum, value_name = "WHEN", default_value_t = Color::Auto)]
    pub(crate) color: Color,
    /// Say more about what is going on
    #[arg(short, long, global = true)]
    pub(crate) verbose: bool,
    // One help for both: clap's longer one spreads the same words over more lines.
    /// Print help
    #[arg(short, long, global = true, action = ArgAction::HelpShort)]
    help: Option<bool>,
}

/// When to use colour.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum Color {
    /// On a terminal.
    Auto,
    /// Always.
    Always,
    /// Never.
    Never,
}

/// What to do.
#[derive(Debug, Subcommand)]
pub(crate) enum Command {
    #[command(flatten)]
    Engine(EngineCommand),
    /// Carry out a plan that `plan --out` saved, unless something it touches has changed since
    Apply(SavedArgs),
    #[command(flatten)]
    Map(MapCommand),
    /// Build an image from a directory with a Dockerfile; no map is needed. `dmap build` with `--tag` or `--dockerfile` is
    /// the same
    BuildImage(Box<BuildImageArgs>),
    /// Show or write the build context of a directory; no map and no engine is needed
    #[command(subcommand)]
    Context(ContextCommand),
    /// Remove stopped containers or unneeded images of an engine, whoever made them; no map is needed
    #[command(subcommand)]
    Cleanup(CleanupCommand),
    /// Stop and remove all containers of an engine, or some, whoever made them; no map is needed
    RemoveAll(RemoveAllArgs),
}

impl Args {
    /// Reads the command line.
    ///
    /// # Errors
    ///
    /// What clap says of it; help, too.
    pub(crate) fn read() -> Result<Self, clap::Error> {
        Self::try_parse_from(self::build::with_command(std::env::args_os().collect()))
    }

    /// Returns the files that were named, in order.
    pub(crate) fn files(&self) -> FileArgs {
        let mut all = self.files.clone();
        let after = match &self.command {
            Command::Engine(command) => command.files(),
            Command::Apply(saved) => &saved.files,
            Command::Map(MapCommand::Check(check)) => &check.files,
            Command::Map(MapCommand::Config(config)) => &config.files,
            Command::Map(MapCommand::Graph(graph)) => &graph.files,
            Command::Map(MapCommand::Schema(_))
            | Command::BuildImage(_)
            | Command::Context(_)
            | Command::Cleanup(_)
            | Command::RemoveAll(_) => return all,
        };
        all.files.extend_from_slice(&after.files);
        all.env_files.extend_from_slice(&after.env_files);
        all
    }
}

impl EngineCommand {
    /// Returns the targets and the clients it is for; none for all.
    pub(crate) fn chosen(&self) -> (&[String], &[String]) {
        match self {
            Self::Run(run) => (std::slice::from_ref(&run.target), &run.client),
            Self::Plan(PlanArgs { selected, .. })
            | Self::Status(StatusArgs { selected, .. })
            | Self::Snapshot(SnapshotArgs { selected, .. }) => (&selected.targets, &selected.client),
            Self::Change(change) => (&change.apply().selected.targets, &change.apply().selected.client),
        }
    }

    fn files(&self) -> &FileArgs {
        match self {
            Self::Run(run) => &run.files,
            Self::Plan(PlanArgs { selected, .. })
            | Self::Status(StatusArgs { selected, .. })
            | Self::Snapshot(SnapshotArgs { selected, .. }) => &selected.files,
            Self::Change(change) => &change.apply().selected.files,
        }
    }
}

impl ChangeCommand {
    /// Returns what all of these commands take.
    pub(crate) fn apply(&self) -> &ApplyArgs {
        match self {
            Self::Create(args) | Self::Start(args) => &args.apply,
            Self::Startup(args) => &args.apply,
            Self::Up(args) => &args.apply,
            Self::Stop(args) => &args.apply,
            Self::Restart(args) => &args.stop.apply,
            Self::Rm(args) => &args.apply,
            Self::Down(args) => &args.apply,
            Self::Signal(args) => &args.apply,
            Self::Pull(args) => &args.apply,
            Self::Build(args) => &args.apply,
        }
    }

    /// Returns how it is called.
    pub(crate) fn name(&self) -> &'static str {
        match self {
            Self::Create(_) => "dmap create",
            Self::Start(_) => "dmap start",
            Self::Startup(_) => "dmap startup",
            Self::Up(_) => "dmap up",
            Self::Stop(_) => "dmap stop",
            Self::Restart(_) => "dmap restart",
            Self::Rm(_) => "dmap rm",
            Self::Down(_) => "dmap down",
            Self::Signal(_) => "dmap signal",
            Self::Pull(_) => "dmap pull",
            Self::Build(_) => "dmap build",
        }
    }
}

/// What to do with engines.
#[derive(Debug, Subcommand)]
pub(crate) enum EngineCommand {
    /// Show what `up` or another command would do, and why; change nothing
    Plan(PlanArgs),
    #[command(flatten)]
    Change(ChangeCommand),
    /// Run a command once with the image, volumes, networks, user and environment of a container, after what that depends
    /// on is up; the exit code is the command's own
    Run(RunArgs),
    /// Show what is there, and what `up` would do with it
    Status(StatusArgs),
    /// Print what is known of the engine as JSON, for `plan --engine-state`
    Snapshot(SnapshotArgs),
}

/// What changes engines.
#[derive(Debug, Subcommand)]
pub(crate) enum ChangeCommand {
    /// Create, start, repair and replace containers, and first what they need, until all is as the map says
    #[command(visible_alias = "update")]
    Up(UpArgs),
    /// Stop and remove containers, and first what needs them; volumes stay
    #[command(visible_alias = "shutdown")]
    Down(DownArgs),
    /// Create what is not there, and first what it needs; start nothing, and leave what is there as it is
    Create(PlainArgs),
    /// Start what is there, and first what it needs; create nothing
    Start(PlainArgs),
    /// Create and start what is not there or does not run, and first what it needs; leave what is there as it is
    Startup(StartupArgs),
    /// Stop containers, and first what needs them; remove nothing
    #[command(after_help = NAMED)]
    Stop(StopArgs),
    /// Stop containers and start them again, and with them what shares their network
    #[command(after_help = NAMED)]
    Restart(RestartArgs),
    /// Remove containers that do not run, and first what needs them; volumes stay
    #[command(visible_alias = "remove")]
    Rm(RemoveArgs),
    /// Send a signal to containers that run
    #[command(visible_alias = "kill", after_help = NAMED)]
    Signal(SignalArgs),
    /// Pull the images of containers and of what they need, also if they are here
    #[command(visible_alias = "pull-images")]
    Pull(PullArgs),
    /// Build the images of containers that the map builds, where they are missing or their build context changed
    Build(BuildArgs),
}

/// What to do with maps alone; no engine is needed.
#[derive(Debug, Subcommand)]
pub(crate) enum MapCommand {
    /// Look for mistakes in the map and say what it has
    Check(CheckArgs),
    /// Print the map in its canonical form
    Config(ConfigArgs),
    /// Draw which containers need which
    Graph(GraphArgs),
    /// Print the JSON Schema of maps, for editors, of plan files, or of progress
    Schema(SchemaArgs),
}

/// What to describe.
#[derive(Debug, clap::Args)]
pub(crate) struct SchemaArgs {
    /// The schema of plan files, which `plan --out` writes and `apply` reads
    #[arg(long)]
    pub(crate) plan: bool,
    /// The schema of the lines that `--progress json` prints
    #[arg(long, conflicts_with = "plan")]
    pub(crate) progress: bool,
}

/// The containers a command is for.
#[derive(Debug, clap::Args)]
pub(crate) struct Selected {
    /// Containers, instances as `container.instance`, or groups, each also as `map.…` [default: the whole map]
    #[arg(value_name = "TARGET")]
    pub(crate) targets: Vec<String>,
    /// Only what is for this client; can be given several times
    #[arg(long, value_name = "NAME")]
    pub(crate) client: Vec<String>,
    #[command(flatten)]
    files: FileArgs,
}

/// How a plan is shown.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum Format {
    /// For people.
    Text,
    /// For programs.
    Json,
}

/// A view of plans.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum View {
    /// For people.
    Text,
    /// For programs, and for `apply`.
    Json,
    /// For a shell: commands of docker that do the same.
    Script,
    /// For the description of a pull request.
    Markdown,
}

impl From<Format> for View {
    fn from(format: Format) -> Self {
        match format {
            Format::Text => Self::Text,
            Format::Json => Self::Json,
        }
    }
}

/// How it is found out that exec commands that go on running still do.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum Check {
    /// By whole command lines of processes.
    Full,
    /// By parts of them.
    Partial,
    /// Not by processes.
    Off,
}

impl From<Check> for ExecCheck {
    fn from(check: Check) -> Self {
        match check {
            Check::Full => Self::Full,
            Check::Partial => Self::Partial,
            Check::Off => Self::Off,
        }
    }
}

/// What is run once, and with which container's settings. The container is another one, without published ports, fixed
/// addresses and aliases, and is removed afterwards.
#[derive(Debug, clap::Args)]
pub(crate) struct RunArgs {
    /// The container whose settings it has: a container, or an instance as `container.instance`, each also as `map.…`
    #[arg(value_name = "TARGET")]
    pub(crate) target: String,
    /// The command and its arguments; `{script_path}` stands for the script [default: the script if it is a file, else
    /// the container's command]
    #[arg(value_name = "COMMAND", trailing_var_arg = true)]
    pub(crate) command: Vec<String>,
    /// A file, or a folder with all that is in it, to write into the container before it starts
    #[arg(long, value_name = "PATH")]
    pub(crate) script: Option<PathBuf>,
    /// The folder in the container that the script is written to
    #[arg(long, value_name = "PATH", requires = "script", default_value = "/tmp/script_run")]
    pub(crate) script_dir: ContainerPath,
    /// The entrypoint with its words, in place of the container's; `{script_path}` stands for the script
    #[arg(long, value_name = "LINE", value_parser = words)]
    pub(crate) entrypoint: Option<CommandLine>,
    /// How long it may run, like `90s`; it is stopped then, and the exit code is 124 [default: no limit]
    #[arg(long, value_name = "TIME", value_parser = container_map::parse_duration)]
    pub(crate) timeout: Option<Duration>,
    /// Keep the container when it has run, until the next run
    #[arg(long)]
    pub(crate) keep: bool,
    /// Only the container of this client
    #[arg(long, value_name = "NAME")]
    pub(crate) client: Vec<String>,
    #[command(flatten)]
    pub(crate) way: WayArgs,
    #[command(flatten)]
    files: FileArgs,
}

/// Splits a line into words.
fn words(line: &str) -> Result<CommandLine, &'static str> {
    CommandLine::split(line).ok_or("a quote is left open, or a backslash ends the line")
}

/// A saved plan, and how to carry it out.
#[derive(Debug, clap::Args)]
pub(crate) struct SavedArgs {
    /// The plan, as `dmap plan --out` writes it; `-` is standard input. Its secrets are read again, so run this in the
    /// directory where the plan was made. No map is needed, unless the plan is for other clients than the default one,
    /// or pulls images from a registry whose login is in it: name it with `--file` then
    #[arg(value_name = "PLAN")]
    pub(crate) plan: String,
    /// Leave a replacement that fails as it is, instead of giving the predecessor its place back
    #[arg(long)]
    pub(crate) no_rollback: bool,
    #[command(flatten)]
    pub(crate) way: WayArgs,
    #[command(flatten)]
    files: FileArgs,
}

/// How a plan is carried out.
#[derive(Debug, clap::Args)]
#[expect(clippy::struct_excessive_bools, reason = "each is an option of the command line")]
pub(crate) struct WayArgs {
    /// Stop, replace and remove without asking
    #[arg(short, long)]
    pub(crate) yes: bool,
    /// How many steps to do at once, 1 to 16 [default: by the engine's processors, at most 8]
    #[arg(long, value_name = "N", value_parser = RangedU64ValueParser::<u8>::new().range(1..=16))]
    parallel: Option<u8>,
    /// Begin nothing new once a step has failed
    #[arg(long)]
    pub(crate) fail_fast: bool,
    /// How long to wait while somebody else works on the map, like `5m` [default: not at all]
    #[arg(long, value_name = "TIME", value_parser = container_map::parse_duration)]
    pub(crate) lock_timeout: Option<Duration>,
    /// Go ahead although somebody else seems to work on the map; that run is stopped
    #[arg(long, conflicts_with = "lock_timeout")]
    pub(crate) break_lock: bool,
    /// How to show the plan
    #[arg(long, value_enum, default_value_t = Format::Text)]
    pub(crate) format: Format,
    /// How to show what is being done: in lines that move if there is a terminal, in plain ones, as lines of JSON on
    /// standard output, or only what failed and the end
    #[arg(long, value_enum, value_name = "VIEW", default_value_t = ProgressView::Auto)]
    progress: ProgressView,
    /// Show only what failed and the end, as `--progress quiet`
    #[arg(short, long, conflicts_with = "progress")]
    quiet: bool,
}

/// A view of a plan that is being carried out.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum ProgressView {
    /// Moving lines on a terminal, plain ones elsewhere.
    Auto,
    /// A line for each step that ended, and every ten seconds at most what is under way.
    Plain,
    /// Moving lines, if there is a terminal.
    Live,
    /// Lines of JSON.
    Json,
    /// Only what failed, and the end.
    Quiet,
}

impl WayArgs {
    /// Returns how to show what is being done.
    pub(crate) fn progress(&self) -> ProgressView {
        if self.quiet { ProgressView::Quiet } else { self.progress }
    }

    /// Returns how many steps to do at once, if that was said.
    pub(crate) fn parallel(&self) -> Option<NonZeroU8> {
        self.parallel.and_then(NonZeroU8::new)
    }
}

#[derive(Debug, clap::Args)]
pub(crate) struct StatusArgs {
    #[command(flatten)]
    pub(crate) selected: Selected,
    /// How to show the status
    #[arg(long, value_enum, default_value_t = Format::Text)]
    pub(crate) format: Format,
    /// Look at a snapshot instead of an engine; `empty` for an engine that has nothing
    #[arg(long, value_name = "FILE")]
    pub(crate) engine_state: Option<PathBuf>,
}

#[derive(Debug, clap::Args)]
pub(crate) struct SnapshotArgs {
    #[command(flatten)]
    pub(crate) selected: Selected,
    /// Include the values of environment variables, which may be secret
    #[arg(long)]
    pub(crate) with_env: bool,
}

#[derive(Debug, clap::Args)]
pub(crate) struct CheckArgs {
    #[command(flatten)]
    files: FileArgs,
    /// Explain the code of a problem instead, like DM020
    #[arg(long, value_name = "CODE")]
    pub(crate) explain: Option<String>,
    /// How to show the problems
    #[arg(long, value_enum, default_value_t = Format::Text, conflicts_with = "explain")]
    pub(crate) format: Format,
}

#[derive(Debug, clap::Args)]
pub(crate) struct ConfigArgs {
    #[command(flatten)]
    files: FileArgs,
    /// With all that is inherited, and with the values of variables
    #[arg(long)]
    pub(crate) resolved: bool,
    /// The notation
    #[arg(long, value_enum, default_value_t = Notation::Yaml)]
    pub(crate) format: Notation,
}

/// The notation of a map.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum Notation {
    /// As maps are written.
    Yaml,
    /// For programs.
    Json,
}

#[derive(Debug, clap::Args)]
pub(crate) struct GraphArgs {
    #[command(flatten)]
    files: FileArgs,
    /// Only these containers and what they need: containers, `container.instance`, or groups, each also as `map.…`
    #[arg(value_name = "TARGET")]
    pub(crate) targets: Vec<String>,
    /// Show volumes and networks too
    #[arg(long)]
    pub(crate) all: bool,
    /// The kind of drawing
    #[arg(long, value_enum, default_value_t = Drawing::Tree)]
    pub(crate) format: Drawing,
}

/// A kind of drawing.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum Drawing {
    /// Lines for a terminal.
    Tree,
    /// The language of Graphviz.
    Dot,
    /// The language of Mermaid, which documents can hold.
    Mermaid,
}

/// What to do with a build context.
#[derive(Debug, Subcommand)]
pub(crate) enum ContextCommand {
    /// List what would be sent to an engine, with sizes
    Ls(ContextLsArgs),
    /// Write it to standard output as a tar archive; equal content gives equal bytes, on any machine
    Tar(ContextTarArgs),
}

#[derive(Debug, clap::Args)]
pub(crate) struct ContextLsArgs {
    #[command(flatten)]
    pub(crate) place: ContextPlace,
    /// How to show the list
    #[arg(long, value_enum, default_value_t = Format::Text)]
    pub(crate) format: Format,
}

#[derive(Debug, clap::Args)]
pub(crate) struct ContextTarArgs {
    #[command(flatten)]
    pub(crate) place: ContextPlace,
    /// Compress it with gzip
    #[arg(long)]
    pub(crate) gzip: bool,
}

/// Which build context is meant.
#[derive(Debug, clap::Args)]
pub(crate) struct ContextPlace {
    /// The directory that is the context; what its `.dockerignore` names is left out
    #[arg(value_name = "DIR")]
    pub(crate) directory: PathBuf,
    /// The Dockerfile, which lies in the directory; `PATH.dockerignore` counts before `.dockerignore` [default:
    /// DIR/Dockerfile]
    #[arg(long, value_name = "PATH")]
    pub(crate) dockerfile: Option<PathBuf>,
}
