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
    for goal in ["create", "start", "startup", "up", "rm", "pull"] {
        let text = plan(&["--goal", goal, "--detailed-exitcode"]);
        assert!(text.starts_with("exit 0\n") && text.contains("nothing to do"), "{goal}: {text}");
    }
    assert_snapshot!(plan(&["--goal", "stop", "--detailed-exitcode"]), @"");
    assert_snapshot!(plan(&["--goal", "down", "--volumes"]), @"");
}

#[test]
fn replacing_what_is_named() {
    let replaced = plan(&["--replace", "web"]);
    assert_snapshot!(replaced, @"");
    assert_eq!(plan(&["web", "--recreate"]).lines().nth(5), replaced.lines().nth(5), "the target is meant");
    assert!(plan(&["web", "--force"]).contains("(next)"), "another name of it");
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
        let text = plan(&[option, "wbe"]);
        assert!(text.starts_with("exit 64\n") && text.contains("web"), "{option}: {text}");
    }
}

#[test]
fn only_the_target_itself() {
    let map = "name: site\ncontainers:\n  a: {image: server}\n  b: {image: server, network_mode: a}\n";
    let folder = Folder::with_map(map);
    assert_snapshot!(folder.dmap(&["plan", "--engine-state", "empty", "--only", "b"]), @"");
}

#[test]
fn what_is_no_signal() {
    assert_snapshot!(Folder::with_map(RECORDED_MAP).dmap(&["signal", "HUPP", "web"]), @"");
}
