//! The pipeline: what must be known, and what follows from it.

mod builds;
mod buildup;
mod errand;
mod images;
mod restore;
mod teardown;

use alloc::collections::{BTreeMap, BTreeSet};
use alloc::vec::Vec;

use container_map::config::AnonymousVolumes;
use container_map::graph::{Dag, Direction};
use container_map::{
    ClientConfig, ContainerKey, ContainerMap, MapName, ResourceKey, Secret, SecretSource, VolumeKey,
};

use crate::action::Action;
use crate::anonymous::anonymous_volumes;
use crate::build::Contexts;
use crate::desired::{DesiredContainer, DesiredState, DesiredVolume};
use crate::diff::noted;
use crate::emit::Draft;
use crate::engine::{EngineState, Fingerprint, Record, Scope, VolumeFacts};
use crate::error::PlanError;
use crate::label::Helper;
use crate::leftover::carriers;
use crate::linearise::linearise;
use crate::orphan::orphans;
use crate::plan::{Plan, RawPlan, Step};
use crate::reason::Note;
use crate::request::{
    AttachedVolumes, Builds, Differences, ExecCheck, FailedReplacement, Reach, Request, Select, Target,
};
use crate::spec::NetworkModeSpec;

pub(crate) use self::builds::prepared;
pub use restore::restore;

/// All that a plan depends on.
#[derive(Debug, Clone, Copy)]
pub struct PlanInput<'a> {
    /// The map.
    pub map: &'a ContainerMap,
    /// The client the plan is for.
    pub client: &'a ClientConfig,
    /// What the client's engine has, observed within the request's [`scope`].
    pub engine: &'a EngineState,
    /// What is asked.
    pub request: &'a Request,
    /// What the map's secrets hold, as far as they were read: they are compared in memory and are in no plan.
    pub secrets: &'a BTreeMap<SecretSource, Secret>,
    /// What the contexts hold from which the map's images are built, as far as they were read.
    pub contexts: &'a Contexts,
}

/// Returns what must be looked at before a request can be planned.
///
/// # Errors
///
/// A map that the client cannot satisfy.
pub fn scope(map: &ContainerMap, client: &ClientConfig, request: &Request) -> Result<Scope, PlanError> {
    Ok(scope_of(&DesiredState::new(map, client)?, map.name(), request))
}

fn scope_of(desired: &DesiredState, map: &MapName, request: &Request) -> Scope {
    let mut scope = Scope {
        map: map.clone(),
        containers: desired.containers.keys().cloned().collect(),
        processes: BTreeSet::new(),
        volumes: volumes(desired, request),
        networks: desired.networks.keys().cloned().collect(),
        images: BTreeSet::new(),
        record: false,
    };
    // What the map builds can be what something else is based on.
    let images = || {
        let run = desired.containers.values().map(|container| &container.spec.image);
        run.chain(desired.builds.keys()).cloned().collect()
    };
    match request.rule().target {
        Target::Exists | Target::Runs => {
            scope.record = true;
            let path = meant(desired, request);
            if request.policy.exec_check != ExecCheck::Off {
                let has_commands = |key: &&ContainerKey| !desired.containers[*key].commands.is_empty();
                scope.processes = path.iter().filter(has_commands).cloned().collect();
            }
            scope.images = images();
        }
        Target::RunsIfThere => {
            scope.record = true;
            scope.images = images();
        }
        Target::ImageHere | Target::ImagePulled | Target::ImageBuilt | Target::ImageRebuilt => {
            scope.images = images();
        }
        Target::Gone => {
            // A preparation that was interrupted is finished with the accounts of the owner's image.
            let named = desired.volumes.values().filter(|volume| volume.is_owned_by_name());
            scope.images = named.map(|volume| volume.image.clone()).collect();
        }
        Target::Stopped | Target::GoneUnlessUp | Target::Restarted | Target::Signalled(_) => {}
    }
    scope
}

/// Returns the volumes that must be looked at, and what of each.
fn volumes(desired: &DesiredState, request: &Request) -> BTreeMap<VolumeKey, VolumeFacts> {
    match request.rule().target {
        Target::Exists | Target::Runs => {
            let path = meant(desired, request);
            let near: BTreeSet<&VolumeKey> =
                path.iter().flat_map(|key| desired.containers[key].volumes()).collect();
            let looked_at = desired.volumes.iter().map(|(key, volume)| {
                let facts = if near.contains(key) { facts(volume) } else { VolumeFacts::default() };
                (key.clone(), facts)
            });
            looked_at.collect()
        }
        Target::Gone if request.policy.volumes == AttachedVolumes::Remove => {
            desired.volumes.keys().map(|key| (key.clone(), VolumeFacts::default())).collect()
        }
        Target::Gone
        | Target::RunsIfThere
        | Target::ImageHere
        | Target::ImagePulled
        | Target::ImageBuilt
        | Target::ImageRebuilt
        | Target::Stopped
        | Target::GoneUnlessUp
        | Target::Restarted
        | Target::Signalled(_) => BTreeMap::new(),
    }
}

fn facts(volume: &DesiredVolume) -> VolumeFacts {
    VolumeFacts {
        mode: volume.mode.is_some(),
        owner: volume.owner.is_some(),
        accounts: volume.is_owned_by_name(),
    }
}

/// Plans the way from what the engine has to what a request asks for.
///
/// # Errors
///
/// What the world does not allow: see [`PlanError`].
pub fn plan(input: &PlanInput<'_>) -> Result<Plan, PlanError> {
    let prepared = prepared(input)?;
    let desired = &prepared.desired;
    // What comes of builds is not here yet, and the plan's base is what is here.
    let input_before = input;
    let input = &PlanInput { engine: &prepared.engine, ..*input };
    let mut outline = match input.request.rule().target {
        Target::Runs if input.request.policy.failed_replacement == FailedReplacement::Restore => {
            buildup::restore(input, desired)
        }
        Target::Exists | Target::RunsIfThere | Target::Runs => buildup::outline(input, desired)?,
        Target::Stopped | Target::GoneUnlessUp | Target::Gone => teardown::outline(input, desired)?,
        Target::ImageHere | Target::ImagePulled => images::outline(input, desired),
        Target::ImageBuilt | Target::ImageRebuilt => builds::outline(input, &prepared)?,
        Target::Restarted => errand::restart(input, desired)?,
        Target::Signalled(signal) => errand::signal(input, desired, signal),
    };
    if input.request.rule().differences == Differences::Mended && input.request.policy.builds != Builds::Never
    {
        outline.notes.extend(prepared.notes(&outline.draft));
    }
    assemble(input_before, desired, outline)
}

/// Returns what dmap is to note about an engine after a plan was applied, observed within the scope of a request for the
/// whole map: the engine's record, brought up to date. It tells later whether the map or the engine was edited.
///
/// # Errors
///
/// A map that the client cannot satisfy.
pub fn note(map: &ContainerMap, client: &ClientConfig, engine: &EngineState) -> Result<Record, PlanError> {
    Ok(noted(&DesiredState::new(map, client)?, engine))
}

/// A plan before its steps are in order.
#[derive(Debug, Default)]
struct Outline {
    draft: Draft,
    /// What was compared with the map.
    looked_at: BTreeSet<ResourceKey>,
    notes: Vec<Note>,
}

/// Returns who is meant by a request: the selected, and whom the verb reaches from there.
fn meant(desired: &DesiredState, request: &Request) -> BTreeSet<ContainerKey> {
    match &request.select {
        // Whom they reach is among them.
        Select::All => Circle::members(desired, request).map(|(key, _)| key.clone()).collect(),
        Select::Only(_) | Select::Needs(_) => {
            let circle = Circle::new(desired, request);
            circle.with_company(circle.selected())
        }
    }
}

/// Who can be meant by a request: the containers of the client that are not excluded, and what needs what among them.
struct Circle<'a> {
    dag: Dag<ContainerKey>,
    request: &'a Request,
}

impl<'a> Circle<'a> {
    fn new(desired: &DesiredState, request: &'a Request) -> Self {
        let is_in = |key: &ContainerKey| !request.policy.exclude.contains(key);
        let edges = Self::members(desired, request).map(|(key, container)| {
            let dependencies = container.dependencies.iter().filter(|key| is_in(key)).cloned();
            (key.clone(), dependencies.collect())
        });
        let dag = Dag::new(edges.collect()).expect("because a container map has no circular dependencies");
        Self { dag, request }
    }

    fn members<'b>(
        desired: &'b DesiredState,
        request: &'b Request,
    ) -> impl Iterator<Item = (&'b ContainerKey, &'b DesiredContainer)> {
        desired.containers.iter().filter(|(key, _)| !request.policy.exclude.contains(*key))
    }

    /// Returns who is selected. What is asked for and runs on another client is left to that client's plan.
    fn selected(&self) -> BTreeSet<ContainerKey> {
        let here = self.dag.order().iter();
        match &self.request.select {
            Select::All => here.cloned().collect(),
            Select::Only(keys) => here.filter(|key| keys.contains(key)).cloned().collect(),
            Select::Needs(needing) => here.filter(|key| *key == needing).cloned().collect(),
        }
    }

    fn with_company(&self, keys: BTreeSet<ContainerKey>) -> BTreeSet<ContainerKey> {
        match self.request.rule().reach {
            Reach::Dependencies => self.dag.closure(keys, Direction::Dependencies),
            Reach::Dependents => self.dag.closure(keys, Direction::Dependents),
            Reach::Nobody => keys,
        }
    }

    /// Returns those of the given ones that are in the circle, dependencies first.
    fn in_order(&self, keys: &BTreeSet<ContainerKey>) -> Vec<ContainerKey> {
        self.dag.order().iter().filter(|key| keys.contains(key)).cloned().collect()
    }
}

fn assemble(input: &PlanInput<'_>, desired: &DesiredState, outline: Outline) -> Result<Plan, PlanError> {
    let Outline { draft, looked_at, mut notes } = outline;
    let steps = linearise(draft)?;
    let changes = steps.iter().map(|step| &step.action).filter(|action| !action.only_waits());
    let touched: BTreeSet<ResourceKey> = changes.map(Action::target).collect();
    let helped: BTreeSet<&Helper> = steps
        .iter()
        .filter_map(|step| match &step.action {
            Action::RemoveHelper { helper } => Some(helper),
            _ => None,
        })
        .collect();
    let orphans = orphans(input.map.name(), input.client, input.engine, desired).into_iter();
    let stays = |key: &ResourceKey| {
        // What was at work on it goes, and it does not.
        let is_helped =
            matches!(key, ResourceKey::Volume(_)) && helped.iter().any(|helper| helper.key() == *key);
        is_helped || !touched.contains(key)
    };
    notes.extend(orphans.filter(stays).map(|key| Note::Orphaned { key }));
    let left = carriers(input.map.name(), input.client, input.engine).into_iter();
    let left = left.filter(|helper| !touched.contains(&helper.key()));
    notes.extend(left.map(|helper| Note::Left { helper }));
    let unchanged = looked_at.difference(&touched).cloned().collect();
    let renewing = |(_, wanted): &(&ContainerKey, &DesiredContainer)| {
        wanted.anonymous_volumes == AnonymousVolumes::Renew
    };
    let renewing = desired.containers.iter().filter(renewing).map(|(key, _)| key.clone()).collect();
    let anonymous_volumes = anonymous_volumes(&steps, input.engine, &renewing);
    let relied_upon = relied_upon(&steps, touched);
    let has_volumes = relied_upon.iter().any(|key| matches!(key, ResourceKey::Volume(_)));
    let looked_into = has_volumes.then(|| volumes(desired, input.request)).into_iter().flatten();
    let looked_into =
        looked_into.filter(|(key, _)| relied_upon.contains(&ResourceKey::from(key.clone()))).collect();
    let base = relied_upon.into_iter().map(|key| fingerprint(input.engine, key)).collect();
    Ok(Plan::assemble(RawPlan {
        client: input.client.name.clone(),
        map: input.map.name().clone(),
        engine: input.engine.own_fingerprint(),
        base,
        looked_into,
        steps,
        unchanged,
        anonymous_volumes,
        notes,
        overview: None,
    }))
}

fn fingerprint(engine: &EngineState, key: ResourceKey) -> (ResourceKey, Fingerprint) {
    let fingerprint = engine.fingerprint(&key);
    (key, fingerprint)
}

/// Returns what steps touch, and what they take for granted.
fn relied_upon(steps: &[Step], mut touched: BTreeSet<ResourceKey>) -> BTreeSet<ResourceKey> {
    let mut granted = Vec::new();
    for step in steps {
        add_granted(step, &mut granted);
    }
    touched.append(&mut granted.into_iter().collect());
    touched
}

fn add_granted(step: &Step, keys: &mut Vec<ResourceKey>) {
    match &step.action {
        Action::AwaitContainer { container, .. } => keys.push(container.key.clone().into()),
        Action::CreateContainer { spec, .. } => {
            keys.push(spec.image.clone().into());
            keys.extend(
                spec.mounts
                    .values()
                    .filter_map(|mount| mount.source.volume().cloned())
                    .map(ResourceKey::from),
            );
            keys.extend(spec.links.iter().map(|link| link.container.key.clone().into()));
            keys.extend(spec.volumes_from.iter().map(|from| from.container.key.clone().into()));
            if let NetworkModeSpec::Container(owner) = &spec.network {
                keys.push(owner.key.clone().into());
            }
        }
        Action::PrepareVolume { image, .. } => keys.push(image.clone().into()),
        Action::BuildImage { bases, .. } => keys.extend(bases.iter().cloned().map(ResourceKey::from)),
        Action::ConnectNetwork { network, .. } | Action::DisconnectNetwork { network, .. }
            if !network.is_preset() =>
        {
            keys.push(network.clone().into());
        }
        _ => {}
    }
}
