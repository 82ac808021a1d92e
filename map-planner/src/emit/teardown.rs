//! R1: stops are ordered by what the engine reports, and by what the map wants where that does not contradict it.

use alloc::collections::{BTreeMap, BTreeSet};
use alloc::vec::Vec;

use container_map::ContainerKey;

use super::Draft;
use crate::container_ref::{ContainerRef, Slot};
use crate::engine::{EngineState, ObservedContainer, ObservedNetworkMode};

/// Makes dependents stop before what they depend on.
pub(super) fn order_stops(
    draft: &mut Draft,
    engine: &EngineState,
    dependencies: impl Fn(&ContainerKey) -> BTreeSet<ContainerKey>,
) {
    let keys: Vec<ContainerKey> = draft.stops.keys().chain(outlived(draft)).cloned().collect();
    let mut before: BTreeMap<ContainerKey, BTreeSet<ContainerKey>> = BTreeMap::new();
    for key in &keys {
        for target in reported(key, engine) {
            if target != *key && draft.stops.contains_key(&target) {
                before.entry(key.clone()).or_default().insert(target);
            }
        }
    }
    // What stops when its successor is ready may have to stop later than what it depends on.
    let lingering = draft.lingering.clone();
    for key in keys.iter().filter(|key| !lingering.contains(*key)) {
        for target in dependencies(key) {
            if let Some(restart) = draft.restarts.get(&target).copied() {
                for stop in draft.all_stops(key).collect::<Vec<_>>() {
                    draft.wait(restart, stop);
                }
            }
            if draft.stops.contains_key(&target) && !reaches(&before, &target, key) {
                before.entry(key.clone()).or_default().insert(target);
            }
        }
    }
    for (first, later) in &before {
        for target in later {
            let stop = draft.stops[target];
            for first in draft.all_stops(first).collect::<Vec<_>>() {
                draft.wait(stop, first);
            }
        }
    }
}

/// Returns the containers of which something stops that an interrupted run left, before what comes after it starts.
fn outlived(draft: &Draft) -> impl Iterator<Item = &ContainerKey> {
    draft.leftover_stops.iter().filter_map(|(key, stops)| {
        let start = draft.starts.get(key)?;
        (!draft.stops.contains_key(key) && stops.iter().all(|stop| stop < start)).then_some(key)
    })
}

/// Returns the containers whose objects a container is bound to now.
fn reported(key: &ContainerKey, engine: &EngineState) -> BTreeSet<ContainerKey> {
    let objects = Slot::ALL.into_iter().filter_map(|slot| engine.container(&ContainerRef::new(key, slot)));
    objects.flat_map(|container| bound_to(container, engine)).map(|found| found.key).collect()
}

/// Returns the objects a container needs to run: the owner of its namespace and the targets of its links.
pub(crate) fn bound_to(container: &ObservedContainer, engine: &EngineState) -> BTreeSet<ContainerRef> {
    let owner = match &container.network {
        ObservedNetworkMode::Container(id) => engine.name_of(id),
        ObservedNetworkMode::Default | ObservedNetworkMode::Named(_) => None,
    };
    let links = container.links.iter().map(|link| link.target.as_str());
    owner.into_iter().chain(links).filter_map(|name| name.parse::<ContainerRef>().ok()).collect()
}

fn reaches(
    edges: &BTreeMap<ContainerKey, BTreeSet<ContainerKey>>,
    from: &ContainerKey,
    to: &ContainerKey,
) -> bool {
    let mut open = Vec::from([from]);
    let mut seen = BTreeSet::new();
    while let Some(key) = open.pop() {
        if key == to {
            return true;
        }
        if seen.insert(key) {
            open.extend(edges.get(key).into_iter().flatten());
        }
    }
    false
}
