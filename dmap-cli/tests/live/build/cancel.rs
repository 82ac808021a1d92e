//! Builds that are cancelled end on the engine, and leave nothing.

use super::{BUILDERS, base, left, name, write};
use crate::checks::eventually;
use crate::site::Site;
use crate::trouble::Background;

#[test]
#[ignore = "needs a Docker daemon: cargo xtask e2e"]
fn a_cancelled_build_ends_on_the_engine() {
    for builder in BUILDERS {
        let site = Site::new(&format!("build-cancel-{builder}"));
        // What runs is seen among the host's processes by a time that nobody else sleeps for.
        let time = 70_000 + std::process::id() % 10_000;
        let text = format!("FROM {}\nRUN echo made-{} > /x\nRUN sleep {time}\n", base(), site.name);
        write(&site, "Dockerfile", text);
        let tag = name(&site, "cancelled");
        let app = site.path("app").display().to_string();
        let run = Background::start(&site, &["build", &app, "--builder", builder, "--tag", &tag]);
        eventually("the step runs", || sleeps(time));
        run.signal("INT");
        let ended = run.ended();
        assert_eq!(ended.code, 130, "{}", ended.text());
        eventually("the step ends", || !sleeps(time));
        let left = left(&site);
        assert!(left.is_empty(), "{builder}: {left:?} is left: {}", ended.text());
    }
}

/// Whether a process sleeps for this time. The engine is on this machine.
fn sleeps(time: u32) -> bool {
    let words = format!("sleep\0{time}\0");
    let processes = std::fs::read_dir("/proc").expect("there are processes").filter_map(Result::ok);
    processes
        .map(|process| std::fs::read(process.path().join("cmdline")).unwrap_or_default())
        .any(|line| line == words.as_bytes())
}
