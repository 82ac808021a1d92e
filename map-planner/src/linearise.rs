//! Puts nodes in one of the orders their edges allow: the one that is best to read and has the shortest outages.
//!
//! Everything that prepares comes first, since it can exist beside what runs; after that, what was begun is finished
//! before something else is touched.

use alloc::collections::{BTreeMap, BTreeSet};
use alloc::vec;
use alloc::vec::Vec;

use container_map::ResourceKey;

use crate::action::{Action, Effect};
use crate::emit::{Draft, Node};
use crate::error::PlanError;
use crate::plan::{Step, StepId};

/// Returns the nodes as numbered steps.
///
/// # Errors
///
/// Nodes that wait for each other: a defect of the rules that made the edges.
pub(crate) fn linearise(draft: Draft) -> Result<Vec<Step>, PlanError> {
    let order = order(&draft.nodes)?;
    let implied = implied(&draft.nodes, &order);
    let numbers: BTreeMap<usize, StepId> =
        order.iter().zip(1..).map(|(node, number)| (*node, StepId(number))).collect();
    let mut nodes: Vec<Option<Node>> = draft.nodes.into_iter().map(Some).collect();
    let steps = order.iter().filter_map(|index| {
        let node = nodes[*index].take()?;
        let said = node.after.iter().filter(|before| !implied[*index].contains(before));
        let mut after: Vec<StepId> = said.map(|before| numbers[before]).collect();
        after.sort_unstable();
        Some(Step {
            id: numbers[index],
            action: node.action,
            reason: node.reason,
            after,
            networks: node.networks,
        })
    });
    Ok(steps.collect())
}

/// What decides when a node comes: its rank, its resource as a number in their order, and its number.
type Place = (u8, usize, usize);

fn order(nodes: &[Node]) -> Result<Vec<usize>, PlanError> {
    let mut waiting: Vec<usize> = nodes.iter().map(|node| node.after.len()).collect();
    let mut dependents: Vec<Vec<usize>> = nodes.iter().map(|_| Vec::new()).collect();
    for (index, node) in nodes.iter().enumerate() {
        node.after.iter().for_each(|before| dependents[*before].push(index));
    }
    let places = places(nodes, &dependents);
    let mut ready: BTreeSet<Place> =
        places.iter().copied().filter(|(.., index)| waiting[*index] == 0).collect();
    let mut order = Vec::with_capacity(nodes.len());
    let mut last = None;
    while let Some(next) = choose(&ready, last) {
        ready.remove(&next);
        let (_, target, index) = next;
        order.push(index);
        last = Some(target);
        for dependent in &dependents[index] {
            waiting[*dependent] -= 1;
            if waiting[*dependent] == 0 {
                ready.insert(places[*dependent]);
            }
        }
    }
    let stuck = waiting.iter().position(|count| *count > 0);
    match stuck {
        Some(node) => Err(PlanError::Unorderable { key: nodes[node].action.target() }),
        None => Ok(order),
    }
}

fn places(nodes: &[Node], dependents: &[Vec<usize>]) -> Vec<Place> {
    let is_start = |node: &Node| matches!(node.action, Action::StartContainer { .. });
    // Where nothing is started again there is no outage to end, and what is stopped is cleared away at once.
    let clearing = if nodes.iter().any(is_start) { LATER } else { STOP };
    let mut numbers: BTreeMap<ResourceKey, usize> =
        nodes.iter().map(|node| (node.action.target(), 0)).collect();
    numbers.values_mut().zip(0..).for_each(|(number, place)| *number = place);
    let targets: Vec<usize> = nodes.iter().map(|node| numbers[&node.action.target()]).collect();
    let rank = |index: usize, node: &Node| {
        let mut others = dependents[index].iter().map(|dependent| targets[*dependent]);
        let is_needed = node.action.only_waits() && others.any(|other| other != targets[index]);
        if is_needed { WAIT } else { rank(node, clearing) }
    };
    nodes.iter().enumerate().map(|(index, node)| (rank(index, node), targets[index], index)).collect()
}

/// Returns, for each node, the edges that follow from its other edges: a plan is easier to read without them.
fn implied(nodes: &[Node], order: &[usize]) -> Vec<BTreeSet<usize>> {
    let mut implied: Vec<BTreeSet<usize>> = nodes.iter().map(|_| BTreeSet::new()).collect();
    let mut places = vec![0; nodes.len()];
    order.iter().enumerate().for_each(|(place, index)| places[*index] = place);
    let mut earlier = vec![Block::default(); nodes.len()];
    for begin in (0..nodes.len()).step_by(Block::SIZE) {
        // Nothing of a block comes before what is before the block.
        for index in &order[begin..] {
            let after = nodes[*index].after.iter().filter(|before| places[**before] >= begin);
            let mut further = Block::default();
            after.clone().for_each(|before| further.union(&earlier[*before]));
            let inside = after.filter(|before| places[**before] - begin < Block::SIZE);
            implied[*index]
                .extend(inside.clone().filter(|before| further.contains(places[**before] - begin)));
            inside.for_each(|before| further.insert(places[*before] - begin));
            earlier[*index] = further;
        }
    }
    implied
}

/// Some of so many nodes that follow each other in order: looking for a block at a time keeps memory small for any plan.
#[derive(Clone, Default)]
struct Block([u64; Self::WORDS]);

impl Block {
    const WORDS: usize = 16;
    const SIZE: usize = Self::WORDS * 64;

    fn insert(&mut self, number: usize) {
        self.0[number / 64] |= 1 << (number % 64);
    }

    fn contains(&self, number: usize) -> bool {
        self.0[number / 64] & (1 << (number % 64)) != 0
    }

    fn union(&mut self, other: &Self) {
        self.0.iter_mut().zip(&other.0).for_each(|(mine, theirs)| *mine |= theirs);
    }
}

/// What prepares comes before what changes something that runs, and clearing away last; ties by key, then by the order in
/// which the nodes were made.
fn rank(node: &Node, clearing: u8) -> u8 {
    match (node.action.effect(), node.action.target()) {
        (Effect::Prepare, _) | (Effect::Amend, ResourceKey::Volume(_)) => PREPARE,
        // What an interrupted run left is out of the way first.
        (Effect::Destroy, _) if matches!(node.action, Action::RemoveHelper { .. }) => PREPARE,
        (Effect::Start, _) if matches!(node.action, Action::StartContainer { .. }) => START,
        (Effect::Amend, _) => AMEND,
        (Effect::Stop, _) => STOP,
        // Waiting for what was started, and removing what is not needed any more.
        (Effect::Start | Effect::Destroy, _) => clearing,
    }
}

const PREPARE: u8 = 0;
const START: u8 = 1;
/// Waiting for what others wait for, while nothing else is in the middle of an outage.
const WAIT: u8 = 2;
const AMEND: u8 = 3;
const STOP: u8 = 4;
const LATER: u8 = 5;

/// Prepares, starts and waits for whatever can be, then goes on with the resource that was touched last; an outage that was begun is
/// ended before another one begins, and nothing is cleared away while one lasts.
fn choose(ready: &BTreeSet<Place>, last: Option<usize>) -> Option<Place> {
    let first = ready.first().copied()?;
    if first.0 <= WAIT {
        return Some(first);
    }
    let of_rank = |rank, target| ready.range((rank, target, 0)..=(rank, target, usize::MAX)).next().copied();
    let goes_on = last.and_then(|target| (first.0..LATER).find_map(|rank| of_rank(rank, target)));
    Some(goes_on.unwrap_or(first))
}
