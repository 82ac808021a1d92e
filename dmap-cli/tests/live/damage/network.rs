//! Places in networks.

use crate::checks::{connected, not_recreated, plan_is_empty, repaired, running, seen, succeeds_inside};
use crate::docker::{docker, inspect, text};
use crate::site::Site;

const MAP: &str = "web: {image: nginx, networks: [front, back: {aliases: [www]}]}\n\
                   other: {image: nginx, networks: [front]}\n\
                   networks: {front: {}, back: {}}";

#[test]
#[ignore = "needs a Docker daemon: cargo xtask e2e"]
fn networks_are_joined_as_the_map_says() {
    let site = Site::new("networks");
    site.write(MAP);
    site.up(&[]);
    plan_is_empty(&site, &[]);
    connected(&site, "web", "front", &[]);
    connected(&site, "web", "back", &["www"]);
    connected(&site, "other", "front", &[]);
    let networks = &inspect("container", &site.full("web"))["NetworkSettings"]["Networks"];
    assert_eq!(networks.as_object().map(serde_json::Map::len), Some(2), "and no others: {networks}");
    assert!(succeeds_inside(&site, "other", &["nslookup", &site.full("web")]), "web is known in front");
}

#[test]
#[ignore = "needs a Docker daemon: cargo xtask e2e"]
fn a_detached_network_is_joined_again_in_place() {
    let site = Site::new("detached");
    site.write(MAP);
    site.up(&[]);
    let before = seen(&site);
    docker(&["network", "disconnect", &site.full("back"), &site.full("web")]);
    repaired(&site, &before, &[("container web", &format!("differs endpoint {}", site.full("back")))]);
    not_recreated(&site, &before, &["web"]);
    connected(&site, "web", "back", &["www"]);

    docker(&["network", "disconnect", &site.full("front"), &site.full("web")]);
    repaired(&site, &before, &[("container web", &format!("differs endpoint {}", site.full("front")))]);
    not_recreated(&site, &before, &["web"]);
    connected(&site, "web", "front", &[]);
}

#[test]
#[ignore = "needs a Docker daemon: cargo xtask e2e"]
fn a_place_nobody_wants_is_given_up() {
    let site = Site::new("attached");
    site.write(MAP);
    site.up(&[]);
    let before = seen(&site);
    docker(&["network", "connect", &site.full("back"), &site.full("other")]);
    repaired(&site, &before, &[("container other", &format!("differs endpoint {}", site.full("back")))]);
    not_recreated(&site, &before, &["other"]);
}

#[test]
#[ignore = "needs a Docker daemon: cargo xtask e2e"]
fn aliases_changed_in_the_map_are_changed_in_place() {
    let site = Site::new("aliases");
    site.write(MAP);
    site.up(&[]);
    let before = seen(&site);
    site.write(&MAP.replace("[www]", "[www2, site]"));
    repaired(&site, &before, &[("container web", &format!("differs endpoint {}", site.full("back")))]);
    not_recreated(&site, &before, &["web"]);
    connected(&site, "web", "back", &["www2", "site"]);
}

#[test]
#[ignore = "needs a Docker daemon: cargo xtask e2e"]
fn a_stopped_container_starts_although_its_network_was_made_anew() {
    let site = Site::new("renewed");
    site.write(MAP);
    site.up(&[]);
    let before = seen(&site);
    let back = site.full("back");
    let labels = inspect("network", &back)["Labels"].clone();
    let labels = labels.as_object().expect("labels are a mapping");
    let labels = labels.iter().map(|(name, value)| format!("{name}={}", text(value)));
    docker(&["stop", &site.full("web")]);
    docker(&["network", "rm", &back]);
    let labels: Vec<String> = labels.flat_map(|label| ["--label".to_owned(), label]).collect();
    let labels: Vec<&str> = labels.iter().map(String::as_str).collect();
    docker(&[&["network", "create"], labels.as_slice(), &[&back]].concat());
    repaired(&site, &before, &[("container web", &format!("differs endpoint {back}"))]);
    running(&site, &["web", "other"]);
    connected(&site, "web", "back", &["www"]);
    assert_eq!(seen(&site).id(&site, "web"), before.id(&site, "web"), "web was kept");
}

#[test]
#[ignore = "needs a Docker daemon: cargo xtask e2e"]
fn a_removed_network_is_made_and_joined_again() {
    let site = Site::new("netgone");
    site.write(MAP);
    site.up(&[]);
    let before = seen(&site);
    docker(&["network", "disconnect", &site.full("back"), &site.full("web")]);
    docker(&["network", "rm", &site.full("back")]);
    let place = format!("differs endpoint {}", site.full("back"));
    repaired(&site, &before, &[("container web", &place), ("network back", "absent")]);
    not_recreated(&site, &before, &["web"]);
    connected(&site, "web", "back", &["www"]);
}
