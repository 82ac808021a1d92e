//! Containers, networks and volumes on the way down. What is foreign is not touched.

use alloc::collections::{BTreeMap, BTreeSet};
use alloc::string::String;
use alloc::vec::Vec;
use core::time::Duration;

use container_map::{ContainerKey, MapName, NetworkKey, VolumeKey};

use super::Draft;
use super::buildup::networks_of;
use super::leftover::remove_helper;
use super::teardown::order_stops;
use crate::action::Action;
use crate::container_ref::{ContainerRef, Slot};
use crate::engine::{Bystander, EngineState, ObservedContainer, ObservedMountSource};
use crate::error::PlanError;
use crate::label::{self, Helper};
use crate::reason::{KeptBecause, Note, Reason};

/// How containers end.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Ending {
    /// They stop.
    Stop,
    /// Those that do not run are removed.
    RemoveUnlessUp,
    /// They stop and are removed.
    Remove,
}

/// Emits the steps after which the given containers have ended, dependents first.
pub(crate) fn emit_down(
    keys: &BTreeSet<ContainerKey>,
    ending: Ending,
    grace: Option<Duration>,
    dependencies: &BTreeMap<ContainerKey, BTreeSet<ContainerKey>>,
    engine: &EngineState,
    notes: &mut Vec<Note>,
) -> Draft {
    let mut draft = Draft::default();
    for key in keys {
        for slot in Slot::ALL {
            let at = ContainerRef::new(key, slot);
            let Some(live) = engine.container(&at) else {
                continue;
            };
            if !label::is_ours(&at.docker_name(), &live.labels) {
                notes.push(Note::Kept { key: key.clone().into(), because: KeptBecause::Foreign });
                continue;
            }
            match ending {
                Ending::Stop => end(&mut draft, &at, live, Reason::Requested, grace),
                Ending::RemoveUnlessUp if live.state.is_up() => {
                    notes.push(Note::Kept { key: key.clone().into(), because: KeptBecause::Running });
                }
                Ending::RemoveUnlessUp | Ending::Remove => {
                    end(&mut draft, &at, live, Reason::Requested, grace);
                    remove(&mut draft, &at, live, Reason::Requested);
                }
            }
        }
    }
    order_stops(&mut draft, engine, |key| dependencies.get(key).cloned().unwrap_or_default());
    draft
}

/// Emits the stop of what runs in a slot.
pub(super) fn end(
    draft: &mut Draft,
    at: &ContainerRef,
    live: &ObservedContainer,
    reason: Reason,
    grace: Option<Duration>,
) {
    if live.state.is_up() {
        let action = Action::StopContainer { container: at.clone(), signal: None, timeout: grace };
        let node = draft.chain(&at.key, action, reason, networks_of(live));
        // Whatever runs for a container stops before what it follows.
        if draft.stops.contains_key(&at.key) {
            draft.leftover_stops.entry(at.key.clone()).or_default().push(node);
        } else {
            draft.stops.insert(at.key.clone(), node);
        }
    }
}

/// Emits the removal of what is in a slot and does not run by then.
pub(super) fn remove(draft: &mut Draft, at: &ContainerRef, live: &ObservedContainer, reason: Reason) {
    let action = Action::RemoveContainer { container: at.clone() };
    draft.chain(&at.key, action, reason, networks_of(live));
}

/// Emits the removal of the map's own networks that nobody else uses.
///
/// # Errors
///
/// Several networks of one name, which cannot be told apart by name.
pub(crate) fn emit_network_removal(
    draft: &mut Draft,
    map: &MapName,
    engine: &EngineState,
    notes: &mut Vec<Note>,
) -> Result<(), PlanError> {
    let ours = engine.networks.iter().filter(|network| label::is_ours(&network.name, &network.labels));
    let mut counts: BTreeMap<NetworkKey, usize> = BTreeMap::new();
    for network in ours {
        if let Ok(key @ NetworkKey::Own { .. }) = network.name.parse::<NetworkKey>() {
            *counts.entry(key).or_default() += 1;
        }
    }
    for (network, count) in counts {
        if !matches!(&network, NetworkKey::Own { map: found, .. } if found == map) {
            continue;
        }
        if count > 1 {
            return Err(PlanError::AmbiguousNetwork { network, count });
        }
        remove_network(draft, network, engine, Reason::Requested, notes);
    }
    Ok(())
}

/// Emits the removal of a network after everybody has left it, unless somebody stays.
pub(super) fn remove_network(
    draft: &mut Draft,
    network: NetworkKey,
    engine: &EngineState,
    reason: Reason,
    notes: &mut Vec<Note>,
) {
    let name = network.docker_name();
    let is_in = |live: &ObservedContainer| live.endpoints.contains_key(&name);
    let members = engine.containers.iter().filter(|(_, live)| is_in(live)).map(|(name, _)| name);
    let others = engine.bystanders.iter().filter(|(_, other)| other.networks.contains(&name));
    let leaves = members.map(|member| (member, leaving(draft, member, &network)));
    let mut after = Vec::new();
    for (member, leaves) in leaves.chain(others.map(|(name, other)| (name, end_of_run(draft, other)))) {
        let Some(node) = leaves else {
            let because = KeptBecause::InUse { by: member.clone() };
            notes.push(Note::Kept { key: network.into(), because });
            return;
        };
        after.push(node);
    }
    let action = Action::RemoveNetwork { network: network.clone() };
    draft.add(action, reason, after, BTreeSet::from([network]));
}

/// Returns the node after which a container is not in a network any more.
fn leaving(draft: &Draft, container: &str, network: &NetworkKey) -> Option<usize> {
    let at: ContainerRef = container.parse().ok()?;
    draft.removal(&at).or_else(|| draft.disconnects.get(&(at.key.clone(), network.clone())).copied())
}

/// Returns the node that removes what was run once.
fn end_of_run(draft: &Draft, other: &Bystander) -> Option<usize> {
    draft.run_removals.get(other.beside.as_ref()?).copied()
}

/// Emits the removal of volumes, each after everybody who mounts it is gone, unless somebody stays. Returns those that go.
pub(crate) fn emit_volume_removal<'a>(
    draft: &mut Draft,
    volumes: impl Iterator<Item = &'a VolumeKey>,
    engine: &EngineState,
    notes: &mut Vec<Note>,
) -> BTreeSet<&'a VolumeKey> {
    let mut removed = BTreeSet::new();
    for volume in volumes {
        let name = volume.docker_name();
        let Some(live) = engine.volume(volume) else { continue };
        let because = if label::is_ours(&name, &live.labels) {
            unmounting(draft, &name, engine).map_err(|by| KeptBecause::InUse { by })
        } else {
            Err(KeptBecause::Foreign)
        };
        match because {
            Ok(mut after) => {
                // Whatever they were at work on is gone with the volume.
                let carrier = live.carrier.then(|| Helper::Carrier(volume.clone()));
                let helpers = carrier.into_iter().chain(live.look.then(|| Helper::Look(volume.clone())));
                let last = helpers.fold(None, |last, helper| Some(remove_helper(draft, helper, last)));
                after.extend(last);
                let action = Action::RemoveVolume { volume: volume.clone() };
                draft.add(action, Reason::Requested, after, BTreeSet::new());
                removed.insert(volume);
            }
            Err(because) => notes.push(Note::Kept { key: volume.clone().into(), because }),
        }
    }
    removed
}

/// Returns the nodes after which nobody mounts a volume, or the name of somebody who stays.
fn unmounting(draft: &Draft, volume: &str, engine: &EngineState) -> Result<Vec<usize>, String> {
    let mounts = |live: &ObservedContainer| {
        let mut sources = live.mounts.values().map(|mount| &mount.source);
        sources.any(|source| matches!(source, ObservedMountSource::Volume(name) if name == volume))
    };
    let inspected = engine.containers.iter().filter(|(_, live)| mounts(live)).map(|(name, _)| name);
    let others = engine.bystanders.iter().filter(|(_, other)| other.volumes.contains(volume));
    let removal = |name: &String| name.parse().ok().and_then(|at| draft.removal(&at));
    let inspected = inspected.map(|name| (name, removal(name)));
    let others = others.map(|(name, other)| (name, end_of_run(draft, other)));
    others.chain(inspected).map(|(name, gone)| gone.ok_or_else(|| name.clone())).collect()
}
