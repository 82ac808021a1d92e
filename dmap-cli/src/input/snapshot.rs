//! Recorded states of engines, in place of engines.

use std::path::Path;

use container_map::{ClientName, MapName};
use map_planner::EngineState;
use serde::de::IgnoredAny;
use serde::{Deserialize, Serialize};

use super::text::read_file;
use crate::deployment::Deployment;
use crate::exit::Exit;
use crate::failure::Failure;

/// In place of a file: engines that have nothing.
const EMPTY: &str = "empty";

/// What engines were like.
#[derive(Debug)]
pub(crate) enum Snapshot {
    /// They had nothing.
    Empty,
    /// As far as one map on one client is concerned.
    One(Box<EngineState>),
    /// For several maps or clients.
    Several(Recorded),
}

/// The states for several maps or clients: the form of the file.
#[derive(Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Recorded {
    /// One for each map on each client.
    pub(crate) deployments: Vec<RecordedDeployment>,
}

/// The state of a client's engine as far as one map is concerned.
#[derive(Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct RecordedDeployment {
    /// The client.
    pub(crate) client: ClientName,
    /// The map.
    pub(crate) map: MapName,
    /// The state.
    pub(crate) engine: EngineState,
}

/// What tells the two forms of the file apart.
#[derive(Deserialize)]
struct Form {
    deployments: Option<IgnoredAny>,
}

impl Snapshot {
    /// Reads a snapshot.
    ///
    /// # Errors
    ///
    /// The file cannot be read, or is no snapshot.
    pub(crate) fn read(path: &Path) -> Result<Self, Failure> {
        if path == Path::new(EMPTY) {
            return Ok(Self::Empty);
        }
        let text = read_file(path).map_err(|error| Failure::unreadable("snapshot", path, &error))?;
        let is_several = serde_json::from_str::<Form>(&text).is_ok_and(|form| form.deployments.is_some());
        let read = if is_several {
            serde_json::from_str(&text).map(Self::Several)
        } else {
            serde_json::from_str(&text).map(|state| Self::One(Box::new(state)))
        };
        read.map_err(|error| Failure::bad_snapshot(path, &error))
    }

    /// Returns the state for each deployment, in their order.
    ///
    /// # Errors
    ///
    /// It has none for one of them.
    pub(crate) fn states(&self, deployments: &[Deployment<'_>]) -> Result<Vec<EngineState>, Failure> {
        match (self, deployments) {
            (Self::One(state), [_]) => Ok(vec![EngineState::clone(state)]),
            (Self::One(_), _) => {
                let text = format!("the snapshot is of one map on one client, not of {}", deployments.len());
                Err(Failure::new(Exit::Invalid, text)
                    .hint("take one with `dmap snapshot` and the same files, or choose with TARGET and `--client NAME`"))
            }
            _ => deployments.iter().map(|deployment| self.state(deployment)).collect(),
        }
    }

    fn state(&self, deployment: &Deployment<'_>) -> Result<EngineState, Failure> {
        let Self::Several(recorded) = self else {
            return Ok(EngineState::default());
        };
        let of = |found: &&RecordedDeployment| {
            found.client == deployment.client.name && found.map == *deployment.map.name()
        };
        let found = recorded.deployments.iter().find(of);
        found.map(|found| found.engine.clone()).ok_or_else(|| {
            Failure::new(Exit::Invalid, format!("the snapshot has nothing for {deployment}"))
                .hint("take one with `dmap snapshot` and the same files")
        })
    }
}
