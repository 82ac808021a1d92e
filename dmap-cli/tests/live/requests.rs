//! How often an engine is asked when there is nothing to do.

use serde_json::Value;

use crate::checks::{not_recreated, running, seen};
use crate::site::Site;

/// Forty containers that run and are as the map says take a list of each kind, and one look at each container.
#[test]
#[ignore = "needs a Docker daemon: cargo xtask e2e"]
fn nothing_to_do_takes_one_look_at_each_container() {
    let site = Site::new("requests");
    let instances: Vec<String> = (0..40).map(|number| format!("i{number}")).collect();
    let map = format!("web: {{image: nginx, network_mode: none, instances: [{}]}}", instances.join(", "));
    site.write(&map);
    site.up(&[]);
    let names: Vec<String> = instances.iter().map(|instance| format!("web.{instance}")).collect();
    running(&site, &names.iter().map(String::as_str).collect::<Vec<_>>());
    let before = seen(&site);

    let ended = site.dmap_ends(&["up", "--verbose", "--format", "json"], 0);
    let made: Value = serde_json::from_str(&ended.stdout).expect("the plan is JSON");
    assert_eq!(made["plans"][0]["steps"], serde_json::json!([]));
    let asked = &made["requests"]["default"];
    let number = |kind: &str| asked[kind].as_u64().expect("a number of requests");
    let told = format!(
        "asked of client `default`: {} lists, {} inspections",
        number("lists"),
        number("inspections")
    );
    assert!(ended.stderr.contains(&told), "{told}: {}", ended.stderr);
    assert!(number("lists") <= 4, "containers, volumes, networks: {asked}");
    assert!(number("inspections") <= 40 + 2, "the containers, their image and the record: {asked}");
    assert_eq!(number("archives"), 0, "{asked}");
    assert!(number("others") <= 4, "greetings: {asked}");
    not_recreated(&site, &before, &names.iter().map(String::as_str).collect::<Vec<_>>());
}
