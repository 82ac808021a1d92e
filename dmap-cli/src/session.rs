//! The composition root: deployments, the engines they are for, and the way from states to plans.

use std::collections::BTreeMap;
use std::time::Instant;

use container_map::{ClientConfig, ClientName, ContainerKey, Project};
use docker_exec::{ConnectOptions, DockerEngine, Engine as _, Requests};
use map_planner::{Action, EngineState, Plan, Select};

use crate::deployment::{Deployment, deployments};
use crate::failure::Failure;
use crate::input::{self, Credentials, Input, Secrets};
use crate::settings::{Hosts, Settings, Source};
use crate::ui::Ui;

/// What a command is about.
#[derive(Debug)]
pub(crate) struct Session<'p> {
    /// The maps and clients; there is at least one.
    pub(crate) deployments: Vec<Deployment<'p>>,
    input: &'p Input,
    source: Source,
    pulls_first: bool,
}

/// The connections, by client.
#[derive(Debug)]
pub(crate) struct Engines(BTreeMap<ClientName, DockerEngine>);

impl Engines {
    /// Connects to the engines of clients.
    ///
    /// # Errors
    ///
    /// One is not there, or may not be used.
    pub(crate) async fn connect(
        clients: impl IntoIterator<Item = &ClientConfig>,
        hosts: &Hosts,
        secrets: &Secrets,
        ui: Ui,
    ) -> Result<Self, Failure> {
        let mut engines = BTreeMap::new();
        for client in clients {
            let engine = connect(client, hosts, ui).await?;
            engines.insert(client.name.clone(), engine.with_secrets(secrets.clone()));
        }
        Ok(Self(engines))
    }

    /// Says how the engines log in to registries.
    pub(crate) fn with_credentials(mut self, mut credentials: BTreeMap<ClientName, Credentials>) -> Self {
        for (client, engine) in &mut self.0 {
            *engine = engine.clone().with_credentials(credentials.remove(client).unwrap_or_default());
        }
        self
    }

    /// Returns how much each engine was asked.
    pub(crate) fn requests(&self) -> BTreeMap<ClientName, Requests> {
        self.0.iter().map(|(client, engine)| (client.clone(), engine.requests())).collect()
    }

    /// Returns the engine of a client.
    ///
    /// # Panics
    ///
    /// Never for a client that was connected to.
    pub(crate) fn of(&self, client: &ClientName) -> &DockerEngine {
        self.0.get(client).expect("because every client of a session was connected to")
    }
}

impl<'p> Session<'p> {
    /// Finds out which maps and clients are meant.
    ///
    /// # Errors
    ///
    /// A target or client is not in the project.
    pub(crate) fn open(project: &'p Project, input: &'p Input, settings: Settings) -> Result<Self, Failure> {
        let deployments = deployments(project, &settings)?;
        let pulls_first = settings.asked.pulls_first;
        Ok(Self { deployments, input, source: settings.source, pulls_first })
    }

    /// Reads the build contexts that plans depend on.
    ///
    /// # Errors
    ///
    /// One cannot be read.
    pub(crate) fn with_contexts(mut self) -> Result<Self, Failure> {
        for deployment in &mut self.deployments {
            deployment.contexts = Input::contexts(deployment)?;
        }
        Ok(self)
    }

    /// Returns what is done before anything is planned, if something is: pulling images.
    pub(crate) fn first(&self) -> Option<Self> {
        let source = match &self.source {
            Source::Live(hosts) if self.pulls_first => Source::Live(hosts.clone()),
            Source::Live(_) | Source::Recorded(_) => return None,
        };
        let deployments = self.deployments.iter().map(Deployment::pulling).collect();
        Some(Self { deployments, input: self.input, source, pulls_first: false })
    }

    /// Asks for what one container needs, and not for itself: something else is run beside it.
    ///
    /// # Errors
    ///
    /// Several containers are meant.
    pub(crate) fn beside_one(mut self) -> Result<Self, Failure> {
        let found: Vec<(usize, ContainerKey)> = self
            .deployments
            .iter()
            .enumerate()
            .flat_map(|(index, deployment)| deployment.asked().into_iter().map(move |key| (index, key)))
            .collect();
        let [(index, key)] = found.as_slice() else {
            let found = found.iter().map(|(index, key)| (key, &self.deployments[*index].client.name));
            return Err(Failure::not_one(found));
        };
        let mut deployment = self.deployments.swap_remove(*index);
        deployment.request.select = Select::Needs(key.clone());
        Ok(Self { deployments: vec![deployment], ..self })
    }

    /// Returns the container beside which something is run, of a session that is [for that](Self::beside_one).
    pub(crate) fn beside(&self) -> Option<(&Deployment<'p>, &ContainerKey)> {
        self.deployments.iter().find_map(|deployment| match &deployment.request.select {
            Select::Needs(key) => Some((deployment, key)),
            Select::All | Select::Only(_) => None,
        })
    }

    /// Reads the secrets that a plan needs.
    ///
    /// # Errors
    ///
    /// Some cannot be read.
    pub(crate) fn secrets(&self) -> Result<Secrets, Failure> {
        self.input.secrets(&self.deployments)
    }

    /// Reads the passwords that plans need: only those that pull images need any.
    ///
    /// # Errors
    ///
    /// Some cannot be read.
    pub(crate) fn credentials(&self, plans: &[Plan]) -> Result<BTreeMap<ClientName, Credentials>, Failure> {
        let pulls = |plan: &Plan| plan.steps().iter().any(|step| takes_images(&step.action));
        let mut found: BTreeMap<ClientName, Credentials> = BTreeMap::new();
        for (deployment, plan) in self.deployments.iter().zip(plans).filter(|(_, plan)| pulls(plan)) {
            let credentials = self.input.credentials(deployment.client, plan);
            let credentials = credentials.map_err(|failure| self.about(deployment, failure))?;
            found.entry(deployment.client.name.clone()).or_default().extend(credentials);
        }
        Ok(found)
    }

    /// Connects to the engines.
    ///
    /// # Errors
    ///
    /// One is not there, or may not be used.
    pub(crate) async fn connect(&self, secrets: &Secrets, ui: Ui) -> Result<Engines, Failure> {
        let hosts = match &self.source {
            Source::Live(hosts) => hosts.clone(),
            Source::Recorded(_) => Hosts::default(),
        };
        let mut engines = BTreeMap::new();
        for deployment in &self.deployments {
            let name = &deployment.client.name;
            if !engines.contains_key(name) {
                let engine = connect(deployment.client, &hosts, ui).await;
                let engine = engine.map_err(|failure| self.about(deployment, failure))?;
                engines.insert(name.clone(), engine.with_secrets(secrets.clone()));
            }
        }
        Ok(Engines(engines))
    }

    /// Looks at the engines, as far as the deployments need it, and returns what each finds.
    ///
    /// # Errors
    ///
    /// An engine does not answer.
    pub(crate) async fn observe(&self, engines: &Engines, ui: Ui) -> Result<Vec<EngineState>, Failure> {
        let mut states = Vec::with_capacity(self.deployments.len());
        for deployment in &self.deployments {
            states.push(self.state_of(deployment, engines, ui).await?);
        }
        Ok(states)
    }

    /// Returns the state of each deployment's engine: the snapshot's, or the engine's own.
    ///
    /// # Errors
    ///
    /// An engine is not there or does not answer, or the snapshot is of something else.
    pub(crate) async fn states(&self, secrets: &Secrets, ui: Ui) -> Result<Vec<EngineState>, Failure> {
        match &self.source {
            Source::Recorded(snapshot) => snapshot.states(&self.deployments),
            Source::Live(_) => self.observe(&self.connect(secrets, ui).await?, ui).await,
        }
    }

    /// Plans the way from states to what is asked, for each deployment.
    ///
    /// # Errors
    ///
    /// The first one whose state does not allow what the map wants.
    pub(crate) fn plans(&self, states: &[EngineState], secrets: &Secrets) -> Result<Vec<Plan>, Failure> {
        let both = self.deployments.iter().zip(states);
        both.map(|(deployment, state)| self.plan(deployment, state, secrets)).collect()
    }

    /// Looks at a deployment's engine again and plans from what is there now.
    ///
    /// # Errors
    ///
    /// The engine does not answer, or its state does not allow what is asked.
    pub(crate) async fn plan_anew(
        &self,
        deployment: &Deployment<'_>,
        engines: &Engines,
        secrets: &Secrets,
        ui: Ui,
    ) -> Result<Plan, Failure> {
        let state = self.state_of(deployment, engines, ui).await?;
        self.plan(deployment, &state, secrets)
    }

    /// Looks at a deployment's engine.
    ///
    /// # Errors
    ///
    /// The engine does not answer.
    pub(crate) async fn state_of(
        &self,
        deployment: &Deployment<'_>,
        engines: &Engines,
        ui: Ui,
    ) -> Result<EngineState, Failure> {
        let state = observe(deployment, engines.of(&deployment.client.name), ui).await;
        state.map_err(|failure| self.about(deployment, failure))
    }

    /// Plans for one deployment.
    ///
    /// # Errors
    ///
    /// The state does not allow what the map wants.
    pub(crate) fn plan(
        &self,
        deployment: &Deployment<'_>,
        state: &EngineState,
        secrets: &Secrets,
    ) -> Result<Plan, Failure> {
        deployment.plan(state, secrets).map_err(|failure| self.about(deployment, failure))
    }

    /// Says which of several deployments something went wrong with.
    fn about(&self, deployment: &Deployment<'_>, failure: Failure) -> Failure {
        if self.deployments.len() == 1 {
            failure
        } else {
            failure.note(format!("this is about {deployment}"))
        }
    }
}

/// Returns whether an action takes images from registries.
pub(crate) fn takes_images(action: &Action) -> bool {
    matches!(action, Action::PullImage { .. } | Action::BuildImage { .. })
}

async fn connect(client: &ClientConfig, hosts: &Hosts, ui: Ui) -> Result<DockerEngine, Failure> {
    let options = ConnectOptions { host: hosts.of(client) };
    let engine = DockerEngine::connect(&options).await;
    let engine = engine.map_err(|error| Failure::engine(&error, &client.name))?;
    let info = engine.info();
    ui.detail(format_args!("connected to engine {}, API {}", info.version, info.api_version));
    Ok(engine.with_agent(input::agent()))
}

async fn observe(deployment: &Deployment<'_>, engine: &DockerEngine, ui: Ui) -> Result<EngineState, Failure> {
    let began = Instant::now();
    let state = Box::pin(engine.observe(&deployment.scope()?)).await;
    let state = state.map_err(|error| Failure::engine(&error, &deployment.client.name))?;
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
