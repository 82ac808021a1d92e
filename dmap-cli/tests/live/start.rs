//! What waits for others starts when they are ready, and not before.

use serde_json::Value;

use crate::checks::{not_recreated, only_containers, plan_is_empty, running, seen};
use crate::docker::{docker, inspect, text};
use crate::site::Site;

const MAP: &str = "db:
  image: nginx
  create_options: {command: [sh, -c, 'sleep 2; touch /tmp/ready; exec /bin/idle']}
  healthcheck: {test: [test, -e, /tmp/ready], interval: 500ms, retries: 60}
migrate:
  image: nginx
  create_options: {command: [sh, -c, 'sleep 1']}
  start: {db: healthy}
web: {image: nginx, start: {migrate: completed, db: healthy}}
proxy: {image: nginx, start: [web]}";

/// A time of the engine in a form that compares: zeros at the end of the fraction are left out by the engine.
fn moment(value: &Value) -> String {
    let text = text(value);
    let text = text.trim_end_matches('Z').trim_end_matches("+00:00");
    let (seconds, fraction) = text.split_once('.').unwrap_or((text, ""));
    format!("{seconds}.{fraction:0<9}")
}

#[test]
#[ignore = "needs a Docker daemon: cargo xtask e2e"]
fn containers_start_when_others_are_ready() {
    let site = Site::new("start");
    site.write(MAP);
    site.up(&[]);
    running(&site, &["db", "web", "proxy"]);
    let state = |name: &str| inspect("container", &site.full(name))["State"].clone();
    let (db, job, web) = (state("db"), state("migrate"), state("web"));
    let checks = db["Health"]["Log"].as_array().cloned().unwrap_or_default();
    let passed = checks.iter().find(|check| check["ExitCode"] == 0).map(|check| moment(&check["End"]));
    let passed = passed.expect("the log of the health check still has the first success");
    assert!(passed <= moment(&job["StartedAt"]), "healthy at {passed}, then started: {job}");
    assert_eq!((&job["Status"], &job["ExitCode"]), (&"exited".into(), &0.into()));
    assert!(moment(&job["FinishedAt"]) <= moment(&web["StartedAt"]), "{job} before {web}");
    plan_is_empty(&site, &[]);

    // A job that is done is not begun again for who starts later.
    let before = seen(&site);
    docker(&["stop", &site.full("web")]);
    site.up(&[]);
    running(&site, &["web"]);
    not_recreated(&site, &before, &["db", "migrate", "proxy"]);
    plan_is_empty(&site, &[]);
}

#[test]
#[ignore = "needs a Docker daemon: cargo xtask e2e"]
fn a_job_that_fails_holds_up_what_waits_for_it() {
    let site = Site::new("startfails");
    let text = "job: {image: nginx, create_options: {command: [sh, -c, 'echo no such table; exit CODE']}}\n\
                web: {image: nginx, start: {job: completed}}";
    site.write(&text.replace("CODE", "3"));
    let said = site.dmap_ends(&["up", "--yes"], 3).text();
    assert!(said.contains("exit code 3") && said.contains("no such table"), "{said}");
    assert_eq!(inspect("container", &site.full("web"))["State"]["Status"], "created");
    site.write(&text.replace("CODE", "0"));
    site.up(&[]);
    running(&site, &["web"]);
    only_containers(&site, &["job", "web"]);
    plan_is_empty(&site, &[]);
}

#[test]
#[ignore = "needs a Docker daemon: cargo xtask e2e"]
fn what_can_never_be_healthy_is_told_at_once() {
    let site = Site::new("unhealthy");
    let text = "db: {image: nginx, healthcheck: CHECK}\nweb: {image: nginx, start: {db: healthy}}";
    let failing = "{test: [sh, -c, 'echo no route; exit 1'], interval: 300ms, retries: 1}";
    for (check, says) in [(failing, "no route"), ("NONE", "it has no health check")] {
        site.write(&text.replace("CHECK", check));
        let said = site.dmap_ends(&["up", "--yes"], 3).text();
        assert!(said.contains(says), "{said}");
        assert_ne!(inspect("container", &site.full("web"))["State"]["Status"], "running");
        site.down(&[]);
    }
}
