//! Engines that are not there or are not as the map needs them, and snapshots that are none.

use insta::assert_snapshot;

use crate::{Folder, SEED, transcript};

const FOREIGN: &str = r#"{"containers": {"main.nginx": {
    "id": "0a", "image": "sha256:0b", "state": "running", "has_run": true, "network": "default"
}}}"#;
const PORT_HELD: &str = r#"{"bystanders": {"other": {"is_up": true, "ports": {"80/tcp": [{"port": 80}]}}}}"#;

fn plan(state: &str, more: &[&str]) -> String {
    let arguments = [&["plan", "--engine-state", "state.json"], more].concat();
    Folder::with_map(SEED).file("state.json", state).dmap(&arguments)
}

#[test]
fn nobody_there() {
    let folder = Folder::with_map(SEED);
    let mut command = folder.command(&["plan"]);
    assert_snapshot!(transcript(command.env("DOCKER_HOST", "unix:///nonexistent/x.sock")), @r"
    exit 1
    --- stderr
    error: failed while connecting to the engine at `unix:///nonexistent/x.sock`: is it running, and may you use it?
     |
     = note: No such file or directory (os error 2)
     = help: start the daemon, or say with `--host URL` or DOCKER_HOST where it is
     = help: `dmap plan --engine-state empty` needs no engine
    ");
}

#[test]
fn every_command_says_that_nobody_is_there() {
    let folder = Folder::with_map(SEED);
    let said = folder.dmap(&["plan", "--host", "unix:///nonexistent/x.sock"]);
    for command in ["up", "down", "status", "snapshot"] {
        assert_eq!(folder.dmap(&["--host", "unix:///nonexistent/x.sock", command]), said, "{command}");
    }
}

#[test]
fn not_an_address() {
    assert_snapshot!(Folder::with_map(SEED).dmap(&["up", "--host", "ssh://somewhere"]), @r"
    exit 1
    --- stderr
    error: failed while connecting to the engine at `ssh://somewhere`
     |
     = note: the address is not of the form `unix:///path`, `tcp://host:port` or `http://host:port`
    ");
}

#[test]
fn a_foreign_container() {
    assert_snapshot!(plan(FOREIGN, &[]), @"
    exit 1
    --- stderr
    error: container `main.nginx` exists and was not created by dmap for this map
     |
     = help: `dmap up --adopt` replaces it by the map's own once, and keeps its volumes
     = help: or give it another name: `docker rename main.nginx NAME`
    ");
}

#[test]
fn a_foreign_container_is_adopted() {
    let shown = plan(FOREIGN, &["--adopt", "--detailed-exitcode"]);
    assert!(shown.starts_with("exit 2\n") && shown.contains("adopted"), "{shown}");
}

#[test]
fn a_port_that_is_held() {
    assert_snapshot!(plan(PORT_HELD, &["nginx"]), @r"
    exit 1
    --- stderr
    error: port 80 (80/tcp), wanted by `main.nginx`, is held by container `other`
     |
     = help: stop it with `docker stop other`, or publish `main.nginx` on another port
    ");
}

#[test]
fn no_such_snapshot() {
    assert_snapshot!(Folder::with_map(SEED).dmap(&["plan", "--engine-state", "state.json"]), @r"
    exit 1
    --- stderr
    error: cannot read the snapshot `state.json`
     |
     = note: No such file or directory (os error 2)
     = help: check the path
    ");
}

#[test]
fn not_json() {
    assert_snapshot!(plan("containers: {}", &[]), @r"
    exit 64
    --- stderr
    error: `state.json` is not a snapshot of an engine
     |
     = note: expected value at line 1 column 1
     = help: `dmap snapshot > FILE` writes one; `--engine-state empty` needs none
    ");
}

#[test]
fn json_of_something_else() {
    assert_snapshot!(plan(r#"{"container": {}}"#, &[]), @"
    exit 64
    --- stderr
    error: `state.json` is not a snapshot of an engine
     |
     = note: unknown field `container`, expected one of `engine`, `tags`, `images`, `containers`, `bystanders`, `networks`, `volumes`, `drops`, `leased`, `record` at line 1 column 12
     = help: `dmap snapshot > FILE` writes one; `--engine-state empty` needs none
    ");
}
