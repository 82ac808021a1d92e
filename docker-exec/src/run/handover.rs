//! The steps from stopping a container to starting it again, or its successor.
//!
//! As long as they last, nobody serves. So they are begun only when all of them can follow each other at once, which takes
//! room for the start before the stop.

use std::collections::{BTreeMap, BTreeSet};

use container_map::{ContainerKey, NetworkKey};
use map_planner::{Action, Effect, Pace, Step, StepId};

/// The steps of one container from its stop to its start.
#[derive(Debug, Default, PartialEq, Eq)]
pub(super) struct Handover<'a> {
    /// The steps, each after the one before it.
    pub(super) steps: Vec<StepId>,
    /// All networks that they touch.
    pub(super) networks: BTreeSet<&'a NetworkKey>,
    /// The steps of others that must be done before one of them.
    pub(super) others: BTreeSet<StepId>,
}

/// The outages of a plan, by the step that begins each.
#[derive(Debug, Default)]
pub(super) struct Outages<'a> {
    /// The start that ends it.
    pub(super) ends: BTreeMap<StepId, StepId>,
    /// Its steps, if they are soon over and none but the stop takes as long as it likes.
    pub(super) handovers: BTreeMap<StepId, Handover<'a>>,
}

impl<'a> Outages<'a> {
    /// Finds those of a plan.
    pub(super) fn of(steps: &'a [Step]) -> Self {
        let mut chains: BTreeMap<&ContainerKey, Vec<&Step>> = BTreeMap::new();
        for step in steps {
            if let Some(container) = step.action.container() {
                chains.entry(&container.key).or_default().push(step);
            }
        }
        let mut outages = Self::default();
        for chain in chains.values() {
            for (at, stop) in chain.iter().enumerate().filter(|(_, step)| begins(&step.action)) {
                let rest = &chain[at + 1..];
                let next = rest.iter().position(|step| begins(&step.action) || ends(&step.action));
                if let Some(end) = next.filter(|end| ends(&rest[*end].action)) {
                    outages.ends.insert(stop.id, rest[end].id);
                    let handover = Handover::of(&chain[at..=at + 1 + end]);
                    outages.handovers.extend(handover.map(|handover| (stop.id, handover)));
                }
            }
        }
        outages
    }
}

impl<'a> Handover<'a> {
    fn of(chain: &[&'a Step]) -> Option<Self> {
        let ids: Vec<StepId> = chain.iter().map(|step| step.id).collect();
        let follows =
            |pair: &[&Step]| pair[1].after.contains(&pair[0].id) && pair[1].action.pace() == Pace::Quick;
        let before = chain.iter().flat_map(|step| &step.after).copied();
        chain.windows(2).all(follows).then(|| Self {
            networks: chain.iter().flat_map(|step| &step.networks).collect(),
            others: before.filter(|id| !ids.contains(id)).collect(),
            steps: ids,
        })
    }
}

fn begins(action: &Action) -> bool {
    (action.effect(), action.pace()) == (Effect::Stop, Pace::Long)
}

fn ends(action: &Action) -> bool {
    (action.effect(), action.pace()) == (Effect::Start, Pace::Quick)
}
