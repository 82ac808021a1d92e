//! Runs the live tests of docker-exec and dmap-cli on an engine, and removes what they made.
//!
//! What a live test may rely on:
//! * `DOCKER_HOST`: the engine, with the fixtures in it;
//! * `DMAP_E2E_PREFIX`: every map name, every foreign object's name and every extra tag of an image has it in front.
//!   What can have no such name carries the label `dmap.e2e` with the prefix as its value;
//! * `DMAP_E2E_ARTIFACTS`: an existing folder for what explains a failed scenario;
//! * `DMAP_E2E_KEEP`: set if a failed scenario is to leave what it made;
//! * `DMAP_PRIVATE_ENGINE=1`, for tests with `private_engine` in their names only: the engine is a fresh one, with
//!   `nginx` and `uwsgi` in it, and nobody else's. Such a test may end its daemon and start another one in its place.
//!
//! `DMAP_E2E_SHORT` is set if scenarios that try everything twice are to do so once.
//! `DMAP_E2E_CONTAINERS` is how many containers the scenario of hundreds has.

use std::path::{Path, PathBuf};

use crate::command::Cmd;
use crate::engine::{Engine, ensure};
use crate::error::{Doing as _, Failure, Result};
use crate::{fixtures, labelled, workspace};

/// What the names of the tests have in common that need an engine of their own.
const PRIVATE: &str = "private_engine";
/// What the names of the tests have in common that need the distribution's registry.
const REGISTRY: &str = "registry";
/// The label of what a test makes without dmap.
const LABEL: &str = "dmap.e2e";

/// What was typed after `e2e`.
#[derive(Debug, Default, PartialEq, Eq)]
struct Options {
    keep_failed: bool,
    skip_private: bool,
    /// Whether what takes minutes is left out.
    skip_long: bool,
    filter: Option<String>,
}

/// `cargo xtask e2e …`.
pub(crate) fn command(words: &[&str]) -> Result {
    run(&parse(words)?)
}

/// Runs the live tests as `ci` does: all but those that take minutes.
pub(crate) fn run_most() -> Result {
    run(&Options { skip_long: true, ..Options::default() })
}

/// Reads the words of the command line.
fn parse(words: &[&str]) -> Result<Options> {
    let mut options = Options::default();
    for word in words {
        match *word {
            "--keep-failed" => options.keep_failed = true,
            "--skip-private" => options.skip_private = true,
            "--skip-long" => options.skip_long = true,
            other if other.starts_with('-') || options.filter.is_some() => {
                return Err(Failure::usage(format_args!("unexpected word `{other}` for `e2e`")));
            }
            filter => options.filter = Some(filter.to_owned()),
        }
    }
    Ok(options)
}

/// Builds, runs the tests that were asked for, and cleans up.
fn run(options: &Options) -> Result {
    // With the examples, which live tests run; after the other tests there is nothing left to build.
    Cmd::cargo().args(["test", "--workspace", "--no-run"]).run()?;
    let mut tests = live_tests(options.filter.as_deref())?;
    if options.skip_long {
        let (long, others): (Vec<_>, Vec<_>) = tests.into_iter().partition(|test| is_long(test));
        println!("e2e: LEFT OUT {}, which take minutes: `cargo xtask e2e` runs them", long.join(", "));
        tests = others;
    }
    if tests.iter().any(|test| test.contains(REGISTRY)) {
        ensure(&["docker-registry"])?;
    }
    let (alone, shared): (Vec<String>, Vec<String>) =
        tests.into_iter().partition(|test| test.contains(PRIVATE));
    let artifacts = workspace::target()?.join("e2e");
    let emptied = std::fs::remove_dir_all(&artifacts).or_else(|error| match error.kind() {
        std::io::ErrorKind::NotFound => Ok(()),
        _ => Err(error),
    });
    emptied.doing(format_args!("empty {}", artifacts.display()))?;
    std::fs::create_dir_all(&artifacts).doing(format_args!("make {}", artifacts.display()))?;
    let (keep_failed, short) = (options.keep_failed, options.skip_long);
    let suite = Suite { prefix: format!("e2e{}x", std::process::id()), artifacts, keep_failed, short };
    let (total, skipped) = (shared.len() + alone.len(), if options.skip_private { alone.len() } else { 0 });
    if !shared.is_empty() {
        suite.on_shared_engine(&shared)?;
    }
    if options.skip_private && !alone.is_empty() {
        println!("e2e: SKIPPED {skipped} tests that need a private engine");
    } else if !alone.is_empty() {
        suite.on_private_engine(&alone)?;
    }
    println!("e2e: {} of {total} live tests passed", total - skipped);
    Ok(())
}

/// What the names of the tests have in common that take minutes.
const LONG: [&str; 4] = ["kill::many::", "hundreds::", "trouble::restart::", "script::twin::"];

fn is_long(test: &str) -> bool {
    LONG.iter().any(|name| test.starts_with(name))
}

/// How many crates have live tests, in `tests/live`.
const CRATES: usize = 2;

/// The names of the live tests that fit the filter; a crate without any is a failure, for it would prove nothing.
fn live_tests(filter: Option<&str>) -> Result<Vec<String>> {
    let listed = test_command().args(["--", "--ignored", "--list"]).read()?;
    if crates_with_tests(&listed) != CRATES {
        return Err(Failure::new(format!(
            "not all {CRATES} crates have live tests (tests/live, marked `#[ignore = …]`)"
        )));
    }
    let names = listed.lines().filter_map(|line| line.strip_suffix(": test"));
    let fits = |name: &&str| filter.is_none_or(|filter| name.contains(filter));
    let wanted: Vec<String> = names.filter(fits).map(str::to_owned).collect();
    match filter {
        Some(filter) if wanted.is_empty() => {
            Err(Failure::usage(format_args!("no live test has `{filter}` in its name")))
        }
        _ => Ok(wanted),
    }
}

/// Each crate's list ends with how many there are.
fn crates_with_tests(listed: &str) -> usize {
    let counts = listed.lines().filter(|line| line.ends_with(" benchmarks"));
    counts.filter(|line| !line.starts_with("0 tests")).count()
}

/// `cargo test` of all live tests. The whole workspace is named so that what the other tests were made of is used again.
fn test_command() -> Cmd {
    Cmd::cargo().args(["test", "--workspace", "--no-fail-fast", "--test", "live"])
}

/// One run of the live tests.
struct Suite {
    prefix: String,
    artifacts: PathBuf,
    keep_failed: bool,
    short: bool,
}

impl Suite {
    /// Runs tests on the engine that is there, among whatever else is on it, and cleans up.
    fn on_shared_engine(&self, tests: &[String]) -> Result {
        let engine = Engine::find_or_start()?;
        fixtures::make(&engine)?;
        let result = self.run(&engine, tests);
        if result.is_err() && self.keep_failed && !engine.is_private() {
            println!("e2e: kept what the tests made; all of it has `{}` in its name or labels", self.prefix);
            return result;
        }
        let cleaned = self.clean(&engine);
        result.and(cleaned)
    }

    /// Runs tests on an engine made for them, which takes everything with it.
    fn on_private_engine(&self, tests: &[String]) -> Result {
        let engine = Engine::start_private()?;
        fixtures::make(&engine)?;
        fixtures::tag_as_seed(&engine)?;
        self.run(&engine, tests)
    }

    /// One scenario at a time: the engine counts endpoints wrongly when networks are used in parallel.
    fn run(&self, engine: &Engine, tests: &[String]) -> Result {
        if tests.is_empty() {
            return Ok(());
        }
        let command = test_command()
            .shown_env("DOCKER_HOST", engine.host())
            .shown_env("DMAP_E2E_PREFIX", &self.prefix)
            .shown_env("DMAP_E2E_ARTIFACTS", &self.artifacts.to_string_lossy())
            .args(["--", "--ignored", "--test-threads=1", "--exact"])
            .args(tests);
        let command = if self.keep_failed { command.shown_env("DMAP_E2E_KEEP", "1") } else { command };
        let command = if self.short { command.shown_env("DMAP_E2E_SHORT", "1") } else { command };
        engine.aim(command).run().map_err(|failure| self.explain(&failure))
    }

    /// Adds to a failure where its artifacts are.
    fn explain(&self, failure: &Failure) -> Failure {
        let kept = Path::new(&self.artifacts).read_dir().is_ok_and(|mut entries| entries.next().is_some());
        let hint = if kept { format!("\nartifacts: {}", self.artifacts.display()) } else { String::new() };
        Failure::new(format!("a live test failed: {failure}{hint}"))
    }

    /// Removes what the tests made, known by the prefix in its name or labels.
    fn clean(&self, engine: &Engine) -> Result {
        let mut objects = labelled::find(engine, labelled::KEY, |name, key| {
            name.contains(&self.prefix) || key.contains(&self.prefix)
        })?;
        objects.extend(labelled::find(engine, LABEL, |_, prefix| prefix == self.prefix)?);
        objects.sort();
        objects.dedup_by(|a, b| (a.kind, &a.name) == (b.kind, &b.name));
        let format = ["--format", "{{.Repository}}:{{.Tag}}"];
        let images = engine.docker().args(["image", "ls"]).args(format).read()?;
        let tags: Vec<&str> = images.lines().filter(|image| is_tag(image, &self.prefix)).collect();
        println!("e2e: removing {} objects and {} tags that are left", objects.len(), tags.len());
        let removed = labelled::remove(engine, &objects);
        if tags.is_empty() {
            return removed;
        }
        let untagged = engine.docker().args(["image", "rm"]).args(tags).read();
        removed.and(untagged.map(drop))
    }
}

/// An image that lost its tag to a newer one is listed with `<none>` in its place, and cannot be removed by that.
fn is_tag(image: &str, prefix: &str) -> bool {
    image.contains(prefix) && !image.ends_with(":<none>")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn images_without_a_tag_are_not_removed_by_it() {
        assert!(is_tag("e2e1x-web:live", "e2e1x"));
        assert!(!is_tag("e2e1x-web:<none>", "e2e1x") && !is_tag("nginx:latest", "e2e1x"));
    }

    #[test]
    fn a_crate_without_tests_is_noticed() {
        let some = "a::b: test\n\n1 test, 0 benchmarks\n";
        assert_eq!(crates_with_tests(&format!("{some}{some}")), 2);
        assert_eq!(crates_with_tests(&format!("{some}0 tests, 0 benchmarks\n")), 1);
    }

    #[test]
    fn options_are_told_from_the_filter() {
        let options = parse(&["--keep-failed", "swap"]).expect("both words are known");
        assert_eq!(
            options,
            Options { keep_failed: true, filter: Some("swap".to_owned()), ..Options::default() }
        );
        for words in [&["--keep"][..], &["a", "b"]] {
            assert_eq!(parse(words).expect_err("not a command line of `e2e`").code(), 64);
        }
    }
}
