//! Waiting for containers: those that take another one's place, and those that others start after.

use alloc::collections::{BTreeMap, BTreeSet};
use alloc::vec::Vec;
use core::time::Duration;

use container_map::ContainerKey;

use super::Draft;
use crate::action::Condition;
use crate::cascade::is_unchecked;
use crate::container_ref::{ContainerRef, Slot};
use crate::desired::{DesiredContainer, DesiredState};
use crate::engine::EngineState;
use crate::verdict::Verdicts;

/// How long a container may take until it runs steadily.
const STARTED_WITHIN: Duration = Duration::from_secs(30);
/// How long a container may take at least until its health check passes.
const HEALTHY_WITHIN: Duration = Duration::from_mins(2);
/// How long a job may take, unless the client says.
const COMPLETED_WITHIN: Duration = Duration::from_hours(1);
/// What an engine takes for a health check that does not say: interval, timeout, and failures in a row.
const CHECK: (Duration, Duration, u32) = (Duration::from_secs(30), Duration::from_secs(30), 3);

/// What containers are waited for, how long at most, and who waits.
pub(super) type Waits = BTreeMap<ContainerKey, BTreeMap<Condition, BTreeMap<Duration, ContainerKey>>>;

/// Works out what has to be waited for: what somebody waits for who is started, and what is not so already.
pub(super) fn waits(
    order: &[ContainerKey],
    desired: &DesiredState,
    engine: &EngineState,
    verdicts: &Verdicts,
    draft: &Draft,
) -> Waits {
    let is_so = |target: &ContainerKey, condition| {
        // Nobody waits for who is left out.
        let Some(verdict) = verdicts.containers.get(target) else { return true };
        let live = engine.container(&ContainerRef::new(target, verdict.settle_from.unwrap_or(Slot::Current)));
        !verdict.starts() && live.is_some_and(|live| live.has_reached(condition))
    };
    let mut waits = Waits::new();
    for key in order.iter().filter(|key| verdicts.containers[*key].starts()) {
        for ((target, condition), within) in &desired.containers[key].waits {
            let until = draft.until(target, *condition);
            if !is_so(target, until) {
                let within = allowed(desired, target, until, *within);
                let waiters = waits.entry(target.clone()).or_default().entry(until).or_default();
                waiters.entry(within).or_insert_with(|| key.clone());
            }
        }
    }
    waits
}

/// Returns the containers that others wait for to be healthy and that stay as they are, without the health check that the
/// map wants: to who only starts what is there, running is all that they can be.
pub(super) fn unchecked(
    order: &[ContainerKey],
    desired: &DesiredState,
    engine: &EngineState,
    verdicts: &Verdicts,
) -> BTreeSet<ContainerKey> {
    let starting = order.iter().filter(|key| verdicts.containers[*key].starts());
    let waits = starting.flat_map(|key| desired.containers[key].waits.keys());
    let healthy = waits.filter(|(_, condition)| *condition == Condition::Healthy).map(|(target, _)| target);
    let stays = |key: &&ContainerKey| {
        let verdict = verdicts.containers.get(*key);
        verdict.is_some_and(|verdict| is_unchecked(key, verdict, desired, engine))
    };
    healthy.filter(stays).cloned().collect()
}

/// Returns how long somebody waits for a container at most, who may say so.
pub(super) fn allowed(
    desired: &DesiredState,
    target: &ContainerKey,
    condition: Condition,
    within: Option<Duration>,
) -> Duration {
    within.unwrap_or_else(|| patience(condition, &desired.containers[target]))
}

/// Returns how long a container is waited for at most: for its health as long as its check may take to give it up. The
/// check may be the image's, which nobody knows here.
pub(super) fn patience(condition: Condition, wanted: &DesiredContainer) -> Duration {
    match condition {
        Condition::Started => STARTED_WITHIN,
        Condition::Healthy | Condition::Ready => {
            let verdict = wanted.spec.healthcheck.as_ref().map(|check| {
                let once = check.interval.unwrap_or(CHECK.0).saturating_add(check.timeout.unwrap_or(CHECK.1));
                let all = once.saturating_mul(check.retries.unwrap_or(CHECK.2).saturating_add(1));
                all.saturating_add(check.start_period.unwrap_or_default())
            });
            verdict.unwrap_or_default().max(HEALTHY_WITHIN)
        }
        Condition::Completed => wanted.completes_within.unwrap_or(COMPLETED_WITHIN),
    }
}

/// Lets what waits for others run until they are ready, unless it has to stop before (R4): an outage is not for waiting,
/// and does not begin if they never get ready.
pub(super) fn stop_late(draft: &mut Draft, desired: &DesiredState) {
    let stops: Vec<(ContainerKey, usize)> =
        draft.stops.iter().map(|(key, node)| (key.clone(), *node)).collect();
    for (key, stop) in stops {
        // What the map no longer has waits for nobody.
        for (wait, within) in desired.containers.get(&key).into_iter().flat_map(|wanted| &wanted.waits) {
            // What is stopped itself stops after those that depend on it.
            let stays = !draft.stops.contains_key(&wait.0) || draft.lingering.contains(&wait.0);
            let within = allowed(desired, &wait.0, wait.1, *within);
            let ready = draft.awaits_within(wait, within).filter(|_| stays);
            if let Some(ready) = ready.filter(|ready| !comes_after(draft, *ready, stop)) {
                draft.wait(stop, ready);
            }
        }
    }
}

/// Makes what stops when its successor is ready do so before what it depends on, where that can be: a successor may start
/// only when a dependency was replaced.
pub(super) fn linger(draft: &mut Draft, desired: &DesiredState) {
    for key in draft.lingering.clone() {
        let stop = draft.stops[&key];
        for target in &desired.containers[&key].dependencies {
            if let Some(later) =
                draft.stops.get(target).copied().filter(|later| !comes_after(draft, stop, *later))
            {
                draft.wait(later, stop);
            }
        }
    }
}

/// Returns whether a node waits for another one, also through others.
pub(super) fn comes_after(draft: &Draft, node: usize, other: usize) -> bool {
    let (mut open, mut seen) = (Vec::from([node]), BTreeSet::new());
    while let Some(node) = open.pop() {
        if node == other {
            return true;
        }
        if seen.insert(node) {
            open.extend(&draft.nodes[node].after);
        }
    }
    false
}
