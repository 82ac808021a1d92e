//! Images that the map builds, without an engine.

use std::fs;

use insta::assert_snapshot;

use crate::Folder;

fn folder() -> Folder {
    let map = "name: site\nweb: {build: ./web}\napp: {image: app, build: {dockerfile_inline: FROM scratch, target: small}}\n";
    Folder::with_map(map).file("web/Dockerfile", "FROM nginx\nCOPY page /\n").file("web/page", "one\n")
}

#[test]
fn what_is_built_and_from_what() {
    assert_snapshot!(folder().dmap(&["plan", "--engine-state", "empty"]));
    assert_snapshot!(folder().dmap(&[
        "plan",
        "--engine-state",
        "empty",
        "--goal",
        "build",
        "--format",
        "script"
    ]));
    assert_snapshot!(folder().dmap(&["plan", "--engine-state", "empty", "--no-build"]));
}

#[test]
fn contexts_that_cannot_be_read() {
    let folder = folder();
    fs::remove_file(folder.path("web/Dockerfile")).unwrap();
    assert_snapshot!(folder.dmap(&["plan", "--engine-state", "empty"]));
    fs::remove_dir_all(folder.path("web")).unwrap();
    assert_snapshot!(folder.dmap(&["plan", "--engine-state", "empty", "web"]));
    assert!(folder.dmap(&["plan", "--engine-state", "empty", "app"]).starts_with("exit 0"));
    let folder = folder.file("web/Dockerfile", "FROM a\n").file("web/.dockerignore", "a\n[\n");
    assert_snapshot!(folder.dmap(&["plan", "--engine-state", "empty", "web"]));
}

#[test]
fn folders_start_at_the_file_that_names_them() {
    let folder =
        folder().file("maps/web.yaml", "own: {build: {context: ../web, ssh: [default, a=../agent]}}\n");
    fs::write(folder.path("dmap.yaml"), "name: site\ninclude: maps/web.yaml\n").unwrap();
    let shown = folder.dmap(&["config", "--resolved"]);
    assert!(shown.contains("context: maps/../web") && shown.contains("a: maps/../agent"), "{shown}");
    assert!(folder.dmap(&["plan", "--engine-state", "empty"]).contains("build image/site.own:latest"));
}

#[test]
fn a_saved_plan_does_not_outlive_its_context() {
    let folder = folder();
    assert!(folder.dmap(&["plan", "--engine-state", "empty", "--out", "plan.json"]).starts_with("exit 0"));
    let folder = folder.file("web/page", "two\n");
    assert_snapshot!(folder.dmap(&["apply", "plan.json"]));
}
