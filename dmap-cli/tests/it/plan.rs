//! Plans without an engine.

use insta::assert_snapshot;

use crate::{Folder, RECORDED, RECORDED_MAP, SEED};

fn recorded(map: &str) -> Folder {
    Folder::with_map(map).file("state.json", RECORDED)
}

#[test]
fn the_seed_map_on_an_empty_engine() {
    assert_snapshot!(Folder::with_map(SEED).dmap(&["plan", "--engine-state", "empty"]), @r"
    exit 0
    --- stdout
    plan for client `default`, map `main`

      #  after    action                            reason
      1         + pull image/nginx:latest           absent
      2         + pull image/uwsgi:latest           absent
      3         + create volume/main.app_log        absent
      4  2,3    ~ prepare volume/main.app_log       ″       owner 2000:2000, mode u=rwX,g=rX,o=
      5         + create volume/main.nginx_log      absent
      6         + create volume/main.uwsgi_log      absent
      7  2,6    ~ prepare volume/main.uwsgi_log     ″       owner 2000:2000, mode u=rwX,g=rX,o=
      8         + create volume/main.uwsgi_socket   absent
      9  2,8    ~ prepare volume/main.uwsgi_socket  ″       owner 2000:2000, mode u=rwX,g=rX,o=
     10  1,5,9  + create container/main.nginx       absent
     11  4,7,9  + create container/main.uwsgi       absent
     12  11     + start container/main.uwsgi        ″
     13  10,12  + start container/main.nginx        ″

    2 to pull, 6 to create, 0 unchanged
    ");
}

#[test]
fn a_target_brings_what_it_needs_and_nothing_else() {
    let folder = Folder::empty().file("site.yaml", SEED);
    let arguments = ["plan", "--engine-state", "empty", "--detailed-exitcode", "-f", "site.yaml", "uwsgi"];
    assert_snapshot!(folder.dmap(&arguments), @r"
    exit 2
    --- stdout
    plan for client `default`, map `main`

      #  after    action                            reason
      1         + pull image/uwsgi:latest           absent
      2         + create volume/main.app_log        absent
      3  1,2    ~ prepare volume/main.app_log       ″       owner 2000:2000, mode u=rwX,g=rX,o=
      4         + create volume/main.uwsgi_log      absent
      5  1,4    ~ prepare volume/main.uwsgi_log     ″       owner 2000:2000, mode u=rwX,g=rX,o=
      6         + create volume/main.uwsgi_socket   absent
      7  1,6    ~ prepare volume/main.uwsgi_socket  ″       owner 2000:2000, mode u=rwX,g=rX,o=
      8  3,5,7  + create container/main.uwsgi       absent
      9  8      + start container/main.uwsgi        ″

    1 to pull, 4 to create, 0 unchanged
    ");
}

#[test]
fn the_file_can_be_named_before_the_command() {
    let folder = Folder::empty().file("site.yaml", SEED);
    let before = folder.dmap(&["--file", "site.yaml", "plan", "--engine-state", "empty"]);
    let after = folder.dmap(&["plan", "--engine-state", "empty", "--file", "site.yaml"]);
    assert_eq!(before, after);
    assert!(before.starts_with("exit 0"), "{before}");
}

#[test]
#[expect(clippy::too_many_lines, reason = "a transcript is one piece")]
fn as_json() {
    let folder = Folder::with_map("name: site\nweb: {image: nginx}\n");
    assert_snapshot!(folder.dmap(&["plan", "--engine-state", "empty", "--format", "json"]), @r#"
    exit 0
    --- stdout
    {
      "format": "dmap-plan/1",
      "plans": [
        {
          "client": "default",
          "map": "site",
          "base": {
            "image/nginx:latest": "74234e98afe7498f",
            "container/site.web": "44136fa355b3678a"
          },
          "steps": [
            {
              "id": 1,
              "action": "pull-image",
              "image": "nginx:latest",
              "reason": "absent"
            },
            {
              "id": 2,
              "action": "create-container",
              "container": "site.web",
              "spec": {
                "image": "nginx:latest",
                "hostname": "site-web",
                "network": "default",
                "endpoints": {
                  "bridge": {}
                },
                "labels": {
                  "dmap.born": "{\"hostname\":\"f59f54f77ee1c48b\",\"image\":\"9f4a2bc07e2ac32c\",\"network-mode\":\"5b3f874c3d2c344d\"}",
                  "dmap.client": "default",
                  "dmap.format": "1",
                  "dmap.key": "container/site.web"
                }
              },
              "reason": "absent",
              "after": [
                1
              ]
            },
            {
              "id": 3,
              "action": "start-container",
              "container": "site.web",
              "reason": "absent",
              "after": [
                2
              ]
            }
          ],
          "unchanged": [],
          "notes": [],
          "summary": {
            "pull": 1,
            "build": 0,
            "create": 1,
            "replace": 0,
            "start": 0,
            "restart": 0,
            "stop": 0,
            "signal": 0,
            "amend": 0,
            "remove": 0,
            "unchanged": 0,
            "changed": 0,
            "drifted": 0
          },
          "outages": [],
          "changed": {},
          "drifted": {},
          "unexplained": {}
        }
      ]
    }
    "#);
}

#[test]
fn nothing_to_do() {
    let folder = recorded(RECORDED_MAP);
    assert_snapshot!(folder.dmap(&["plan", "--engine-state", "state.json", "--detailed-exitcode"]), @"
    exit 0
    --- stdout
    plan for client `default`, map `cliwork`

    4 unchanged
    note: container/cliwork.nginx: the snapshot has no environment values, so they were not compared
    nothing to do
    ");
}

#[test]
fn an_edited_map_says_what_changed() {
    let folder = recorded(&RECORDED_MAP.replace("user: 2000", "user: 2001"));
    assert_snapshot!(folder.dmap(&["plan", "--engine-state", "state.json", "--detailed-exitcode"]), @"
    exit 2
    --- stdout
    plan for client `default`, map `cliwork`

      #  after    action                                           reason
      1         ~ prepare volume/cliwork.socket                    owner differs  owner 2001:2001, mode u=rwX,g=rX,o=, directory only
                    owner: 2000:2000 → 2001:2001
      2  1      + create container/cliwork.uwsgi (next)            user changed
                    user: 2000 → 2001
      3  2      - stop container/cliwork.uwsgi                     ″              outage begins
      4  3      ~ rename container/cliwork.uwsgi → prev            ″
      5  4      ~ rename container/cliwork.uwsgi (next) → current  ″
      6  5      + start container/cliwork.uwsgi                    ″              outage ends (2 steps between)
      7  6      + await container/cliwork.uwsgi                    ″
      8  7      - remove container/cliwork.uwsgi (prev)            ″

    1 to replace, 1 to amend, 2 unchanged
    note: container/cliwork.nginx: the snapshot has no environment values, so they were not compared
    ");
}

#[test]
fn changes_are_no_mistake_unless_asked() {
    let folder = recorded(&RECORDED_MAP.replace("user: 2000", "user: 2001"));
    let shown = folder.dmap(&["plan", "--engine-state", "state.json"]);
    assert!(shown.starts_with("exit 0\n"), "{shown}");
}

#[test]
fn a_group_is_a_target() {
    let folder =
        Folder::with_map("name: site\nweb: {image: nginx}\ndb: {image: db}\ngroups: {front: [web]}\n");
    let shown = folder.dmap(&["plan", "--engine-state", "empty", "front"]);
    assert!(shown.contains("container/site.web") && !shown.contains("container/site.db"), "{shown}");
}
