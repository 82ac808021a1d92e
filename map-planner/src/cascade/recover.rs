//! What an interrupted run left, and which of its containers goes on as the current one.
//!
//! A replacement creates Next, stops Current, renames it to Prev, renames Next to Current, starts it, and removes Prev. It
//! can end after any of these; which names exist tells where.

use alloc::collections::{BTreeMap, BTreeSet};

use super::Candidate;
use crate::container_ref::Slot;

/// How the slots are settled.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Recovery {
    /// The slot whose container becomes, or is, the current one.
    pub(super) current: Option<Slot>,
    /// Whether a successor waits that is as wanted.
    pub(super) next_fits: bool,
    /// The slots with containers that nobody needs any more once the current one is as wanted.
    pub(super) leftovers: BTreeSet<Slot>,
}

/// Settles the slots of one container.
pub(super) fn settle(slots: &BTreeMap<Slot, Candidate<'_>>) -> Recovery {
    let fits = |slot: Slot| slots.get(&slot).is_some_and(|found| found.misfit.is_none());
    let has = |slot: Slot| slots.contains_key(&slot);
    // The replacement got as far as Next; it goes on if Next is still wanted and Current is not.
    let next_fits = has(Slot::Current) && fits(Slot::Next) && !fits(Slot::Current);
    let current = if has(Slot::Current) {
        // If there is a Prev too, Current took over from it; whether it ever got ready shows in whether it runs.
        Some(Slot::Current)
    } else if fits(Slot::Next) {
        // The replacement got as far as moving Current away.
        Some(Slot::Next)
    } else {
        has(Slot::Prev).then_some(Slot::Prev)
    };
    let is_needed = |slot: &Slot| current == Some(*slot) || (next_fits && *slot == Slot::Next);
    let leftovers = slots.keys().copied().filter(|slot| !is_needed(slot)).collect();
    Recovery { current, next_fits, leftovers }
}
