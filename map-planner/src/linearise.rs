//! Puts nodes in one of the orders their edges allow: the one that is best to read and has the shortest outages.
//!
//! Everything that prepares comes first, since it can exist beside what runs; after that, what was begun is finished
//! before something else is touched.

use alloc::collections::BTreeSet;
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
    let said = Edges::of_order(&draft.nodes, &order).reduced();
    let id = |place: usize| StepId(u32::try_from(place + 1).expect("because no plan has so many steps"));
    let mut nodes: Vec<Option<Node>> = draft.nodes.into_iter().map(Some).collect();
    let steps = order.iter().enumerate().map(|(place, index)| {
        let node = nodes[*index].take().expect("because every node has one place");
        let Node { action, reason, after: _, networks } = node;
        let mut after: Vec<StepId> = said.of(place).map(|(_, before)| id(before)).collect();
        after.sort_unstable();
        Step { id: id(place), action, reason, after, networks }
    });
    Ok(steps.collect())
}

/// What decides when a node comes: its rank, its resource as a number in their order, and its number.
type Place = (u8, usize, usize);

fn order(nodes: &[Node]) -> Result<Vec<usize>, PlanError> {
    let mut waiting: Vec<usize> = nodes.iter().map(|node| node.after.len()).collect();
    let dependents = Edges::new(nodes.iter().map(|node| node.after.iter().copied())).turned();
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
        for (_, dependent) in dependents.of(index) {
            waiting[dependent] -= 1;
            if waiting[dependent] == 0 {
                ready.insert(places[dependent]);
            }
        }
    }
    let stuck = waiting.iter().position(|count| *count > 0);
    match stuck {
        Some(node) => Err(PlanError::Unorderable { key: nodes[node].action.target() }),
        None => Ok(order),
    }
}

fn places(nodes: &[Node], dependents: &Edges) -> Vec<Place> {
    let is_start = |node: &Node| matches!(node.action, Action::StartContainer { .. });
    // Where nothing is started again there is no outage to end, and what is stopped is cleared away at once.
    let clearing = if nodes.iter().any(is_start) { LATER } else { STOP };
    let targets = targets(nodes);
    let rank = |index: usize, node: &Node| {
        let mut others = dependents.of(index).map(|(_, dependent)| targets[dependent]);
        let is_needed = node.action.only_waits() && others.any(|other| other != targets[index]);
        if is_needed { WAIT } else { rank(node, clearing) }
    };
    nodes.iter().enumerate().map(|(index, node)| (rank(index, node), targets[index], index)).collect()
}

/// Returns what each node is about, as a number in the order of resources.
fn targets(nodes: &[Node]) -> Vec<usize> {
    let keys: Vec<ResourceKey> = nodes.iter().map(|node| node.action.target()).collect();
    let mut sorted: Vec<usize> = (0..keys.len()).collect();
    sorted.sort_by(|a, b| keys[*a].cmp(&keys[*b]));
    let (mut targets, mut number) = (vec![0; keys.len()], 0);
    for pair in sorted.windows(2) {
        number += usize::from(keys[pair[0]] != keys[pair[1]]);
        targets[pair[1]] = number;
    }
    targets
}

/// Edges from each of some numbered nodes, in one row, because they are gone through again and again.
struct Edges {
    all: Vec<usize>,
    /// Where in the row those of each node end.
    ends: Vec<usize>,
}

impl Edges {
    fn new(rows: impl Iterator<Item = impl Iterator<Item = usize>>) -> Self {
        let (mut all, mut ends) = (Vec::new(), Vec::new());
        for row in rows {
            all.extend(row);
            ends.push(all.len());
        }
        Self { all, ends }
    }

    /// Returns what the node at each place in an order waits for, as places.
    fn of_order(nodes: &[Node], order: &[usize]) -> Self {
        let mut places = vec![0; nodes.len()];
        order.iter().enumerate().for_each(|(place, index)| places[*index] = place);
        Self::new(order.iter().map(|index| nodes[*index].after.iter().map(|before| places[*before])))
    }

    /// Returns where the edges of a node lead to, each with the number of the edge.
    fn of(&self, node: usize) -> impl Iterator<Item = (usize, usize)> + Clone {
        let begin = node.checked_sub(1).map_or(0, |before| self.ends[before]);
        (begin..self.ends[node]).map(|edge| (edge, self.all[edge]))
    }

    /// Returns the edges the other way round.
    fn turned(&self) -> Self {
        let nodes = self.ends.len();
        let mut ends = vec![0; nodes];
        self.all.iter().for_each(|target| ends[*target] += 1);
        let mut sum = 0;
        for end in &mut ends {
            sum += *end;
            *end = sum;
        }
        // The last place of each is given first.
        let (mut all, mut free) = (vec![0; self.all.len()], ends.clone());
        for node in (0..nodes).rev() {
            for (_, target) in self.of(node) {
                free[target] -= 1;
                all[free[target]] = node;
            }
        }
        Self { all, ends }
    }

    /// Returns what the node at each place waits for without what follows from other edges: a plan is easier to read without
    /// it.
    fn reduced(&self) -> Self {
        let places = self.ends.len();
        let mut implied = vec![false; self.all.len()];
        let mut earlier = vec![Block::default(); places];
        // Whether anything of the block comes before a node: most nodes have nothing to do with most blocks.
        let mut is_later = vec![false; places];
        for begin in (0..places).step_by(Block::SIZE) {
            // Nothing of a block comes before what is before the block.
            for place in begin..places {
                let after = self.of(place).filter(|(_, before)| *before >= begin);
                let inside = after.clone().filter(|(_, before)| before - begin < Block::SIZE);
                let mut is_any = inside.clone().next().is_some();
                let mut further = Block::default();
                for (_, before) in after.filter(|(_, before)| is_later[*before]) {
                    is_any = true;
                    further.union(&earlier[before]);
                }
                is_later[place] = is_any;
                if !is_any {
                    continue;
                }
                inside.clone().for_each(|(edge, before)| implied[edge] = further.contains(before - begin));
                inside.for_each(|(_, before)| further.insert(before - begin));
                earlier[place] = further;
            }
        }
        let said = |place| self.of(place).filter(|(edge, _)| !implied[*edge]).map(|(_, before)| before);
        Self::new((0..places).map(said))
    }
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
    match (node.action.effect(), &node.action) {
        // What an interrupted run left is out of the way first.
        (Effect::Prepare, _) | (_, Action::PrepareVolume { .. } | Action::RemoveHelper { .. }) => PREPARE,
        (Effect::Start, Action::StartContainer { .. }) => START,
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

#[cfg(test)]
mod tests {
    use super::*;

    /// What each place waits for, itself or through others.
    fn closure(rows: &[Vec<usize>]) -> Vec<BTreeSet<usize>> {
        let mut all: Vec<BTreeSet<usize>> = Vec::new();
        for row in rows {
            let through: BTreeSet<usize> = row.iter().flat_map(|before| all[*before].clone()).collect();
            all.push(row.iter().copied().chain(through).collect());
        }
        all
    }

    #[test]
    fn what_follows_from_other_edges_is_left_out_however_far_apart_they_are() {
        // More than two blocks; some wait for near ones, some for far ones, some for nobody.
        let rows: Vec<Vec<usize>> = (0..2 * Block::SIZE + 100)
            .map(|place| {
                let far =
                    [place / 2, place / 3, place * 7 / 8, place.saturating_sub(1), place.saturating_sub(5)];
                let row: BTreeSet<usize> = far
                    .into_iter()
                    .skip(place % 3)
                    .filter(|before| *before < place && place % 7 > 0)
                    .collect();
                row.into_iter().collect()
            })
            .collect();
        let all = closure(&rows);
        let implied = |row: &[usize], before: usize| row.iter().any(|other| all[*other].contains(&before));
        let expected: Vec<Vec<usize>> = rows
            .iter()
            .map(|row| row.iter().copied().filter(|before| !implied(row, *before)).collect())
            .collect();
        assert_ne!(expected, rows);
        let edges = Edges::new(rows.iter().map(|row| row.iter().copied()));
        let listed = |edges: &Edges, place| edges.of(place).map(|(_, other)| other).collect::<Vec<usize>>();
        let reduced = edges.reduced();
        assert!((0..rows.len()).map(|place| listed(&reduced, place)).eq(expected));
        let again = edges.turned().turned();
        assert!((0..rows.len()).map(|place| listed(&again, place)).eq(rows));
    }
}
