//! The map of the seed, with names, ports and host folders of its own.

use crate::checks::{
    inside, not_recreated, only_containers, owner_mode, plan_finds, plan_is_empty, repaired, running, seen,
    tree,
};
use crate::docker::{docker, inspect, list, sorted};
use crate::site::{Site, free_port};

/// What is in the map of the seed, at this site.
struct Seed {
    site: Site,
    ports: [u16; 2],
}

/// Writes the map of the seed; only host paths and ports are another.
#[track_caller]
fn seed(scenario: &str) -> Seed {
    let site = Site::new(scenario);
    let ports = [free_port(), free_port()];
    let seed = include_str!("../../../container-map/testdata/valid/seed.yaml");
    let map = seed.replace("name: main\n", "").replace("80: 80\n", &format!("80: {}\n", ports[0]));
    let map = map.replace("443: 443\n", &format!("443: {}\n", ports[1]));
    for folder in ["config/nginx", "config/uwsgi", "config/app", "data/app"] {
        site.host_folder(folder);
    }
    let map = map.replace("/var/lib/site/", &format!("{}/", site.path("").display()).replace("//", "/"));
    site.write(&map);
    Seed { site, ports }
}

#[test]
#[ignore = "needs a Docker daemon: cargo xtask e2e"]
fn the_seed_map_comes_up_as_it_says_and_stays() {
    let Seed { site, ports } = seed("seed");
    site.dmap_ends(&["plan", "nginx"], 0);
    only_containers(&site, &[]);
    assert_eq!(site.objects("volume"), Vec::<String>::new(), "planning changes nothing");

    site.up(&["nginx"]);
    only_containers(&site, &["nginx", "uwsgi"]);
    running(&site, &["nginx", "uwsgi"]);
    for volume in ["uwsgi_socket", "uwsgi_log", "app_log"] {
        assert_eq!(owner_mode(&site, volume), "2000 750", "owner and mode of {volume}");
        let others: Vec<String> =
            tree(&site, volume).into_iter().filter(|line| !line.contains(" 2000:2000 ")).collect();
        assert_eq!(others, Vec::<String>::new(), "all of {volume} is the map's user's");
    }
    mounts_are_as_the_map_says(&site);
    ports_and_user_are_as_the_map_says(&site, ports);

    plan_is_empty(&site, &["nginx"]);
    plan_is_empty(&site, &[]);
    let before = seen(&site);
    site.up(&["nginx"]);
    not_recreated(&site, &before, &["nginx", "uwsgi"]);
    site.up(&[]);
    not_recreated(&site, &before, &["nginx", "uwsgi"]);
}

/// What is mounted where, as the engine has it.
#[track_caller]
fn mounts_are_as_the_map_says(site: &Site) {
    let mounts = |name: &str| -> Vec<String> {
        let found = inspect("container", &site.full(name));
        let mounts = found["Mounts"].as_array().expect("a list of mounts");
        let line = |mount: &serde_json::Value| {
            let folder = site.path("").display().to_string();
            let source = if mount["Type"] == "bind" { &mount["Source"] } else { &mount["Name"] };
            let source = source.as_str().unwrap_or_default().replace(folder.trim_end_matches('/'), "…");
            let access = if mount["RW"] == true { "rw" } else { "ro" };
            format!("{} {} {access}", mount["Destination"].as_str().unwrap_or_default(), source)
        };
        let mut lines: Vec<String> = mounts.iter().map(line).collect();
        lines.sort();
        lines
    };
    let volume = |name: &str| site.full(name);
    assert_eq!(
        mounts("nginx"),
        [
            "/etc/nginx …/config/nginx ro".to_owned(),
            format!("/var/lib/uwsgi/socket {} rw", volume("uwsgi_socket")),
            format!("/var/log/nginx {} rw", volume("nginx_log")),
        ]
    );
    assert_eq!(
        mounts("uwsgi"),
        [
            "/etc/uwsgi …/config/uwsgi ro".to_owned(),
            "/var/lib/app/config …/config/app ro".to_owned(),
            "/var/lib/app/data …/data/app rw".to_owned(),
            format!("/var/lib/app/log {} rw", volume("app_log")),
            format!("/var/lib/uwsgi/socket {} rw", volume("uwsgi_socket")),
            format!("/var/log/uwsgi {} rw", volume("uwsgi_log")),
        ]
    );
}

/// What the containers publish, who they run as, and what the engine filled a volume with.
#[track_caller]
fn ports_and_user_are_as_the_map_says(site: &Site, ports: [u16; 2]) {
    let nginx = inspect("container", &site.full("nginx"));
    for (port, host) in [("80/tcp", ports[0]), ("443/tcp", ports[1])] {
        let bound = &nginx["NetworkSettings"]["Ports"][port][0]["HostPort"];
        assert_eq!(*bound, host.to_string(), "{port} is published: {}", nginx["NetworkSettings"]["Ports"]);
    }
    let id = docker(&["exec", &site.full("uwsgi"), "id", "-u"]);
    assert_eq!(id, "2000", "the user of uwsgi");
    assert_eq!(inside(site, "uwsgi", &["cat", "/var/lib/app/log/first.log"]), "written by the image");
}

#[test]
#[ignore = "needs a Docker daemon: cargo xtask e2e"]
fn a_removed_container_of_the_seed_map_comes_back_beside_the_others() {
    let Seed { site, .. } = seed("seedrm");
    site.up(&["nginx"]);
    let before = seen(&site);
    docker(&["rm", "-f", &site.full("uwsgi")]);
    let text = site.dmap_ends(&["plan", "--detailed-exitcode", "nginx"], 2).stdout;
    let named = text.lines().any(|line| line.contains(&site.full("uwsgi")) && line.contains("absent"));
    assert!(named, "the plan names the container and the reason: {text}");
    repaired(
        &site,
        &before,
        &[("container uwsgi", "absent"), ("volume uwsgi_log", "unmounted"), ("volume app_log", "unmounted")],
    );
    running(&site, &["nginx", "uwsgi"]);
    assert_eq!(owner_mode(&site, "uwsgi_socket"), "2000 750");
    for name in ["nginx", "uwsgi"] {
        assert!(
            inspect("container", &site.full(name))["Mounts"].to_string().contains(&site.full("uwsgi_socket")),
            "{name} has the socket's volume"
        );
    }
}

#[test]
#[ignore = "needs a Docker daemon: cargo xtask e2e"]
fn planning_without_an_engine_sees_everything_as_absent() {
    let Seed { site, .. } = seed("seedempty");
    let everywhere = list("container");
    let expected = [
        "container nginx",
        "container uwsgi",
        "volume nginx_log",
        "volume uwsgi_socket",
        "volume uwsgi_log",
        "volume app_log",
    ];
    let words = ["plan", "--engine-state", "empty", "nginx"];
    let mut command = site.command(&words);
    let ended = crate::docker::ended(command.env("DOCKER_HOST", "unix:///nowhere/docker.sock"));
    assert_eq!(ended.code, 0, "{}", ended.text());
    for what in expected {
        let name = what.replacen(' ', &format!("/{}.", site.name), 1);
        assert!(ended.stdout.contains(&name), "{name} is in the plan: {}", ended.stdout);
    }
    assert_eq!(list("container"), everywhere);
    // The recorded state of an engine with the map on it plans to nothing, and to the damage once there is some.
    site.up(&[]);
    let snapshot = site.dmap_ends(&["snapshot"], 0).stdout;
    let file = site.path("engine.json");
    std::fs::write(&file, &snapshot).expect("the snapshot can be written");
    let file = file.display().to_string();
    plan_is_empty(&site, &["--engine-state", &file]);
    docker(&["rm", "-f", &site.full("uwsgi")]);
    plan_is_empty(&site, &["--engine-state", &file]);
    plan_finds(
        &site,
        &[],
        &[("container uwsgi", "absent"), ("volume uwsgi_log", "unmounted"), ("volume app_log", "unmounted")],
    );
    let environment = sorted(&inspect("container", &site.full("nginx"))["Config"]["Env"]);
    assert!(environment.contains(&"NGINX_VERSION=fixture".to_owned()), "there is a value: {environment:?}");
    assert!(!snapshot.contains("NGINX_VERSION=fixture"), "a snapshot holds no values of the environment");
}
