//! `dmap config` and `dmap schema`: maps in one notation, and the form of that notation.

use insta::assert_snapshot;
use serde_json::Value;

use crate::{Folder, SEED, transcript};

const MAP: &str = "\
name: site
base: {abstract: true, user: 1000}
web:
  extends: base
  image: nginx:${TAG}
  exposes: {80: 8080}
";

#[test]
fn as_it_is_written() {
    assert_snapshot!(Folder::with_map(MAP).dmap(&["config"]), @r"
    exit 0
    --- stdout
    name: site
    containers:
      base:
        abstract: true
        user: 1000
      web:
        extends:
        - base
        image: nginx:${TAG}
        exposes:
        - exposed_port: 80
          host_port: 8080
    ");
}

#[test]
fn as_it_is_meant() {
    let folder = Folder::with_map(MAP);
    assert_snapshot!(transcript(folder.command(&["config", "--resolved"]).env("TAG", "1.29")), @r"
    exit 0
    --- stdout
    name: site
    containers:
      web:
        image: nginx:1.29
        exposes:
        - exposed_port: 80
          host_port: 8080
        user: 1000
    ");
}

#[test]
fn as_json() {
    assert_snapshot!(Folder::with_map(MAP).dmap(&["config", "--format", "json"]), @r#"
    exit 0
    --- stdout
    {
      "name": "site",
      "containers": {
        "base": {
          "abstract": true,
          "user": 1000
        },
        "web": {
          "extends": [
            "base"
          ],
          "image": "nginx:${TAG}",
          "exposes": [
            {
              "exposed_port": 80,
              "host_port": 8080
            }
          ]
        }
      }
    }
    "#);
}

#[test]
fn several_maps() {
    let folder = Folder::empty().file("a.yaml", "name: a\nweb: {}\n").file("b.yaml", "name: b\nweb: {}\n");
    let config = ["-f", "a.yaml", "-f", "b.yaml", "config"];
    assert_snapshot!(folder.dmap(&config), @r"
    exit 0
    --- stdout
    ---
    name: a
    containers:
      web: {}
    ---
    name: b
    containers:
      web: {}
    ");
    let shown = folder.dmap(&[&config[..], &["--format", "json"]].concat());
    let json: Value = serde_json::from_str(shown.strip_prefix("exit 0\n--- stdout\n").unwrap()).unwrap();
    assert_eq!((&json[0]["name"], &json[1]["name"]), (&"a".into(), &"b".into()));
}

#[test]
fn the_canonical_form_is_the_same_map() {
    let written = Folder::with_map(SEED);
    let canonical = written.dmap(&["config"]);
    let canonical = canonical.strip_prefix("exit 0\n--- stdout\n").unwrap();
    let resolved = written.dmap(&["config", "--resolved"]);
    assert_eq!(Folder::with_map(canonical).dmap(&["config", "--resolved"]), resolved);
    assert_eq!(Folder::with_map(canonical).dmap(&["config"]), written.dmap(&["config"]));
}

#[test]
fn a_map_with_mistakes() {
    let folder = Folder::with_map("name: site\nweb: {imgae: x, links: nobody}\n");
    assert_snapshot!(folder.dmap(&["config"]), @r"
    exit 64
    --- stderr
    error[DM004]: unknown key `imgae`
     --> dmap.yaml:2:7
      |
    2 | web: {imgae: x, links: nobody}
      |       ^^^^^ not a key of a container configuration
      |
      = help: did you mean `image`?

    error: 1 problem in `dmap.yaml`; nothing was done
     |
     = help: to have a code explained: `dmap check --explain DM004`
    ");
}

#[test]
fn the_schema_is_of_the_edition_that_editors_know() {
    let shown = Folder::empty().dmap(&["schema"]);
    let schema: Value = serde_json::from_str(shown.strip_prefix("exit 0\n--- stdout\n").unwrap()).unwrap();
    assert_eq!(schema["$schema"], "https://json-schema.org/draft/2020-12/schema");
    assert!(schema["properties"]["containers"].is_object(), "{schema}");
}

#[test]
fn the_schema_of_progress() {
    let shown = Folder::empty().dmap(&["schema", "--progress"]);
    let head: Vec<&str> = shown.lines().take(7).collect();
    assert_snapshot!(head.join("\n"), @r#"
    exit 0
    --- stdout
    {
      "$schema": "https://json-schema.org/draft/2020-12/schema",
      "title": "A line of progress",
      "description": "A line of `--progress json`. Times are in milliseconds.",
      "type": "object",
    "#);
}

#[test]
fn the_schema_of_plan_files() {
    let shown = Folder::empty().dmap(&["schema", "--plan"]);
    let head: Vec<&str> = shown.lines().take(7).collect();
    assert_snapshot!(head.join("\n"), @r#"
    exit 0
    --- stdout
    {
      "$schema": "https://json-schema.org/draft/2020-12/schema",
      "title": "A file of plans",
      "description": "A file of plans, one per client and map: the machine-readable view.",
      "type": "object",
    "#);
}
