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
        .map(|key| match (expected.get(key), found.get(key)) {
            (Some(expected), Some(found)) => format!("{kind} {key:?}\n{}", lines(expected, found)),
            (Some(_), None) => format!("{kind} {key:?} is missing\n"),
            (None, _) => format!("{kind} {key:?} is too many\n"),
        })
        .collect()
}

/// Returns the lines that only one of two values has.
fn lines(expected: &impl Debug, found: &impl Debug) -> String {
    let (expected, found) = (format!("{expected:#?}"), format!("{found:#?}"));
    let only = |mark: &str, of: &str, other: &str| -> String {
        let others: BTreeSet<&str> = other.lines().collect();
        of.lines()
            .filter(|line| !others.contains(line))
            .fold(String::new(), |text, line| text + "  " + mark + " " + line.trim() + "\n")
    };
    only("expected", &expected, &found) + &only("found", &found, &expected)
}
