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
//! `DMAP_E2E_CONTAINERS` is how many containers the scenario of hundreds has, `DMAP_E2E_FRONTEND` the program of a Dockerfile
//! frontend that knows more than an engine's own.

mod found;
mod lanes;

use std::path::{Path, PathBuf};

use self::found::Test;
use crate::command::Cmd;
use crate::engine::{Engine, ensure};
use crate::error::{Doing as _, Failure, Result};
use crate::{labelled, workspace};

/// What the names of the tests have in common that need an engine of their own.
const PRIVATE: &str = "private_engine";
/// Programs of the distribution, and what the names of the tests have in common that need them.
const NEEDED: [(&str, &str); 2] = [("docker-registry", "registry"), ("ssh-agent", "ssh_agent")];
/// The label of what a test makes without dmap.
const LABEL: &str = "dmap.e2e";

/// What was typed after `e2e`.
#[derive(Debug, Default, PartialEq, Eq)]
struct Options {
    keep_failed: bool,
    skip_private: bool,
    /// Whether what is tried twice elsewhere is tried once.
    short: bool,
    filter: Option<String>,
}

/// `cargo xtask e2e …`.
pub(crate) fn command(words: &[&str]) -> Result {
    run(&parse(words)?)
}

/// Runs the live tests as `ci` does.
pub(crate) fn run_short() -> Result {
    run(&Options { short: true, ..Options::default() })
}

/// Reads the words of the command line.
fn parse(words: &[&str]) -> Result<Options> {
    let mut options = Options::default();
    for word in words {
        match *word {
            "--keep-failed" => options.keep_failed = true,
            "--skip-private" => options.skip_private = true,
            "--short" => options.short = true,
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
    let tests = found::find(options.filter.as_deref())?;
    for (program, _) in NEEDED.iter().filter(|(_, part)| tests.iter().any(|test| test.name.contains(part))) {
        ensure(&[program])?;
    }
    let (mut alone, shared): (Vec<Test>, Vec<Test>) =
        tests.into_iter().partition(|test| test.name.contains(PRIVATE));
    if options.skip_private && !alone.is_empty() {
        println!("e2e: SKIPPED {} tests that need a private engine", alone.len());
        alone.clear();
    }
    let suite = Suite {
        prefix: format!("e2e{}x", std::process::id()),
        artifacts: emptied_artifacts()?,
        keep_failed: options.keep_failed,
        skip_private: options.skip_private,
        short: options.short,
    };
    let total = shared.len() + alone.len();
    lanes::run(&suite, shared, alone)?;
    println!("e2e: {total} live tests passed");
    Ok(())
}

/// The folder for what explains failures, without those of an earlier run.
fn emptied_artifacts() -> Result<PathBuf> {
    let artifacts = workspace::target()?.join("e2e");
    let emptied = std::fs::remove_dir_all(&artifacts).or_else(|error| match error.kind() {
        std::io::ErrorKind::NotFound => Ok(()),
        _ => Err(error),
    });
    emptied.doing(format_args!("empty {}", artifacts.display()))?;
    std::fs::create_dir_all(&artifacts).doing(format_args!("make {}", artifacts.display()))?;
    Ok(artifacts)
}

/// One run of the live tests.
#[derive(Debug)]
struct Suite {
    prefix: String,
    artifacts: PathBuf,
    keep_failed: bool,
    skip_private: bool,
    short: bool,
}

impl Suite {
    /// Tells a test what it may rely on.
    fn equip(&self, test: Cmd) -> Cmd {
        let test = test.env("DMAP_E2E_PREFIX", &self.prefix).env("DMAP_E2E_ARTIFACTS", &self.artifacts);
        let test = if self.keep_failed { test.env("DMAP_E2E_KEEP", "1") } else { test };
        if self.short { test.env("DMAP_E2E_SHORT", "1") } else { test }
    }

    /// Names the tests that failed, if any, and where their artifacts are.
    fn explain(&self, failed: &[String]) -> Result {
        if failed.is_empty() {
            return Ok(());
        }
        let kept = Path::new(&self.artifacts).read_dir().is_ok_and(|mut entries| entries.next().is_some());
        let hint = if kept { format!("\nartifacts: {}", self.artifacts.display()) } else { String::new() };
        let count = failed.len();
        Err(Failure::new(format!("{count} live tests failed: {}{hint}", failed.join(", "))))
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
