//! The way back from replacements that failed: the predecessors take their places again.
//!
//! Which names are there says how far a replacement got. A predecessor is started under the name that tells so, and gets its
//! own name last.
//!
//! Containers are bound to objects, so those that share a namespace or are linked go back together, or not at all: a
//! predecessor whose namespace is gone cannot run, and a successor whose namespace goes would be cut off. So do those that
//! pass on a port.

use alloc::collections::{BTreeMap, BTreeSet};
use alloc::vec::Vec;

use container_map::{ContainerKey, Port};

use super::Draft;
use super::buildup::networks_of;
use super::teardown::{bound_to, order_stops};
use crate::action::Action;
use crate::container_ref::{ContainerRef, Slot};
use crate::engine::{EngineState, ObservedContainer, ObservedNetworkMode, RunState};
use crate::label;
use crate::reason::Reason;
use crate::spec::HostBinding;

/// Emits the way back for the selected containers; the order is of all, dependencies first. Those with nothing unfinished
/// are left alone. What depends on what counts for the order of starts.
pub(crate) fn emit_restore(
    order: &[ContainerKey],
    selected: &BTreeSet<ContainerKey>,
    dependencies: &BTreeMap<ContainerKey, BTreeSet<ContainerKey>>,
    engine: &EngineState,
) -> Draft {
    let mut back = Back { engine, draft: Draft::default() };
    let together: BTreeSet<ContainerKey> =
        selected.iter().filter_map(|key| back.family(key, dependencies)).flatten().collect();
    for key in order.iter().filter(|key| together.contains(*key)) {
        back.container(key);
    }
    let mut draft = back.draft;
    order_stops(&mut draft, engine, |key| dependencies.get(key).cloned().unwrap_or_default());
    order_starts(&mut draft, dependencies);
    draft
}

struct Back<'a> {
    engine: &'a EngineState,
    draft: Draft,
}

impl<'a> Back<'a> {
    fn container(&mut self, key: &ContainerKey) {
        let slots = [Slot::Current, Slot::Next, Slot::Prev].map(|slot| self.live(key, slot));
        match slots {
            // Somebody else has taken the place meanwhile.
            [Some(current), _, _] if !is_ours(key, Slot::Current, current) => {}
            [_, _, Some(prev)] => {
                self.discard(key, Slot::Current);
                self.discard(key, Slot::Next);
                self.start(key, Slot::Prev, prev);
                let container = ContainerRef::new(key, Slot::Prev);
                let action = Action::RenameContainer { container, to: Slot::Current };
                self.draft.chain(key, action, Reason::RolledBack, BTreeSet::new());
            }
            // It did not get farther than to stop the container. One that never ran was not stopped.
            [Some(current), Some(_), None] => {
                if current.has_run {
                    self.start(key, Slot::Current, current);
                }
                self.discard(key, Slot::Next);
            }
            [_, _, None] => {}
        }
    }

    /// Returns the containers that have to go back with one; none if one of them cannot.
    fn family(
        &self,
        key: &ContainerKey,
        all: &BTreeMap<ContainerKey, BTreeSet<ContainerKey>>,
    ) -> Option<BTreeSet<ContainerKey>> {
        let (mut open, mut family) = (Vec::from([key.clone()]), BTreeSet::new());
        while let Some(key) = open.pop() {
            if !family.insert(key.clone()) {
                continue;
            }
            let Some(prev) = self.live(&key, Slot::Prev) else { continue };
            // What the predecessor needs has to be there, and in its place.
            if let ObservedNetworkMode::Container(owner) = &prev.network {
                self.engine.name_of(owner)?;
            }
            let needed = bound_to(prev, self.engine);
            open.extend(needed.into_iter().filter(|at| at.slot == Slot::Prev).map(|at| at.key));
            // Nor may anybody go on that needs the successor, or has the predecessor's ports by now.
            let successor = ContainerRef::current(&key);
            for other in all.keys().filter(|other| !family.contains(*other)) {
                let live = self.live(other, Slot::Current);
                let goes_too =
                    |live| bound_to(live, self.engine).contains(&successor) || shares_port(live, prev);
                if live.is_some_and(goes_too) {
                    self.live(other, Slot::Prev)?;
                    open.push(other.clone());
                }
            }
        }
        Some(family)
    }

    fn live(&self, key: &ContainerKey, slot: Slot) -> Option<&'a ObservedContainer> {
        let live = self.engine.container(&ContainerRef::new(key, slot));
        live.filter(|live| live.state != RunState::Removing)
    }

    /// Removes what dmap made in a slot.
    fn discard(&mut self, key: &ContainerKey, slot: Slot) {
        let Some(live) = self.live(key, slot).filter(|live| is_ours(key, slot, live)) else { return };
        let container = ContainerRef::new(key, slot);
        if live.state.is_up() {
            let action = Action::StopContainer { container: container.clone(), signal: None, timeout: None };
            let node = self.draft.chain(key, action, Reason::RolledBack, networks_of(live));
            self.draft.stops.insert(key.clone(), node);
        }
        let action = Action::RemoveContainer { container };
        self.draft.chain(key, action, Reason::RolledBack, networks_of(live));
    }

    fn start(&mut self, key: &ContainerKey, slot: Slot, live: &ObservedContainer) {
        if !live.state.is_up() {
            let action = Action::StartContainer { container: ContainerRef::new(key, slot), settle: None };
            let node = self.draft.chain(key, action, Reason::RolledBack, networks_of(live));
            self.draft.starts.insert(key.clone(), node);
        }
    }
}

/// Returns whether a container holds a port that another one needs.
fn shares_port(holder: &ObservedContainer, other: &ObservedContainer) -> bool {
    let clash = |port: &Port, wanted: &BTreeSet<HostBinding>| {
        let held = holder.published.iter().filter(|(held, _)| held.protocol == port.protocol);
        held.flat_map(|(_, held)| held).any(|held| wanted.iter().any(|wanted| held.collides(wanted)))
    };
    holder.state.is_up() && other.published.iter().any(|(port, wanted)| clash(port, wanted))
}

fn is_ours(key: &ContainerKey, slot: Slot, live: &ObservedContainer) -> bool {
    label::is_ours(&ContainerRef::new(key, slot).docker_name(), &live.labels)
}

/// A predecessor may need the ports of any successor, and starts after what it depends on.
fn order_starts(draft: &mut Draft, dependencies: &BTreeMap<ContainerKey, BTreeSet<ContainerKey>>) {
    let stops: Vec<usize> = draft.stops.values().copied().collect();
    for (key, start) in draft.starts.clone() {
        for stop in &stops {
            draft.wait(start, *stop);
        }
        for dependency in dependencies.get(&key).into_iter().flatten() {
            if let Some(before) = draft.starts.get(dependency).copied() {
                draft.wait(start, before);
            }
        }
    }
}
