//! Housekeeping on an engine that others use too: a label says what the scenario made.

use crate::checks::{plan_is_empty, running};
use crate::docker::{Ended, docker, ended, example, exists, list};
use crate::site::{REPOSITORY, Site};

/// What a scenario labels its things with.
fn label(site: &Site) -> String {
    format!("e2e.sweep={}", site.name)
}

/// Makes a container by hand, with the label of the scenario.
#[track_caller]
fn foreign(site: &Site, verb: &str, name: &str, image: &str, command: &[&str]) -> String {
    let name = format!("{}-{name}", site.name);
    let label = label(site);
    let prefix = std::env::var("DMAP_E2E_PREFIX").expect("DMAP_E2E_PREFIX is set");
    let mark = format!("dmap.e2e={prefix}");
    let options = ["--name", &name, "--label", &label, "--label", &mark, "--network", "none"];
    docker(&[&[verb], &options[..], &[image], command].concat());
    name
}

/// Runs `dmap`, on what has the label, without a map.
#[track_caller]
fn sweep(site: &Site, words: &[&str], code: i32) -> Ended {
    let label = label(site);
    site.dmap_ends(&[words, &["--label", &label]].concat(), code)
}

#[test]
#[ignore = "needs a Docker daemon: cargo xtask e2e"]
fn cleanup_removes_stopped_containers_and_no_others() {
    let site = Site::new("sweep");
    let image = format!("{REPOSITORY}/nginx");
    let labels = format!("labels: {{e2e.sweep: {}}}", site.name);
    site.write(&format!(
        "web: {{image: nginx, create_options: {{{labels}}}}}\n\
         job: {{image: nginx, persistent: true, create_options: {{command: 'true', {labels}}}}}"
    ));
    site.up(&[]);
    docker(&["wait", &site.full("job")]);
    let old = foreign(&site, "run", "old", &image, &["true"]);
    let kept = foreign(&site, "run", "kept", &image, &["true"]);
    let new = foreign(&site, "create", "new", &image, &["true"]);
    let up = format!("{}-up", site.name);
    docker(&["run", "--detach", "--name", &up, "--label", &label(&site), &image]);
    let all = list("container");

    let shown = sweep(&site, &["cleanup", "containers", "--dry-run"], 0);
    assert!(shown.stdout.contains("2 containers to remove"), "{}", shown.text());
    assert!(shown.stdout.contains(&old) && shown.stdout.contains(&kept), "{}", shown.text());
    sweep(&site, &["cleanup", "containers"], 1);
    assert_eq!(list("container"), all, "nobody agreed");

    sweep(&site, &["cleanup", "containers", "--exclude", &kept, "--yes"], 0);
    let there = |name: &str| exists("container", name);
    assert!(!there(&old) && there(&kept) && there(&new) && there(&up));
    running(&site, &["web"]);
    plan_is_empty(&site, &[]);
    sweep(&site, &["cleanup", "containers", "--never-started", "--yes"], 0);
    assert!(!there(&kept) && !there(&new) && there(&up));
    plan_is_empty(&site, &[]);
    sweep(&site, &["cleanup", "containers", "--of-maps", "--yes"], 0);
    assert!(!there(&site.full("job")) && there(&up));
    running(&site, &["web"]);
    sweep(&site, &["cleanup", "containers", "--yes"], 0);
    docker(&["rm", "--force", &up]);
}

#[test]
#[ignore = "needs a Docker daemon: cargo xtask e2e"]
fn cleanup_removes_old_images_that_no_container_has() {
    let site = Site::new("sweepimages");
    let tag = |version: &str| format!("{REPOSITORY}/swept:{}-{version}", site.name);
    let base = foreign(&site, "run", "base", &format!("{REPOSITORY}/nginx"), &["touch", "/swept"]);
    for version in ["1", "2", "3", "stable"] {
        docker(&["commit", "--change", &format!("ENV VERSION={version}"), &base, &tag(version)]);
    }
    let untagged = docker(&["commit", "--change", "ENV VERSION=none", &base]);
    let user = foreign(&site, "run", "user", &tag("1"), &["true"]);
    let prefix = format!("{REPOSITORY}/swept:{}-", site.name);
    let stable = format!("{}-stable", site.name);
    let old = ["--old", "--tag-prefix", &prefix, "--keep", "0", "--keep-tag", &stable];
    let there = |version: &str| exists("image", &tag(version));

    let shown = sweep(&site, &[&["cleanup", "images", "--dry-run"], &old[..]].concat(), 0);
    assert!(shown.stdout.contains("2 images to remove"), "{}", shown.text());
    assert!(shown.stdout.contains("(a container was made of it)"), "{}", shown.text());
    assert!(there("1") && there("2") && there("3"), "it was a dry run");
    sweep(&site, &[&["cleanup", "images", "--yes"], &old[..]].concat(), 0);
    assert!(there("1") && !there("2") && !there("3") && there("stable"));
    let is_there = || docker(&["image", "ls", "--all", "--quiet", "--no-trunc"]).contains(&untagged);
    assert!(is_there(), "a prefix is about tags");
    sweep(&site, &["cleanup", "images", "--yes"], 0);
    assert!(!is_there() && there("1") && there("stable"));

    docker(&["rm", &user, &base]);
    docker(&["image", "rm", &tag("1"), &tag("stable")]);
}

#[test]
#[ignore = "needs a Docker daemon: cargo xtask e2e"]
fn remove_all_cleanup_stops_and_removes_what_fits_and_leaves_a_map_that_is_worked_on() {
    let site = Site::new("sweepall");
    site.write(
        "web: {image: nginx, attaches: data}\njob: {image: nginx, links: web}\nvolumes: {data: /data}",
    );
    site.up(&[]);
    let image = format!("{REPOSITORY}/nginx");
    let other = foreign(&site, "create", "other", &image, &["true"]);
    let lease = format!("dmap-lease.{}", site.name);
    docker(&["create", "--name", &lease, "--label", "dmap.format=1", "--label", "dmap.role=lease", &image]);
    let all = ["remove-all", "--map", &site.name, "--timeout", "1s", "--yes"];
    let said = site.dmap_ends(&all, 0);
    assert!(said.stdout.contains("no container to remove"), "{}", said.text());
    assert!(said.stdout.contains("somebody works on"), "{}", said.text());
    running(&site, &["job", "web"]);

    docker(&["rm", &lease]);
    site.dmap_ends(&["remove-all", "--map", &site.name, "--dry-run"], 0);
    running(&site, &["job", "web"]);
    site.dmap_ends(&all, 0);
    assert_eq!(site.objects("container"), std::slice::from_ref(&other), "a map has its own containers only");
    assert!(exists("volume", &site.full("data")), "volumes stay");
    site.up(&[]);
    plan_is_empty(&site, &[]);
    sweep(&site, &["remove-all", "--yes"], 0);
    assert!(!exists("container", &other));
}

/// The third program of the project's first document.
#[test]
#[ignore = "needs a Docker daemon: cargo xtask e2e"]
fn the_example_cleanup_removes_stopped_containers() {
    let site = Site::new("sweepexample");
    let image = format!("{REPOSITORY}/nginx");
    let old = foreign(&site, "run", "old", &image, &["true"]);
    let new = foreign(&site, "create", "new", &image, &["true"]);
    let ended = ended(example("cleanup").args(["--label", &label(&site)]));
    assert_eq!((ended.code, ended.stdout), (0, format!("removed {old}\n")), "{}", ended.stderr);
    assert!(!exists("container", &old) && exists("container", &new));
    docker(&["rm", &new]);
}

/// Without a filter, on an engine that is nobody else's.
#[test]
#[ignore = "needs a Docker daemon: cargo xtask e2e"]
fn cleanup_of_everything_on_a_private_engine() {
    assert_eq!(std::env::var("DMAP_PRIVATE_ENGINE").as_deref(), Ok("1"), "this needs an engine of its own");
    let site = Site::new("sweepwhole");
    site.write("web: {image: nginx, attaches: data}\nvolumes: {data: /data}");
    site.up(&[]);
    foreign(&site, "run", "old", "nginx", &["true"]);
    let images = list("image");
    site.dmap_ends(&["cleanup", "images", "--yes"], 0);
    assert_eq!(list("image"), images, "what has a tag stays");
    site.dmap_ends(&["remove-all", "--timeout", "1s", "--yes"], 0);
    assert_eq!(list("container"), Vec::<String>::new());
    assert!(exists("volume", &site.full("data")), "volumes stay");
    site.dmap_ends(&["remove-all", "--yes"], 0);
}
