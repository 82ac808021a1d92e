//! Everything CI runs, in CI's order, and the chore that accepts snapshots.

use std::time::{Duration, Instant};

use crate::command::Cmd;
use crate::error::{Failure, Result};
use crate::{e2e, tidy, usage};

/// A stage: what it shows and what it runs.
type Stage = (&'static str, fn() -> Result);

/// The stages, cheapest first where the order is free.
const STAGES: [Stage; 6] = [
    ("format", || Cmd::cargo().args(["fmt", "--all", "--check"]).run()),
    ("clippy", || {
        let words = ["clippy", "--workspace", "--all-targets", "--all-features", "--", "--deny", "warnings"];
        Cmd::cargo().args(words).run()
    }),
    ("tests (unit, property, snapshot, documentation)", || {
        Cmd::cargo()
            .args(["test", "--workspace"])
            .shown_env("CI", "true")
            .shown_env("INSTA_UPDATE", "no")
            // A change must not fail for what it did not touch: new cases are looked for with `PROPTEST_CASES=5000`.
            .shown_env("PROPTEST_RNG_SEED", "20261123")
            .run()
    }),
    ("documentation", || {
        Cmd::cargo()
            .args(["doc", "--workspace", "--no-deps"])
            .shown_env("RUSTDOCFLAGS", "--deny warnings")
            .run()
    }),
    ("tidy", tidy::run),
    ("end to end", e2e::run_short),
];

/// `cargo xtask ci`.
pub(crate) fn command(words: &[&str]) -> Result {
    usage::no_words(words)?;
    let start = Instant::now();
    for (index, (name, run)) in STAGES.iter().enumerate() {
        let (number, total) = (index + 1, STAGES.len());
        println!("\n=== {number}/{total} {name} ===");
        let stage = Instant::now();
        run().map_err(|failure| Failure::new(format!("ci stage {number}/{total}, {name}: {failure}")))?;
        println!("=== {number}/{total} {name}: passed in {} ===", shown(stage.elapsed()));
    }
    println!("\nci: {} stages passed in {}", STAGES.len(), shown(start.elapsed()));
    Ok(())
}

/// `cargo xtask bless`: runs the tests and accepts every changed snapshot.
pub(crate) fn bless(words: &[&str]) -> Result {
    usage::no_words(words)?;
    Cmd::cargo().shown_env("INSTA_UPDATE", "always").args(["test", "--workspace", "--no-fail-fast"]).run()
}

/// A duration for people.
fn shown(duration: Duration) -> String {
    let seconds = duration.as_secs();
    match seconds {
        0..60 => format!("{:.1} s", duration.as_secs_f64()),
        _ => format!("{} min {} s", seconds / 60, seconds % 60),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn durations_are_short() {
        assert_eq!(shown(Duration::from_millis(1234)), "1.2 s");
        assert_eq!(shown(Duration::from_secs(754)), "12 min 34 s");
    }
}
