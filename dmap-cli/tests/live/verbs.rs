//! Every verb, by what it leaves on the engine.

use crate::checks::{eventually, not_recreated, only_containers, recreated, restarted, running, seen};
use crate::docker::{docker, exists, inspect};
use crate::site::{REPOSITORY, Site};

const MAP: &str = "app: {image: uwsgi, attaches: [socket], user: 2000, networks: [back]}\n\
                   web: {image: nginx, uses: socket, networks: [back], stop_timeout: 1}\n\
                   volumes: {socket: /var/lib/uwsgi/socket}\n\
                   networks: {back: {}}";

/// Carries a verb out, which ends as it should.
#[track_caller]
fn done(site: &Site, words: &[&str]) -> String {
    site.dmap_ends(&[words, &["--yes"]].concat(), 0).text()
}

fn state(site: &Site, name: &str) -> String {
    inspect("container", &site.full(name))["State"]["Status"].as_str().unwrap_or_default().to_owned()
}

/// Planning a goal again after it was reached finds nothing.
#[track_caller]
fn is_reached(site: &Site, goal: &str) {
    let text = site.dmap_ends(&["plan", "--goal", goal, "--detailed-exitcode"], 0).text();
    assert!(text.contains("nothing to do"), "{goal}: {text}");
}

#[test]
#[ignore = "needs a Docker daemon: cargo xtask e2e"]
fn each_verb_does_what_it_says() {
    let site = Site::new("verbs");
    site.write(MAP);
    done(&site, &["create", "web"]);
    only_containers(&site, &["app", "web"]);
    assert_eq!([state(&site, "app"), state(&site, "web")], ["created", "created"], "create starts nothing");
    is_reached(&site, "create");
    done(&site, &["start"]);
    running(&site, &["app", "web"]);
    is_reached(&site, "start");
    let before = seen(&site);

    let refused = site.dmap_ends(&["stop", "app"], 1).text();
    assert!(refused.contains("--yes"), "web stops too and was not named: {refused}");
    running(&site, &["app", "web"]);
    site.dmap_ends(&["stop", "web", "app", "--timeout", "1s"], 0);
    assert_eq!([state(&site, "app"), state(&site, "web")], ["exited", "exited"], "stop removes nothing");
    is_reached(&site, "stop");

    done(&site, &["startup", "web"]);
    running(&site, &["app", "web"]);
    is_reached(&site, "startup");
    let id = |name: &str| inspect("container", &site.full(name))["Id"].clone();
    let objects = [id("app"), id("web")];
    site.dmap_ends(&["restart", "web"], 0);
    running(&site, &["app", "web"]);
    assert_eq!(objects, [id("app"), id("web")], "restart makes nothing anew");
    assert_ne!(seen(&site), before, "web was started again");

    site.dmap_ends(&["signal", "KILL", "web"], 0);
    eventually("web is ended by the signal", || state(&site, "web") == "exited");
    done(&site, &["rm", "web"]);
    only_containers(&site, &["app"]);
    running(&site, &["app"]);
    is_reached(&site, "rm");
    done(&site, &["up"]);
    let before = seen(&site);
    done(&site, &["up", "web", "--recreate"]);
    recreated(&site, &before, &["web"]);
    not_recreated(&site, &before, &["app"]);
    done(&site, &["down"]);
    only_containers(&site, &[]);
    is_reached(&site, "down");
}

/// Errands are planned, saved and applied like goals; a saved one is done whenever it is applied, while its objects are
/// what they were.
#[test]
#[ignore = "needs a Docker daemon: cargo xtask e2e"]
fn errands_can_be_planned_and_applied() {
    let site = Site::new("verberrand");
    site.write(MAP);
    done(&site, &["up"]);
    let file = site.path("errand.json").display().to_string();
    let before = seen(&site);
    let planned =
        site.dmap_ends(&["plan", "--goal", "restart", "web", "--out", &file, "--detailed-exitcode"], 2);
    assert!(planned.stdout.contains("restart container/"), "{}", planned.text());
    not_recreated(&site, &before, &["app", "web"]);
    let refused = site.dmap_ends(&["apply", &file], 1).text();
    assert!(refused.contains("--yes"), "it stops something: {refused}");
    for _ in 0..2 {
        let before = seen(&site);
        site.dmap_ends(&["apply", &file, "--yes"], 0);
        restarted(&site, &before, &["web"]);
        not_recreated(&site, &before, &["app"]);
    }
    let signal = site.path("signal.json").display().to_string();
    site.dmap_ends(&["plan", "--goal", "signal", "--signal", "KILL", "web", "--out", &signal], 0);
    site.dmap_ends(&["apply", &signal, "--yes"], 0);
    eventually("web is ended by the signal", || state(&site, "web") == "exited");
    for stale in [&file, &signal] {
        let stale = site.dmap_ends(&["apply", stale, "--yes"], 4).text();
        assert!(stale.contains("out of date"), "web does not run any more: {stale}");
    }
}

#[test]
#[ignore = "needs a Docker daemon: cargo xtask e2e"]
fn restarting_respects_the_stop_signal() {
    let site = Site::new("verbsignal");
    let trap = "trap 'echo asked > /data/how; exit 0' USR1; trap '' TERM; while :; do sleep 1 & wait; done";
    site.write(&format!(
        "app: {{image: uwsgi, attaches: [data], stop_signal: SIGUSR1, stop_timeout: 5, create_options: {{entrypoint: [\"sh\", \"-c\", \"{trap}\"]}}}}\n\
         volumes: {{data: /data}}"
    ));
    done(&site, &["up"]);
    let began = seen(&site);
    site.dmap_ends(&["restart", "app"], 0);
    running(&site, &["app"]);
    assert_ne!(seen(&site), began, "it was started again");
    assert_eq!(docker(&["exec", &site.full("app"), "cat", "/data/how"]).trim(), "asked");
}

#[test]
#[ignore = "needs a Docker daemon: cargo xtask e2e"]
fn orphans_go_if_asked() {
    let site = Site::new("verbprune");
    site.write(MAP);
    done(&site, &["up"]);
    site.write("other: {image: nginx}");
    let text = done(&site, &["up"]);
    assert!(text.contains("no longer in the map"), "{text}");
    only_containers(&site, &["app", "other", "web"]);
    done(&site, &["up", "--prune"]);
    only_containers(&site, &["other"]);
    assert!(!exists("network", &site.full("back")), "the network went too");
    assert!(exists("volume", &site.full("socket")), "the volume stays");
    site.dmap_ends(&["plan", "--prune", "--detailed-exitcode"], 0);
}

#[test]
#[ignore = "needs a Docker daemon: cargo xtask e2e"]
fn down_with_volumes_spares_what_is_foreign() {
    let site = Site::new("verbvolumes");
    let map = MAP.replace("attaches: [socket]", "attaches: [socket, data, log]");
    let map = map.replace("volumes: {", "volumes: {data: /data, log: /log, ");
    docker(&["volume", "create", &site.full("data")]);
    site.write(&map);
    done(&site, &["up"]);
    let (guest, mount) = (format!("{}-guest", site.name), format!("{}:/srv", site.full("log")));
    docker(&["create", "--name", &guest, "-v", &mount, &format!("{REPOSITORY}/nginx")]);
    let refused = site.dmap_ends(&["down", "--volumes"], 1).text();
    assert!(refused.contains("remove volume") && refused.contains("--yes"), "it is asked for: {refused}");
    done(&site, &["down", "--volumes"]);
    assert!(!exists("volume", &site.full("socket")), "dmap's own is gone");
    assert!(exists("volume", &site.full("data")), "the foreign one stays");
    assert!(exists("volume", &site.full("log")), "the one that somebody mounts stays");
    docker(&["rm", &guest]);
    done(&site, &["down", "--volumes"]);
    assert_eq!(site.objects("volume"), [site.full("data")]);
}

/// The images of fixtures are in no registry, so pulling them first fails, and then nothing else is done.
#[test]
#[ignore = "needs a Docker daemon: cargo xtask e2e"]
fn images_are_pulled_first() {
    let site = Site::new("verbpull");
    site.write(MAP);
    let text = site.dmap_ends(&["plan", "--pull"], 0).text();
    assert!(text.contains("is pulled first; a newer one can change this plan"), "{text}");
    let ended = site.dmap(&["up", "--yes", "--pull"]);
    assert_eq!(ended.code, 1, "{}", ended.text());
    assert!(ended.text().contains("pulling image"), "{}", ended.text());
    only_containers(&site, &[]);
    let ended = site.dmap_ends(&["pull", "--missing"], 0).text();
    assert!(ended.contains("nothing to do"), "{ended}");
}
