//! Ctrl-C.

use super::{Background, is_leased, status};
use crate::checks::{eventually, only_containers, plan_is_empty, running};
use crate::site::Site;

/// A container that does not end when it is asked to, for some seconds.
fn stubborn(version: usize) -> String {
    format!(
        "stubborn: {{image: nginx, create_options: {{environment: {{V: {version}}}, \
         command: [sh, -c, 'trap \"\" TERM; while :; do sleep 1; done'], stop_timeout: 5}}}}\n\
         web: {{image: nginx, start: [stubborn], create_options: {{environment: {{V: {version}}}}}}}"
    )
}

#[test]
#[ignore = "needs a Docker daemon: cargo xtask e2e"]
fn the_first_interrupt_finishes_what_is_under_way() {
    let site = Site::new("interrupt");
    site.write(&stubborn(1));
    site.up(&[]);
    site.write(&stubborn(2));
    let run = Background::start(&site, &["up", "--yes"]);
    eventually("the dependent was stopped", || status(&site, "web") == "exited");
    run.signal("INT");
    let ended = run.ended();
    let said = ended.text();
    assert_eq!(ended.code, 130, "{said}");
    assert!(said.contains("interrupted: waiting") && said.contains("not begun: "), "{said}");
    assert_eq!(status(&site, "stubborn"), "exited", "its stop was under way and is finished");
    assert!(!is_leased(&site));
    goes_on(&site);
}

#[test]
#[ignore = "needs a Docker daemon: cargo xtask e2e"]
fn the_second_interrupt_aborts() {
    let site = Site::new("abort");
    site.write(&stubborn(1));
    site.up(&[]);
    site.write(&stubborn(2));
    let run = Background::start(&site, &["up", "--yes"]);
    eventually("the dependent was stopped", || status(&site, "web") == "exited");
    run.signal("INT");
    run.signal("TERM");
    let ended = run.ended();
    let said = ended.text();
    assert_eq!(ended.code, 130, "{said}");
    assert!(
        said.contains("whether this was done is not known: stop") && said.contains("not begun: "),
        "{said}"
    );
    goes_on(&site);
}

/// The next run leads where the first would have led.
#[track_caller]
fn goes_on(site: &Site) {
    site.up(&[]);
    only_containers(site, &["stubborn", "web"]);
    running(site, &["stubborn", "web"]);
    for name in ["stubborn", "web"] {
        assert_eq!(super::variable(site, name, "V"), "2");
    }
    plan_is_empty(site, &[]);
    assert!(!is_leased(site));
}
