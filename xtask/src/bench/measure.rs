//! Runs a program and watches the clock and its memory.

use std::ffi::OsStr;
use std::io::Read as _;
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::thread;
use std::time::{Duration, Instant};

use crate::error::{Doing as _, Failure, Result};

/// How often the memory is looked at.
const PERIOD: Duration = Duration::from_millis(1);

/// What one run took.
#[derive(Debug, Clone, Copy)]
pub(super) struct Run {
    /// From the start to the end of the process.
    pub(super) wall: Duration,
    /// The most memory it had in use at once, in bytes.
    pub(super) peak: u64,
}

/// Runs a program, throws away what it prints, and expects it to succeed.
pub(super) fn run<'a>(program: &Path, words: impl Iterator<Item = &'a OsStr>) -> Result<Run> {
    run_to(program, words, Stdio::null())
}

/// As [`run`], but what it prints goes through a pipe: some programs see that nobody looks, and do less.
pub(super) fn run_into_cat<'a>(program: &Path, words: impl Iterator<Item = &'a OsStr>) -> Result<Run> {
    let mut cat = Command::new("cat");
    let mut cat = cat.stdin(Stdio::piped()).stdout(Stdio::null()).spawn().doing("start cat")?;
    let pipe = cat.stdin.take().map_or_else(Stdio::null, Stdio::from);
    let run = run_to(program, words, pipe);
    cat.wait().doing("wait for cat")?;
    run
}

fn run_to<'a>(program: &Path, words: impl Iterator<Item = &'a OsStr>, out: Stdio) -> Result<Run> {
    let mut command = Command::new(program);
    command.args(words).stdin(Stdio::null()).stdout(out).stderr(Stdio::piped());
    let start = Instant::now();
    let mut child = command.spawn().doing(format_args!("start {}", program.display()))?;
    // The command holds its end of the pipe, which would never be closed.
    drop(command);
    let errors = child.stderr.take();
    // Read beside the watch, or a program that says much would wait for its reader.
    let errors = thread::spawn(move || {
        let mut said = String::new();
        errors.map(|mut errors| errors.read_to_string(&mut said));
        said
    });
    let (peak, is_done) = watch(&mut child)?;
    let wall = start.elapsed();
    let said = errors.join().unwrap_or_default();
    if is_done {
        return Ok(Run { wall, peak });
    }
    Err(Failure::new(format!("{} failed: {}", program.display(), said.trim())))
}

/// Waits for a process to end; returns the most memory it was seen with, and whether it succeeded.
fn watch(child: &mut Child) -> Result<(u64, bool)> {
    let status = format!("/proc/{}/status", child.id());
    let mut peak = 0;
    loop {
        // The high-water mark never falls, so the last look counts; what comes after it is missed, a millisecond at most.
        if let Some(seen) = std::fs::read_to_string(&status).ok().as_deref().and_then(high_water) {
            peak = seen;
        }
        if let Some(status) = child.try_wait().doing("wait for the measured program")? {
            return Ok((peak, status.success()));
        }
        thread::sleep(PERIOD);
    }
}

/// The peak resident size in bytes, as the kernel's status of a process says it.
fn high_water(status: &str) -> Option<u64> {
    let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:"))?;
    let kilobytes: u64 = line.trim().strip_suffix("kB")?.trim().parse().ok()?;
    Some(kilobytes * 1024)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_high_water_mark_is_in_kilobytes() {
        assert_eq!(high_water("Name:\tdmap\nVmHWM:\t    2048 kB\nVmRSS:\t 12 kB\n"), Some(2 << 20));
        // A process that has ended has no memory.
        assert_eq!(high_water("Name:\tdmap\nState:\tZ (zombie)\n"), None);
    }

    #[test]
    fn a_program_is_measured_and_a_failure_says_what_the_program_said() {
        let shell = |script| run(Path::new("sh"), ["-c", script].map(OsStr::new).into_iter());
        // Busy for longer than it takes to look once.
        let run = shell("i=0; while [ $i -lt 20000 ]; do i=$((i + 1)); done").expect("it only counts");
        assert!(run.wall > Duration::ZERO && run.peak > 0, "{run:?}");
        let failure = shell("echo broken >&2; exit 3").expect_err("it exits with 3");
        assert_eq!(failure.to_string(), "sh failed: broken");
        let piped = run_into_cat(Path::new("sh"), ["-c", "[ -p /dev/stdout ]"].map(OsStr::new).into_iter());
        assert!(piped.is_ok_and(|run| run.wall > Duration::ZERO));
    }
}
