//! The seed map as it is, on an engine where nobody else's `nginx:latest`, port 80 or names can be meant.

use crate::checks::{only_containers, running, seen};
use crate::docker::docker;
use crate::site::Site;

#[test]
#[ignore = "needs a Docker daemon: cargo xtask e2e"]
fn the_seed_map_runs_unmodified_on_a_private_engine() {
    assert_eq!(std::env::var("DMAP_PRIVATE_ENGINE").as_deref(), Ok("1"), "this needs an engine of its own");
    let site = Site::named("main".to_owned());
    site.write_exactly(include_str!("../../../container-map/testdata/valid/seed.yaml"));
    site.dmap_ends(&["up", "nginx"], 0);
    running(&site, &["nginx", "uwsgi"]);
    socket_is_prepared();
    site.dmap_ends(&["plan", "--detailed-exitcode", "nginx"], 0);

    let before = seen(&site);
    docker(&["rm", "-f", "main.uwsgi"]);
    let text = site.dmap_ends(&["plan", "--detailed-exitcode", "nginx"], 2).stdout;
    let named = text.lines().any(|line| line.contains("container/main.uwsgi") && line.contains("absent"));
    assert!(named, "the plan names the container and the reason: {text}");
    site.dmap_ends(&["up", "--yes", "nginx"], 0);
    running(&site, &["nginx", "uwsgi"]);
    crate::checks::not_recreated(&site, &before, &["nginx"]);
    socket_is_prepared();
    site.dmap_ends(&["plan", "--detailed-exitcode", "nginx"], 0);
    let socket = "test \"$(stat -c %u:%a /var/lib/uwsgi/socket)\" = 2000:750";
    docker(&["exec", "main.nginx", "sh", "-c", socket]);

    site.down(&[]);
    only_containers(&site, &[]);
    socket_is_prepared();
}

/// The check of the issue, to the letter.
#[track_caller]
fn socket_is_prepared() {
    let rights = docker(&["run", "--rm", "-v", "main.uwsgi_socket:/v", "nginx", "stat", "-c", "%u %a", "/v"]);
    assert_eq!(rights, "2000 750");
}
