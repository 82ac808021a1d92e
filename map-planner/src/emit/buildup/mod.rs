//! Containers on the way up: created, amended, started, replaced.

mod readiness;

use alloc::borrow::ToOwned;
use alloc::boxed::Box;
use alloc::collections::{BTreeMap, BTreeSet};
use alloc::vec::Vec;

use container_map::config::{FollowPolicy, UpdateOrder};
use container_map::{ContainerKey, ContainerPath, NetworkKey, ResourceKey};

use super::Draft;
use super::holders::order_starts;
use super::keep::keep_anonymous_volumes;
use super::leftover::remove_helpers;
use super::orphan;
use super::prepare::{Ready, prepare};
use super::rolling::roll;
use super::teardown::order_stops;
use super::waits::{Waits, allowed, linger, stop_late, unchecked, waits};
use crate::action::{Action, Condition};
use crate::cascade::Outlook;
use crate::container_ref::{ContainerRef, Slot};
use crate::desired::{DesiredContainer, DesiredState};
use crate::diff::certificate;
use crate::engine::{EngineState, ObservedContainer};
use crate::error::PlanError;
use crate::exec::Pending;
use crate::label::{self, Helper};
use crate::reason::{Note, Reason};
use crate::request::Readiness;
use crate::spec::{ContainerSpec, NetworkModeSpec};
use crate::verdict::{ContainerVerdict, Fate, LimitChange, Successor, Verdicts};

/// What is asked for besides what the verdicts say.
#[derive(Debug)]
pub(crate) struct Besides {
    pub(crate) readiness: Readiness,
    /// What the map no longer has and is removed.
    pub(crate) orphans: BTreeSet<ResourceKey>,
    /// What containers among that need.
    pub(crate) needs: BTreeMap<ContainerKey, BTreeSet<ContainerKey>>,
    /// What interrupted runs left of helpers that nobody needs, which is removed first.
    pub(crate) leftovers: BTreeSet<Helper>,
}

/// Emits the steps of a goal that makes containers be there or run, and removes what the map no longer has. Containers are
/// given with dependencies first.
pub(crate) fn emit_up(
    order: &[ContainerKey],
    desired: &DesiredState,
    engine: &EngineState,
    verdicts: &Verdicts,
    besides: &Besides,
    notes: &mut Vec<Note>,
) -> Result<Draft, PlanError> {
    let mut draft = Draft::default();
    remove_helpers(&mut draft, besides.leftovers.iter().cloned());
    let ready = prepare(&mut draft, desired, verdicts)?;
    draft.unchecked = unchecked(order, desired, engine, verdicts);
    let unchecked = draft.unchecked.iter().cloned();
    notes.extend(unchecked.map(|key| Note::Unchecked { key: key.into() }));
    let waits = waits(order, desired, engine, verdicts, &draft);
    let (exists, binds) = (BTreeMap::new(), BTreeMap::new());
    let prepared = BTreeMap::new();
    let mut up = Up {
        desired,
        engine,
        verdicts,
        readiness: besides.readiness,
        ready,
        waits,
        draft,
        exists,
        binds,
        prepared,
    };
    for key in order {
        up.container(key);
    }
    up.let_others_bind_first();
    up.wait_for_unready(order);
    let mut draft = up.draft;
    orphan::remove_containers(&mut draft, &besides.orphans, engine, notes);
    orphan::remove_networks(&mut draft, &besides.orphans, engine, notes);
    let dependencies = |key: &ContainerKey| {
        let wanted = desired.containers.get(key).map(|found| &found.dependencies);
        wanted.or_else(|| besides.needs.get(key)).cloned().unwrap_or_default()
    };
    order_stops(&mut draft, engine, dependencies);
    order_starts(&mut draft, engine, order.iter().map(|key| (key, &desired.containers[key])))?;
    stop_late(&mut draft, desired);
    linger(&mut draft, desired);
    roll(&mut draft, order, desired);
    Ok(draft)
}

struct Up<'a> {
    desired: &'a DesiredState,
    engine: &'a EngineState,
    verdicts: &'a Verdicts,
    readiness: Readiness,
    ready: Ready,
    waits: Waits,
    draft: Draft,
    /// The node after which the object that others bind to is there under the name they use.
    exists: BTreeMap<ContainerKey, usize>,
    /// The creates that bind to a successor by its temporary name.
    binds: BTreeMap<ContainerKey, Vec<usize>>,
    /// What is made ready before a container stops, for those that stop before it.
    prepared: BTreeMap<ContainerKey, BTreeSet<usize>>,
}

impl Up<'_> {
    fn container(&mut self, key: &ContainerKey) {
        let verdict = &self.verdicts.containers[key];
        for slot in &verdict.remove_first {
            self.remove_leftover(key, *slot);
        }
        let reason = verdict.reason.clone().unwrap_or(Reason::Leftover);
        match (verdict.settle_from, verdict.fate) {
            // It ran before: it is started under the name it has, which tells the next run what happened.
            (Some(Slot::Prev), Fate::Start) => {
                self.start_in(key, Slot::Prev, &reason, verdict);
                self.settle(key, Slot::Prev);
                self.run_commands(key, Slot::Current, &reason);
            }
            (Some(Slot::Prev), Fate::Bounce) => self.bounce(key, Slot::Prev, &reason, verdict),
            // Its replacement goes on where it is, for the same reason.
            (Some(Slot::Prev), Fate::Replace { order, .. }) => {
                self.stop_leftovers(key, verdict);
                self.create(key, Slot::Next, &reason);
                self.replace(key, Slot::Prev, order, &reason);
            }
            (Some(from), _) => {
                // What a successor took over from serves until that has the name.
                if verdict.fate != Fate::Keep {
                    self.stop_leftovers(key, verdict);
                }
                let node = self.settle(key, from);
                self.exists.insert(key.clone(), node);
                self.current(key, &reason, verdict);
            }
            (None, _) => self.current(key, &reason, verdict),
        }
        self.stop_leftovers(key, verdict);
        if verdict.remove_last.contains(&Slot::Prev) && !self.is_ready(key, verdict) {
            self.wait_until(key, Slot::Current, Condition::Ready, &Reason::Leftover);
        }
        self.wait_for_others(key);
        if matches!(self.readiness, Readiness::All { .. }) && !self.is_ready(key, verdict) {
            self.wait_until(key, Slot::Current, Condition::Ready, &Reason::Requested);
        }
        for slot in &verdict.remove_last {
            self.remove(key, *slot, &Reason::Leftover);
        }
    }

    /// Deals with the container in the current slot.
    fn current(&mut self, key: &ContainerKey, reason: &Reason, verdict: &ContainerVerdict) {
        match verdict.fate {
            Fate::Keep => {
                self.amend(key, Slot::Current, verdict);
                self.run_commands(key, Slot::Current, reason);
            }
            Fate::Make => self.create(key, Slot::Current, reason),
            Fate::Create => {
                self.create(key, Slot::Current, reason);
                self.start(key, Slot::Current, reason);
            }
            Fate::Start => self.start_in(key, Slot::Current, reason, verdict),
            Fate::Restart => self.restart(key, reason, verdict),
            Fate::Bounce => self.bounce(key, Slot::Current, reason, verdict),
            Fate::Replace { successor, order } => {
                match successor {
                    Successor::New => self.create(key, Slot::Next, reason),
                    Successor::Waiting => self.amend(key, Slot::Next, verdict),
                }
                self.replace(key, Slot::Current, order, reason);
            }
        }
    }

    /// The successor is there, and takes over from the container in a slot.
    fn replace(&mut self, key: &ContainerKey, from: Slot, order: UpdateOrder, reason: &Reason) {
        match order {
            UpdateOrder::StopFirst => self.stop_and_replace(key, from, reason),
            UpdateOrder::StartFirst => self.replace_and_stop(key, from, reason),
        }
    }

    /// Gives the successor the name, and what is in a slot that of a predecessor, unless it has that.
    fn swap_names(&mut self, key: &ContainerKey, from: Slot, reason: &Reason) {
        if from != Slot::Prev {
            self.rename(key, from, Slot::Prev, reason);
        }
        self.rename(key, Slot::Next, Slot::Current, reason);
    }

    fn start_in(&mut self, key: &ContainerKey, slot: Slot, reason: &Reason, verdict: &ContainerVerdict) {
        self.stop_leftovers(key, verdict);
        self.amend(key, slot, verdict);
        self.start(key, slot, reason);
    }

    /// Makes the container in a slot the current one.
    fn settle(&mut self, key: &ContainerKey, from: Slot) -> usize {
        self.rename(key, from, Slot::Current, &Reason::Leftover)
    }

    /// The successor is there; it starts once the container has stopped.
    fn stop_and_replace(&mut self, key: &ContainerKey, from: Slot, reason: &Reason) {
        if self.live(key).is_some_and(|live| live.state.is_up()) {
            let stop = self.stop(key, from, reason);
            self.stops_prepared(key, stop);
        }
        self.swap_names(key, from, reason);
        self.start(key, Slot::Current, reason);
        self.wait_until(key, Slot::Current, Condition::Ready, reason);
        self.wait_for_others(key);
        self.remove(key, Slot::Prev, reason);
    }

    /// Returns whether the container that is kept is known to be ready.
    fn is_ready(&self, key: &ContainerKey, verdict: &ContainerVerdict) -> bool {
        verdict.fate == Fate::Keep && self.live(key).is_some_and(|live| live.has_reached(Condition::Ready))
    }

    /// The successor is there; it gets ready beside the container, and has its name when that stops.
    fn replace_and_stop(&mut self, key: &ContainerKey, from: Slot, reason: &Reason) {
        let is_up = |found: Option<&ObservedContainer>| found.is_some_and(|found| found.state.is_up());
        if is_up(self.engine.container(&ContainerRef::new(key, Slot::Next))) {
            self.run_commands(key, Slot::Next, reason);
        } else {
            self.start(key, Slot::Next, reason);
        }
        let node = self.wait_until(key, Slot::Next, Condition::Ready, reason);
        self.draft.begins.insert(key.clone(), self.draft.starts.get(key).copied().unwrap_or(node));
        self.swap_names(key, from, reason);
        if is_up(self.live(key)) {
            self.stop(key, Slot::Prev, reason);
            self.draft.lingering.insert(key.clone());
        }
        self.wait_for_others(key);
        self.remove(key, Slot::Prev, reason);
    }

    /// Stops a container that stays and starts it again later. The name it has meanwhile tells the next run that its
    /// outage has to end.
    fn bounce(&mut self, key: &ContainerKey, from: Slot, reason: &Reason, verdict: &ContainerVerdict) {
        let renamed = (from == Slot::Current).then(|| self.rename(key, from, Slot::Prev, reason));
        let stop = self.stop(key, Slot::Prev, reason);
        self.stops_prepared(key, renamed.unwrap_or(stop));
        self.amend(key, Slot::Prev, verdict);
        self.start(key, Slot::Prev, reason);
        self.rename(key, Slot::Prev, Slot::Current, reason);
        self.run_commands(key, Slot::Current, reason);
        self.wait_in_batch(key, reason);
    }

    /// What stops does so when everything that it depends on can be replaced, and what that depends on in turn (R4).
    fn stops_prepared(&mut self, key: &ContainerKey, begin: usize) {
        let mut ready: BTreeSet<usize> = BTreeSet::new();
        for target in &self.desired.containers[key].dependencies {
            ready.extend(self.exists.get(target));
            ready.extend(self.prepared.get(target).into_iter().flatten());
        }
        for node in &ready {
            self.draft.wait(begin, *node);
        }
        self.prepared.insert(key.clone(), ready);
        self.draft.begins.insert(key.clone(), begin);
    }

    fn rename(&mut self, key: &ContainerKey, from: Slot, to: Slot, reason: &Reason) -> usize {
        let action = Action::RenameContainer { container: ContainerRef::new(key, from), to };
        self.draft.chain(key, action, reason.clone(), BTreeSet::new())
    }

    /// Returns the object that is the current container once the slots are settled.
    fn live(&self, key: &ContainerKey) -> Option<&ObservedContainer> {
        let slot = self.verdicts.containers[key].settle_from.unwrap_or(Slot::Current);
        self.engine.container(&ContainerRef::new(key, slot))
    }

    fn create(&mut self, key: &ContainerKey, slot: Slot, reason: &Reason) {
        let wanted = &self.desired.containers[key];
        let mut spec = wanted.spec.clone();
        spec.labels.insert(label::BORN.to_owned(), certificate(&wanted.spec));
        let lent: Vec<&str> =
            self.desired.lent_paths(wanted).into_iter().map(ContainerPath::as_str).collect();
        if !lent.is_empty() {
            spec.labels.insert(label::LENT.to_owned(), lent.join(","));
        }
        if let Some(live) = self.live(key).filter(|_| slot == Slot::Next) {
            keep_anonymous_volumes(&mut spec, wanted, live, self.outlook());
        }
        self.bind(&mut spec);
        let later = spec.keep_first_endpoint();
        let action =
            Action::CreateContainer { container: ContainerRef::new(key, slot), spec: Box::new(spec) };
        let node = self.draft.chain(key, action, reason.clone(), BTreeSet::new());
        for needed in self.needs(wanted) {
            self.draft.wait(node, needed);
        }
        let younger = wanted.follows.iter().filter(|(_, policy)| **policy == FollowPolicy::Recreate);
        for target in younger.map(|(target, _)| target) {
            if let Some(exists) = self.exists.get(target).copied() {
                self.draft.wait(node, exists);
            }
        }
        for target in wanted.bindings() {
            if let Some(exists) = self.exists.get(target).copied() {
                self.draft.wait(node, exists);
            }
            self.binds.entry(target.clone()).or_default().push(node);
        }
        let mut last = node;
        for (network, endpoint) in later {
            let networks = own(&network);
            let container = ContainerRef::new(key, slot);
            let action = Action::ConnectNetwork { network, container, endpoint };
            last = self.draft.chain(key, action, reason.clone(), networks);
        }
        self.exists.insert(key.clone(), last);
    }

    fn outlook(&self) -> Outlook<'_> {
        Outlook { desired: self.desired, engine: self.engine, decided: &self.verdicts.containers }
    }

    /// Returns the slot in which a container is while others are created that bind to it.
    fn binding_slot(&self, key: &ContainerKey) -> Slot {
        // Who is left out stays where it is.
        let Some(verdict) = self.verdicts.containers.get(key) else { return Slot::Current };
        match verdict.fate {
            Fate::Replace { .. } => Slot::Next,
            Fate::Start | Fate::Bounce if verdict.settle_from == Some(Slot::Prev) => Slot::Prev,
            Fate::Keep | Fate::Make | Fate::Create | Fate::Start | Fate::Restart | Fate::Bounce => {
                Slot::Current
            }
        }
    }

    /// Names other containers by the slot in which the object to bind to is.
    fn bind(&self, spec: &mut ContainerSpec) {
        let slot = |target: &ContainerRef| ContainerRef::new(&target.key, self.binding_slot(&target.key));
        if let NetworkModeSpec::Container(owner) = &mut spec.network {
            *owner = slot(owner);
        }
        spec.links = core::mem::take(&mut spec.links)
            .into_iter()
            .map(|mut link| {
                link.container = slot(&link.container);
                link
            })
            .collect();
        spec.volumes_from = core::mem::take(&mut spec.volumes_from)
            .into_iter()
            .map(|mut from| {
                from.container = slot(&from.container);
                from
            })
            .collect();
    }

    /// Returns the nodes that make ready what a container needs (R3).
    fn needs(&self, wanted: &DesiredContainer) -> Vec<usize> {
        let image = self.ready.images.get(&wanted.spec.image);
        let networks = wanted.own_networks().filter_map(|network| self.ready.networks.get(network));
        let volumes =
            self.desired.all_volumes(wanted).into_iter().filter_map(|volume| self.ready.volumes.get(volume));
        image.into_iter().chain(networks).chain(volumes).copied().collect()
    }

    /// A create that binds to an object under a temporary name must find it there; and what follows a container is ready
    /// before that container stops (R4).
    fn let_others_bind_first(&mut self) {
        for (target, creates) in &self.binds {
            let slot = self.binding_slot(target);
            let verdict = self.verdicts.containers.get(target);
            let stays = verdict.and_then(|verdict| verdict.settle_from).filter(|slot| *slot == Slot::Prev);
            let predecessor = ContainerRef::new(target, stays.unwrap_or(Slot::Current));
            let is_moved = |action: &Action| match (slot, action) {
                (Slot::Next, Action::StopContainer { container, .. }) => *container == predecessor,
                (Slot::Current, Action::RenameContainer { container, to: Slot::Prev })
                | (Slot::Next | Slot::Prev, Action::RenameContainer { container, .. }) => {
                    container.key == *target
                }
                _ => false,
            };
            let moved = self.draft.chain_of(target).find(|node| is_moved(&self.draft.nodes[*node].action));
            if let Some(moved) = moved {
                for create in creates {
                    self.draft.wait(moved, *create);
                }
            }
        }
    }

    fn amend(&mut self, key: &ContainerKey, slot: Slot, verdict: &ContainerVerdict) {
        let mut last = None;
        if let Some(LimitChange { limits, reason }) = verdict.limits.clone() {
            let action = Action::UpdateContainer { container: ContainerRef::new(key, slot), limits };
            last = Some(self.draft.chain(key, action, reason, BTreeSet::new()));
        }
        for change in &verdict.endpoints {
            let container = ContainerRef::new(key, slot);
            let network = change.network.clone();
            let networks = own(&network);
            let made = self.ready.networks.get(&network).copied();
            if change.disconnect {
                let action =
                    Action::DisconnectNetwork { network: network.clone(), container: container.clone() };
                let node = self.draft.chain(key, action, change.reason.clone(), networks.clone());
                last = Some(node);
                self.draft.disconnects.insert((key.clone(), network.clone()), node);
                if let Some(made) = made {
                    self.draft.wait(node, made);
                }
            }
            if let Some(endpoint) = change.connect.clone() {
                let action = Action::ConnectNetwork { network: network.clone(), container, endpoint };
                let node = self.draft.chain(key, action, change.reason.clone(), networks);
                last = Some(node);
                self.draft.connects.insert((key.clone(), network), node);
                if let Some(made) = made {
                    self.draft.wait(node, made);
                }
            }
        }
        // Only what runs is changed with effect; a successor runs later.
        if let Some(last) = last.filter(|_| slot != Slot::Next) {
            self.draft.runs.insert(key.clone(), last);
        }
    }

    fn start(&mut self, key: &ContainerKey, slot: Slot, reason: &Reason) {
        let wanted = &self.desired.containers[key];
        let networks = wanted.own_networks().cloned().collect();
        let container = ContainerRef::new(key, slot);
        let action = Action::StartContainer { container, settle: wanted.start_delay };
        let node = self.draft.chain(key, action, reason.clone(), networks);
        self.started_by(key, node);
        // A predecessor gets its own name first.
        if slot != Slot::Prev {
            self.run_commands(key, slot, reason);
        }
    }

    /// Runs commands in a container that runs, one after the other; whatever depends on it starts after them.
    fn run_commands(&mut self, key: &ContainerKey, slot: Slot, reason: &Reason) {
        for Pending { exec, reason: own } in self.verdicts.commands.get(key).into_iter().flatten() {
            let action = Action::Exec { container: ContainerRef::new(key, slot), command: exec.clone() };
            let reason = own.as_ref().unwrap_or(reason).clone();
            let node = self.draft.chain(key, action, reason, BTreeSet::new());
            self.draft.runs.insert(key.clone(), node);
        }
    }

    /// One request, so that an interruption cannot leave the container stopped with nothing to tell why.
    fn restart(&mut self, key: &ContainerKey, reason: &Reason, verdict: &ContainerVerdict) {
        self.amend(key, Slot::Current, verdict);
        let networks = self.live(key).map(networks_of).unwrap_or_default();
        let container = ContainerRef::current(key);
        let action = Action::RestartContainer { container, timeout: None };
        let node = self.draft.chain(key, action, reason.clone(), networks);
        self.draft.restarts.insert(key.clone(), node);
        self.draft.begins.insert(key.clone(), node);
        self.started_by(key, node);
        self.run_commands(key, Slot::Current, reason);
        self.wait_in_batch(key, reason);
    }

    /// A start comes after what the container needs, after the starts of those it depends on, and after they are as far
    /// as it waits for.
    fn started_by(&mut self, key: &ContainerKey, node: usize) {
        let wanted = &self.desired.containers[key];
        for needed in self.needs(wanted) {
            self.draft.wait(node, needed);
        }
        for dependency in &wanted.dependencies {
            if let Some(running) = self.draft.runs.get(dependency).copied() {
                self.draft.wait(node, running);
            }
        }
        for (wait, within) in &wanted.waits {
            let within = allowed(self.desired, &wait.0, wait.1, *within);
            if let Some(reached) = self.draft.awaits_within(wait, within) {
                self.draft.wait(node, reached);
            }
        }
        self.draft.starts.insert(key.clone(), node);
        self.draft.runs.insert(key.clone(), node);
    }

    /// Stops what runs as the container now, in the slot where it is by then.
    fn stop(&mut self, key: &ContainerKey, slot: Slot, reason: &Reason) -> usize {
        let container = ContainerRef::new(key, slot);
        let networks = self.live(key).map(networks_of).unwrap_or_default();
        let action = Action::StopContainer { container, signal: None, timeout: None };
        let node = self.draft.chain(key, action, reason.clone(), networks);
        self.draft.stops.insert(key.clone(), node);
        node
    }

    /// Stops what an interrupted run left running and is not needed any more; it may hold what the container needs.
    fn stop_leftovers(&mut self, key: &ContainerKey, verdict: &ContainerVerdict) {
        for slot in &verdict.remove_last {
            self.stop_leftover(key, *slot);
        }
    }

    /// Stops what an interrupted run left running in a slot, unless that is done already.
    fn stop_leftover(&mut self, key: &ContainerKey, slot: Slot) {
        let container = ContainerRef::new(key, slot);
        let Some(live) = self.engine.container(&container).filter(|live| live.state.is_up()) else { return };
        let stops = self.draft.leftover_stops.get(key).into_iter().flatten();
        if stops.into_iter().any(|node| self.draft.nodes[*node].action.container() == Some(&container)) {
            return;
        }
        let networks = networks_of(live);
        let action = Action::StopContainer { container, signal: None, timeout: None };
        let node = self.draft.chain(key, action, Reason::Leftover, networks);
        self.draft.leftover_stops.entry(key.clone()).or_default().push(node);
    }

    fn remove_leftover(&mut self, key: &ContainerKey, slot: Slot) {
        self.stop_leftover(key, slot);
        self.remove(key, slot, &Reason::Leftover);
    }

    fn remove(&mut self, key: &ContainerKey, slot: Slot, reason: &Reason) {
        let container = ContainerRef::new(key, slot);
        let action = Action::RemoveContainer { container };
        self.draft.chain(key, action, reason.clone(), BTreeSet::new());
    }
}

fn own(network: &NetworkKey) -> BTreeSet<NetworkKey> {
    if network.is_preset() { BTreeSet::new() } else { BTreeSet::from([network.clone()]) }
}

/// Returns the map's networks a container is in.
pub(super) fn networks_of(container: &ObservedContainer) -> BTreeSet<NetworkKey> {
    container
        .endpoints
        .keys()
        .filter_map(|name| name.parse::<NetworkKey>().ok())
        .filter(|network| !network.is_preset())
        .collect()
}
