//! Dependency graphs over ordered keys.

use alloc::collections::{BTreeMap, BTreeSet};
use alloc::vec::Vec;

use petgraph::algo::kosaraju_scc;
use petgraph::graph::DiGraph;

/// Which way a closure follows the edges.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Direction {
    /// To what a node depends on.
    Dependencies,
    /// To what depends on a node.
    Dependents,
}

/// A directed graph without cycles; an edge leads from a node to what it depends on.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Dag<K> {
    // Invariant: acyclic, and every node that is a target is a key too.
    edges: BTreeMap<K, BTreeSet<K>>,
    // Invariant: all nodes, dependencies before dependents, ties by key.
    order: Vec<K>,
}

/// A cycle, from its smallest node back to it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Cycle<K>(pub Vec<K>);

impl<K: Ord + Clone> Dag<K> {
    /// Builds the graph from each node's dependencies.
    ///
    /// # Errors
    ///
    /// All cycles, one for each group of nodes that depend on each other, the one with the smallest node first.
    pub fn new(mut edges: BTreeMap<K, BTreeSet<K>>) -> Result<Self, Vec<Cycle<K>>> {
        let is_no_key = |target: &&K| !edges.contains_key(*target);
        let missing: Vec<K> = edges.values().flatten().filter(is_no_key).cloned().collect();
        edges.extend(missing.into_iter().map(|target| (target, BTreeSet::new())));
        let order = in_order(&edges);
        // Only what has cycles cannot be put in order, and looking for them takes longer.
        if order.len() == edges.len() { Ok(Self { edges, order }) } else { Err(cycles(&edges)) }
    }

    /// Returns the nodes, dependencies before dependents, ties by key.
    pub fn order(&self) -> &[K] {
        &self.order
    }

    /// Returns the roots and everything reachable from them.
    pub fn closure(&self, roots: impl IntoIterator<Item = K>, direction: Direction) -> BTreeSet<K> {
        let mut dependents: BTreeMap<&K, Vec<&K>> = BTreeMap::new();
        if direction == Direction::Dependents {
            let edges = self.edges.iter().flat_map(|(key, to)| to.iter().map(move |target| (target, key)));
            edges.for_each(|(target, key)| dependents.entry(target).or_default().push(key));
        }
        let mut found: BTreeSet<K> = roots.into_iter().collect();
        let mut open: Vec<&K> = Vec::new();
        let next = |key: &K, open: &mut Vec<_>| match direction {
            Direction::Dependencies => open.extend(self.edges.get(key).into_iter().flatten()),
            Direction::Dependents => open.extend(dependents.get(key).into_iter().flatten()),
        };
        for root in &found {
            next(root, &mut open);
        }
        while let Some(key) = open.pop() {
            if !found.contains(key) {
                found.insert(key.clone());
                next(key, &mut open);
            }
        }
        found
    }

    /// Returns what a node depends on directly.
    pub fn dependencies(&self, key: &K) -> impl Iterator<Item = &K> {
        self.edges.get(key).into_iter().flatten()
    }
}

/// Returns the nodes, dependencies before dependents, ties by key, without those that are on a cycle or come after one.
fn in_order<K: Ord + Clone>(edges: &BTreeMap<K, BTreeSet<K>>) -> Vec<K> {
    let keys: Vec<&K> = edges.keys().collect();
    let numbers: BTreeMap<&K, usize> = keys.iter().copied().zip(0..).collect();
    let mut waiting: Vec<usize> = edges.values().map(BTreeSet::len).collect();
    let mut dependents: Vec<Vec<usize>> = keys.iter().map(|_| Vec::new()).collect();
    for (number, to) in edges.values().enumerate() {
        for target in to {
            dependents[numbers[target]].push(number);
        }
    }
    // Numbers are in the order of keys.
    let mut ready: BTreeSet<usize> = (0..keys.len()).filter(|number| waiting[*number] == 0).collect();
    let mut order = Vec::with_capacity(keys.len());
    while let Some(next) = ready.pop_first() {
        order.push(keys[next].clone());
        for dependent in &dependents[next] {
            waiting[*dependent] -= 1;
            if waiting[*dependent] == 0 {
                ready.insert(*dependent);
            }
        }
    }
    order
}

fn cycles<K: Ord + Clone>(edges: &BTreeMap<K, BTreeSet<K>>) -> Vec<Cycle<K>> {
    let mut graph = DiGraph::<&K, ()>::new();
    let nodes: BTreeMap<&K, _> = edges.keys().map(|key| (key, graph.add_node(key))).collect();
    for (from, to) in edges {
        for target in to {
            graph.add_edge(nodes[from], nodes[target], ());
        }
    }
    // Not `tarjan_scc`, which recurses: a long chain of dependencies would overflow the stack.
    let mut found: Vec<Cycle<K>> = kosaraju_scc(&graph)
        .into_iter()
        .map(|group| group.into_iter().map(|node| graph[node]).collect::<BTreeSet<&K>>())
        .filter_map(|group| {
            let start = *group.first()?;
            walk(edges, &group, start).map(|path| Cycle(path.into_iter().cloned().collect()))
        })
        .collect();
    found.sort_by(|a, b| a.0.cmp(&b.0));
    found
}

/// Returns the shortest way from `start` back to it within a group of mutually dependent nodes.
fn walk<'a, K: Ord>(
    edges: &'a BTreeMap<K, BTreeSet<K>>,
    group: &BTreeSet<&'a K>,
    start: &'a K,
) -> Option<Vec<&'a K>> {
    let mut paths: Vec<Vec<&K>> = Vec::from([Vec::from([start])]);
    let mut seen = BTreeSet::new();
    while !paths.is_empty() {
        let mut longer = Vec::new();
        for path in paths {
            let last = *path.last()?;
            for target in edges.get(last)?.iter().filter(|target| group.contains(target)) {
                let mut next = path.clone();
                next.push(target);
                if target == start {
                    return Some(next);
                }
                if seen.insert(target) {
                    longer.push(next);
                }
            }
        }
        paths = longer;
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;

    fn edges(pairs: &[(&'static str, &[&'static str])]) -> BTreeMap<&'static str, BTreeSet<&'static str>> {
        pairs.iter().map(|(from, to)| (*from, to.iter().copied().collect())).collect()
    }

    #[test]
    fn dependencies_come_first_and_ties_by_key() {
        let dag = Dag::new(edges(&[("web", &["app", "db"]), ("app", &["db"]), ("cron", &[])])).unwrap();
        assert_eq!(dag.order(), ["cron", "db", "app", "web"]);
    }

    #[test]
    fn a_node_with_many_ways_to_it_is_visited_once() {
        let layer = |number: u32| [2 * number, 2 * number + 1];
        let edges = (0..128).map(|node: u32| (node, layer(node / 2 + 1).into()));
        let dag = Dag::new(edges.collect()).unwrap();
        assert_eq!(dag.closure(layer(0), Direction::Dependencies).len(), 130);
        assert_eq!(dag.closure(layer(64), Direction::Dependents).len(), 130);
    }

    #[test]
    fn closures_go_both_ways() {
        let dag = Dag::new(edges(&[("web", &["app"]), ("app", &["db"]), ("cron", &["db"])])).unwrap();
        assert_eq!(dag.closure(["web"], Direction::Dependencies), BTreeSet::from(["app", "db", "web"]));
        assert_eq!(dag.closure(["app"], Direction::Dependents), BTreeSet::from(["app", "web"]));
    }

    #[test]
    fn every_cycle_is_named_from_its_smallest_node() {
        let cycles =
            Dag::new(edges(&[("b", &["c"]), ("c", &["a"]), ("a", &["b"]), ("x", &["x"]), ("y", &["a"])]))
                .unwrap_err();
        assert_eq!(cycles, [Cycle(Vec::from(["a", "b", "c", "a"])), Cycle(Vec::from(["x", "x"]))]);
    }
}
