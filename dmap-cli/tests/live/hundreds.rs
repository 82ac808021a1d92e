//! Many containers: 100, or as many as `DMAP_E2E_CONTAINERS` says.

use std::env;
use std::time::{Duration, Instant};

use serde_json::Value;

use crate::docker::docker;
use crate::site::Site;

/// In each of these networks there are some.
const NETWORKS: usize = 4;

#[test]
#[expect(clippy::print_stdout, reason = "the times are of interest, and shown if the test fails")]
#[ignore = "needs a Docker daemon: cargo xtask e2e"]
fn hundreds_come_up_stay_and_go() {
    let count: usize = env::var("DMAP_E2E_CONTAINERS").map_or(100, |count| count.parse().expect("a number"));
    let site = Site::new("hundreds");
    let groups = (0..NETWORKS).map(|network| {
        let mine = (0..count).filter(|number| number % NETWORKS == network);
        let names: Vec<String> = mine.map(|number| format!("c{number}")).collect();
        format!(
            "web{network}: {{image: nginx, networks: [net{network}], instances: [{}]}}\n",
            names.join(", ")
        )
    });
    let networks: Vec<String> = (0..NETWORKS).map(|network| format!("net{network}: {{}}")).collect();
    site.write(&format!("{}networks: {{{}}}", groups.collect::<String>(), networks.join(", ")));

    let up = timed(|| site.up(&[]));
    let before = listed(&site);
    assert_eq!(before.len(), count, "all of them run: {before:?}");
    assert!(before.iter().all(|line| line.ends_with(" running")), "{before:?}");

    let mut told = String::new();
    let no_op = timed(|| told = site.dmap_ends(&["up", "--format", "json"], 0).stdout);
    let told: Value = serde_json::from_str(&told).expect("the plan is JSON");
    assert_eq!(told["plans"][0]["steps"], serde_json::json!([]));
    let asked = &told["requests"]["default"];
    let number = |what: &str| usize::try_from(asked[what].as_u64().expect("it is counted")).unwrap();
    assert!(number("lists") <= 4, "{asked}");
    assert!((count..=count + 3).contains(&number("inspections")), "one for each container: {asked}");
    assert_eq!(number("archives"), 0, "{asked}");
    assert_eq!(listed(&site), before, "nothing was touched");

    let down = timed(|| site.down(&[]));
    assert_eq!(listed(&site), Vec::<String>::new());
    assert_eq!(site.objects("network"), Vec::<String>::new());
    println!("{count} containers: up {up:.1?}, no-op {no_op:.1?}, down {down:.1?}");
}

fn timed(work: impl FnOnce()) -> Duration {
    let began = Instant::now();
    work();
    began.elapsed()
}

/// Identifier, name and state of all of the scenario's containers.
#[track_caller]
fn listed(site: &Site) -> Vec<String> {
    let filter = format!("name={}", site.full("web"));
    let format = "{{.ID}} {{.Names}} {{.State}}";
    let lines = docker(&["ps", "--all", "--no-trunc", "--filter", &filter, "--format", format]);
    let mut lines: Vec<String> = lines.lines().map(str::to_owned).collect();
    lines.sort();
    lines
}
