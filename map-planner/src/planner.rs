//! The pipeline: what must be known, and what follows from it.

use alloc::collections::{BTreeMap, BTreeSet};
use alloc::vec::Vec;

use container_map::config::AnonymousVolumes;
use container_map::graph::{Dag, Direction};
use container_map::{
    ClientConfig, ContainerKey, ContainerMap, MapName, ResourceKey, Secret, SecretSource, VolumeKey,
};

use crate::action::Action;
use crate::anonymous::anonymous_volumes;
use crate::cascade::{Outlook, decide, follows, outrun};
use crate::container_ref::{ContainerRef, Slot};
use crate::desired::{DesiredContainer, DesiredState, DesiredVolume};
use crate::diff::noted;
use crate::emit::{Draft, emit_down, emit_network_removal, emit_restore, emit_up};
use crate::engine::{EngineState, Fingerprint, ObservedContainer, Record, Scope, VolumeFacts};
use crate::error::PlanError;
use crate::label;
use crate::linearise::linearise;
use crate::plan::{Plan, RawPlan, Step};
use crate::reason::Note;
use crate::request::{ExecCheck, FailedReplacement, Goal, Request, Select};
use crate::spec::NetworkModeSpec;
use crate::verdict::{ContainerVerdict, Verdicts};

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
        volumes: BTreeMap::new(),
        networks: desired.networks.keys().cloned().collect(),
        images: BTreeSet::new(),
        record: false,
    };
    match request.goal {
        Goal::Down => {}
        Goal::Up => {
            scope.record = true;
            let path = dag(desired).closure(selected(desired, request), Direction::Dependencies);
            let near: BTreeSet<&VolumeKey> =
                path.iter().flat_map(|key| desired.containers[key].volumes()).collect();
            scope.volumes = desired
                .volumes
                .iter()
                .map(|(key, volume)| {
                    let facts = if near.contains(key) { facts(volume) } else { VolumeFacts::default() };
                    (key.clone(), facts)
                })
                .collect();
            if request.policy.exec_check != ExecCheck::Off {
                let has_commands = |key: &&ContainerKey| !desired.containers[*key].commands.is_empty();
                scope.processes = path.iter().filter(has_commands).cloned().collect();
            }
            scope.images =
                desired.containers.values().map(|container| container.spec.image.clone()).collect();
        }
    }
    scope
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
    match input.request.goal {
        Goal::Up => match input.request.policy.failed_replacement {
            FailedReplacement::Finish => plan_up(input),
            FailedReplacement::Restore => plan_restore(input),
        },
        Goal::Down => plan_down(input),
    }
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

fn plan_up(input: &PlanInput<'_>) -> Result<Plan, PlanError> {
    let desired = DesiredState::new(input.map, input.client)?;
    let dag = dag(&desired);
    let all = dag.order();
    let mut path = dag.closure(selected(&desired, input.request), Direction::Dependencies);
    let beside = match &input.request.select {
        Select::Needs(key) => path.take(key).and_then(|key| desired.containers.get(&key)),
        Select::All | Select::Only(_) => None,
    };
    let (order, verdicts) = loop {
        let order: Vec<ContainerKey> = all.iter().filter(|key| path.contains(key)).cloned().collect();
        let verdicts = decide(&order, beside, &desired, input.engine, &input.request.policy, input.secrets)?;
        let followers = followers(&path, &desired, input.engine, &verdicts);
        if followers.is_empty() {
            break (order, verdicts);
        }
        path.extend(dag.closure(followers, Direction::Dependencies));
    };
    let readiness = input.request.policy.readiness;
    let draft = emit_up(&order, &desired, input.engine, &verdicts, readiness)?;
    let looked_at = looked_at(&verdicts);
    let mut notes = verdicts.notes;
    notes.extend(orphans(input, &desired));
    assemble(input, &desired, draft, &looked_at, notes)
}

/// Gives the predecessors their places back. Only what was asked for is touched: whatever else an interrupted run left is
/// finished by the next one.
fn plan_restore(input: &PlanInput<'_>) -> Result<Plan, PlanError> {
    let desired = DesiredState::new(input.map, input.client)?;
    let selected = selected(&desired, input.request);
    let draft = emit_restore(&dag(&desired).order(), &selected, &desired, input.engine);
    assemble(input, &desired, draft, &BTreeSet::new(), Vec::new())
}

/// Returns containers that were not asked for and would be cut off from an object that is replaced or started anew:
/// leaving them alone would break them. One whose own replacement was interrupted is finished too: it may have been begun
/// for that reason, and its outage lasts.
fn followers(
    path: &BTreeSet<ContainerKey>,
    desired: &DesiredState,
    engine: &EngineState,
    verdicts: &Verdicts,
) -> BTreeSet<ContainerKey> {
    let outlook = Outlook { desired, engine, decided: &verdicts.containers };
    let others = desired.containers.iter().filter(|(key, _)| !path.contains(*key));
    others
        .filter(|(key, wanted)| {
            let ours = |slot| {
                let at = ContainerRef::new(key, slot);
                engine.container(&at).filter(|live| label::is_ours(&at.docker_name(), &live.labels))
            };
            let mut bound = wanted.bindings().into_iter().chain(wanted.follows.keys());
            let is_bound = bound.any(|target| path.contains(target));
            let is_cut_off = |live: &&ObservedContainer| {
                live.state.is_up()
                    && (loses_namespace(wanted, live, verdicts)
                        || follows(wanted, live, outlook).is_some()
                        || outrun(wanted, live, outlook).is_some())
            };
            let is_unfinished = ours(Slot::Next).is_some() || ours(Slot::Prev).is_some();
            (is_bound && ours(Slot::Current).as_ref().is_some_and(is_cut_off)) || is_unfinished
        })
        .map(|(key, _)| key.clone())
        .collect()
}

fn loses_namespace(wanted: &DesiredContainer, live: &ObservedContainer, verdicts: &Verdicts) -> bool {
    let NetworkModeSpec::Container(owner) = &wanted.spec.network else {
        return false;
    };
    live.namespace_lost || verdicts.containers.get(&owner.key).is_some_and(ContainerVerdict::starts)
}

fn plan_down(input: &PlanInput<'_>) -> Result<Plan, PlanError> {
    let desired = DesiredState::new(input.map, input.client)?;
    let keys = dag(&desired).closure(selected(&desired, input.request), Direction::Dependents);
    let mut notes = Vec::new();
    let mut draft = emit_down(&keys, &desired.dependency_map(), input.engine, &mut notes);
    if input.request.select == Select::All {
        emit_network_removal(&mut draft, input.map.name(), input.engine, &mut notes)?;
    }
    notes.extend(orphans(input, &desired));
    assemble(input, &desired, draft, &BTreeSet::new(), notes)
}

fn dag(desired: &DesiredState) -> Dag<ContainerKey> {
    Dag::new(desired.dependency_map()).expect("because a container map has no circular dependencies")
}

/// What is asked for and runs on another client is left to that client's plan.
fn selected(desired: &DesiredState, request: &Request) -> BTreeSet<ContainerKey> {
    let here = desired.containers.keys();
    match &request.select {
        Select::All => here.cloned().collect(),
        Select::Only(keys) => here.filter(|key| keys.contains(key)).cloned().collect(),
        Select::Needs(needing) => here.filter(|key| *key == needing).cloned().collect(),
    }
}

fn looked_at(verdicts: &Verdicts) -> BTreeSet<ResourceKey> {
    let containers = verdicts.containers.keys().cloned().map(ResourceKey::from);
    let networks = verdicts.networks.keys().cloned().map(ResourceKey::from);
    let volumes = verdicts.volumes.keys().cloned().map(ResourceKey::from);
    containers.chain(networks).chain(volumes).collect()
}

/// Returns dmap's own containers of this map and client that the map no longer knows; two clients can be one engine.
fn orphans(input: &PlanInput<'_>, desired: &DesiredState) -> Vec<Note> {
    let ours = input.engine.containers.iter().filter(|(name, live)| {
        let client = live.labels.get(label::CLIENT);
        label::is_ours(name, &live.labels)
            && label::names_map(&live.labels, input.map.name())
            && client.is_none_or(|client| client == input.client.name.as_str())
    });
    ours.filter(|(name, _)| {
        let key = name.parse::<ContainerRef>().map(|found| found.key);
        key.is_ok_and(|key| !desired.containers.contains_key(&key))
    })
    .map(|(name, _)| Note::Orphaned { name: name.clone() })
    .collect()
}

fn assemble(
    input: &PlanInput<'_>,
    desired: &DesiredState,
    draft: Draft,
    looked_at: &BTreeSet<ResourceKey>,
    notes: Vec<Note>,
) -> Result<Plan, PlanError> {
    let steps = linearise(draft)?;
    let changes = steps.iter().map(|step| &step.action).filter(|action| !action.only_waits());
    let touched: BTreeSet<ResourceKey> = changes.map(Action::target).collect();
    let unchanged = looked_at.difference(&touched).cloned().collect();
    let renewing = |(_, wanted): &(&ContainerKey, &DesiredContainer)| {
        wanted.anonymous_volumes == AnonymousVolumes::Renew
    };
    let renewing = desired.containers.iter().filter(renewing).map(|(key, _)| key.clone()).collect();
    let anonymous_volumes = anonymous_volumes(&steps, input.engine, &renewing);
    let relied_upon: BTreeSet<ResourceKey> = steps.iter().flat_map(relied_upon).collect();
    let looked_into = scope_of(desired, input.map.name(), input.request).volumes.into_iter();
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

/// Returns what a step touches, and what a create takes for granted.
fn relied_upon(step: &Step) -> Vec<ResourceKey> {
    let mut keys = Vec::from([step.action.target()]);
    match &step.action {
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
        Action::ConnectNetwork { network, .. } | Action::DisconnectNetwork { network, .. }
            if !network.is_preset() =>
        {
            keys.push(network.clone().into());
        }
        _ => {}
    }
    keys
}
