//! `kill -9` of `dmap up` before and after every request that changes the engine: the next `up` converges.

mod http;
mod many;
mod proxy;

use std::process::Stdio;
use std::sync::Arc;

use serde_json::Value;

use crate::checks::{inside, only_containers, plan_is_empty, running};
use crate::docker::docker;
use crate::site::Site;
use crate::state::{differences, state};
use proxy::{Cut, Proxy, When};

/// More requests than any of the plans here has.
const MANY: usize = 60;

/// How a run of `dmap up` through the proxy ended.
enum Run {
    /// It was killed at the request.
    Killed,
    /// It had no such request left and ended well.
    Unharmed,
}

/// The request of this number.
#[derive(Debug, Clone, Copy)]
struct Numbered {
    at: usize,
    when: When,
}

impl Cut for Numbered {
    fn at(&self, number: usize, _request: &str) -> Option<When> {
        (number == self.at).then_some(self.when)
    }
}

/// Runs `up` and kills it where it is cut.
#[track_caller]
fn up_cut(site: &Site, cut: Arc<dyn Cut>) -> Run {
    let proxy = Proxy::listen(&site.path("proxy.sock"), cut);
    let mut command = site.command(&["up", "--yes"]);
    command.env("DOCKER_HOST", proxy.host()).stdin(Stdio::null());
    command.stdout(Stdio::piped()).stderr(Stdio::piped());
    let (killed, ended) = proxy.run(command);
    site.note(&["up", &format!("killed at {killed:?}")], &ended);
    if let Some(request) = killed {
        assert_eq!(ended.code, -1, "killed at {request}, it ended by the signal");
        return Run::Killed;
    }
    assert_eq!(ended.code, 0, "unharmed: {}", ended.text());
    Run::Unharmed
}

/// Cuts `up` at every request, before it and after it; `prepare` comes before each, `check` after the next `up`. To a
/// process that is killed, after one request is much the same as before the next, so the short suite tries the one only.
#[track_caller]
fn at_every_request(site: &Site, prepare: impl Fn(usize), check: impl Fn(&str)) -> Vec<usize> {
    let mut runs = 0;
    let cuts = [When::After, When::Before];
    let tried = if std::env::var_os("DMAP_E2E_SHORT").is_some() { &cuts[..1] } else { &cuts[..] };
    let counts = tried.iter().map(|when| {
        let when = *when;
        for at in 1..MANY {
            runs += 1;
            prepare(runs);
            match up_cut(site, Arc::new(Numbered { at, when })) {
                Run::Unharmed => {
                    check("unharmed");
                    return at - 1;
                }
                Run::Killed => {
                    let what = format!("killed {when:?} request {at}");
                    let ended = site.dmap(&["up", "--yes"]);
                    assert_eq!(ended.code, 0, "{what}: {}", ended.text());
                    check(&what);
                }
            }
        }
        panic!("no end after {MANY} requests")
    });
    counts.collect()
}

#[test]
#[ignore = "needs a Docker daemon: cargo xtask e2e"]
fn up_from_nothing_converges_whenever_it_was_killed() {
    let site = Site::new("killnew");
    site.write(
        "app: {image: uwsgi, attaches: log, user: 2000, permissions: 'u=rwX,g=rX,o=', networks: [front]}\n\
         web: {image: nginx, uses: log, networks: [front: {aliases: [www]}]}\n\
         volumes: {log: /var/lib/app/log}\n\
         networks: {front: {}}",
    );
    let prepared = |site: &Site| {
        let listed = inside(
            site,
            "app",
            &["stat", "-c", "%u:%g %a", "/var/lib/app/log", "/var/lib/app/log/first.log"],
        );
        assert_eq!(listed, "2000:2000 750\n2000:2000 640");
    };
    site.up(&[]);
    prepared(&site);
    let reference = state(&site);
    let counts = at_every_request(
        &site,
        |_| clear(&site),
        |what| {
            prepared(&site);
            as_the_reference(&site, &["app", "web"], &reference, what);
        },
    );
    assert!(counts.iter().all(|count| *count >= 8), "the plan has more requests than that: {counts:?}");
}

/// Removes what the scenario has on the engine.
#[track_caller]
fn clear(site: &Site) {
    for (kind, options) in [("container", &["--force"][..]), ("network", &[]), ("volume", &[])] {
        // One after the other: the engine counts endpoints wrongly otherwise, and keeps a network for one that is gone.
        for name in site.objects(kind) {
            docker(&[&[kind, "rm"], options, &[&name]].concat());
        }
    }
}

#[test]
#[ignore = "needs a Docker daemon: cargo xtask e2e"]
fn a_replacement_converges_whenever_it_was_killed() {
    let site = Site::new("killswap");
    let map = |version: usize| {
        format!(
            "owner: {{image: uwsgi, attaches: log, user: 2000, permissions: 'u=rwX,g=rX,o=', \
             create_options: {{environment: {{VERSION: {version}}}}}}}\n\
             guest: {{image: data, network_mode: owner, create_options: {{environment: {{VERSION: {version}}}}}}}\n\
             volumes: {{log: /var/lib/app/log}}"
        )
    };
    site.write(&map(0));
    site.up(&[]);
    inside(
        &site,
        "owner",
        &["sh", "-c", "echo kept > /var/lib/app/log/mine && chmod 0604 /var/lib/app/log/mine"],
    );
    inside(&site, "guest", &["sh", "-c", "echo kept too > /data/mine"]);
    // The reference has been replaced once, too: it carries on the volumes of its predecessors.
    site.write(&map(1));
    site.up(&[]);
    let reference = state(&site);
    let counts = at_every_request(
        &site,
        |run| site.write(&map(run + 1)),
        |what| {
            as_the_reference(&site, &["owner", "guest"], &reference, what);
            let log = ["sh", "-c", "cat /var/lib/app/log/mine && stat -c '%u %a' /var/lib/app/log/mine"];
            assert_eq!(inside(&site, "owner", &log), "kept\n0 604", "{what}");
            assert_eq!(inside(&site, "guest", &["cat", "/data/mine"]), "kept too", "{what}");
        },
    );
    assert!(counts.iter().all(|count| *count >= 12), "the plan has more requests than that: {counts:?}");
}

#[test]
#[ignore = "needs a Docker daemon: cargo xtask e2e"]
fn a_start_first_replacement_converges_whenever_it_was_killed() {
    let site = Site::new("killfirst");
    let map = |version: usize| {
        format!(
            "web: {{image: nginx, networks: [front: {{aliases: [www]}}], update: start-first, \
             create_options: {{environment: {{VERSION: {version}}}}}}}\nnetworks: {{front: {{}}}}"
        )
    };
    site.write(&map(0));
    site.up(&[]);
    site.write(&map(1));
    site.up(&[]);
    let reference = state(&site);
    let counts = at_every_request(
        &site,
        |run| site.write(&map(run + 1)),
        |what| as_the_reference(&site, &["web"], &reference, what),
    );
    assert!(counts.iter().all(|count| *count >= 6), "the plan has more requests than that: {counts:?}");
}

#[test]
#[ignore = "needs a Docker daemon: cargo xtask e2e"]
fn a_map_can_change_its_mind_after_a_kill() {
    let site = Site::new("killback");
    let map = |version: usize| {
        format!(
            "owner: {{image: data, create_options: {{environment: {{VERSION: {version}}}}}}}\n\
             guest: {{image: nginx, network_mode: owner}}"
        )
    };
    site.write(&map(0));
    site.up(&[]);
    inside(&site, "owner", &["sh", "-c", "echo kept > /data/mine"]);
    for at in 1..MANY {
        site.write(&map(1));
        let run = up_cut(&site, Arc::new(Numbered { at, when: When::After }));
        // Back to what it was; it may be running, stopped, moved away or gone.
        site.write(&map(0));
        site.up(&[]);
        let what = format!("killed after request {at}");
        only_containers(&site, &["guest", "owner"]);
        plan_is_empty(&site, &[]);
        running(&site, &["guest", "owner"]);
        assert_eq!(inside(&site, "owner", &["cat", "/data/mine"]), "kept", "{what}");
        assert!(inside(&site, "owner", &["env"]).contains("VERSION=0"), "{what}");
        if matches!(run, Run::Unharmed) {
            return;
        }
    }
    panic!("no end after {MANY} requests");
}

/// Nothing is left to do or left over, and the engine has what an undisturbed run makes.
#[track_caller]
fn as_the_reference(site: &Site, containers: &[&str], reference: &Value, what: &str) {
    only_containers(site, containers);
    plan_is_empty(site, &[]);
    let found = differences(&state(site), reference);
    assert!(found.is_empty(), "{what}: not as after an undisturbed run:\n{}", found.join("\n"));
}
