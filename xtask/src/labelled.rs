//! Objects of an engine that can be told by their labels, and their removal.

use crate::engine::Engine;
use crate::error::Result;

/// The label in which dmap writes an object's identity, `container/MAP.NAME` and the like.
pub(crate) const KEY: &str = "dmap.key";

/// The kinds of objects, in the order in which they can be removed.
const KINDS: [(&str, &[&str], &[&str]); 3] = [
    ("container", &["container", "ls", "--all"], &["container", "rm", "--force", "--volumes"]),
    ("network", &["network", "ls"], &["network", "rm"]),
    ("volume", &["volume", "ls"], &["volume", "rm"]),
];

/// An object and the value of one of its labels.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Labelled {
    /// `container`, `network` or `volume`.
    pub(crate) kind: &'static str,
    /// Its name on the engine.
    pub(crate) name: String,
    /// The label's value.
    pub(crate) value: String,
}

/// The objects of all kinds for whose name and value of `label` (empty without one) `wanted` holds.
pub(crate) fn find(
    engine: &Engine,
    label: &str,
    wanted: impl Fn(&str, &str) -> bool,
) -> Result<Vec<Labelled>> {
    let mut found = Vec::new();
    for (kind, list, _) in KINDS {
        let name = if kind == "container" { ".Names" } else { ".Name" };
        let format = format!("{{{{{name}}}}}\t{{{{.Label \"{label}\"}}}}");
        let listed = engine.docker().args(list).args(["--format", &format]).read()?;
        let objects = listed.lines().map(|line| line.split_once('\t').unwrap_or((line, "")));
        let objects = objects.map(|(names, value)| (own_name(names), value));
        let objects = objects.filter(|(name, value)| wanted(name, value));
        found.extend(objects.map(|(name, value)| Labelled { kind, name, value: value.to_owned() }));
    }
    Ok(found)
}

/// Removes objects, containers first. Goes on after a failure and reports the first.
pub(crate) fn remove(engine: &Engine, objects: &[Labelled]) -> Result {
    let mut result = Ok(());
    for (kind, _, remove) in KINDS {
        for object in objects.iter().filter(|object| object.kind == kind) {
            let removed = engine.docker().args(remove).arg(&object.name).read();
            result = result.and(removed.map(drop));
        }
    }
    result
}

/// A container's own name among those that links have given it.
fn own_name(names: &str) -> String {
    names.split(',').find(|name| !name.contains('/')).unwrap_or(names).to_owned()
}

#[cfg(test)]
mod tests {
    use super::own_name;

    #[test]
    fn names_given_by_links_are_not_a_containers_own() {
        assert_eq!(own_name("site.app"), "site.app");
        assert_eq!(own_name("site.web/app,site.app"), "site.app");
    }
}
