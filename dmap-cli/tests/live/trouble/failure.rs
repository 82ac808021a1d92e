//! Replacements that do not come up.

use std::process::Command;

use super::{status, variable};
use crate::checks::{Seen, only_containers, plan_is_empty, recreated, running, seen};
use crate::docker::{docker, ended};
use crate::host::HostProgram;
use crate::site::{Site, free_port};

const CHECKED: &str = "db:
  image: nginx
  create_options: {environment: {V: VERSION}}
  healthcheck: {test: [sh, -c, 'echo no route; test $V != 2'], interval: 300ms, retries: 2}
web: {image: nginx, start: [db], create_options: {environment: {V: VERSION}}}
other: {image: nginx, create_options: {environment: {V: VERSION}}}";

#[test]
#[ignore = "needs a Docker daemon: cargo xtask e2e"]
fn a_replacement_that_is_never_healthy_is_rolled_back() {
    let site = Site::new("rollback");
    site.write(&CHECKED.replace("VERSION", "1"));
    site.dmap_ends(&["up", "--yes", "--wait", "--wait-timeout", "1m"], 0);
    let before = seen(&site);
    site.write(&CHECKED.replace("VERSION", "2"));
    let said = site.dmap_ends(&["up", "--yes"], 3).text();
    assert!(said.contains("it is unhealthy") && said.contains("no route"), "{said}");
    assert!(said.contains("rolling back"), "{said}");
    only_containers(&site, &["db", "other", "web"]);
    running(&site, &["db", "other", "web"]);
    is_back(&site, &before, "db");
    recreated(&site, &before, &["other"]);
    assert_eq!((variable(&site, "db", "V"), variable(&site, "other", "V")), ("1".to_owned(), "2".to_owned()));

    // It can also be left as it is, to be looked at.
    let said = site.dmap_ends(&["up", "--yes", "--no-rollback"], 3).text();
    assert!(!said.contains("rolling back"), "{said}");
    assert_eq!(
        (status(&site, "db"), status(&site, "db.dmap-prev")),
        ("running".to_owned(), "exited".to_owned())
    );
    assert_eq!(variable(&site, "db", "V"), "2");
    // The next run does not take it for ready either.
    let said = site.dmap_ends(&["up", "--yes"], 3).text();
    assert!(said.contains("rolling back"), "{said}");
    is_back(&site, &before, "db");

    site.write(&CHECKED.replace("VERSION", "3"));
    site.up(&[]);
    only_containers(&site, &["db", "other", "web"]);
    running(&site, &["db", "other", "web"]);
    assert_eq!(variable(&site, "db", "V"), "3");
    plan_is_empty(&site, &[]);
}

/// Who carries out a saved plan need not have the map, and what was replaced comes back all the same.
#[test]
#[ignore = "needs a Docker daemon: cargo xtask e2e"]
fn a_saved_plan_is_rolled_back_too() {
    let site = Site::new("rollbacksaved");
    site.write(&CHECKED.replace("VERSION", "1"));
    site.dmap_ends(&["up", "--yes", "--wait", "--wait-timeout", "1m"], 0);
    let before = seen(&site);
    site.write(&CHECKED.replace("VERSION", "2"));
    let said = apply_saved(&site, &[], 3);
    assert!(said.contains("it is unhealthy") && said.contains("rolling back"), "{said}");
    only_containers(&site, &["db", "other", "web"]);
    running(&site, &["db", "other", "web"]);
    is_back(&site, &before, "db");
    recreated(&site, &before, &["other"]);
    assert_eq!((variable(&site, "db", "V"), variable(&site, "other", "V")), ("1".to_owned(), "2".to_owned()));

    let said = apply_saved(&site, &["--no-rollback"], 3);
    assert!(!said.contains("rolling back"), "{said}");
    assert_eq!(status(&site, "db.dmap-prev"), "exited");
    assert_eq!(variable(&site, "db", "V"), "2");
}

/// Otherwise they would be run again.
#[test]
#[ignore = "needs a Docker daemon: cargo xtask e2e"]
fn what_a_saved_plan_ran_is_noted() {
    let site = Site::new("notedsaved");
    site.write(
        "web: {image: nginx, exec_commands: [[[sh, -c, 'echo ran >> /ran'], root]]}\nold: {image: nginx}",
    );
    apply_saved(&site, &[], 0);
    plan_is_empty(&site, &[]);
    // What was noted before of others is still there.
    site.write(
        "web: {image: nginx, exec_commands: [[[sh, -c, 'echo ran >> /ran'], root]]}\nold: {image: nginx, exec_commands: [[echo, root]]}",
    );
    apply_saved(&site, &[], 0);
    plan_is_empty(&site, &[]);
    assert_eq!(docker(&["exec", &site.full("web"), "cat", "/ran"]), "ran");
}

/// Saves the plan of the map, and carries it out; returns what was said.
#[track_caller]
fn apply_saved(site: &Site, words: &[&str], code: i32) -> String {
    save(site);
    apply(site, words, code)
}

/// Saves the plan of the map.
#[track_caller]
fn save(site: &Site) {
    let file = saved(site);
    site.dmap_ends(&["plan", "--out", &file], 0);
}

fn saved(site: &Site) -> String {
    site.map().with_extension("json").display().to_string()
}

/// Carries out the saved plan where there is no map; returns what was said.
#[track_caller]
fn apply(site: &Site, words: &[&str], code: i32) -> String {
    let file = saved(site);
    let elsewhere = site.host_folder("elsewhere");
    let mut dmap = Command::new(env!("CARGO_BIN_EXE_dmap"));
    let ended = ended(dmap.args(["apply", &file, "--yes"]).args(words).current_dir(elsewhere));
    site.note(&["apply", &file], &ended);
    assert_eq!(ended.code, code, "{}", ended.text());
    ended.text()
}

/// Nobody knows of the port before the engine wants it, and of what takes it when the plan is made already.
#[test]
#[ignore = "needs a Docker daemon: cargo xtask e2e"]
fn a_port_that_is_stolen_meanwhile_costs_no_service() {
    let site = Site::new("stolen");
    let port = free_port();
    site.write("web: {image: nginx}\nother: {image: nginx, create_options: {environment: {V: 1}}}");
    site.up(&[]);
    let before = seen(&site);
    site.write(&format!(
        "web: {{image: nginx, exposes: {{80: {port}}}}}\nother: {{image: nginx, create_options: {{environment: {{V: 2}}}}}}"
    ));
    save(&site);
    let thief = HostProgram::start(&site, "thief", &["busybox", "httpd", "-f", "-p", &port.to_string()]);
    thief.wait_for(port);
    let said = apply(&site, &[], 3);
    assert!(said.contains("something else on the host holds the port"), "{said}");
    only_containers(&site, &["other", "web"]);
    running(&site, &["other", "web"]);
    is_back(&site, &before, "web");
    recreated(&site, &before, &["other"]);
    drop(thief);
    site.up(&[]);
    running(&site, &["other", "web"]);
    recreated(&site, &before, &["web"]);
    plan_is_empty(&site, &[]);
}

/// A container is the object that it was; it may have been started again.
#[track_caller]
fn is_back(site: &Site, before: &Seen, name: &str) {
    assert_eq!(seen(site).id(site, name), before.id(site, name), "{name} is the one from before");
}

#[test]
#[ignore = "needs a Docker daemon: cargo xtask e2e"]
fn failing_fast_begins_nothing_new() {
    let site = Site::new("failfast");
    site.write(
        "bad: {image: nginx, create_options: {command: [sh, -c, 'exit 3']}}\n\
         needs: {image: nginx, start: {bad: completed}}\n\
         slow: {image: nginx, create_options: {command: [sh, -c, 'sleep 2']}}\n\
         late: {image: nginx, start: {slow: completed}}",
    );
    let said = site.dmap_ends(&["up", "--yes", "--fail-fast"], 3).text();
    assert!(said.contains("exit code 3"), "{said}");
    assert_eq!(status(&site, "late"), "created", "it does not depend on what failed, and was not begun");
    site.dmap_ends(&["up", "--yes"], 3);
    running(&site, &["late"]);
}
