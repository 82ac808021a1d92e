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
    /// Slots that are emptied before anything else.
    pub(super) remove_first: BTreeSet<Slot>,
    /// Whether the previous container stays until the current one is ready.
    pub(super) keeps_prev: bool,
}

/// Settles the slots of one container.
pub(super) fn settle(slots: &BTreeMap<Slot, Candidate<'_>>) -> Recovery {
    let fits = |slot: Slot| slots.get(&slot).is_some_and(|found| found.misfit.is_none());
    let has = |slot: Slot| slots.contains_key(&slot);
    let recovery = |current, remove_first: &[Slot], keeps_prev| Recovery {
        current,
        next_fits: false,
        remove_first: remove_first.iter().copied().collect(),
        keeps_prev,
    };
    match (has(Slot::Current), has(Slot::Next), has(Slot::Prev)) {
        (false, false, false) => recovery(None, &[], false),
        // The replacement got as far as Next; it goes on if Next is still wanted and Current is not.
        (true, true, prev) if fits(Slot::Next) && !fits(Slot::Current) => {
            Recovery { next_fits: true, ..recovery(Some(Slot::Current), &[], prev) }
        }
        (true, true, prev) => recovery(Some(Slot::Current), &[Slot::Next], prev),
        // Current took over from Prev; whether it ever got ready shows in whether it runs.
        (true, false, prev) => recovery(Some(Slot::Current), &[], prev),
        // The replacement got as far as moving Current away.
        (false, true, prev) if fits(Slot::Next) => recovery(Some(Slot::Next), &[], prev),
        (false, true, true) => recovery(Some(Slot::Prev), &[Slot::Next], false),
        (false, true, false) => recovery(None, &[Slot::Next], false),
        (false, false, true) => recovery(Some(Slot::Prev), &[], false),
    }
}
