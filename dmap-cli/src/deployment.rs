//! One map on one client: what is observed, planned and carried out as one.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt;

use container_map::config::{BuildConfig, ContainerConfig};
use container_map::graph::{Dag, Direction};
use container_map::{
    ClientConfig, ClientName, ContainerKey, ContainerMap, ImageRef, MapName, Project, ResourceKey, Selection,
};
use map_planner::engine::Scope;
use map_planner::{
    Builds, Company, Contexts, EngineState, Errand, Explanation, FailedReplacement, Goal, Plan, PlanInput,
    Policy, Request, Select, Verb,
};

use crate::failure::Failure;
use crate::input::Secrets;
use crate::settings::Settings;
use crate::verb::Replaced;

/// One map on one client, and what is asked for it.
#[derive(Debug)]
pub(crate) struct Deployment<'p> {
    /// The map.
    pub(crate) map: &'p ContainerMap,
    /// The client.
    pub(crate) client: &'p ClientConfig,
    /// What is asked.
    pub(crate) request: Request,
    /// What is in the build contexts, as far as it was read.
    pub(crate) contexts: Contexts,
}

impl fmt::Display for Deployment<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "client `{}`, map `{}`", self.client.name, self.map.name())
    }
}

/// Returns what a command is about, client by client.
///
/// # Errors
///
/// A target or client is not in the project, or nothing of the targets is for the clients.
pub(crate) fn deployments<'p>(
    project: &'p Project,
    settings: &Settings,
) -> Result<Vec<Deployment<'p>>, Failure> {
    let selections = project.select(&settings.targets).map_err(|error| Failure::target(project, &error))?;
    let named = |targets: &[String]| match targets {
        [] => Ok(BTreeMap::new()),
        targets => project.select(targets).map_err(|error| Failure::target(project, &error)),
    };
    let excluded = named(&settings.asked.excluded)?;
    // What is selected is replaced itself if no targets are named for that.
    let replaced = match &settings.asked.replaced {
        Replaced::Named(targets) => Some(named(targets)?),
        Replaced::Selected => None,
    };
    let wanted = clients(project, &settings.clients)?;
    let mut found = Vec::new();
    for map in project.maps() {
        let Some(selection) = selections.get(map.name()) else { continue };
        let here = clients_of(project, map);
        let here = here
            .into_iter()
            .filter(|client| wanted.as_ref().is_none_or(|wanted| wanted.contains(&client.name)));
        let select = match selection {
            Selection::Whole => Select::All,
            Selection::Some(keys) => Select::Only(keys.clone()),
        };
        let mut policy = settings.asked.policy.clone();
        policy.exclude = in_map(map, &excluded);
        policy.replace = in_map(map, replaced.as_ref().unwrap_or(&selections));
        let request = Request { verb: settings.asked.verb, select, policy };
        let all = here.map(|client| Deployment {
            map,
            client,
            request: request.clone(),
            contexts: Contexts::new(),
        });
        found.extend(all.filter(Deployment::has_something));
    }
    if found.is_empty() {
        return Err(Failure::nothing_on_clients(&settings.clients));
    }
    Ok(by_client(found))
}

/// Returns the containers of a map that are selected.
fn in_map(map: &ContainerMap, selections: &BTreeMap<MapName, Selection>) -> BTreeSet<ContainerKey> {
    match selections.get(map.name()) {
        None => BTreeSet::new(),
        Some(Selection::Whole) => map.keys().collect(),
        Some(Selection::Some(keys)) => keys.clone(),
    }
}

/// A map that is for nobody is for the default client: it may have networks, or have had containers.
fn clients_of<'p>(project: &'p Project, map: &ContainerMap) -> Vec<&'p ClientConfig> {
    let found = project.clients_of(map);
    if found.is_empty() { project.client(&ClientName::default()).into_iter().collect() } else { found }
}

/// Puts the deployments of each client together, without changing the order otherwise.
fn by_client(mut deployments: Vec<Deployment<'_>>) -> Vec<Deployment<'_>> {
    let mut order: Vec<&ClientName> = Vec::new();
    for deployment in &deployments {
        if !order.contains(&&deployment.client.name) {
            order.push(&deployment.client.name);
        }
    }
    deployments.sort_by_key(|deployment| order.iter().position(|name| **name == deployment.client.name));
    deployments
}

/// Returns the clients that were named, or none if all are meant.
fn clients(project: &Project, names: &[String]) -> Result<Option<BTreeSet<ClientName>>, Failure> {
    if names.is_empty() {
        return Ok(None);
    }
    let known = |name: &String| {
        let found = name.parse().ok().and_then(|name: ClientName| project.client(&name));
        found.map(|client| client.name.clone()).ok_or_else(|| Failure::client(project, name))
    };
    names.iter().map(known).collect::<Result<_, _>>().map(Some)
}

impl<'p> Deployment<'p> {
    /// Returns the map's containers on the client.
    pub(crate) fn containers(&self) -> impl Iterator<Item = (ContainerKey, &'p ContainerConfig)> {
        let here = self.map.containers().iter().filter(|(name, _)| self.map.runs_on(name, &self.client.name));
        here.flat_map(|(name, config)| self.map.instances(name).into_iter().map(move |key| (key, config)))
    }

    /// Returns the containers that are asked for and are on the client, with what they depend on there.
    pub(crate) fn needed(&self) -> BTreeSet<ContainerKey> {
        let policy = &self.request.policy;
        let all = self.containers().map(|(key, _)| key);
        let here: BTreeSet<ContainerKey> = all.filter(|key| !policy.exclude.contains(key)).collect();
        let chosen = match &self.request.select {
            Select::All => return here,
            Select::Only(chosen) => chosen,
            Select::Needs(key) => &BTreeSet::from([key.clone()]),
        };
        if policy.company == Company::Nobody {
            return chosen.intersection(&here).cloned().collect();
        }
        let dependencies =
            |key: &ContainerKey| self.map.dependencies(key).intersection(&here).cloned().collect();
        let edges: BTreeMap<_, _> = here.iter().map(|key| (key.clone(), dependencies(key))).collect();
        let dag = Dag::new(edges).expect("because a container map has no circular dependencies");
        dag.closure(chosen.intersection(&here).cloned(), Direction::Dependencies)
    }

    /// Returns the same, asked for pulling its images.
    pub(crate) fn pulling(&self) -> Self {
        let request = Request { verb: Errand::Refresh.into(), ..self.request.clone() };
        self.asking(request)
    }

    /// Returns whether anything that is asked for is on the client.
    fn has_something(&self) -> bool {
        match &self.request.select {
            Select::All => true,
            Select::Only(keys) => keys.iter().any(|key| self.map.runs_on(&key.config, &self.client.name)),
            Select::Needs(key) => self.map.runs_on(&key.config, &self.client.name),
        }
    }

    /// Returns the containers that are asked for and are on the client.
    pub(crate) fn asked(&self) -> Vec<ContainerKey> {
        let all = self.containers().map(|(key, _)| key);
        match &self.request.select {
            Select::All => all.collect(),
            Select::Only(chosen) => all.filter(|key| chosen.contains(key)).collect(),
            Select::Needs(needing) => all.filter(|key| key == needing).collect(),
        }
    }

    /// Returns the whole map on the client, as it is wanted.
    pub(crate) fn whole(&self) -> Self {
        let request = Request { verb: Goal::Up.into(), select: Select::All, policy: Policy::default() };
        self.asking(request)
    }

    /// Returns the same with only the way back asked for from replacements that failed.
    pub(crate) fn restoring(&self, keys: BTreeSet<ContainerKey>) -> Self {
        let failed_replacement = FailedReplacement::Restore;
        let policy = Policy { failed_replacement, ..self.request.policy.clone() };
        let request = Request { verb: Goal::Up.into(), select: Select::Only(keys), policy };
        self.asking(request)
    }

    /// Returns what must be looked at.
    ///
    /// # Errors
    ///
    /// The client cannot satisfy the map.
    pub(crate) fn scope(&self) -> Result<Scope, Failure> {
        map_planner::scope(self.map, self.client, &self.request).map_err(|error| Failure::plan(&error))
    }

    /// Says why the plan does with a resource what it does; none if it has nothing to do with the resource.
    ///
    /// # Errors
    ///
    /// The engine's state does not allow what the map wants.
    pub(crate) fn explain(
        &self,
        key: &ResourceKey,
        engine: &EngineState,
        secrets: &Secrets,
    ) -> Result<Option<Explanation>, Failure> {
        let input = self.input(engine, secrets);
        map_planner::explain(&input, key).map_err(|error| Failure::plan(&error))
    }

    fn input<'a>(&'a self, engine: &'a EngineState, secrets: &'a Secrets) -> PlanInput<'a> {
        let Self { map, client, request, contexts } = self;
        PlanInput { map, client, engine, request, secrets, contexts }
    }

    fn asking(&self, request: Request) -> Self {
        Self { map: self.map, client: self.client, request, contexts: self.contexts.clone() }
    }

    /// Returns the images that may have to be built: those that the map builds, of what is asked for and what that needs.
    pub(crate) fn builds(&self) -> BTreeMap<&'p ImageRef, &'p BuildConfig> {
        let Request { verb, policy, .. } = &self.request;
        let mut builds = self.map.builds();
        if builds.is_empty() || !verb.can_build() || policy.builds == Builds::Never {
            return BTreeMap::new();
        }
        let mut needed = self.needed();
        if matches!(verb, Verb::Goal(Goal::Build) | Verb::Errand(Errand::Rebuild)) {
            needed = self.asked().into_iter().collect();
        } else if let Select::Needs(key) = &self.request.select {
            needed.insert(key.clone());
        }
        let images: BTreeSet<&ImageRef> = self
            .containers()
            .filter(|(key, _)| needed.contains(key))
            .map(|(_, config)| &config.image)
            .collect();
        builds.retain(|image, _| images.contains(image));
        builds
    }

    /// Plans the way from a state to what is asked.
    ///
    /// # Errors
    ///
    /// The engine's state does not allow what the map wants.
    pub(crate) fn plan(&self, engine: &EngineState, secrets: &Secrets) -> Result<Plan, Failure> {
        let input = self.input(engine, secrets);
        map_planner::plan(&input).map_err(|error| Failure::plan(&error))
    }
}
