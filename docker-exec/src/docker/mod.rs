//! The Docker engine. Everything that names bollard is below this folder, its models below `wire`.

mod apply;
mod archive;
mod cause;
mod connect;
mod create;
mod observe;
mod pool;
mod prepare;
mod settle;
mod spool;
mod volume_facts;
mod wire;

use map_planner::engine::Scope;
use map_planner::{Action, EngineState};

pub use connect::{ConnectOptions, EngineInfo};

use crate::engine::{Applied, Engine};
use crate::error::EngineError;
use pool::Pool;

/// A connection to a Docker engine.
#[derive(Debug, Clone)]
pub struct DockerEngine {
    // bollard sends through the pool, so both share their connections and the pinned version.
    docker: bollard::Docker,
    pool: Pool,
    info: EngineInfo,
}

impl DockerEngine {
    /// Returns what the engine said about itself when the connection was made.
    pub fn info(&self) -> &EngineInfo {
        &self.info
    }
}

impl Engine for DockerEngine {
    async fn observe(&self, scope: &Scope) -> Result<EngineState, EngineError> {
        observe::observe(self, scope).await
    }

    async fn apply(&self, action: &Action) -> Result<Applied, EngineError> {
        apply::apply(self, action).await
    }
}
