//! Verbs and their options, planned without an engine.

use insta::assert_snapshot;

use crate::{Folder, RECORDED, RECORDED_MAP};

/// Plans for a map on an engine where the recorded one is up.
fn plan_for(map: &str, arguments: &[&str]) -> String {
    let folder = Folder::with_map(map).file("state.json", RECORDED);
    folder.dmap(&[&["plan", "--engine-state", "state.json"], arguments].concat())
}

fn plan(arguments: &[&str]) -> String {
    plan_for(RECORDED_MAP, arguments)
}

#[test]
fn the_plan_of_each_goal() {
    for goal in ["create", "start", "startup", "up", "rm", "pull --missing"] {
        let words: Vec<&str> = goal.split(' ').collect();
        let text = plan(&[&["--detailed-exitcode", "--goal"], &words[..]].concat());
        assert!(text.starts_with("exit 0\n") && text.contains("nothing to do"), "{goal}: {text}");
    }
    assert_snapshot!(plan(&["--goal", "stop", "--detailed-exitcode"]), @"
    exit 2
    --- stdout
    plan for client `default`, map `cliwork`

      #  after    action                        reason
      1         - stop container/cliwork.nginx  requested
      2  1      - stop container/cliwork.uwsgi  requested

    2 to stop, 0 unchanged
    ");
    assert_snapshot!(plan(&["--goal", "down", "--volumes"]), @"
    exit 0
    --- stdout
    plan for client `default`, map `cliwork`

      #  after    action                          reason
      1         - stop container/cliwork.nginx    requested
      2  1      - remove container/cliwork.nginx  ″
      3  2      - remove network/cliwork.front    requested
      4  1      - stop container/cliwork.uwsgi    requested
      5  4      - remove container/cliwork.uwsgi  ″
      6  2,5    - remove volume/cliwork.socket    requested

    4 to remove, 0 unchanged
    ");
}

/// Errands are done whenever they are asked, so there is something to do.
#[test]
fn the_plan_of_each_errand() {
    for (words, code) in [
        (&["restart", "--timeout", "3s", "nginx"][..], 2),
        (&["signal", "--signal", "HUP"], 2),
        (&["pull"], 2),
        (&["signal"], 64),
    ] {
        let text = plan(&[&["--detailed-exitcode", "--goal"], words].concat());
        assert!(text.starts_with(&format!("exit {code}\n")), "{words:?}: {text}");
        assert_snapshot!(format!("errand_{}_{code}", words[0]), text);
    }
}

/// A saved errand is a plan like any other: it is the engine that is not there.
#[test]
fn a_saved_errand_is_no_other_plan() {
    for words in [&["restart"][..], &["signal", "--signal", "9"], &["pull"]] {
        let folder = Folder::with_map(RECORDED_MAP).file("state.json", RECORDED);
        let all = [&["plan", "--engine-state", "state.json", "--out", "plan.json", "--goal"], words].concat();
        let planned = folder.dmap(&all);
        assert!(planned.starts_with("exit 0\n"), "{planned}");
        let applied = folder.dmap(&["apply", "plan.json", "--host", "unix:///nowhere/docker.sock"]);
        assert!(applied.contains("/nowhere/docker.sock"), "{words:?}: {applied}");
    }
}

#[test]
fn replacing_what_is_named() {
    let replaced = plan(&["--replace", "nginx"]);
    assert_snapshot!(replaced, @"
    exit 0
    --- stdout
    plan for client `default`, map `cliwork`

      #  after    action                                           reason
      1         + create container/cliwork.nginx (next)            requested
      2  1      - stop container/cliwork.nginx                     ″          outage begins
      3  2      ~ rename container/cliwork.nginx → prev            ″
      4  3      ~ rename container/cliwork.nginx (next) → current  ″
      5  4      + start container/cliwork.nginx                    ″          outage ends (2 steps between)
      6  5      + await container/cliwork.nginx                    ″
      7  6      - remove container/cliwork.nginx (prev)            ″

    1 to replace, 3 unchanged
    note: container/cliwork.nginx: the snapshot has no environment values, so they were not compared
    ");
    assert_eq!(plan(&["nginx", "--recreate"]).lines().nth(5), replaced.lines().nth(5), "the target is meant");
    assert!(plan(&["nginx", "--force"]).contains("(next)"), "another name of it");
}

#[test]
fn exit_codes_can_be_chosen() {
    let ended = RECORDED.replace("\"running\"", "{\"exited\": 3}");
    let folder = Folder::with_map(RECORDED_MAP).file("state.json", ended);
    let plan = |codes: &[&str]| folder.dmap(&[&["plan", "--engine-state", "state.json"], codes].concat());
    let (started, replaced) = (plan(&[]), plan(&["--unrecoverable", "2,3"]));
    assert!(started.contains("stopped") && !started.contains("exit code 3"), "{started}");
    assert!(replaced.contains("ended with exit code 3"), "{replaced}");
}

#[test]
fn targets_that_are_not_there() {
    for option in ["--exclude", "--replace"] {
        let text = plan(&[option, "ngnix"]);
        assert!(text.starts_with("exit 64\n") && text.contains("nginx"), "{option}: {text}");
    }
}

#[test]
fn only_the_target_itself() {
    let map = "name: site\ncontainers:\n  a: {image: server}\n  b: {image: server, network_mode: a}\n";
    let folder = Folder::with_map(map);
    assert_snapshot!(folder.dmap(&["plan", "--engine-state", "empty", "--only", "b"]), @"
    exit 1
    --- stderr
    error: `site.b` needs `site.a`, which is left out and not ready for it
     |
     = help: name `site.a` too, or leave out `--only` and `--exclude`
    ");
}

#[test]
fn what_is_no_signal() {
    assert_snapshot!(Folder::with_map(RECORDED_MAP).dmap(&["signal", "HUPP", "web"]), @"
    exit 64
    --- stderr
    error: invalid value 'HUPP' for '<SIGNAL>': `HUPP` is not a signal: did you mean `SIGHUP`?

    For more information, try '--help'.
    ");
}
