//! Host ports.

use crate::checks::{plan_is_empty, recreated, repaired, running, seen};
use crate::docker::{inspect, text};
use crate::site::{Site, free_port};

/// The host port that a container really has for its port 80.
#[track_caller]
fn host_port(site: &Site, name: &str) -> String {
    text(&inspect("container", &site.full(name))["NetworkSettings"]["Ports"]["80/tcp"][0]["HostPort"])
}

#[test]
#[ignore = "needs a Docker daemon: cargo xtask e2e"]
fn a_port_changed_in_the_map_replaces_the_container() {
    let site = Site::new("port");
    let (first, second) = (free_port(), free_port());
    site.write(&format!("web: {{image: nginx, exposes: {{80: {first}}}}}\nother: {{image: nginx}}"));
    site.up(&[]);
    plan_is_empty(&site, &[]);
    assert_eq!(host_port(&site, "web"), first.to_string());
    let before = seen(&site);
    site.write(&format!("web: {{image: nginx, exposes: {{80: {second}}}}}\nother: {{image: nginx}}"));
    repaired(&site, &before, &[("container web", "differs port 80/tcp")]);
    recreated(&site, &before, &["web"]);
    running(&site, &["web"]);
    assert_eq!(host_port(&site, "web"), second.to_string());

    let before = seen(&site);
    site.write("web: {image: nginx}\nother: {image: nginx}");
    repaired(&site, &before, &[("container web", "differs port 80/tcp")]);
    assert_eq!(host_port(&site, "web"), "", "the port is not published any more");
}

#[test]
#[ignore = "needs a Docker daemon: cargo xtask e2e"]
fn two_containers_can_swap_a_port() {
    let site = Site::new("swap");
    let (first, second) = (free_port(), free_port());
    let map = |one: u16, two: u16| {
        format!(
            "one: {{image: nginx, exposes: {{80: {one}}}}}\n\
             two: {{image: nginx, exposes: {{80: {two}}}}}\n\
             other: {{image: nginx}}"
        )
    };
    site.write(&map(first, second));
    site.up(&[]);
    let before = seen(&site);
    site.write(&map(second, first));
    repaired(
        &site,
        &before,
        &[("container one", "differs port 80/tcp"), ("container two", "differs port 80/tcp")],
    );
    recreated(&site, &before, &["one", "two"]);
    running(&site, &["one", "two", "other"]);
    assert_eq!(host_port(&site, "one"), second.to_string());
    assert_eq!(host_port(&site, "two"), first.to_string());
}
