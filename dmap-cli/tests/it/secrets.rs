//! Secrets: read where they are needed, and shown nowhere.

use insta::assert_snapshot;

use crate::{Folder, transcript};

const MAP: &str = "\
name: site
web: {links: db}
db:
  create_options:
    environment:
      PASSWORD: !secret {file: secrets/db.txt}
      TOKEN: !secret {env: DB_TOKEN}
";
const PLAN: [&str; 3] = ["plan", "--engine-state", "empty"];

#[test]
fn secrets_that_cannot_be_read() {
    assert_snapshot!(Folder::with_map(MAP).dmap(&PLAN), @r"
    exit 1
    --- stderr
    error: not all secrets can be read; nothing was done
     |
     = note: `site.db` needs file secrets/db.txt: there is no such file
     = note: `site.db` needs variable DB_TOKEN: it is not set
    ");
}

#[test]
fn every_command_that_plans_needs_them() {
    let folder = Folder::with_map(MAP);
    let said = folder.dmap(&PLAN);
    assert_eq!(folder.dmap(&["up", "--yes"]), said);
    assert_eq!(folder.dmap(&["status", "--engine-state", "empty"]), said);
}

#[test]
fn what_is_not_asked_for_needs_none() {
    let folder = Folder::with_map(&MAP.replace("links: db", ""));
    let shown = folder.dmap(&["plan", "--engine-state", "empty", "web"]);
    assert!(shown.starts_with("exit 0\n"), "{shown}");
    let shown = folder.dmap(&["plan", "--engine-state", "empty", "db"]);
    assert!(shown.starts_with("exit 1\n"), "{shown}");
}

#[test]
fn no_output_has_their_values() {
    let folder =
        Folder::with_map(MAP).file("secrets/db.txt", "hunter2\n").file("site.env", "DB_TOKEN=hunter3\n");
    for arguments in [
        &["plan", "--engine-state", "empty"][..],
        &["plan", "--engine-state", "empty", "--format", "json"],
        &["status", "--engine-state", "empty"],
        &["config"],
        &["config", "--resolved"],
        &["config", "--resolved", "--format", "json"],
        &["graph", "--all"],
        &["check"],
    ] {
        let arguments = [arguments, &["--env-file", "site.env", "--verbose"]].concat();
        let shown = folder.dmap(&arguments);
        assert!(shown.starts_with("exit 0\n") && !shown.contains("hunter"), "{shown}");
    }
}

#[test]
fn a_secret_that_changed_is_seen_without_its_line_break() {
    let state = |value: &str| {
        format!(
            r#"{{"containers": {{"site.db": {{
                "id": "0a", "image": "sha256:0b", "state": "running", "has_run": true, "network": {{"named": "none"}}, "hostname": "site-db", "host": {{"restart_policy": "no"}},
                "environment": {{"PASSWORD": {value}}},
                "labels": {{"dmap.format": "1", "dmap.key": "container/site.db", "dmap.client": "default"}}
            }}}}, "tags": {{"db:latest": "sha256:0b"}}, "images": {{"sha256:0b": {{}}}}}}"#
        )
    };
    let map = "name: site\ndb: {network_mode: none, create_options: {environment: {PASSWORD: !secret {file: db.txt}}}}\n";
    let plan = |value: &str, file: &str| {
        let folder = Folder::with_map(map).file("db.txt", file).file("state.json", state(value));
        folder.dmap(&["plan", "--engine-state", "state.json"])
    };
    for file in ["hunter2", "hunter2\n", "hunter2\r\n"] {
        let shown = plan("\"hunter2\"", file);
        assert!(shown.starts_with("exit 0\n") && shown.contains("nothing to do"), "{shown}");
    }
    let shown = plan("\"hunter2\"", "hunter2\n\n");
    assert!(shown.contains("env PASSWORD") && !shown.contains("hunter"), "{shown}");
}

#[test]
fn a_secret_that_no_process_can_have() {
    let map =
        "name: site\nweb: {create_options: {environment: {A: !secret {file: a}, B: !secret {file: b}}}}\n";
    let folder = Folder::with_map(map).file("a", b"x\0y").file("b", b"\xff");
    assert_snapshot!(folder.dmap(&PLAN), @r"
    exit 1
    --- stderr
    error: not all secrets can be read; nothing was done
     |
     = note: `site.web` needs file a: it holds a NUL character
     = note: `site.web` needs file b: it is not text in UTF-8: line 1, column 1
    ");
}

#[test]
fn passwords_are_for_pulling_only() {
    let map = "name: site\nclients: {default: {auth_configs: {hub.example.org: {username: me, password: !secret {env: HUB}}}}}\nweb: {}\n";
    let folder = Folder::with_map(map);
    let shown = transcript(folder.command(&PLAN).env("OTHER", "x"));
    assert!(shown.starts_with("exit 0\n"), "{shown}");
}
