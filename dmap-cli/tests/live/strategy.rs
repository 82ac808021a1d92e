//! How containers are replaced: what serves meanwhile, and in which order things happen.

use std::io::{BufRead as _, BufReader};
use std::process::{Command, Stdio};
use std::time::{SystemTime, UNIX_EPOCH};

use crate::checks::{inside, only_containers, plan_is_empty, running, seen};
use crate::docker::{docker, inspect};
use crate::site::Site;

/// Does something, and returns the starts and ends of the scenario's containers meanwhile: `start web`, `die web.dmap-prev`.
#[track_caller]
fn events(site: &Site, work: impl FnOnce()) -> Vec<String> {
    let now = SystemTime::now().duration_since(UNIX_EPOCH).expect("the clock is set");
    let since = format!("{}.{:09}", now.as_secs(), now.subsec_nanos());
    let format = "{{.Action}} {{.Actor.ID}} {{.Actor.Attributes.name}}";
    let mut stream = Command::new("docker")
        .args(["events", "--since", &since, "--format", format])
        .stdout(Stdio::piped())
        .spawn()
        .expect("docker can be started");
    work();
    // The engine tells everything in order, so what comes before the marker is all there is.
    let marker = site.full("marker");
    docker(&["volume", "create", &marker]);
    let lines = BufReader::new(stream.stdout.take().expect("it is piped")).lines();
    let lines = lines.map(|line| line.expect("the stream goes on"));
    let seen: Vec<String> = lines.take_while(|line| !line.contains(&marker)).collect();
    stream.kill().and_then(|()| stream.wait()).expect("it runs until it is killed");
    docker(&["volume", "rm", &marker]);
    let prefix = site.full("");
    let own = seen.iter().filter_map(|line| match line.split(' ').collect::<Vec<_>>()[..] {
        [action @ ("start" | "die"), _, name] => Some(format!("{action} {}", name.strip_prefix(&prefix)?)),
        _ => None,
    });
    own.collect()
}

#[track_caller]
fn position(events: &[String], event: &str) -> usize {
    events.iter().position(|found| found == event).unwrap_or_else(|| panic!("{event} in {events:?}"))
}

fn web(version: usize, check: &str) -> String {
    format!(
        "web: {{image: nginx, networks: [front: {{aliases: [www]}}], update: start-first, \
         create_options: {{environment: {{VERSION: {version}}}}}, healthcheck: {{test: {check}, interval: 300ms, \
         retries: 2}}}}\nclient: {{image: uwsgi, networks: [front]}}\nnetworks: {{front: {{}}}}"
    )
}

#[test]
#[ignore = "needs a Docker daemon: cargo xtask e2e"]
fn the_new_one_runs_before_the_old_one_ends() {
    let site = Site::new("startfirst");
    site.write(&web(1, "['true']"));
    site.up(&[]);
    let before = seen(&site);
    site.write(&web(2, "['true']"));
    let events = events(&site, || {
        site.up(&[]);
    });
    assert!(position(&events, "start web.dmap-next") < position(&events, "die web.dmap-prev"), "{events:?}");
    assert_eq!(events.len(), 2, "nothing else was touched: {events:?}");
    only_containers(&site, &["client", "web"]);
    assert_ne!(seen(&site), before);
    assert!(inside(&site, "web", &["env"]).contains("VERSION=2"));
    // Who looks for it by its alias or its name finds the new one.
    let address = inspect("container", &site.full("web"))["NetworkSettings"]["Networks"][site.full("front")]
        ["IPAddress"]
        .as_str()
        .map(str::to_owned)
        .expect("it is in the network");
    for name in ["www".to_owned(), site.full("web")] {
        let found = inside(&site, "client", &["nslookup", &name]);
        assert!(found.contains(&address), "{name} is {address}: {found}");
    }
    plan_is_empty(&site, &[]);
}

#[test]
#[ignore = "needs a Docker daemon: cargo xtask e2e"]
fn one_that_never_gets_healthy_leaves_the_old_one_alone() {
    let site = Site::new("unready");
    site.write(&web(1, "['true']"));
    site.up(&[]);
    let old = inspect("container", &site.full("web"))["Id"].clone();
    site.write(&web(2, "['false']"));
    let events = events(&site, || {
        site.dmap_ends(&["up", "--yes"], 3);
    });
    assert!(!events.iter().any(|event| event == "die web"), "{events:?}");
    running(&site, &["web"]);
    assert_eq!(inspect("container", &site.full("web"))["Id"], old);
    // Once the map is put right, what was begun is cleared away or finished.
    site.write(&web(3, "['true']"));
    site.up(&[]);
    only_containers(&site, &["client", "web"]);
    assert!(inside(&site, "web", &["env"]).contains("VERSION=3"));
    plan_is_empty(&site, &[]);
}

#[test]
#[ignore = "needs a Docker daemon: cargo xtask e2e"]
fn instances_are_replaced_one_by_one() {
    let site = Site::new("rolling");
    let map = |version: usize| {
        format!(
            "web: {{image: nginx, instances: [a, b, c], update: rolling, create_options: {{environment: \
             {{VERSION: {version}}}}}, healthcheck: {{test: ['true'], interval: 300ms, retries: 5}}}}"
        )
    };
    site.write(&map(1));
    site.up(&[]);
    site.write(&map(2));
    let events = events(&site, || {
        site.up(&[]);
    });
    let expected = ["die web.a", "start web.a", "die web.b", "start web.b", "die web.c", "start web.c"];
    assert_eq!(events, expected);
    plan_is_empty(&site, &[]);
}

#[test]
#[ignore = "needs a Docker daemon: cargo xtask e2e"]
fn followers_stop_before_and_start_after_what_they_follow() {
    let site = Site::new("followers");
    let map = |version: usize| {
        format!(
            "db: {{image: nginx, networks: [back], create_options: {{environment: {{VERSION: {version}}}}}}}\n\
             made: {{image: nginx, networks: [back], links: db, follow: {{db: recreate}}}}\n\
             left: {{image: nginx, networks: [back], links: db}}\n\
             web: {{image: nginx, networks: [back], links: db, follow: {{db: restart}}}}\n\
             networks: {{back: {{}}}}"
        )
    };
    site.write(&map(1));
    site.up(&[]);
    let id = |name: &str| inspect("container", &site.full(name))["Id"].clone();
    let before = (id("made"), id("web"));
    site.write(&map(2));
    let events = events(&site, || {
        site.up(&[]);
    });
    for (end, start) in [("die made", "start made"), ("die web.dmap-prev", "start web.dmap-prev")] {
        assert!(position(&events, end) < position(&events, "die db"), "{events:?}");
        assert!(position(&events, "start db") < position(&events, start), "{events:?}");
    }
    assert_eq!(events.len(), 6, "nothing else was touched: {events:?}");
    assert_ne!(id("made"), before.0);
    assert_eq!(id("web"), before.1);
    plan_is_empty(&site, &[]);
    // A dependency that somebody else restarted is followed by the next run.
    docker(&["restart", "--time", "1", &site.full("db")]);
    site.up(&[]);
    plan_is_empty(&site, &[]);
}
