//! What is typed for housekeeping.

use clap::Subcommand;
use container_map::MapName;

use super::GraceArgs;

/// The rules of what housekeeping leaves alone.
const CONTAINERS: &str = "\
Volumes stay. So do containers of maps, unless `--of-maps` is given, and in any case what dmap goes on from after an \
interruption, its records and locks, and all that is of a map that somebody works on.";

/// What images are never removed.
const IMAGES: &str = "\
An image that a container was made of stays, whether the container runs or not, and so does one that others are built \
on which stay. An image goes when all of its tags are old.";

/// What a removal of everything leaves alone.
const ALL: &str = "\
Without a filter all containers are meant, whoever made them, also those of maps with what dmap keeps beside them; only \
what is of a map that somebody works on stays. Filters of several kinds have to fit all; several of one kind, any (of \
labels: all). Volumes, networks and images stay.";

/// What to clean up.
#[derive(Debug, Subcommand)]
pub(crate) enum CleanupCommand {
    /// Remove containers that ran and run no more; volumes stay
    #[command(after_help = CONTAINERS)]
    Containers(CleanupContainersArgs),
    /// Remove images that have no tag, or only old ones, and that no container was made of
    #[command(after_help = IMAGES)]
    Images(CleanupImagesArgs),
}

/// Whether it is done.
#[derive(Debug, Clone, Copy, clap::Args)]
pub(crate) struct CleanWayArgs {
    /// Remove without asking
    #[arg(short, long)]
    pub(crate) yes: bool,
    /// Only show what would be removed
    #[arg(long)]
    pub(crate) dry_run: bool,
}

#[derive(Debug, clap::Args)]
pub(crate) struct CleanupContainersArgs {
    /// Not these; a `*` at the beginning or end stands for the rest of a name; can be given several times
    #[arg(long, value_name = "NAME")]
    pub(crate) exclude: Vec<String>,
    /// Only those with this label, as `NAME` or `NAME=VALUE`; of several, with all of them
    #[arg(long, value_name = "LABEL")]
    pub(crate) label: Vec<String>,
    /// Also those that were never started
    #[arg(long)]
    pub(crate) never_started: bool,
    /// Also stopped containers of maps; `dmap up` makes them again, and runs again what ended in them
    #[arg(long)]
    pub(crate) of_maps: bool,
    #[command(flatten)]
    pub(crate) way: CleanWayArgs,
}

#[derive(Debug, clap::Args)]
pub(crate) struct CleanupImagesArgs {
    /// Also those with tags, if all of them are old: any but `latest` and what the following options keep
    #[arg(long)]
    pub(crate) old: bool,
    /// Only tags that begin so are old, like `team/app:nightly-`; untagged images stay then
    #[arg(long, value_name = "PREFIX", requires = "old")]
    pub(crate) tag_prefix: Option<String>,
    /// This tag is not old, whatever the repository, like `stable`; can be given several times
    #[arg(long, value_name = "TAG", requires = "old")]
    pub(crate) keep_tag: Vec<String>,
    /// How many images of each repository are not old, the newest first
    #[arg(long, value_name = "N", requires = "old", default_value_t = 1)]
    pub(crate) keep: usize,
    /// Only those with this label, as `NAME` or `NAME=VALUE`; of several, with all of them
    #[arg(long, value_name = "LABEL")]
    pub(crate) label: Vec<String>,
    #[command(flatten)]
    pub(crate) way: CleanWayArgs,
}

#[derive(Debug, clap::Args)]
#[command(after_help = ALL)]
pub(crate) struct RemoveAllArgs {
    /// Only these; a `*` at the beginning or end stands for the rest of a name; can be given several times
    #[arg(long, value_name = "NAME")]
    pub(crate) name: Vec<String>,
    /// Only those with this label, as `NAME` or `NAME=VALUE`; can be given several times
    #[arg(long, value_name = "LABEL")]
    pub(crate) label: Vec<String>,
    /// Only those that dmap made for this map; the map itself is not read; can be given several times
    #[arg(long, value_name = "MAP")]
    pub(crate) map: Vec<MapName>,
    /// Not these, as with `--name`
    #[arg(long, value_name = "NAME")]
    pub(crate) exclude: Vec<String>,
    #[command(flatten)]
    pub(crate) grace: GraceArgs,
    #[command(flatten)]
    pub(crate) way: CleanWayArgs,
}
