//! Objects that the map no longer has, removed beside what it does have.

use alloc::collections::BTreeSet;
use alloc::string::String;
use alloc::vec::Vec;

use container_map::{ContainerKey, ResourceKey};

use super::Draft;
use super::down::{end, remove, remove_network};
use crate::container_ref::{ContainerRef, Slot};
use crate::engine::{EngineId, EngineState, ObservedNetworkMode};
use crate::label;
use crate::reason::{KeptBecause, Note, Reason};

/// Emits the removal of containers; those that something else is bound to stay.
pub(super) fn remove_containers(
    draft: &mut Draft,
    orphans: &BTreeSet<ResourceKey>,
    engine: &EngineState,
    notes: &mut Vec<Note>,
) {
    let keys: BTreeSet<&ContainerKey> = orphans
        .iter()
        .filter_map(|key| match key {
            ResourceKey::Container(key) => Some(key),
            _ => None,
        })
        .collect();
    for key in &keys {
        for slot in Slot::ALL {
            let at = ContainerRef::new(key, slot);
            let ours = engine.container(&at).filter(|live| label::is_ours(&at.docker_name(), &live.labels));
            let Some(live) = ours else { continue };
            if let Some(by) = user(&live.id, &keys, draft, engine) {
                notes.push(Note::Kept { key: at.key.clone().into(), because: KeptBecause::InUse { by } });
            } else {
                end(draft, &at, live, Reason::Orphaned, None);
                remove(draft, &at, live, Reason::Orphaned);
            }
        }
    }
}

/// Emits the removal of networks, once all containers have left them.
pub(super) fn remove_networks(
    draft: &mut Draft,
    orphans: &BTreeSet<ResourceKey>,
    engine: &EngineState,
    notes: &mut Vec<Note>,
) {
    for key in orphans {
        let ResourceKey::Network(network) = key else { continue };
        // Several of one name cannot be told apart by it.
        if engine.networks_of(network).count() == 1 {
            remove_network(draft, network.clone(), engine, Reason::Orphaned, notes);
        }
    }
}

/// Returns the name of somebody who runs on in the namespace of an object.
fn user(
    owner: &EngineId,
    orphans: &BTreeSet<&ContainerKey>,
    draft: &Draft,
    engine: &EngineState,
) -> Option<String> {
    let stops = |at: &ContainerRef| orphans.contains(&at.key) || draft.all_stops(&at.key).next().is_some();
    let guests = engine.containers.iter().filter(|(_, live)| {
        live.state.is_up() && matches!(&live.network, ObservedNetworkMode::Container(id) if id == owner)
    });
    let mut stay = guests.filter(|(name, _)| !name.parse::<ContainerRef>().is_ok_and(|at| stops(&at)));
    stay.next().map(|(name, _)| name.clone())
}
