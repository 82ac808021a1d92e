//! A large context is sent in little memory.

use std::fs::File;
use std::process::{Command, Stdio};
use std::time::Duration;

use super::{BUILDERS, base, look, name, write};
use crate::site::Site;

/// The size of the context, in bytes.
const SIZE: u64 = 300 << 20;
/// What the program may take at most, in KiB.
const MOST: u64 = 48 << 10;

#[test]
#[ignore = "needs a Docker daemon: cargo xtask e2e"]
#[expect(clippy::print_stdout, reason = "the figure is of interest, and shown if the test fails")]
fn a_large_build_context_takes_little_memory() {
    for builder in BUILDERS {
        let site = Site::new(&format!("build-large-{builder}"));
        write(&site, "Dockerfile", format!("FROM {}\nCOPY large /large\n", base()));
        let large = File::create(site.path("app/large")).expect("a file can be made");
        large.set_len(SIZE).expect("a file can be made longer");
        let (tag, app) = (name(&site, "large"), site.path("app").display().to_string());
        let words = ["build", &app, "--builder", builder, "--tag", &tag, "--quiet"];
        let peak = peak_of(&mut site.command(&words));
        println!("{builder}: {} MiB sent with {} MiB of memory at most", SIZE >> 20, peak >> 10);
        assert!(peak > 0 && peak < MOST, "{builder}: {peak} KiB");
        assert_eq!(look(&site, &tag, "stat -c %s /large"), SIZE.to_string());
    }
}

/// Runs a program to its end and returns the most memory that it had, in KiB.
#[track_caller]
fn peak_of(command: &mut Command) -> u64 {
    let mut child = command.stdout(Stdio::null()).spawn().expect("the program can be started");
    let status = format!("/proc/{}/status", child.id());
    let mut peak = 0;
    loop {
        let text = std::fs::read_to_string(&status).unwrap_or_default();
        let found = text.lines().find_map(|line| line.strip_prefix("VmHWM:")?.trim().strip_suffix(" kB"));
        peak = found.and_then(|found| found.trim().parse().ok()).unwrap_or(peak);
        if let Some(ended) = child.try_wait().expect("a child can be waited for") {
            assert!(ended.success(), "{ended}");
            return peak;
        }
        std::thread::sleep(Duration::from_millis(5));
    }
}
