//! The composition root: text to map, engine to state, both to a plan.

use std::collections::BTreeMap;
use std::time::Instant;

use container_map::{ClientConfig, ClientName, ContainerMap, LoadOptions, select};
use docker_exec::{ConnectOptions, DockerEngine, Engine as _};
use map_planner::engine::Scope;
use map_planner::{EngineState, Plan, PlanInput, Request, Select};

use crate::failure::Failure;
use crate::settings::{Settings, Source};
use crate::ui::Ui;

/// The target that means the whole map.
const ALL: &str = "__all__";

/// One map, and what is asked for it.
#[derive(Debug)]
pub(crate) struct Session {
    /// The map.
    pub(crate) map: ContainerMap,
    /// What is asked.
    pub(crate) request: Request,
    client: ClientConfig,
    source: Source,
}

impl Session {
    /// Reads the map's text and finds out which containers are meant.
    ///
    /// # Errors
    ///
    /// The map is not valid or for clients that cannot be configured yet, or a target is not in it.
    pub(crate) fn open(settings: Settings) -> Result<Self, Failure> {
        let Settings { file, source, targets, goal, policy } = settings;
        let map = container_map::load(&file.text, LoadOptions::default())
            .map_err(|error| Failure::map(&file, &error))?;
        let client = ClientConfig::default();
        if map.clients().iter().any(|name| *name != ClientName::default()) {
            return Err(Failure::named_clients(map.clients()));
        }
        let chosen = select(&map, &targets).map_err(|error| Failure::target(&map, &error))?;
        let whole = targets.is_empty() || targets.iter().any(|target| target == ALL);
        let select = if whole { Select::All } else { Select::Only(chosen) };
        Ok(Self { map, request: Request { goal, select, policy }, client, source })
    }

    /// Connects to the engine.
    ///
    /// # Errors
    ///
    /// It is not there, or may not be used.
    pub(crate) async fn connect(&self, ui: Ui) -> Result<DockerEngine, Failure> {
        let host = match &self.source {
            Source::Host(host) => host.clone(),
            Source::Recorded(_) => None,
        };
        let engine =
            DockerEngine::connect(&ConnectOptions { host }).await.map_err(|error| Failure::engine(&error))?;
        let info = engine.info();
        ui.detail(format_args!("connected to engine {}, API {}", info.version, info.api_version));
        Ok(engine)
    }

    /// Looks at the engine, as far as the request needs it.
    ///
    /// # Errors
    ///
    /// The engine does not answer.
    pub(crate) async fn observe(&self, engine: &DockerEngine, ui: Ui) -> Result<EngineState, Failure> {
        let began = Instant::now();
        let state = engine.observe(&self.scope()?).await.map_err(|error| Failure::engine(&error))?;
        let took = began.elapsed().as_secs_f64();
        ui.detail(format_args!(
            "found {} of the map's containers, {} others, {} volumes and {} networks in {took:.2} s",
            state.containers.len(),
            state.bystanders.len(),
            state.volumes.len(),
            state.networks.len(),
        ));
        Ok(state)
    }

    /// Returns the engine's state: the snapshot's, or the engine's own.
    ///
    /// # Errors
    ///
    /// The engine is not there or does not answer.
    pub(crate) async fn state(&self, ui: Ui) -> Result<EngineState, Failure> {
        match &self.source {
            Source::Recorded(state) => Ok(state.as_ref().clone()),
            Source::Host(_) => self.observe(&self.connect(ui).await?, ui).await,
        }
    }

    /// Returns what must be looked at.
    ///
    /// # Errors
    ///
    /// The client cannot satisfy the map.
    fn scope(&self) -> Result<Scope, Failure> {
        map_planner::scope(&self.map, &self.client, &self.request).map_err(|error| Failure::plan(&error))
    }

    /// Plans the way from a state to what is asked.
    ///
    /// # Errors
    ///
    /// The engine's state does not allow what the map wants.
    pub(crate) fn plan(&self, engine: &EngineState) -> Result<Plan, Failure> {
        let secrets = BTreeMap::new();
        let input = PlanInput {
            map: &self.map,
            client: &self.client,
            engine,
            request: &self.request,
            secrets: &secrets,
        };
        map_planner::plan(&input).map_err(|error| Failure::plan(&error))
    }
}
