//! Targets in projects of several maps.

use insta::assert_snapshot;

use crate::Folder;

const FRONT: &str =
    "name: front\nweb: {instances: [blue, green]}\nproxy: {links: web.blue}\ngroups: {public: [proxy]}\n";
const BACK: &str = "name: back\nweb: {}\ndb: {}\n";

fn dmap(arguments: &[&str]) -> String {
    let folder = Folder::empty().file("front.yaml", FRONT).file("back.yaml", BACK);
    folder.dmap(&[&["-f", "front.yaml", "-f", "back.yaml"], arguments].concat())
}

/// Returns the containers that a plan creates.
fn created(targets: &[&str]) -> Vec<String> {
    let shown = dmap(&[&["plan", "--engine-state", "empty"], targets].concat());
    assert!(shown.starts_with("exit 0\n"), "{shown}");
    let created = shown.lines().filter_map(|line| line.split_once("+ create container/"));
    created.map(|(_, rest)| rest.split(' ').next().unwrap().to_owned()).collect()
}

#[test]
fn what_targets_mean() {
    for (target, expected) in [
        ("db", &["back.db"][..]),
        ("back.web", &["back.web"]),
        ("web.green", &["front.web.green"]),
        ("front.web.green", &["front.web.green"]),
        ("public", &["front.web.blue", "front.proxy"]),
        ("front.public", &["front.web.blue", "front.proxy"]),
        ("back.__all__", &["back.db", "back.web"]),
        ("back", &["back.db", "back.web"]),
        ("__all__.web", &["front.web.blue", "front.web.green", "back.web"]),
        ("__all__.__all__", &["front.web.blue", "front.web.green", "front.proxy", "back.db", "back.web"]),
    ] {
        let (mut found, mut expected) = (created(&[target]), expected.to_vec());
        found.sort_unstable();
        expected.sort_unstable();
        assert_eq!(found, expected, "{target}");
    }
}

#[test]
fn a_target_of_two_maps() {
    assert_snapshot!(dmap(&["plan", "--engine-state", "empty", "web"]), @r"
    exit 64
    --- stderr
    error: `web` can be `front.web` or `back.web`
     |
     = help: write one of them
    ");
}

#[test]
fn a_target_of_no_map() {
    assert_snapshot!(dmap(&["plan", "--engine-state", "empty", "cache"]), @r"
    exit 64
    --- stderr
    error: no container, instance or group of maps `front`, `back` is named `cache`
     |
     = help: map `front` has web, proxy
     = help: map `back` has web, db
    ");
}
