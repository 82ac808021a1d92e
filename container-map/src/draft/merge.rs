//! How one map is laid over another (docker-map 4.2): by the rules of `extends`, after what does not take part is left out.

use alloc::collections::BTreeSet;
use alloc::string::String;

use crate::raw::{CONTAINER, RawContainer, RawMap, Text};

/// How one draft is laid over another.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Merge {
    /// Single values replace, lists grow by what is new, elements with a key replace those of the same key, mappings are
    /// merged by name.
    All,
    /// As [`Merge::All`] for lists; single values and mappings stay as they are. What only the other draft has is added.
    ListsOnly,
    /// Whatever is said under a key replaces what was said before, lists and mappings too (docker-map's `update`).
    Replace,
}

/// The keys of a configuration that hold lists.
const LISTS: &[&str] = &[
    "instances",
    "clients",
    "shares",
    "binds",
    "attaches",
    "uses",
    "links",
    "exposes",
    "networks",
    "exec_commands",
    "start",
    "follow",
];

/// Lays a map over another one.
pub(super) fn lay(map: &mut RawMap, mut over: RawMap, how: Merge) {
    match how {
        Merge::All => {}
        Merge::ListsOnly => keep_lists(map, &mut over),
        Merge::Replace => forget(map, &over),
    }
    map.merge(over);
}

/// Leaves out of a map what is no list, where the map it is laid over has something of that name.
fn keep_lists(map: &RawMap, over: &mut RawMap) {
    over.repository = None;
    over.default_tag = None;
    over.default_domain = None;
    over.set_hostname = None;
    over.use_attached_parent_name = None;
    over.host_root = None;
    let known = names(&map.compare);
    over.compare.retain(|(name, _)| !known.contains(&name.value));
    over.groups.clear();
    retain_new(&mut over.volumes, &map.volumes);
    retain_new(&mut over.networks, &map.networks);
    let known = names(&map.containers);
    for (_, container) in over.containers.iter_mut().filter(|(name, _)| known.contains(&name.value)) {
        container.is_abstract = None;
        container.extends.clear();
        container.cleared.clear();
        CONTAINER.keys.iter().filter(|key| !LISTS.contains(key)).for_each(|key| container.clear(key));
    }
}

/// Empties what another map will replace.
fn forget(map: &mut RawMap, over: &RawMap) {
    if !over.clients.is_empty() {
        map.clients.clear();
    }
    if !over.compare.is_empty() {
        map.compare.clear();
    }
    if !over.groups.is_empty() {
        map.groups.clear();
    }
    for (name, over) in &over.containers {
        for (_, container) in map.containers.iter_mut().filter(|(known, _)| known == name) {
            CONTAINER.keys.iter().filter(|key| says(over, key)).for_each(|key| container.clear(key));
        }
    }
    for (name, over) in &over.volumes {
        for (_, volume) in map.volumes.iter_mut().filter(|(known, _)| known == name) {
            if !over.driver_options.is_empty() {
                volume.driver_options.clear();
            }
        }
    }
    for (name, over) in &over.networks {
        for (_, network) in map.networks.iter_mut().filter(|(known, _)| known == name) {
            if !over.driver_options.is_empty() {
                network.driver_options.clear();
            }
        }
    }
}

/// Returns whether a configuration says something under a key.
fn says(container: &RawContainer, key: &str) -> bool {
    let mut without = container.clone();
    without.clear(key);
    without != *container
}

fn retain_new<T>(over: &mut alloc::vec::Vec<(Text, T)>, things: &[(Text, T)]) {
    let known = names(things);
    over.retain(|(name, _)| !known.contains(&name.value));
}

fn names<T>(things: &[(Text, T)]) -> BTreeSet<String> {
    things.iter().map(|(name, _)| name.value.clone()).collect()
}
