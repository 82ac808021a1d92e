//! Who may depend on what, read from `cargo metadata`.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::Value;

use super::Problem;
use crate::workspace::CRATES;

/// Outside crates that only some members may depend on.
const ALLOWED: [(&str, &[&str]); 8] = [
    ("bollard", &["docker-exec"]),
    ("hyper-util", &["docker-exec"]),
    ("hyperlocal", &["docker-exec"]),
    ("tokio", &["docker-exec", "dmap-cli"]),
    ("schemars", &["container-map", "map-planner", "dmap-cli"]),
    ("serde-saphyr", &["container-map"]),
    ("serde_yaml", &["container-map"]),
    ("yaml_serde", &["container-map"]),
];

/// Members that stay pure, and what must not be anywhere below them.
const PURE: [&str; 2] = ["container-map", "map-planner"];
const IMPURE: [&str; 2] = ["tokio", "bollard"];

/// Checks the direct dependencies of every member, of every kind.
pub(super) fn table(metadata: &Value) -> Vec<Problem> {
    let mut problems = Vec::new();
    for package in list(&metadata["packages"]) {
        let member = text(&package["name"]);
        if !CRATES.contains(&member) {
            continue;
        }
        let names = list(&package["dependencies"]).flat_map(|one| [text(&one["name"]), text(&one["rename"])]);
        let names: BTreeSet<&str> = names.filter(|name| !name.is_empty()).collect();
        problems.extend(names.into_iter().filter_map(|name| refusal(member, name)));
    }
    problems
}

/// Why a member may not depend on a crate, if so.
fn refusal(member: &str, dependency: &str) -> Option<Problem> {
    let manifest = format!("{member}/Cargo.toml");
    if member == "xtask" && CRATES.contains(&dependency) {
        let message = format!(
            "xtask runs the workspace's programs and links none of its crates; remove `{dependency}`"
        );
        return Some(Problem::of(&manifest, message));
    }
    let (_, members) = ALLOWED.iter().find(|(name, _)| *name == dependency)?;
    if members.contains(&member) {
        return None;
    }
    let message = format!("`{dependency}` is a dependency of {} only", members.join(" and "));
    Some(Problem::of(&manifest, message))
}

/// Checks that nothing impure is reachable from the pure members over normal dependencies.
pub(super) fn pure_trees(metadata: &Value) -> Vec<Problem> {
    let names: BTreeMap<&str, &str> =
        list(&metadata["packages"]).map(|package| (text(&package["id"]), text(&package["name"]))).collect();
    let edges: BTreeMap<&str, Vec<&str>> = list(&metadata["resolve"]["nodes"])
        .map(|node| (text(&node["id"]), normal_dependencies(node)))
        .collect();
    let mut problems = Vec::new();
    for member in PURE {
        let ids = names.iter().filter(|(_, name)| **name == member).map(|(id, _)| *id);
        let reached: BTreeSet<&str> = reachable(&edges, ids.collect()).iter().map(|id| names[id]).collect();
        for impure in IMPURE.iter().filter(|impure| reached.contains(**impure)) {
            let message = format!(
                "`{impure}` is in the dependency tree; `cargo tree -p {member} -i {impure}` says why"
            );
            problems.push(Problem::of(&format!("{member}/Cargo.toml"), message));
        }
    }
    problems
}

/// Checks that no crate is there in several versions, unless `deny.toml` names it in its `skip` list.
pub(super) fn duplicates(metadata: &Value, deny: &str) -> Vec<Problem> {
    let mut versions: BTreeMap<&str, BTreeSet<&str>> = BTreeMap::new();
    for package in list(&metadata["packages"]) {
        versions.entry(text(&package["name"])).or_default().insert(text(&package["version"]));
    }
    let skipped = deny.split("skip = [").nth(1).and_then(|rest| rest.split("\n]").next()).unwrap_or_default();
    let wrong = |(name, versions): &(&str, BTreeSet<&str>)| {
        versions.len() > 1 && !skipped.contains(&format!("crate = \"{name}\""))
    };
    let problems = versions.into_iter().filter(wrong).map(|(name, versions)| {
        let versions = versions.into_iter().collect::<Vec<_>>().join(" and ");
        let message =
            format!("{name} is there as {versions}; bring them together, or add it to `skip` in deny.toml");
        Problem::of("Cargo.lock", message)
    });
    problems.collect()
}

/// The package ids a node needs at run time.
fn normal_dependencies(node: &Value) -> Vec<&str> {
    let normal = |dependency: &&Value| list(&dependency["dep_kinds"]).any(|kind| kind["kind"].is_null());
    list(&node["deps"]).filter(normal).map(|dependency| text(&dependency["pkg"])).collect()
}

/// Everything that can be reached from `open`, itself included.
fn reachable<'a>(edges: &BTreeMap<&'a str, Vec<&'a str>>, mut open: Vec<&'a str>) -> BTreeSet<&'a str> {
    let mut seen = BTreeSet::new();
    while let Some(id) = open.pop() {
        if seen.insert(id) {
            open.extend(edges.get(id).into_iter().flatten());
        }
    }
    seen
}

/// The items of a JSON array; none when it is not one.
fn list(value: &Value) -> impl Iterator<Item = &Value> {
    value.as_array().into_iter().flatten()
}

/// A JSON string; empty when it is not one.
fn text(value: &Value) -> &str {
    value.as_str().unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn only_the_allowed_members_have_an_engine_client() {
        assert_eq!(refusal("docker-exec", "bollard"), None);
        assert_eq!(refusal("dmap-cli", "serde"), None);
        let problem = refusal("dmap-cli", "bollard").expect("dmap-cli must not speak to the engine");
        assert_eq!(problem.to_string(), "dmap-cli/Cargo.toml: `bollard` is a dependency of docker-exec only");
        assert!(refusal("xtask", "map-planner").is_some());
    }

    #[test]
    fn renamed_dependencies_are_seen() {
        let metadata = json!({"packages": [{"name": "dmap-cli", "dependencies": [
            {"name": "yaml_serde", "rename": "yaml"}, {"name": "clap", "rename": null}
        ]}]});
        assert_eq!(table(&metadata).len(), 1);
    }

    #[test]
    fn several_versions_need_a_reason() {
        let package = |version: &str| json!({"name": "a", "version": version});
        let metadata = json!({"packages": [package("1.0.0"), package("2.0.0")]});
        let found = duplicates(&metadata, "").iter().map(ToString::to_string).collect::<Vec<_>>();
        assert!(found[0].starts_with("Cargo.lock: a is there as 1.0.0 and 2.0.0;"), "{found:?}");
        assert_eq!(duplicates(&metadata, "skip = [\n  { crate = \"a\", reason = \"b\" },\n]\n"), []);
    }

    #[test]
    fn development_dependencies_do_not_make_a_tree_impure() {
        let metadata = |kind: Value| {
            json!({
                "packages": [{"id": "1", "name": "map-planner"}, {"id": "2", "name": "tokio"}],
                "resolve": {"nodes": [{"id": "1", "deps": [{"pkg": "2", "dep_kinds": [{"kind": kind}]}]}]}
            })
        };
        assert_eq!(pure_trees(&metadata(json!("dev"))), []);
        assert_eq!(pure_trees(&metadata(Value::Null)).len(), 1);
    }
}
