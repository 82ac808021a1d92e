//! Says in what two states of an engine differ.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Debug;

use map_planner::sim::SimView;

/// Returns the objects that differ, one after the other.
pub(crate) fn differ(expected: &SimView, found: &SimView) -> String {
    let parts = [
        part("tag", &expected.tags, &found.tags),
        part("container", &expected.containers, &found.containers),
        part("network", &expected.networks, &found.networks),
        part("volume", &expected.volumes, &found.volumes),
    ];
    parts.concat()
}

fn part<K: Ord + Debug, V: PartialEq + Debug>(
    kind: &str,
    expected: &BTreeMap<K, V>,
    found: &BTreeMap<K, V>,
) -> String {
    let keys: BTreeSet<&K> = expected.keys().chain(found.keys()).collect();
    let differing = keys.into_iter().filter(|key| expected.get(key) != found.get(key));
    differing
        .map(|key| {
            format!(
                "{kind} {key:?}\n  expected {:?}\n  found    {:?}\n",
                expected.get(key),
                found.get(key)
            )
        })
        .collect()
}
