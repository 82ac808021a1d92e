//! What the arguments mean: files are read here, and nowhere else.

use std::fs;
use std::path::{Path, PathBuf};

use map_planner::{EngineState, Foreign, Goal, Policy};

use crate::args::{Args, Command, CommonArgs};
use crate::failure::Failure;

/// The map that is meant when none is named.
const DEFAULT_FILE: &str = "dmap.yaml";
/// Instead of a snapshot: an engine that has nothing.
const EMPTY: &str = "empty";

/// What a command is about.
#[derive(Debug)]
pub(crate) struct Settings {
    /// The map's text.
    pub(crate) file: MapFile,
    /// Where the engine's state comes from.
    pub(crate) source: Source,
    /// What was named on the command line.
    pub(crate) targets: Vec<String>,
    /// What is to be reached.
    pub(crate) goal: Goal,
    /// What is allowed on the way.
    pub(crate) policy: Policy,
}

/// A map as it was read.
#[derive(Debug, Clone)]
pub(crate) struct MapFile {
    /// The path as typed.
    pub(crate) path: PathBuf,
    /// The text.
    pub(crate) text: String,
}

/// Where an engine's state comes from.
#[derive(Debug, Clone)]
pub(crate) enum Source {
    /// An engine, at this address or the default one.
    Host(Option<String>),
    /// A snapshot.
    Recorded(Box<EngineState>),
}

impl Settings {
    /// Reads what the arguments name.
    ///
    /// # Errors
    ///
    /// A file is not there, cannot be read, or is not a snapshot.
    pub(crate) fn new(args: &Args) -> Result<Self, Failure> {
        let (targets, goal, adopt, state) = match &args.command {
            Command::Plan(plan) => (&plan.targets, Goal::Up, plan.adopt, plan.engine_state.as_deref()),
            Command::Up(up) => (&up.apply.targets, Goal::Up, up.adopt, None),
            Command::Down(down) => (&down.apply.targets, Goal::Down, false, None),
            Command::Status(status) => (&status.targets, Goal::Up, false, status.engine_state.as_deref()),
            Command::Snapshot(snapshot) => (&snapshot.targets, Goal::Up, false, None),
        };
        let foreign = if adopt { Foreign::Adopt } else { Foreign::Refuse };
        Ok(Self {
            file: read_map(&args.common)?,
            source: match state {
                Some(path) => Source::Recorded(Box::new(read_state(path)?)),
                None => Source::Host(args.common.host.clone()),
            },
            targets: targets.targets.clone(),
            goal,
            policy: Policy { foreign, ..Policy::default() },
        })
    }
}

fn read_map(common: &CommonArgs) -> Result<MapFile, Failure> {
    let path = common.file.clone().unwrap_or_else(|| DEFAULT_FILE.into());
    match fs::read_to_string(&path) {
        Ok(text) => Ok(MapFile { path, text }),
        Err(error) if common.file.is_none() => Err(Failure::no_default_map(&path, &error)),
        Err(error) => Err(Failure::unreadable("map", &path, &error)),
    }
}

fn read_state(path: &Path) -> Result<EngineState, Failure> {
    if path == Path::new(EMPTY) {
        return Ok(EngineState::default());
    }
    let text = fs::read_to_string(path).map_err(|error| Failure::unreadable("snapshot", path, &error))?;
    serde_json::from_str(&text).map_err(|error| Failure::bad_snapshot(path, &error))
}
