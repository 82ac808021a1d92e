//! What is done once, and has no state to reach.

use alloc::collections::{BTreeMap, BTreeSet};
use alloc::vec::Vec;

use container_map::graph::Dag;
use container_map::{ContainerKey, Signal};

use super::{Circle, Outline, PlanInput};
use crate::cascade::{has_lost_owner, lost_link, lost_network};
use crate::container_ref::ContainerRef;
use crate::desired::{DesiredContainer, DesiredState};
use crate::emit::{Again, bound_to, emit_restarts, emit_signals};
use crate::engine::{EngineState, ObservedContainer, ObservedNetworkMode, RunState};
use crate::error::PlanError;
use crate::label;
use crate::reason::{KeptBecause, Note, Reason};
use crate::request::Company;

/// Restarts what is selected, dependencies first. What shares the namespace of one of them is restarted too: it would be
/// cut off otherwise. What a container is bound to now counts, whatever the map says.
pub(super) fn restart(input: &PlanInput<'_>, desired: &DesiredState) -> Result<Outline, PlanError> {
    let selected = Circle::new(desired, input.request).selected();
    let edges = before(input, desired);
    let dag = Dag::new(edges.clone()).expect("because an object is bound to earlier ones only");
    let mut outline = Outline::default();
    let mut restarts: BTreeSet<ContainerKey> = BTreeSet::new();
    let mut again = Vec::new();
    for key in dag.order() {
        let live = ours(input, key);
        let owner = live.as_ref().ok().and_then(|live| owner_of(live, input.engine));
        let owner = owner.filter(|owner| restarts.contains(owner));
        let reason = match owner {
            _ if selected.contains(key) => Reason::Requested,
            Some(owner) if live.as_ref().is_ok_and(|live| live.state.is_up()) => {
                let policy = &input.request.policy;
                if policy.company == Company::Nobody || policy.exclude.contains(key) {
                    let because = KeptBecause::NotAskedFor { cut_off_from: owner.into() };
                    outline.notes.push(Note::Kept { key: key.clone().into(), because });
                    continue;
                }
                Reason::Follows(owner.into())
            }
            Some(_) | None => continue,
        };
        if let Some(because) =
            live.map_or_else(Some, |live| problem(input, &desired.containers[key], live, &restarts))
        {
            outline.notes.push(Note::Kept { key: key.clone().into(), because });
        } else {
            restarts.insert(key.clone());
            let after = edges.get(key).cloned().unwrap_or_default();
            again.push(Again { key: key.clone(), reason, after });
        }
    }
    outline.draft = emit_restarts(&again, &input.request.policy, desired, input.engine)?;
    Ok(outline)
}

/// Returns which containers are restarted before which: what they are bound to, and what the map says they depend on,
/// unless that contradicts it.
fn before(input: &PlanInput<'_>, desired: &DesiredState) -> BTreeMap<ContainerKey, BTreeSet<ContainerKey>> {
    let bound = |key: &ContainerKey| {
        let targets = ours(input, key).map(|live| bound_to(live, input.engine)).unwrap_or_default();
        let targets = targets.into_iter().map(|target| target.key);
        let known = targets.filter(|target| target != key && desired.containers.contains_key(target));
        known.collect::<BTreeSet<ContainerKey>>()
    };
    let reported: BTreeMap<_, BTreeSet<_>> =
        desired.containers.keys().map(|key| (key.clone(), bound(key))).collect();
    let mut all = desired.dependency_map();
    for (key, targets) in &reported {
        all.entry(key.clone()).or_default().extend(targets.iter().cloned());
    }
    if Dag::new(all.clone()).is_ok() { all } else { reported }
}

/// Returns what keeps a container from being started again after it was stopped.
fn problem(
    input: &PlanInput<'_>,
    wanted: &DesiredContainer,
    live: &ObservedContainer,
    restarts: &BTreeSet<ContainerKey>,
) -> Option<KeptBecause> {
    match live.state {
        RunState::Created => return Some(KeptBecause::NeverStarted),
        RunState::Dead | RunState::Removing => return Some(KeptBecause::Unrecoverable),
        RunState::Running | RunState::Paused | RunState::Restarting | RunState::Exited(_) => {}
    }
    if let Some(network) = lost_network(live, input.engine) {
        return Some(KeptBecause::Bound { to: network.into() });
    }
    if has_lost_owner(wanted, live, input.engine) {
        return Some(KeptBecause::Unrecoverable);
    }
    if let Some(alias) = lost_link(live) {
        return Some(KeptBecause::Unlinked { alias });
    }
    let is_linked = |key: &ContainerKey| live.links.iter().any(|link| link.target == key.docker_name());
    let is_ready = |key: &ContainerKey| {
        ours(input, key).is_ok_and(|target| {
            let is_reachable = !is_linked(key) || target.endpoints.contains_key("bridge");
            (restarts.contains(key) || target.state.is_up()) && is_reachable
        })
    };
    let mut needs = bound_to(live, input.engine).into_iter().map(|target| target.key);
    let missing = needs.find(|key| !is_ready(key));
    missing.map(|key| KeptBecause::Waits { on: key.into() })
}

/// Returns the container whose namespace another one shares.
fn owner_of(live: &ObservedContainer, engine: &EngineState) -> Option<ContainerKey> {
    let ObservedNetworkMode::Container(id) = &live.network else { return None };
    engine.name_of(id)?.parse::<ContainerRef>().ok().map(|owner| owner.key)
}

/// Sends a signal to whatever of the selected runs.
pub(super) fn signal(input: &PlanInput<'_>, desired: &DesiredState, signal: Signal) -> Outline {
    let mut outline = Outline::default();
    let mut keys = Vec::new();
    for key in Circle::new(desired, input.request).selected() {
        let because = match ours(input, &key) {
            Ok(live) if live.state.is_up() => {
                keys.push(key);
                continue;
            }
            Ok(_) => KeptBecause::NotRunning,
            Err(because) => because,
        };
        outline.notes.push(Note::Kept { key: key.into(), because });
    }
    outline.draft = emit_signals(&keys, signal);
    outline
}

/// Returns the container under its own name, or why it is none of dmap's.
fn ours<'a>(input: &PlanInput<'a>, key: &ContainerKey) -> Result<&'a ObservedContainer, KeptBecause> {
    let at = ContainerRef::current(key);
    let live = input.engine.container(&at).ok_or(KeptBecause::Absent)?;
    if label::is_ours(&at.docker_name(), &live.labels) { Ok(live) } else { Err(KeptBecause::Foreign) }
}
