//! What is there, and what would become of it.

use insta::assert_snapshot;

use crate::{Folder, RECORDED, RECORDED_MAP, SEED};

fn status(map: &str, more: &[&str]) -> String {
    let arguments = [&["status", "--engine-state", "state.json"], more].concat();
    Folder::with_map(map).file("state.json", RECORDED).dmap(&arguments)
}

#[test]
fn all_as_wanted() {
    assert_snapshot!(status(RECORDED_MAP, &[]), @r"
    exit 0
    --- stdout
    map `cliwork`

    resource                 state                   plan
    container/cliwork.nginx  running                 unchanged
    container/cliwork.uwsgi  running                 unchanged
    volume/cliwork.socket    present, 2000:2000 750  unchanged
    network/cliwork.front    present                 unchanged
    ");
}

#[test]
fn something_to_do() {
    let map = RECORDED_MAP
        .replace("user: 2000", "user: 2001")
        .replace("uses: socket", "uses: socket\n  attaches: log");
    assert_snapshot!(status(&format!("{map}  log: /var/log/nginx\n"), &[]), @r"
    exit 0
    --- stdout
    map `cliwork`

    resource                 state                   plan
    container/cliwork.nginx  running                 to be replaced: mount /var/log/nginx missing
    container/cliwork.uwsgi  running                 to be replaced: user changed
    volume/cliwork.log       absent                  to be created
    volume/cliwork.socket    present, 2000:2000 750  to be prepared: owner differs
    network/cliwork.front    present                 unchanged
    ");
}

/// Volumes stay whatever is done, so that those are only the containers.
#[test]
fn what_is_persistent() {
    let map = RECORDED_MAP.replace("user: 2000", "user: 2000\n  persistent: true");
    assert_snapshot!(status(&map, &[]));
    let json = status(&map, &["--format", "json"]);
    assert_eq!(json.matches("\"persistent\": true").count(), 1, "{json}");
    assert!(!json.contains("\"persistent\": false"), "{json}");
}

#[test]
fn of_a_target() {
    assert_snapshot!(status(RECORDED_MAP, &["uwsgi"]), @r"
    exit 0
    --- stdout
    map `cliwork`

    resource                 state                   plan
    container/cliwork.uwsgi  running                 unchanged
    volume/cliwork.socket    present, 2000:2000 750  unchanged
    ");
}

#[test]
fn nothing_there() {
    assert_snapshot!(Folder::with_map(SEED).dmap(&["status", "--engine-state", "empty", "uwsgi"]), @r"
    exit 0
    --- stdout
    map `main`

    resource                  state   plan
    container/main.uwsgi      absent  to be created
    volume/main.uwsgi_log     absent  to be created
    volume/main.app_log       absent  to be created
    volume/main.uwsgi_socket  absent  to be created
    ");
}

#[test]
fn as_json() {
    assert_snapshot!(status(RECORDED_MAP, &["--format", "json", "uwsgi"]), @r#"
    exit 0
    --- stdout
    {
      "map": "cliwork",
      "resources": [
        {
          "resource": "container/cliwork.uwsgi",
          "state": "running",
          "plan": "unchanged"
        },
        {
          "resource": "volume/cliwork.socket",
          "state": "present, 2000:2000 750",
          "plan": "unchanged"
        }
      ]
    }
    "#);
}

#[test]
fn the_state_is_shown_where_there_is_no_plan() {
    let foreign = RECORDED.replace("\"dmap.key\": \"container/cliwork.uwsgi\"", "\"other\": \"\"");
    let folder = Folder::with_map(RECORDED_MAP).file("state.json", foreign);
    assert_snapshot!(folder.dmap(&["status", "--engine-state", "state.json"]), @"
    exit 1
    --- stdout
    map `cliwork`

    resource                 state                   plan
    container/cliwork.nginx  running                 ?
    container/cliwork.uwsgi  running                 ?
    volume/cliwork.socket    present, 2000:2000 750  ?
    network/cliwork.front    present                 ?
    --- stderr
    error: container `cliwork.uwsgi` exists and was not created by dmap for this map
     |
     = help: `dmap up --adopt` replaces it by the map's own once, and keeps its volumes
     = help: or give it another name: `docker rename cliwork.uwsgi NAME`
    ");
}
