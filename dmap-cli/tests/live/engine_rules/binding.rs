//! What a container is bound to when it is created: objects, never names.

use super::Hand;
use crate::docker::{docker, text};

#[test]
#[ignore = "needs a Docker daemon: cargo xtask e2e"]
fn a_namespace_is_an_objects_and_is_lost_when_its_owner_starts_anew() {
    let hand = Hand::new("namespace");
    hand.run("owner", "nginx", &[]);
    let mode = format!("container:{}", hand.name("owner"));
    hand.run("guest", "nginx", &["--network", &mode]);
    let id = text(&hand.inspect("owner")["Id"]);
    assert_eq!(hand.inspect("guest")["HostConfig"]["NetworkMode"], format!("container:{id}"));
    let namespace = |name: &str| hand.inside(name, &["readlink", "/proc/1/ns/net"]);
    assert_eq!(namespace("guest"), namespace("owner"));
    hand.works(&["restart"], "owner");
    assert_ne!(namespace("guest"), namespace("owner"), "the guest is cut off");
    hand.works(&["restart"], "guest");
    assert_eq!(namespace("guest"), namespace("owner"));
    hand.works(&["stop"], "guest");
    hand.works(&["stop"], "owner");
    hand.fails(&["start"], "guest", "non running container");
    // Another object of the same name is another owner.
    hand.works(&["rm"], "owner");
    hand.run("owner", "nginx", &[]);
    hand.fails(&["start"], "guest", "no such container");
}

#[test]
#[ignore = "needs a Docker daemon: cargo xtask e2e"]
fn a_link_is_to_an_object_and_outlives_it_in_the_report() {
    let hand = Hand::new("link");
    hand.run("target", "nginx", &[]);
    let link = format!("{}:db", hand.name("target"));
    hand.run("linked", "nginx", &["--link", &link]);
    let links = || hand.inspect("linked")["HostConfig"]["Links"].clone();
    let reported =
        |target: &str| serde_json::json!([format!("/{}:/{}/db", hand.name(target), hand.name("linked"))]);
    assert_eq!(links(), reported("target"));
    docker(&["rename", &hand.name("target"), &hand.name("renamed")]);
    hand.run("target", "nginx", &[]);
    assert_eq!(links(), reported("renamed"), "it follows the object");
    hand.works(&["stop"], "renamed");
    hand.fails(&["restart"], "linked", "cannot link to a non running container");
    hand.works(&["rm"], "renamed");
    assert_eq!(links(), reported("renamed"), "it is reported when its target is gone");
    docker(&["rename", &hand.name("target"), &hand.name("renamed")]);
    assert_eq!(links(), reported("renamed"), "also when another container has the name");
    hand.fails(&["start"], "linked", "cannot link to a non running container");
}

#[test]
#[ignore = "needs a Docker daemon: cargo xtask e2e"]
fn volumes_from_takes_the_mounts_at_creation() {
    let hand = Hand::new("volumesfrom");
    hand.create("owner", "data", &[]);
    let from = hand.name("owner");
    hand.create("borrower", "nginx", &["--volumes-from", &from]);
    let volume = text(&hand.inspect("owner")["Mounts"][0]["Name"]);
    hand.works(&["rm"], "owner");
    hand.create("owner", "data", &[]);
    assert_ne!(hand.inspect("owner")["Mounts"][0]["Name"], volume.as_str(), "the new one has a new volume");
    assert_eq!(hand.inspect("borrower")["Mounts"][0]["Name"], volume.as_str(), "the other keeps the old one");
    assert_eq!(hand.inspect("borrower")["HostConfig"]["VolumesFrom"], serde_json::json!([from]), "by name");
}
