//! `dmap check`: what a map has, what is wrong with it, and what the codes mean.

use insta::assert_snapshot;

use crate::{Folder, SEED};

/// A map with two mistakes, one of which has no suggestion.
const BROKEN: &str = "name: site\nweb:\n  uses: app_sokc\n  exposes: 70000\napp:\n  attaches: app_socket\nvolumes:\n  app_socket: /run/app\n";

#[test]
fn a_map_without_mistakes() {
    assert_snapshot!(Folder::with_map(SEED).dmap(&["check"]), @r"
    exit 0
    --- stdout
    map `main`: 2 containers, 4 volumes and 0 networks on client `default`
    ");
}

#[test]
fn all_maps_and_clients() {
    let folder = Folder::empty()
        .file("a.yaml", "name: a\nclients: {east: , west: }\nweb: {instances: [x, y]}\ndb: {clients: east}\n")
        .file("b.yaml", "name: b\nweb: {networks: front}\nnetworks: {front: }\n")
        .file("c.yaml", "name: c\n");
    assert_snapshot!(folder.dmap(&["-f", "a.yaml", "-f", "b.yaml", "-f", "c.yaml", "check"]), @r"
    exit 0
    --- stdout
    map `a`: 3 containers, 0 volumes and 0 networks on clients `east`, `west`
    map `b`: 1 container, 0 volumes and 1 network on client `default`
    map `c`: 0 containers, 0 volumes and 0 networks on client `default`
    ");
}

#[test]
fn mistakes() {
    assert_snapshot!(Folder::with_map(BROKEN).dmap(&["check"]), @r"
    exit 64
    --- stderr
    error[DM020]: no volume or container is named `app_sokc`
     --> dmap.yaml:3:9
      |
    3 |   uses: app_sokc
      |         ^^^^^^^^ used by `web`
      |
      = help: did you mean `app_socket`?

    error[DM011]: port 70000 is not between 1 and 65535
     --> dmap.yaml:4:12
      |
    4 |   exposes: 70000
      |            ^^^^^ should be a port

    error: 2 problems in `dmap.yaml`; nothing was done
     |
     = help: to have a code explained: `dmap check --explain DM020`
    ");
}

#[test]
fn mistakes_for_programs() {
    assert_snapshot!(Folder::with_map(BROKEN).dmap(&["check", "--format", "json"]), @r#"
    exit 64
    --- stdout
    {
      "problems": [
        {
          "code": "DM020",
          "message": "no volume or container is named `app_sokc`",
          "path": "containers.web.uses",
          "file": "dmap.yaml",
          "line": 3,
          "column": 9,
          "help": "did you mean `app_socket`?"
        },
        {
          "code": "DM011",
          "message": "port 70000 is not between 1 and 65535",
          "path": "containers.web.exposes",
          "file": "dmap.yaml",
          "line": 4,
          "column": 12,
          "help": null
        }
      ],
      "omitted": 0
    }
    "#);
}

#[test]
fn no_yaml_for_programs() {
    let folder = Folder::with_map("name: site\nweb:\n  image: nginx\n   uses: socket\n");
    assert_snapshot!(folder.dmap(&["check", "--format", "json"]), @r#"
    exit 64
    --- stdout
    {
      "problems": [
        {
          "code": null,
          "message": "a `:` cannot stand here: put a text with a colon into quotes",
          "path": null,
          "file": "dmap.yaml",
          "line": 4,
          "column": 8,
          "help": null
        }
      ],
      "omitted": 0
    }
    "#);
}

#[test]
fn no_mistakes_for_programs() {
    assert_snapshot!(Folder::with_map(SEED).dmap(&["check", "--format", "json"]), @r#"
    exit 0
    --- stdout
    {
      "problems": [],
      "omitted": 0
    }
    "#);
}

#[test]
fn no_map_for_programs() {
    let folder = Folder::empty();
    assert_eq!(folder.dmap(&["check", "--format", "json"]), folder.dmap(&["check"]));
}

#[test]
fn an_explanation_needs_no_map() {
    assert_snapshot!(Folder::empty().dmap(&["check", "--explain", "DM002"]), @r"
    exit 0
    --- stdout
    DM002: the map has no name

    A map's name is the first part of the name of everything it creates, like `site` in
    `site.web`, and so tells its objects from those of other maps on the same engine.
    docker-map takes the name from a program; a file for dmap gives it under `name`.
    Changing it later means new objects: the old ones do not belong to the renamed map.

    Wrong:
        web: {image: nginx}

    Right:
        name: site
        web: {image: nginx}
    ");
}

#[test]
fn a_code_can_be_typed_in_short() {
    let folder = Folder::empty();
    assert_eq!(folder.dmap(&["check", "--explain", "dm2"]), folder.dmap(&["check", "--explain", "DM002"]));
}

#[test]
fn every_code_that_is_shown_is_explained() {
    let shown = Folder::with_map(BROKEN).dmap(&["check"]);
    let codes: Vec<&str> = shown
        .lines()
        .filter_map(|line| line.strip_prefix("error[")?.split_once(']'))
        .map(|(code, _)| code)
        .collect();
    assert_eq!(codes.len(), 2, "{shown}");
    for code in codes {
        let explained = Folder::empty().dmap(&["check", "--explain", code]);
        assert!(explained.starts_with(&format!("exit 0\n--- stdout\n{code}: ")), "{explained}");
    }
}

#[test]
fn an_unknown_code() {
    let shown = Folder::empty().dmap(&["check", "--explain", "DM999"]);
    let start =
        "exit 64\n--- stderr\nerror: there is no code `DM999`\n |\n = help: the codes are DM001, DM002, ";
    assert!(shown.starts_with(start), "{shown}");
}

#[test]
fn a_check_reads_no_secret() {
    let map = "name: site\nweb: {create_options: {environment: {A: !secret {file: none}, B: !secret {env: NONE}}}}\n";
    assert_snapshot!(Folder::with_map(map).dmap(&["check"]), @r"
    exit 0
    --- stdout
    map `site`: 1 container, 0 volumes and 0 networks on client `default`
    ");
}
