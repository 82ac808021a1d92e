//! A container that is gone or does not run.

use crate::checks::{
    eventually, only_containers, plan_finds, plan_is_empty, recreated, repaired, restarted, running, seen,
};
use crate::docker::{docker, inspect};
use crate::site::Site;

/// Two containers; what happens to one is not the other's business.
const TWO: &str = "web: {image: nginx}\nother: {image: nginx}";

#[test]
#[ignore = "needs a Docker daemon: cargo xtask e2e"]
fn a_removed_container_is_made_again() {
    let site = Site::new("removed");
    site.write(TWO);
    site.up(&[]);
    let before = seen(&site);
    docker(&["rm", "-f", &site.full("web")]);
    repaired(&site, &before, &[("container web", "absent")]);
    running(&site, &["web", "other"]);
    recreated(&site, &before, &["web"]);
}

#[test]
#[ignore = "needs a Docker daemon: cargo xtask e2e"]
fn a_stopped_container_is_started_again() {
    let site = Site::new("stopped");
    site.write(TWO);
    site.up(&[]);
    let before = seen(&site);
    docker(&["stop", &site.full("web")]);
    repaired(&site, &before, &[("container web", "stopped")]);
    running(&site, &["web", "other"]);
    restarted(&site, &before, &["web"]);
}

#[test]
#[ignore = "needs a Docker daemon: cargo xtask e2e"]
fn a_killed_container_is_started_again() {
    let site = Site::new("killed");
    site.write(TWO);
    site.up(&[]);
    let before = seen(&site);
    docker(&["kill", &site.full("web")]);
    repaired(&site, &before, &[("container web", "stopped")]);
    running(&site, &["web", "other"]);
    restarted(&site, &before, &["web"]);
}

#[test]
#[ignore = "needs a Docker daemon: cargo xtask e2e"]
fn a_container_whose_command_could_not_run_is_replaced() {
    let site = Site::new("exit127");
    // Ends with 127 when it is stopped, as the shell does for a command that is not there.
    let command = r#"[sh, -c, "trap 'exit 127' TERM; while :; do sleep 3600 & wait $!; done"]"#;
    site.write(&format!(
        "web: {{image: nginx, create_options: {{command: {command}}}}}\nother: {{image: nginx}}"
    ));
    site.up(&[]);
    let before = seen(&site);
    docker(&["stop", &site.full("web")]);
    assert_eq!(inspect("container", &site.full("web"))["State"]["ExitCode"], 127);
    repaired(&site, &before, &[("container web", "unrecoverable 127")]);
    running(&site, &["web", "other"]);
    recreated(&site, &before, &["web"]);
}

#[test]
#[ignore = "needs a Docker daemon: cargo xtask e2e"]
fn a_job_that_is_done_stays_done() {
    let site = Site::new("job");
    site.write("job: {image: exit, persistent: true}\nother: {image: nginx}");
    site.up(&[]);
    let status = || inspect("container", &site.full("job"))["State"]["Status"].clone();
    eventually("the job is done", || status() == "exited");
    plan_is_empty(&site, &[]);
    let before = seen(&site);
    site.up(&[]);
    assert_eq!(seen(&site), before, "nothing was done");
    only_containers(&site, &["job", "other"]);
}

#[test]
#[ignore = "needs a Docker daemon: cargo xtask e2e"]
fn a_container_that_ends_by_itself_is_missed() {
    let site = Site::new("shortlived");
    site.write("job: {image: exit, create_options: {environment: {CODE: 3}}}\nother: {image: nginx}");
    site.dmap(&["up", "--yes"]);
    let status = || inspect("container", &site.full("job"))["State"]["Status"].clone();
    eventually("it has ended", || status() == "exited");
    plan_finds(&site, &[], &[("container job", "stopped")]);
    running(&site, &["other"]);
}
