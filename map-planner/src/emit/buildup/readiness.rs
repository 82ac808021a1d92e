//! The steps that wait until a container is ready for others.

use alloc::collections::BTreeSet;
use core::time::Duration;

use container_map::ContainerKey;

use super::Up;
use crate::action::{Action, Condition};
use crate::container_ref::{ContainerRef, Slot};
use crate::emit::waits::patience;
use crate::reason::Reason;
use crate::request::Readiness;
use crate::verdict::Fate;

impl Up<'_> {
    /// Waits for a container that is one of a batch, until it is ready: the next ones come after it.
    pub(super) fn wait_in_batch(&mut self, key: &ContainerKey, reason: &Reason) {
        if self.desired.containers[key].update.batch.is_some() {
            self.wait_until(key, Slot::Current, Condition::Ready, reason);
        }
    }

    /// Waits for what others wait for before they start. Who waits less long than others has a step of its own, whose
    /// failure is nobody else's.
    pub(super) fn wait_for_others(&mut self, key: &ContainerKey) {
        for (until, mut waiters) in self.waits.get(key).cloned().unwrap_or_default() {
            let Some((longest, waiter)) = waiters.pop_last() else { continue };
            if self.draft.awaits.contains_key(&(key.clone(), until)) {
                continue;
            }
            for (within, waiter) in waiters {
                let container = ContainerRef::current(key);
                let action = Action::AwaitContainer { container, until, within, steady: None };
                let node = self.draft.beside(key, action, Reason::NeededBy(waiter.into()));
                self.draft.deadlines.insert((key.clone(), until, within), node);
            }
            self.wait_within(key, Slot::Current, until, longest, &Reason::NeededBy(waiter.into()));
        }
    }

    /// Waits for instances that an earlier run has begun and that are not ready, if others of their configuration are to
    /// come after them.
    pub(super) fn wait_for_unready(&mut self, order: &[ContainerKey]) {
        for key in order.iter().filter(|key| self.desired.containers[*key].update.batch.is_some()) {
            let is_begun = |other: &&ContainerKey| other.config == key.config && *other != key;
            let Some(next) = self.draft.begins.keys().find(is_begun).cloned() else { continue };
            let verdict = &self.verdicts.containers[key];
            if verdict.fate == Fate::Keep && !self.is_ready(key, verdict) {
                self.wait_until(key, Slot::Current, Condition::Ready, &Reason::NeededBy(next.into()));
            }
        }
    }

    /// Waits until a container is so far; once is enough.
    pub(super) fn wait_until(
        &mut self,
        key: &ContainerKey,
        slot: Slot,
        until: Condition,
        reason: &Reason,
    ) -> usize {
        if let Some(node) = self.draft.awaits.get(&(key.clone(), until)) {
            return *node;
        }
        let within = match (self.readiness, until) {
            (Readiness::All { within: Some(within) }, Condition::Ready) => within,
            _ => patience(until, &self.desired.containers[key]),
        };
        self.wait_within(key, slot, until, within, reason)
    }

    pub(super) fn wait_within(
        &mut self,
        key: &ContainerKey,
        slot: Slot,
        until: Condition,
        within: Duration,
        reason: &Reason,
    ) -> usize {
        let container = ContainerRef::new(key, slot);
        let action = Action::AwaitContainer { container, until, within, steady: None };
        let node = self.draft.chain(key, action, reason.clone(), BTreeSet::new());
        self.draft.awaits.insert((key.clone(), until), node);
        node
    }
}
