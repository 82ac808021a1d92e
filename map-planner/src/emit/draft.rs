//! Steps while they are put together: nodes without numbers.

use alloc::collections::{BTreeMap, BTreeSet};
use alloc::vec::Vec;
use core::time::Duration;

use container_map::{ContainerKey, NetworkKey};

use crate::action::{Action, Condition};
use crate::container_ref::ContainerRef;
use crate::reason::Reason;

/// A step without its number.
#[derive(Debug, Clone)]
pub(crate) struct Node {
    pub(crate) action: Action,
    pub(crate) reason: Reason,
    pub(crate) after: BTreeSet<usize>,
    pub(crate) networks: BTreeSet<NetworkKey>,
}

/// All nodes, and the places in them that edges refer to.
#[derive(Debug, Default)]
pub(crate) struct Draft {
    pub(crate) nodes: Vec<Node>,
    /// The nodes of each container's chain, in order.
    chains: BTreeMap<ContainerKey, Vec<usize>>,
    /// The node that stops what runs as a container now.
    pub(super) stops: BTreeMap<ContainerKey, usize>,
    /// Further nodes that stop something of the container: what an interrupted run left running.
    pub(super) leftover_stops: BTreeMap<ContainerKey, Vec<usize>>,
    /// The node after which the container runs as wanted: its start, or the last change of one that runs.
    pub(super) runs: BTreeMap<ContainerKey, usize>,
    /// The nodes that take and give up places in networks, of containers that exist.
    pub(super) connects: BTreeMap<(ContainerKey, NetworkKey), usize>,
    pub(super) disconnects: BTreeMap<(ContainerKey, NetworkKey), usize>,
    /// The node that starts the container.
    pub(super) starts: BTreeMap<ContainerKey, usize>,
    /// The nodes that stop and start a container in one.
    pub(super) restarts: BTreeMap<ContainerKey, usize>,
    /// The first node that changes something about what runs.
    pub(super) begins: BTreeMap<ContainerKey, usize>,
    /// The containers that stop when their successor is ready.
    pub(super) lingering: BTreeSet<ContainerKey>,
    /// The node that removes what was run once beside a container.
    pub(super) run_removals: BTreeMap<ContainerKey, usize>,
    /// The containers that stay without the health check that the map wants them to have.
    pub(super) unchecked: BTreeSet<ContainerKey>,
    /// The node that waits until a container is so far.
    pub(super) awaits: BTreeMap<(ContainerKey, Condition), usize>,
    /// The nodes that wait less long for the same, for those who say so.
    pub(super) deadlines: BTreeMap<(ContainerKey, Condition, Duration), usize>,
}

impl Draft {
    /// Adds a node that waits for the given ones.
    pub(super) fn add(
        &mut self,
        action: Action,
        reason: Reason,
        after: impl IntoIterator<Item = usize>,
        networks: BTreeSet<NetworkKey>,
    ) -> usize {
        self.nodes.push(Node { action, reason, after: after.into_iter().collect(), networks });
        self.nodes.len() - 1
    }

    /// Adds a node to its container's chain (R2).
    pub(super) fn chain(
        &mut self,
        key: &ContainerKey,
        action: Action,
        reason: Reason,
        networks: BTreeSet<NetworkKey>,
    ) -> usize {
        let chain = self.chains.entry(key.clone()).or_default();
        let after = chain.last().copied().into_iter().collect();
        let node = self.nodes.len();
        chain.push(node);
        self.nodes.push(Node { action, reason, after, networks });
        node
    }

    /// Returns the nodes of a container's chain, in order.
    pub(super) fn chain_of(&self, key: &ContainerKey) -> impl Iterator<Item = usize> {
        self.chains.get(key).into_iter().flatten().copied()
    }

    /// Adds a node that comes after its container's chain as it is, and that the rest of the chain does not wait for.
    pub(super) fn beside(&mut self, key: &ContainerKey, action: Action, reason: Reason) -> usize {
        let last = self.chains.get(key).and_then(|chain| chain.last()).copied();
        self.add(action, reason, last, BTreeSet::new())
    }

    /// Returns the node that waits until a container is so far, for somebody who waits so long.
    pub(super) fn awaits_within(&self, at: &(ContainerKey, Condition), within: Duration) -> Option<usize> {
        let (key, until) = (at.0.clone(), self.until(&at.0, at.1));
        let own = self.deadlines.get(&(key.clone(), until, within));
        own.or_else(|| self.awaits.get(&(key, until))).copied()
    }

    /// Returns what to wait for if somebody waits for a container to be so far: one that nobody checks never gets healthy.
    pub(super) fn until(&self, key: &ContainerKey, condition: Condition) -> Condition {
        match condition {
            Condition::Healthy if self.unchecked.contains(key) => Condition::Ready,
            other => other,
        }
    }

    /// Makes a node wait for another one.
    pub(super) fn wait(&mut self, node: usize, for_node: usize) {
        self.nodes[node].after.insert(for_node);
    }

    /// Returns the node that removes what is in a slot now, under whichever name it has by then.
    pub(super) fn removal(&self, at: &ContainerRef) -> Option<usize> {
        let mut slot = at.slot;
        for node in self.chains.get(&at.key)? {
            match &self.nodes[*node].action {
                Action::RenameContainer { container, to } if container.slot == slot => slot = *to,
                Action::RemoveContainer { container } if container.slot == slot => return Some(*node),
                _ => {}
            }
        }
        None
    }

    /// Returns all nodes that stop something of a container.
    pub(super) fn all_stops(&self, key: &ContainerKey) -> impl Iterator<Item = usize> {
        let leftover = self.leftover_stops.get(key).into_iter().flatten();
        self.stops.get(key).into_iter().chain(leftover).copied()
    }
}
