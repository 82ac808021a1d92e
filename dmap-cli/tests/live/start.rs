//! What waits for others starts when they are ready, and not before.

use std::time::{SystemTime, UNIX_EPOCH};

use crate::checks::{not_recreated, only_containers, plan_is_empty, running, seen};
use crate::docker::{docker, inspect};
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

/// What the engine told of the map's containers since a moment, in order: `container event`.
fn told_since(site: &Site, since: f64) -> Vec<String> {
    let format = "{{.Actor.Attributes.name}} {{.Action}}";
    let (since, until) = (format!("{since:.9}"), format!("{:.9}", now()));
    let words =
        ["events", "--since", &since, "--until", &until, "--filter", "type=container", "--format", format];
    let prefix = site.full("");
    docker(&words).lines().filter_map(|line| line.strip_prefix(&prefix).map(str::to_owned)).collect()
}

/// The time in seconds, as the engine takes it.
fn now() -> f64 {
    SystemTime::now().duration_since(UNIX_EPOCH).expect("it is after 1970").as_secs_f64()
}

#[test]
#[ignore = "needs a Docker daemon: cargo xtask e2e"]
fn containers_start_when_others_are_ready() {
    let site = Site::new("start");
    site.write(MAP);
    let begin = now();
    site.up(&[]);
    running(&site, &["db", "web", "proxy"]);
    let told = told_since(&site, begin);
    let at = |event: &str| {
        told.iter().position(|line| line == event).unwrap_or_else(|| panic!("no `{event}` in {told:#?}"))
    };
    assert!(at("db health_status: healthy") < at("migrate start"), "{told:#?}");
    assert!(at("migrate die") < at("web start"), "{told:#?}");
    assert!(at("web start") < at("proxy start"), "{told:#?}");
    assert_eq!(inspect("container", &site.full("migrate"))["State"]["ExitCode"], 0);
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
