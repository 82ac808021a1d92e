//! Containers and networks on the way down. Volumes stay, and what is foreign is not touched.

use alloc::collections::{BTreeMap, BTreeSet};
use alloc::string::String;
use alloc::vec::Vec;

use container_map::{ContainerKey, MapName, NetworkKey, ResourceKey};

use super::Draft;
use super::buildup::networks_of;
use super::teardown::order_stops;
use crate::action::Action;
use crate::container_ref::{ContainerRef, Slot};
use crate::engine::EngineState;
use crate::error::PlanError;
use crate::label;
use crate::reason::{KeptBecause, Note, Reason};

/// Emits the steps of a goal `down` for the given containers.
pub(crate) fn emit_down(
    keys: &BTreeSet<ContainerKey>,
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
            if live.state.is_up() {
                let action = Action::StopContainer { container: at.clone(), signal: None, timeout: None };
                let node = draft.chain(key, action, Reason::Requested, networks_of(live));
                if draft.stops.contains_key(key) {
                    draft.leftover_stops.entry(key.clone()).or_default().push(node);
                } else {
                    draft.stops.insert(key.clone(), node);
                }
            }
            let action = Action::RemoveContainer { container: at };
            draft.chain(key, action, Reason::Requested, networks_of(live));
        }
    }
    order_stops(&mut draft, engine, |key| dependencies.get(key).cloned().unwrap_or_default());
    draft
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
        let removals = removals(draft);
        let key = ResourceKey::from(network.clone());
        if let Some(by) = user_of(&network.docker_name(), engine, &removals) {
            notes.push(Note::Kept { key, because: KeptBecause::InUse { by } });
            continue;
        }
        let is_member = |name: &str| {
            let live = engine.containers.get(name);
            live.is_some_and(|live| live.endpoints.contains_key(&network.docker_name()))
        };
        let after: Vec<usize> =
            removals.iter().filter(|(name, _)| is_member(name)).map(|(_, node)| *node).collect();
        let action = Action::RemoveNetwork { network: network.clone() };
        draft.add(action, Reason::Requested, after, BTreeSet::from([network]));
    }
    Ok(())
}

/// Returns the containers that are removed, by name.
fn removals(draft: &Draft) -> BTreeMap<String, usize> {
    let nodes = draft.nodes.iter().enumerate();
    nodes
        .filter_map(|(index, node)| match &node.action {
            Action::RemoveContainer { container } => Some((container.docker_name(), index)),
            _ => None,
        })
        .collect()
}

/// Returns somebody who is in a network and stays.
fn user_of(network: &str, engine: &EngineState, removals: &BTreeMap<String, usize>) -> Option<String> {
    let inspected = engine
        .containers
        .iter()
        .filter(|(name, live)| !removals.contains_key(*name) && live.endpoints.contains_key(network))
        .map(|(name, _)| name);
    let others =
        engine.bystanders.iter().filter(|(_, other)| other.networks.contains(network)).map(|(name, _)| name);
    inspected.chain(others).next().cloned()
}
