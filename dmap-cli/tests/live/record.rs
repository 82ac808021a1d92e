//! What was noted of earlier runs tells who changed what, and is forgotten without harm.

use crate::checks::plan_is_empty;
use crate::docker::{docker, exists};
use crate::site::Site;

#[test]
#[ignore = "needs a Docker daemon: cargo xtask e2e"]
fn an_amended_limit_that_is_changed_by_hand_has_drifted() {
    let site = Site::new("record");
    let map = |memory: &str| format!("web: {{image: nginx, host_config: {{mem_limit: {memory}}}}}");
    site.write(&map("64m"));
    site.up(&[]);
    let record = format!("dmap-record.{}", site.name);
    assert!(!exists("container", &record), "a run that amended nothing has nothing to note");
    site.write(&map("96m"));
    site.up(&[]);
    assert!(exists("container", &record));
    plan_is_empty(&site, &[]);

    docker(&["update", "--memory", "80m", "--memory-swap", "160m", &site.full("web")]);
    let plan = site.dmap_ends(&["plan", "--detailed-exitcode"], 2).stdout;
    assert!(plan.contains("drifted"), "{plan}");
    docker(&["rm", &record]);
    let plan = site.dmap_ends(&["plan", "--detailed-exitcode"], 2).stdout;
    assert!(!plan.contains("drifted"), "nobody knows any more: {plan}");
    site.up(&[]);
    plan_is_empty(&site, &[]);
    assert!(exists("container", &record));
    site.down(&[]);
    assert!(!exists("container", &record), "nothing of the map is left");
}
