//! Objects with the map's names that dmap did not make.

use crate::checks::{
    in_volume, inside, not_recreated, only_containers, plan_is_empty, repaired_with, running, seen,
};
use crate::docker::{docker, exists, inspect};
use crate::site::{REPOSITORY, Site};

/// Makes a running container by hand.
#[track_caller]
fn by_hand(site: &Site, name: &str, image: &str, options: &[&str]) {
    let name = site.full(name);
    let image = format!("{REPOSITORY}/{image}");
    docker(&[&["run", "--detach", "--name", &name], options, &[&image]].concat());
}

/// Neither `plan` nor `up` goes on, both name the container and what would help; nothing is done.
#[track_caller]
fn refused(site: &Site, name: &str) {
    let before = seen(site);
    for words in [&["plan"][..], &["up", "--yes"]] {
        let ended = site.dmap_ends(words, 1);
        assert!(ended.stderr.contains(&site.full(name)), "it names the container: {}", ended.text());
        assert!(ended.stderr.contains("--adopt"), "it says what to do: {}", ended.text());
    }
    assert_eq!(seen(site), before, "nothing was done");
}

#[test]
#[ignore = "needs a Docker daemon: cargo xtask e2e"]
fn a_foreign_container_is_refused_and_then_adopted_with_its_data() {
    let site = Site::new("foreign");
    by_hand(&site, "db", "data", &[]);
    inside(&site, "db", &["sh", "-c", "echo kept > /data/mine"]);
    site.write("db: {image: data}\nother: {image: nginx}");
    refused(&site, "db");
    only_containers(&site, &["db"]);

    let before = seen(&site);
    repaired_with(
        &site,
        &["--adopt"],
        &before,
        &[("container db", "adopted"), ("container other", "absent")],
    );
    running(&site, &["db", "other"]);
    assert_ne!(seen(&site).id(&site, "db"), before.id(&site, "db"), "it was replaced");
    assert_eq!(inside(&site, "db", &["cat", "/data/mine"]), "kept");

    let before = seen(&site);
    site.dmap_ends(&["up", "--yes", "--adopt"], 0);
    not_recreated(&site, &before, &["db", "other"]);
}

#[test]
#[ignore = "needs a Docker daemon: cargo xtask e2e"]
fn a_container_made_again_by_hand_is_foreign() {
    let site = Site::new("byhand");
    site.write("web: {image: nginx, attaches: data}\nvolumes: {data: /srv}");
    site.up(&[]);
    let elsewhere = format!("{}:/elsewhere", site.full("data"));
    docker(&["rm", "-f", &site.full("web")]);
    by_hand(&site, "web", "nginx", &["-v", &elsewhere]);
    refused(&site, "web");
    let before = seen(&site);
    repaired_with(&site, &["--adopt"], &before, &[("container web", "adopted")]);
    let mounts = &inspect("container", &site.full("web"))["Mounts"];
    assert_eq!(mounts.as_array().map(Vec::len), Some(1), "{mounts}");
    assert_eq!(mounts[0]["Destination"], "/srv");
}

#[test]
#[ignore = "needs a Docker daemon: cargo xtask e2e"]
fn labels_under_another_name_do_not_make_a_container_the_maps_own() {
    let site = Site::new("labels");
    let key = |name: &str| format!("dmap.key=container/{}", site.full(name));
    // The label says `web`, the name says `db`.
    by_hand(&site, "db", "nginx", &["--label", &key("web"), "--label", "dmap.format=1"]);
    site.write("db: {image: nginx}");
    refused(&site, "db");
    // `down` does not take it either.
    let before = seen(&site);
    site.down(&[]);
    not_recreated(&site, &before, &["db"]);
}

#[test]
#[ignore = "needs a Docker daemon: cargo xtask e2e"]
fn foreign_volumes_and_networks_are_used_as_they_are_and_stay() {
    let site = Site::new("foreignvol");
    let (volume, network) = (site.full("data"), site.full("front"));
    docker(&["volume", "create", &volume]);
    in_volume(&site, "data", &["sh", "-c", "echo kept > /v/mine && chmod 0701 /v && chown 1234 /v"]);
    docker(&["network", "create", &network]);
    let id = inspect("network", &network)["Id"].clone();
    site.write(
        "app: {image: uwsgi, attaches: data, user: 2000, permissions: 'u=rwX,g=rX,o=', networks: [front]}\n\
         volumes: {data: /srv}\n\
         networks: {front: {}}",
    );
    let text = site.dmap_ends(&["plan"], 0).text();
    for name in [&volume, &network] {
        assert!(
            text.lines().any(|line| line.starts_with("note") && line.contains(name.as_str())),
            "noted: {text}"
        );
    }
    site.up(&[]);
    plan_is_empty(&site, &[]);
    running(&site, &["app"]);
    assert_eq!(inside(&site, "app", &["cat", "/srv/mine"]), "kept");
    assert_eq!(inside(&site, "app", &["stat", "-c", "%u %a", "/srv"]), "1234 701", "it was not prepared");
    site.down(&[]);
    assert!(exists("volume", &volume), "the volume stays");
    assert_eq!(inspect("network", &network)["Id"], id, "the network stays");
}
