//! Owner and mode of attached volumes.

use crate::checks::{in_volume, not_recreated, owner_mode, plan_is_empty, repaired, seen, tree};
use crate::docker::docker;
use crate::site::Site;

const MAP: &str = "app: {image: uwsgi, attaches: [socket, log], user: 2000, permissions: 'u=rwX,g=rX,o='}\n\
                   web: {image: nginx, uses: socket}\n\
                   volumes: {socket: /var/lib/uwsgi/socket, log: /var/lib/app/log}";

#[test]
#[ignore = "needs a Docker daemon: cargo xtask e2e"]
fn a_mode_changed_by_hand_is_put_right_in_place() {
    let site = Site::new("chmod");
    site.write(MAP);
    site.up(&[]);
    let before = seen(&site);
    in_volume(&site, "socket", &["chmod", "0777", "/v"]);
    assert_eq!(owner_mode(&site, "socket"), "2000 777");
    repaired(&site, &before, &[("volume socket", "differs mode")]);
    assert_eq!(owner_mode(&site, "socket"), "2000 750");
    not_recreated(&site, &before, &["app", "web"]);
}

#[test]
#[ignore = "needs a Docker daemon: cargo xtask e2e"]
fn an_owner_changed_by_hand_is_put_right_in_place() {
    let site = Site::new("chown");
    site.write(MAP);
    site.up(&[]);
    let before = seen(&site);
    in_volume(&site, "socket", &["chown", "1000:1000", "/v"]);
    assert_eq!(owner_mode(&site, "socket"), "1000 750");
    repaired(&site, &before, &[("volume socket", "differs owner")]);
    assert_eq!(owner_mode(&site, "socket"), "2000 750");

    in_volume(&site, "log", &["sh", "-c", "chown 33:2000 /v && chmod 0700 /v"]);
    repaired(&site, &before, &[("volume log", "differs owner"), ("volume log", "differs mode")]);
    assert_eq!(owner_mode(&site, "log"), "2000 750");
    not_recreated(&site, &before, &["app", "web"]);
}

#[test]
#[ignore = "needs a Docker daemon: cargo xtask e2e"]
fn files_in_a_volume_with_data_are_the_users_own() {
    let site = Site::new("owndata");
    site.write(MAP);
    site.up(&[]);
    let before = seen(&site);
    in_volume(
        &site,
        "log",
        &["sh", "-c", "echo mine > /v/mine && chown 1234:4321 /v/mine && chmod 0604 /v/mine"],
    );
    plan_is_empty(&site, &[]);
    in_volume(&site, "log", &["sh", "-c", "touch -d '2001-02-03 04:05:06' /v && chmod 0755 /v"]);
    repaired(&site, &before, &[("volume log", "differs mode")]);
    let expected = ["/v 2000:2000 750", "/v/first.log 2000:2000 640", "/v/mine 1234:4321 604"];
    assert_eq!(tree(&site, "log"), expected);
    let time = in_volume(&site, "log", &["stat", "-c", "%y", "/v"]);
    assert!(time.starts_with("2001-02-03 04:05:06"), "the directory keeps its time: {time}");

    site.down(&[]);
    assert_eq!(tree(&site, "log"), expected, "after `down`");
    in_volume(&site, "log", &["chmod", "0711", "/v"]);
    site.up(&[]);
    assert_eq!(tree(&site, "log"), expected, "after `up` on a volume that nothing mounted");
    assert_eq!(in_volume(&site, "log", &["cat", "/v/mine"]), "mine");
    plan_is_empty(&site, &[]);
}

#[test]
#[ignore = "needs a Docker daemon: cargo xtask e2e"]
fn a_removed_volume_is_made_and_prepared_again() {
    let site = Site::new("volgone");
    site.write(MAP);
    site.up(&[]);
    let before = seen(&site);
    docker(&["rm", "-f", &site.full("app"), &site.full("web")]);
    docker(&["volume", "rm", &site.full("socket")]);
    repaired(
        &site,
        &before,
        &[
            ("container app", "absent"),
            ("container web", "absent"),
            ("volume socket", "absent"),
            ("volume log", "unmounted"),
        ],
    );
    assert_eq!(owner_mode(&site, "socket"), "2000 750");
    assert_eq!(owner_mode(&site, "log"), "2000 750");
}

#[test]
#[ignore = "needs a Docker daemon: cargo xtask e2e"]
fn a_mode_changed_in_the_map_is_set_on_the_directory() {
    let site = Site::new("newmode");
    site.write(MAP);
    site.up(&[]);
    let before = seen(&site);
    site.write(&MAP.replace("u=rwX,g=rX,o=", "u=rwX,g=rwX,o="));
    repaired(&site, &before, &[("volume socket", "differs mode"), ("volume log", "differs mode")]);
    assert_eq!(owner_mode(&site, "socket"), "2000 770");
    assert_eq!(tree(&site, "log"), ["/v 2000:2000 770", "/v/first.log 2000:2000 640"]);
    not_recreated(&site, &before, &["app", "web"]);
}
