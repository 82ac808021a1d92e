//! A secret is in its container, and in nothing that dmap writes.

use std::fs;

use crate::checks::{not_recreated, plan_is_empty, recreated, running, seen};
use crate::docker::{docker, inspect};
use crate::site::Site;

const MAP: &str = "web:
  image: nginx
  create_options: {environment: {PASSWORD: !secret {file: password.txt}, MODE: plain}}";

#[test]
#[ignore = "needs a Docker daemon: cargo xtask e2e"]
fn a_secret_reaches_its_container_only() {
    let site = Site::new("secret");
    site.write(MAP);
    fs::write(site.path("password.txt"), "hunter2-from-a-file\n").unwrap();
    let unseen = |words: &[&str], code: i32| {
        let said = site.dmap_ends(words, code).text();
        assert!(!said.contains("-from-a-file"), "dmap {}: {said}", words.join(" "));
        said
    };
    let json = unseen(&["plan", "--format", "json"], 0);
    assert!(json.contains("password.txt"), "it says where the secret is read from: {json}");
    unseen(&["up", "--yes"], 0);
    running(&site, &["web"]);
    let value = || docker(&["exec", &site.full("web"), "sh", "-c", "echo $PASSWORD"]);
    assert_eq!(value(), "hunter2-from-a-file");
    let labels = || inspect("container", &site.full("web"))["Config"]["Labels"].clone();
    let born = labels();
    assert!(!born.to_string().contains("hunter2"), "{born}");
    plan_is_empty(&site, &[]);

    // What it holds now is another container, whose labels do not tell the difference.
    let before = seen(&site);
    fs::write(site.path("password.txt"), "hunter3-from-a-file").unwrap();
    let plan = unseen(&["plan"], 0);
    assert!(plan.contains("env PASSWORD: (secret)"), "{plan}");
    unseen(&["up", "--yes"], 0);
    recreated(&site, &before, &["web"]);
    assert_eq!((value().as_str(), labels()), ("hunter3-from-a-file", born));
    plan_is_empty(&site, &[]);

    let before = seen(&site);
    fs::remove_file(site.path("password.txt")).unwrap();
    unseen(&["up", "--yes"], 1);
    not_recreated(&site, &before, &["web"]);
}
