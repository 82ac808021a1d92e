//! The programs that are compared, and what each is given.

use std::ffi::OsString;
use std::fmt::Write as _;
use std::path::{Path, PathBuf};

use super::super::measure::{self, Run};
use super::{CONTAINERS, IMAGE, Stage, WIDTH};
use crate::command::Cmd;
use crate::engine::{Engine, find};
use crate::error::{Doing as _, Failure, Result};
use crate::workspace;

/// What all objects have in their names, besides a program's own word.
const NAME: &str = "bench";

/// A program that can do all stages.
pub(super) struct Program {
    pub(super) name: &'static str,
    path: PathBuf,
    /// What is typed before what belongs to a stage.
    words: Vec<OsString>,
    /// The file that says what there should be.
    file: PathBuf,
    kind: Kind,
}

enum Kind {
    Calls,
    Dmap,
    Compose,
}

/// How many starts and stops on one network engines before 28.2 keep count of; so many dmap makes at once there.
const PER_NETWORK: usize = 2;

/// The calls, as many at once as dmap may make and as many as an old engine takes; dmap; and Compose if it is there or
/// `COMPOSE` names it.
pub(super) fn all(engine: &Engine, folder: &Path) -> Result<Vec<Program>> {
    let host = engine.host().to_owned();
    let socket = host.strip_prefix("unix://").ok_or_else(|| {
        Failure::new(format!("the engine is at `{host}`, and the calls are made on a Unix socket only"))
    })?;
    // At once, so that what both are made of is built once.
    let packages =
        ["--package", "dmap-cli", "--package", "docker-exec", "--bin", "dmap", "--example", "bound"];
    Cmd::cargo().args(["build", "--release"]).args(packages).run()?;
    let built = workspace::target()?.join("release");
    let (dmap, calls) = (built.join("dmap"), built.join("examples").join("bound"));
    let width = WIDTH.to_string();
    let words = |words: &[&str]| words.iter().map(OsString::from).collect::<Vec<_>>();
    let bare = |name, per_network: usize| Program {
        name,
        path: calls.clone(),
        words: words(&[socket, &width, &per_network.to_string(), IMAGE]),
        file: folder.join("none"),
        kind: Kind::Calls,
    };
    let mut programs = vec![
        bare("bare calls", WIDTH),
        bare("bare calls, 2 per network", PER_NETWORK),
        Program {
            name: "dmap",
            path: dmap,
            words: words(&["--host", &host]),
            file: folder.join("dmap.yaml"),
            kind: Kind::Dmap,
        },
    ];
    if let Some((path, mut before)) = compose()? {
        if before.is_empty() {
            before = words(&["-H", &host]);
        }
        let file = folder.join("compose.yaml");
        programs.push(Program { name: "Compose", path, words: before, file, kind: Kind::Compose });
    }
    Ok(programs)
}

/// Where Compose is, and the words that lead to it.
fn compose() -> Result<Option<(PathBuf, Vec<OsString>)>> {
    if let Some(named) = std::env::var_os("COMPOSE") {
        return Ok(Some((named.into(), Vec::new())));
    }
    if Cmd::new("docker").args(["compose", "version"]).capture()?.code == 0 {
        return Ok(Some(("docker".into(), vec!["compose".into()])));
    }
    Ok(find("docker-compose").map(|path| (path, Vec::new())))
}

impl Program {
    /// Does what belongs to a stage.
    pub(super) fn run(&self, stage: Stage) -> Result<Run> {
        let count = stage.count().to_string();
        let file = self.file.as_os_str();
        let mut words = self.words.clone();
        let mut add = |more: &[&str]| words.extend(more.iter().map(OsString::from));
        match (&self.kind, stage) {
            (Kind::Calls, Stage::Up) => add(&["up", &count]),
            (Kind::Calls, Stage::NoOp) => add(&["look", &count]),
            (Kind::Calls, Stage::One | Stage::Twenty) => add(&["change", &count]),
            (Kind::Calls, Stage::Down) => add(&["down", &count]),
            (Kind::Dmap, stage) => {
                let verb = if stage == Stage::Down { "down" } else { "up" };
                self.write(&map(stage))?;
                let (width, file) = (WIDTH.to_string(), file.to_string_lossy());
                add(&[verb, "--yes", "--quiet", "--parallel", &width, "-f", &file]);
            }
            (Kind::Compose, stage) => {
                self.write(&services(stage))?;
                add(&["-f", &file.to_string_lossy(), "-p", &format!("{NAME}-compose")]);
                add(if stage == Stage::Down { &["down"] } else { &["up", "-d"] });
            }
        }
        measure::run(&self.path, words.iter().map(OsString::as_os_str))
    }

    fn write(&self, text: &str) -> Result {
        std::fs::write(&self.file, text).doing(format_args!("write {}", self.file.display()))
    }
}

/// The map of a stage.
fn map(stage: Stage) -> String {
    let mut text = format!("name: {NAME}-dmap\nnetworks: {{net: }}\ncontainers:\n");
    for container in 0..CONTAINERS {
        let value = stage.value(container);
        writeln!(
            text,
            "  c{container}: {{image: \"{IMAGE}\", networks: {{net: }}, create_options: {{environment: {{V: \"{value}\"}}}}}}"
        )
        .expect("because a string takes everything");
    }
    text
}

/// The same for Compose.
fn services(stage: Stage) -> String {
    let mut text = String::from("version: \"2.4\"\nservices:\n");
    for container in 0..CONTAINERS {
        let value = stage.value(container);
        writeln!(text, "  c{container}: {{image: \"{IMAGE}\", environment: {{V: \"{value}\"}}}}")
            .expect("because a string takes everything");
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_stage_changes_as_many_containers_as_it_says() {
        let changed =
            |before: &str, after: &str| before.lines().zip(after.lines()).filter(|(a, b)| a != b).count();
        for text in [map, services] {
            assert_eq!(changed(&text(Stage::Up), &text(Stage::NoOp)), 0);
            assert_eq!(changed(&text(Stage::NoOp), &text(Stage::One)), 1);
            assert_eq!(changed(&text(Stage::One), &text(Stage::Twenty)), 20);
        }
    }
}
