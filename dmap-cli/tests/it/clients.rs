//! Several clients: a plan for each, and where their engines are.

use insta::assert_snapshot;

use crate::{Folder, transcript};

const CLIENTS: &str = "\
east: {base_url: 'unix:///nonexistent/east.sock', interfaces: {lan: 10.0.0.11}}
west: {base_url: 'unix:///nonexistent/west.sock', interfaces: {lan: 10.0.0.12}}
";
const MAP: &str = "\
name: site
clients: [east, west]
web: {image: nginx, exposes: {80: [8080, lan]}}
db: {image: postgres, clients: east}
";
const PLAN: [&str; 5] = ["--clients", "clients.yaml", "plan", "--engine-state", "empty"];

fn folder() -> Folder {
    Folder::with_map(MAP).file("clients.yaml", CLIENTS)
}

#[test]
fn a_plan_for_each_client() {
    assert_snapshot!(folder().dmap(&PLAN), @r"
    exit 0
    --- stdout
    plan for client `east`, map `site`

      #  after    action                      reason
      1         + pull image/nginx:latest     absent
      2         + pull image/postgres:latest  absent
      3  2      + create container/site.db    absent
      4  1      + create container/site.web   absent
      5  3      + start container/site.db     ″
      6  4      + start container/site.web    ″

    2 to pull, 2 to create, 0 unchanged

    plan for client `west`, map `site`

      #  after    action                     reason
      1         + pull image/nginx:latest    absent
      2  1      + create container/site.web  absent
      3  2      + start container/site.web   ″

    1 to pull, 1 to create, 0 unchanged
    ");
}

#[test]
fn only_one_client() {
    let west = folder().dmap(&[&PLAN[..], &["--client", "west"]].concat());
    assert_snapshot!(west, @r"
    exit 0
    --- stdout
    plan for client `west`, map `site`

      #  after    action                     reason
      1         + pull image/nginx:latest    absent
      2  1      + create container/site.web  absent
      3  2      + start container/site.web   ″

    1 to pull, 1 to create, 0 unchanged
    ");
}

#[test]
fn a_target_is_planned_where_it_is() {
    let db = folder().dmap(&[&PLAN[..], &["db"]].concat());
    assert!(db.contains("client `east`") && !db.contains("client `west`"), "{db}");
    assert_snapshot!(folder().dmap(&[&PLAN[..], &["db", "--client", "west"]].concat()), @r"
    exit 64
    --- stderr
    error: nothing of this is for client `west`
     |
     = help: `dmap check` says which clients each map is for
    ");
}

#[test]
fn an_unknown_client() {
    assert_snapshot!(folder().dmap(&[&PLAN[..], &["--client", "north"]].concat()), @r"
    exit 64
    --- stderr
    error: no client is named `north`
     |
     = help: there is `default`, `east`, `west`
    ");
}

#[test]
fn a_file_of_all_plans() {
    let shown = folder().dmap(&[&PLAN[..], &["--format", "json"]].concat());
    let json: serde_json::Value =
        serde_json::from_str(shown.strip_prefix("exit 0\n--- stdout\n").unwrap()).unwrap();
    let clients: Vec<&str> =
        json["plans"].as_array().unwrap().iter().filter_map(|plan| plan["client"].as_str()).collect();
    assert_eq!(clients, ["east", "west"]);
}

#[test]
fn clients_in_the_map() {
    let map = MAP.replace(
        "clients: [east, west]",
        "clients: {east: {interfaces: {lan: 10.0.0.11}}, west: {interfaces: {lan: 10.0.0.12}}}",
    );
    let shown = Folder::with_map(&map).dmap(&PLAN[2..]);
    assert_eq!(shown, folder().dmap(&PLAN));
}

#[test]
fn the_state_on_each_client() {
    let status = ["--clients", "clients.yaml", "status", "--engine-state", "empty"];
    assert_snapshot!(folder().dmap(&status), @r"
    exit 0
    --- stdout
    client `east`, map `site`

    resource            state   plan
    container/site.web  absent  to be created
    container/site.db   absent  to be created

    client `west`, map `site`

    resource            state   plan
    container/site.web  absent  to be created
    ");
    assert_snapshot!(folder().dmap(&[&status[..], &["--format", "json"]].concat()), @r#"
    exit 0
    --- stdout
    {
      "deployments": [
        {
          "client": "east",
          "map": "site",
          "resources": [
            {
              "resource": "container/site.web",
              "state": "absent",
              "plan": "to be created"
            },
            {
              "resource": "container/site.db",
              "state": "absent",
              "plan": "to be created"
            }
          ]
        },
        {
          "client": "west",
          "map": "site",
          "resources": [
            {
              "resource": "container/site.web",
              "state": "absent",
              "plan": "to be created"
            }
          ]
        }
      ]
    }
    "#);
}

#[test]
fn each_client_has_its_own_engine() {
    let east = folder().dmap(&["--clients", "clients.yaml", "up"]);
    assert_snapshot!(east, @r"
    exit 1
    --- stderr
    error: failed while connecting to the engine at `unix:///nonexistent/east.sock`: is it running, and may you use it?
     |
     = note: No such file or directory (os error 2)
     = note: this is about client `east`, map `site`
     = help: start the daemon, or say where it is in `base_url` of client `east`
     = help: `dmap plan --engine-state empty` needs no engine
    ");
    // What is typed is for the default client only.
    let typed = ["--clients", "clients.yaml", "up", "--host", "unix:///nonexistent/typed.sock"];
    assert_eq!(folder().dmap(&typed), east);
}

#[test]
fn where_the_default_client_is() {
    let map = "name: site\nclients: {default: {base_url: 'unix:///nonexistent/own.sock'}}\nweb: {}\n";
    let folder = Folder::with_map(map);
    let asked = |arguments: &[&str]| {
        let mut command = folder.command(arguments);
        let shown = transcript(command.env("DOCKER_HOST", "unix:///nonexistent/usual.sock"));
        let (_, rest) = shown.split_once("unix:///nonexistent/").unwrap();
        rest.split_once(".sock").unwrap().0.to_owned()
    };
    assert_eq!(asked(&["plan"]), "own");
    assert_eq!(asked(&["plan", "--host", "unix:///nonexistent/typed.sock"]), "typed");
}

#[test]
fn a_snapshot_of_each_client() {
    let state = |client: &str| {
        format!(
            r#"{{"client": "{client}", "map": "site", "engine": {{"tags": {{"nginx:latest": "sha256:0a"}}}}}}"#
        )
    };
    let plan = |state: String, more: &[&str]| {
        let arguments = [&PLAN[..4], &["state.json"], more].concat();
        folder().file("state.json", state).dmap(&arguments)
    };
    let both = format!(r#"{{"deployments": [{}, {}]}}"#, state("west"), state("east"));
    let shown = plan(both, &[]);
    assert!(
        shown.starts_with("exit 0\n") && shown.contains("postgres") && !shown.contains("pull image/nginx"),
        "{shown}"
    );
    assert_snapshot!(plan(format!(r#"{{"deployments": [{}]}}"#, state("east")), &[]), @r"
    exit 64
    --- stderr
    error: the snapshot has nothing for client `west`, map `site`
     |
     = help: take one with `dmap snapshot` and the same files
    ");
    assert_snapshot!(plan("{}".to_owned(), &[]), @r"
    exit 64
    --- stderr
    error: the snapshot is of one map on one client, not of 2
     |
     = help: take one with `dmap snapshot` and the same files, or choose with TARGET and `--client NAME`
    ");
    let one = plan("{}".to_owned(), &["--client", "west"]);
    assert!(one.starts_with("exit 0\n"), "{one}");
    assert_snapshot!(plan(r#"{"deployments": [{"client": "east"}]}"#.to_owned(), &[]), @r"
    exit 64
    --- stderr
    error: `state.json` is not a snapshot of an engine
     |
     = note: missing field `map` at line 1 column 35
     = help: `dmap snapshot > FILE` writes one; `--engine-state empty` needs none
    ");
}

/// The worked example of docker-map's own description, with the client it is for.
#[test]
fn the_worked_example_of_docker_map() {
    let text = include_str!("../../../container-map/testdata/valid/shop.yaml");
    let client =
        "__default__: {interfaces: {public: 198.51.100.7}, interfaces_ipv6: {public: '2001:db8::7'}}\n";
    let folder = Folder::with_map(text).file("clients.yaml", client);
    assert_snapshot!(folder.dmap(&["--clients", "clients.yaml", "check"]), @r"
    exit 0
    --- stdout
    map `shop`: 5 containers, 3 volumes and 2 networks on client `default`
    ");
    assert_snapshot!(folder.dmap(&[&PLAN[..], &["web.blue", "metrics"]].concat()), @r"
    exit 0
    --- stdout
    plan for client `default`, map `shop`

      #  after          action                                                reason
      1               + pull image/hub.example.org/team/api:stable            absent
      2               + pull image/hub.example.org/team/front:2.1             absent
      3               + pull image/hub.example.org/team/metrics:stable        absent
      4               + pull image/postgres:15                                absent
      5               + create network/shop.back                              absent
      6               + create network/shop.edge                              absent
      7               + create volume/shop.api_log                            absent
      8  1,7          ~ prepare volume/shop.api_log                           ″       owner 1500:1600, mode u=rwX,g=rX,o=
      9               + create volume/shop.api_sock                           absent
     10  1,9          ~ prepare volume/shop.api_sock                          ″       owner 1500:1600, mode u=rwX,g=rX,o=
     11               + create volume/shop.web_cache                          absent
     12  5,8,10       + create container/shop.api                             absent
     13  4            + create container/shop.db                              absent
     14  3,12,13      + create container/shop.metrics                         absent
     15  2,5,6,10,11  + create container/shop.web.blue                        absent
     16  13           + start container/shop.db                               ″
     17  12,16        + start container/shop.api                              ″
     18  14,17        + start container/shop.metrics                          ″
     19  15           ~ connect container/shop.web.blue to network/shop.back  ″
     20  17,19        + start container/shop.web.blue                         ″

    4 to pull, 9 to create, 0 unchanged
    ");
    // The two instances of `web` take turns with their ports.
    assert_snapshot!(folder.dmap(&PLAN), @r"
    exit 1
    --- stderr
    error: port 198.51.100.7:80 (8080/tcp) is wanted by both `shop.web.blue` and `shop.web.green`
     |
     = help: name the one that is to run, `shop.web.blue` or `shop.web.green`, or publish them on different ports
    ");
}
