//! Two who work on one map.

use super::{Background, is_leased, lease};
use crate::checks::{eventually, only_containers, plan_is_empty, running};
use crate::docker::docker;
use crate::site::{REPOSITORY, Site};

/// A job takes a while, and the rest waits for it.
const SLOW: &str = "job: {image: nginx, create_options: {command: [sh, -c, 'sleep 4']}}\n\
                    web: {image: nginx, start: {job: completed}}";

#[test]
#[ignore = "needs a Docker daemon: cargo xtask e2e"]
fn of_two_runs_one_waits_or_leaves() {
    let site = Site::new("operators");
    site.write(SLOW);
    let first = Background::start(&site, &["up", "--yes"]);
    eventually("the first run has the lease", || is_leased(&site));
    let said = site.dmap_ends(&["up", "--yes"], 5).text();
    assert!(said.contains("works on the map (process ") && said.contains("--break-lock"), "{said}");
    let second = Background::start(&site, &["up", "--yes", "--lock-timeout", "2m"]);
    let (first, second) = (first.ended(), second.ended());
    assert_eq!((first.code, second.code), (0, 0), "{}\n{}", first.text(), second.text());
    assert!(second.stderr.contains("waiting: "), "{}", second.text());
    assert!(!is_leased(&site), "the lease is released");
    only_containers(&site, &["job", "web"]);
    running(&site, &["web"]);
    plan_is_empty(&site, &[]);
}

#[test]
#[ignore = "needs a Docker daemon: cargo xtask e2e"]
fn nobody_waits_for_a_run_that_was_killed() {
    let site = Site::new("killedlock");
    site.write(SLOW);
    let first = Background::start(&site, &["up", "--yes"]);
    eventually("the first run has the lease", || is_leased(&site));
    first.signal("KILL");
    assert_eq!(first.ended().code, -1);
    assert!(is_leased(&site));
    site.up(&[]);
    assert!(!is_leased(&site));
    running(&site, &["web"]);
    plan_is_empty(&site, &[]);
}

/// Nobody here can tell whether it is still at work.
#[test]
#[ignore = "needs a Docker daemon: cargo xtask e2e"]
fn a_lease_from_elsewhere_is_broken_on_request() {
    let site = Site::new("farlock");
    site.write("web: {image: nginx}");
    let labels = [
        "dmap.format=1",
        "dmap.role=lease",
        "dmap.lease.who=ann@far",
        "dmap.lease.place=far",
        "dmap.lease.process=1",
    ];
    let labels: Vec<String> = labels.iter().map(|label| format!("--label={label}")).collect();
    let labels: Vec<&str> = labels.iter().map(String::as_str).collect();
    let (name, image) = (lease(&site), format!("{REPOSITORY}/nginx"));
    docker(&[&["create", "--name", &name][..], &labels, &[&image]].concat());
    let said = site.dmap_ends(&["up", "--yes"], 5).text();
    assert!(said.contains("ann@far works on the map (process 1)"), "{said}");
    only_containers(&site, &[]);
    site.dmap_ends(&["up", "--yes", "--break-lock"], 0);
    assert!(!is_leased(&site));
    running(&site, &["web"]);
    // The image was somebody else's.
    docker(&["image", "inspect", &image]);
}

/// A pulse that stands still is one, whatever any clock says.
#[test]
#[ignore = "needs a Docker daemon: cargo xtask e2e"]
fn an_abandoned_lease_from_elsewhere_is_found_out() {
    let site = Site::new("abandoned");
    site.write("web: {image: nginx}");
    let labels =
        ["--label=dmap.role=lease", "--label=dmap.lease.who=ann@far", "--label=dmap.lease.process=1"];
    let (name, image) = (lease(&site), format!("{REPOSITORY}/nginx"));
    docker(&[&["create", "--name", &name][..], &labels, &[&image]].concat());
    site.dmap_ends(&["up", "--yes", "--lock-timeout", "1m"], 0);
    running(&site, &["web"]);
}
