//! The Docker engine. Everything that names bollard is below this folder, its models below `wire`.

mod again;
mod apply;
mod archive;
mod build;
mod build_image;
mod cause;
mod connect;
mod create;
mod exec;
mod frames;
mod gate;
mod housekeeping;
mod lease;
mod news;
mod nothing;
mod observe;
mod places;
mod pool;
mod prepare;
mod record;
mod registry;
mod requests;
mod run_once;
mod secrets;
mod settle;
mod spool;
mod top;
mod upload;
mod volume_facts;
mod wait;
mod wire;

use std::collections::BTreeMap;
use std::path::PathBuf;

use container_map::{Secret, SecretSource};
use map_planner::engine::Scope;
use map_planner::{Action, EngineState};

pub use connect::{ConnectOptions, EngineInfo};
pub use housekeeping::{Cleared, Stopping};
pub use lease::Lease;
pub use registry::{Credential, registry_name};
pub use requests::Requests;
pub use run_once::{After, RunEnd, RunError, RunOnce, Stops};
pub use upload::{Upload, UploadEntry, UploadKind};

use crate::engine::{Applied, Engine};
use crate::error::EngineError;
use places::Places;
use pool::Pool;
use secrets::Secrets;

/// A connection to a Docker engine.
#[derive(Debug, Clone)]
pub struct DockerEngine {
    // bollard sends through the pool, so both share their connections and the pinned version.
    docker: bollard::Docker,
    pool: Pool,
    info: EngineInfo,
    secrets: Secrets,
    /// The socket of the usual agent with SSH keys.
    agent: Option<PathBuf>,
    places: Places,
}

impl DockerEngine {
    /// Returns what the engine said about itself when the connection was made.
    pub fn info(&self) -> &EngineInfo {
        &self.info
    }

    /// Returns how many requests were sent since the connection was made, those that made it included.
    pub fn requests(&self) -> Requests {
        self.pool.requests()
    }

    /// Hands over what the secrets hold that plans name by their sources.
    #[must_use]
    pub fn with_secrets(self, secrets: BTreeMap<SecretSource, Secret>) -> Self {
        Self { secrets: self.secrets.with_values(secrets), ..self }
    }

    /// Says who pulls images, by the registry's name; from other registries, nobody in particular does.
    #[must_use]
    pub fn with_credentials(self, credentials: BTreeMap<String, Credential>) -> Self {
        Self { secrets: self.secrets.with_credentials(credentials), ..self }
    }

    /// Says at which socket the usual agent with SSH keys is, for builds of plans that name one without a socket.
    #[must_use]
    pub fn with_agent(self, socket: Option<PathBuf>) -> Self {
        Self { agent: socket, ..self }
    }
}

impl Engine for DockerEngine {
    async fn observe(&self, scope: &Scope) -> Result<EngineState, EngineError> {
        observe::observe(self, scope).await
    }

    async fn apply(&self, action: &Action) -> Result<Applied, EngineError> {
        // bollard's futures are large, and a wrapper would make them larger.
        Box::pin(apply::apply(self, action)).await
    }
}
