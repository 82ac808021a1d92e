//! Containers that are bound to another container's object: namespace guests, legacy links, volumes-from.

use crate::checks::{
    eventually, inside, not_recreated, plan_is_empty, recreated, repaired, running, seen, succeeds_inside,
};
use crate::docker::{docker, inspect, text};
use crate::site::Site;

/// The map with a value in the environment of the container that the other is bound to.
fn map(bound: &str, value: u32) -> String {
    format!(
        "owner: {{image: data, create_options: {{environment: {{A: {value}}}}}}}\n\
         bound: {{image: nginx, {bound}}}\n\
         other: {{image: nginx}}"
    )
}

/// The namespace the bound container has, as the owner's identifier.
#[track_caller]
fn namespace(site: &Site) -> String {
    text(&inspect("container", &site.full("bound"))["HostConfig"]["NetworkMode"])
}

#[test]
#[ignore = "needs a Docker daemon: cargo xtask e2e"]
fn a_namespace_guest_follows_its_replaced_owner() {
    let site = Site::new("guest");
    let bound = "network_mode: owner";
    site.write(&map(bound, 1));
    site.up(&[]);
    plan_is_empty(&site, &[]);
    assert_eq!(namespace(&site), format!("container:{}", seen(&site).id(&site, "owner")));
    let before = seen(&site);
    site.write(&map(bound, 2));
    repaired(
        &site,
        &before,
        &[("container owner", "differs environment A"), ("container bound", "follows container owner")],
    );
    recreated(&site, &before, &["owner", "bound"]);
    running(&site, &["owner", "bound"]);
    assert_eq!(namespace(&site), format!("container:{}", seen(&site).id(&site, "owner")));
    same_interfaces(&site);
}

#[test]
#[ignore = "needs a Docker daemon: cargo xtask e2e"]
fn a_namespace_guest_is_started_anew_when_its_owner_was() {
    let site = Site::new("guestcut");
    site.write(&map("network_mode: owner", 1));
    site.up(&[]);
    docker(&["restart", &site.full("owner")]);
    let before = seen(&site);
    repaired(&site, &before, &[("container bound", "follows container owner")]);
    not_recreated(&site, &before, &["owner", "other"]);
    same_interfaces(&site);

    docker(&["stop", &site.full("owner")]);
    let before = seen(&site);
    repaired(
        &site,
        &before,
        &[("container owner", "stopped"), ("container bound", "follows container owner")],
    );
    same_interfaces(&site);
}

/// Owner and guest really are in one network namespace.
#[track_caller]
fn same_interfaces(site: &Site) {
    let namespace = |name| inside(site, name, &["readlink", "/proc/1/ns/net"]);
    assert_eq!(namespace("bound"), namespace("owner"));
}

#[test]
#[ignore = "needs a Docker daemon: cargo xtask e2e"]
fn a_legacy_link_follows_its_replaced_target() {
    let site = Site::new("link");
    let bound = "links: [[owner, db]]";
    site.write(&map(bound, 1));
    site.up(&[]);
    plan_is_empty(&site, &[]);
    assert!(succeeds_inside(&site, "bound", &["ping", "-c", "1", "-W", "2", "db"]), "the alias is known");
    let before = seen(&site);
    site.write(&map(bound, 2));
    repaired(
        &site,
        &before,
        &[("container owner", "differs environment A"), ("container bound", "follows container owner")],
    );
    recreated(&site, &before, &["owner", "bound"]);
    let link = format!("/{}:/{}/db", site.full("owner"), site.full("bound"));
    let links = inspect("container", &site.full("bound"))["HostConfig"]["Links"].clone();
    assert_eq!(links, serde_json::json!([link]));
    let address = text(
        &inspect("container", &site.full("owner"))["NetworkSettings"]["Networks"]["bridge"]["IPAddress"],
    );
    let hosts = inside(&site, "bound", &["cat", "/etc/hosts"]);
    let known = hosts.lines().any(|line| line.starts_with(&address) && line.contains("db"));
    assert!(known, "the alias stands for the new one, at {address}: {hosts}");
    eventually("the link leads to the new one", || {
        succeeds_inside(&site, "bound", &["ping", "-c", "1", "-W", "2", "db"])
    });
    // It can be restarted, which a container linked to a removed one cannot.
    docker(&["restart", &site.full("bound")]);
    plan_is_empty(&site, &[]);
}

#[test]
#[ignore = "needs a Docker daemon: cargo xtask e2e"]
fn a_link_to_a_container_that_was_made_anew_is_made_anew() {
    let site = Site::new("linkgone");
    site.write(&map("links: [[owner, db]]", 1));
    site.up(&[]);
    let before = seen(&site);
    docker(&["stop", &site.full("bound")]);
    docker(&["rm", "-f", &site.full("owner")]);
    // The engine goes on reporting the link under the name that the removed container had, and cannot start it.
    site.up(&["owner"]);
    site.dmap_ends(&["plan", "--detailed-exitcode"], 2);
    site.up(&[]);
    plan_is_empty(&site, &[]);
    recreated(&site, &before, &["owner", "bound"]);
    not_recreated(&site, &before, &["other"]);
    running(&site, &["owner", "bound"]);
    assert!(succeeds_inside(&site, "bound", &["ping", "-c", "1", "-W", "2", "db"]), "the alias is known");
}

#[test]
#[ignore = "needs a Docker daemon: cargo xtask e2e"]
fn volumes_from_keeps_to_the_volumes_of_a_replaced_container() {
    let site = Site::new("volumesfrom");
    let owner = |paths: &str, value: u32| {
        format!(
            "owner: {{image: data, shares: [{paths}], create_options: {{environment: {{A: {value}}}}}}}\n\
             bound: {{image: nginx, uses: owner}}\n\
             other: {{image: nginx}}"
        )
    };
    site.write(&owner("/one", 1));
    site.up(&[]);
    plan_is_empty(&site, &[]);
    inside(&site, "owner", &["sh", "-c", "echo kept > /one/mine"]);
    assert_eq!(inside(&site, "bound", &["cat", "/one/mine", "/data/a"]), "kept\na");
    // The successor takes the volumes over, so that the other has the right ones already.
    let before = seen(&site);
    site.write(&owner("/one", 2));
    repaired(&site, &before, &[("container owner", "differs environment A")]);
    recreated(&site, &before, &["owner"]);
    inside(&site, "owner", &["sh", "-c", "echo later > /one/mine"]);
    assert_eq!(inside(&site, "bound", &["cat", "/one/mine"]), "later");
    // A volume more is one that the other does not have.
    let before = seen(&site);
    site.write(&owner("/one, /two", 2));
    repaired(
        &site,
        &before,
        &[("container owner", "differs mount /two"), ("container bound", "follows container owner")],
    );
    recreated(&site, &before, &["owner", "bound"]);
    inside(&site, "owner", &["sh", "-c", "echo more > /two/mine"]);
    assert_eq!(inside(&site, "bound", &["cat", "/one/mine", "/two/mine"]), "later\nmore");
}
