//! `kill -9` after every step of a map of twelve containers. The runs go on where the killed ones stopped, each until it
//! has done one more step that none was killed after.

use std::collections::BTreeSet;
use std::sync::{Arc, Mutex};
use std::time::{SystemTime, UNIX_EPOCH};

use super::proxy::{Cut, When};
use super::{Run, as_the_reference, clear, up_cut};
use crate::checks::inside;
use crate::docker::docker;
use crate::site::Site;
use crate::state::state;

const CONTAINERS: [&str; 12] = [
    "app.a", "app.b", "cache", "cron", "db", "mail", "meter", "migrate", "search", "web", "worker.a",
    "worker.b",
];

/// Networks, prepared volumes, a health check, a job, instances, a legacy link and a shared namespace.
fn map(version: usize) -> String {
    const MAP: &str = "\
db: {image: uwsgi, attaches: data, user: 2000, permissions: 'u=rwX,g=rX,o=', networks: [back], OPTIONS, \
healthcheck: {test: [test, -d, /var/lib/app/log], interval: 200ms, retries: 50}}
cache: {image: uwsgi, attaches: socket, user: 2000, permissions: 'u=rwX,g=rwX,o=', networks: [back], OPTIONS}
migrate: {image: exit, networks: [back], start: {db: healthy}, OPTIONS}
app: {image: nginx, instances: [a, b], networks: [back, front: {aliases: [www]}], \
start: {db: healthy, migrate: completed}, OPTIONS}
worker: {image: nginx, instances: [a, b], uses: data, networks: [back], start: {db: healthy}, OPTIONS}
mail: {image: nginx, networks: [back], OPTIONS}
search: {image: data, networks: [back], links: cache, OPTIONS}
web: {image: nginx, uses: socket, networks: [front], start: [app], OPTIONS}
meter: {image: nginx, network_mode: web, OPTIONS}
cron: {image: nginx, networks: [back], start: [mail], OPTIONS}
volumes: {data: /var/lib/app/log, socket: /var/lib/uwsgi/socket}
networks: {back: {}, front: {}}";
    MAP.replace("OPTIONS", &format!("create_options: {{environment: {{VERSION: {version}}}}}"))
}

#[test]
#[ignore = "needs a Docker daemon: cargo xtask e2e"]
fn up_of_twelve_converges_killed_after_every_step() {
    let site = Site::new("killtwelve");
    site.write(&map(0));
    let steps = after_every_step(&site, |_| clear(&site));
    assert!(steps.len() >= 36, "more steps than that: {steps:#?}");
    for step in ["/networks/create", "/volumes/create", "dmap-prep."] {
        assert!(steps.iter().any(|found| found.contains(step)), "{step} is among {steps:#?}");
    }
}

#[test]
#[ignore = "needs a Docker daemon: cargo xtask e2e"]
fn a_replacement_of_twelve_converges_killed_after_every_step() {
    let site = Site::new("killtwelveswap");
    site.write(&map(0));
    site.up(&[]);
    inside(&site, "db", &["sh", "-c", "echo kept > /var/lib/app/log/mine"]);
    inside(&site, "search", &["sh", "-c", "echo kept too > /data/mine"]);
    let steps = after_every_step(&site, |round| site.write(&map(round + 1)));
    assert!(steps.len() >= 60, "more steps than that: {steps:#?}");
    assert_eq!(inside(&site, "db", &["cat", "/var/lib/app/log/mine"]), "kept");
    assert_eq!(inside(&site, "search", &["cat", "/data/mine"]), "kept too");
}

/// Kills `up` after each step of an undisturbed run, once each; `prepare` comes before each round of runs, at the end of
/// which everything is as after the undisturbed one. Returns the steps.
#[track_caller]
fn after_every_step(site: &Site, prepare: impl Fn(usize)) -> Vec<String> {
    let all = Arc::new(Noted::default());
    prepare(0);
    assert!(matches!(up_cut(site, all.clone()), Run::Unharmed), "nobody kills it");
    let steps = all.0.lock().expect("no run panics").clone();
    let reference = state(site);
    as_the_reference(site, &CONTAINERS, &reference, "undisturbed");
    let mut left = steps.clone();
    // What was under way beside the step that a run was killed after is done too, and killed after in a later round.
    for round in 1.. {
        let before = left.len();
        prepare(round);
        loop {
            let began = now();
            let cut = Arc::new(AfterOneOf { left: left.clone(), taken: Mutex::default() });
            if matches!(up_cut(site, cut.clone()), Run::Unharmed) {
                break;
            }
            let step = cut.taken.lock().expect("no run panics").take().expect("it was killed after a step");
            none_runs_twice(site, &step);
            no_volume_went(site, &began, &step);
            let done =
                left.iter().position(|found| *found == step).expect("it was one of those that are left");
            left.remove(done);
        }
        as_the_reference(site, &CONTAINERS, &reference, &format!("at the end of round {round}"));
        if left.is_empty() {
            break;
        }
        assert!(left.len() < before, "in round {round}, none of these steps was taken: {left:#?}");
    }
    steps
}

/// Whether a request is a step of a plan, and not about the lease, the record or their image.
fn is_step(request: &str) -> bool {
    let is_id = |part: &str| part.len() == 64 && part.bytes().all(|byte| byte.is_ascii_hexdigit());
    let about_map = !["dmap-lease.", "dmap-record.", "/images/"].iter().any(|word| request.contains(word));
    about_map && !request.split(['/', '?']).any(is_id)
}

/// Cuts nothing, and notes the steps. Some have the same path, as those that make networks.
#[derive(Default)]
struct Noted(Mutex<Vec<String>>);

impl Cut for Noted {
    fn at(&self, _number: usize, request: &str) -> Option<When> {
        if is_step(request) {
            self.0.lock().expect("no run panics").push(request.to_owned());
        }
        None
    }
}

/// Cuts after the first step of those that are left.
struct AfterOneOf {
    left: Vec<String>,
    taken: Mutex<Option<String>>,
}

impl Cut for AfterOneOf {
    fn at(&self, _number: usize, request: &str) -> Option<When> {
        let mut taken = self.taken.lock().expect("no run panics");
        if taken.is_some() || !self.left.iter().any(|step| step == request) {
            return None;
        }
        *taken = Some(request.to_owned());
        Some(When::After)
    }
}

/// The time as the engine understands it.
fn now() -> String {
    let now = SystemTime::now().duration_since(UNIX_EPOCH).expect("the clock is set");
    format!("{}.{:09}", now.as_secs(), now.subsec_nanos())
}

/// No volume that somebody named was removed since then.
#[track_caller]
fn no_volume_went(site: &Site, since: &str, step: &str) {
    let filter = ["--filter", "type=volume", "--filter", "event=destroy", "--format", "{{.Actor.ID}}"];
    let removed = docker(&[&["events", "--since", since, "--until", &now()][..], &filter].concat());
    let named: Vec<&str> = removed.lines().filter(|name| name.starts_with(&site.name)).collect();
    assert!(named.is_empty(), "killed after {step}: volumes were removed: {named:?}");
}

/// Of each instance, at most one container runs.
#[track_caller]
fn none_runs_twice(site: &Site, step: &str) {
    let filter = format!("name={}", site.full(""));
    let running = docker(&["ps", "--filter", &filter, "--format", "{{.Names}}"]);
    let mut seen = BTreeSet::new();
    for name in running.lines() {
        let name = name.split(',').find(|name| !name.contains('/')).unwrap_or(name);
        let instance = name.trim_end_matches(".dmap-next").trim_end_matches(".dmap-prev");
        assert!(seen.insert(instance), "killed after {step}: {instance} runs twice: {running}");
    }
}
