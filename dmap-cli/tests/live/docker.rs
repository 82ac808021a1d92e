//! The `docker` client: what a scenario does by hand, and how it looks at the engine.

use std::path::Path;
use std::process::Command;

use serde_json::Value;

/// How a program ended.
#[derive(Debug)]
pub(crate) struct Ended {
    /// Its exit code; -1 if a signal ended it.
    pub(crate) code: i32,
    /// What it printed.
    pub(crate) stdout: String,
    /// What it complained about.
    pub(crate) stderr: String,
}

impl Ended {
    /// Everything it wrote, for messages and for looking for words.
    pub(crate) fn text(&self) -> String {
        format!("{}{}", self.stdout, self.stderr)
    }
}

/// An example of docker-exec, which `cargo xtask e2e` has built beside `dmap`.
pub(crate) fn example(name: &str) -> Command {
    let dmap = Path::new(env!("CARGO_BIN_EXE_dmap"));
    Command::new(dmap.with_file_name("examples").join(name))
}

/// Runs a program to its end.
#[track_caller]
pub(crate) fn ended(command: &mut Command) -> Ended {
    let output = command.output().expect("the program can be started");
    Ended {
        code: output.status.code().unwrap_or(-1),
        stdout: String::from_utf8_lossy(&output.stdout).into_owned(),
        stderr: String::from_utf8_lossy(&output.stderr).into_owned(),
    }
}

/// Runs `docker`, which may fail.
#[track_caller]
pub(crate) fn try_docker(words: &[&str]) -> Ended {
    ended(Command::new("docker").args(words))
}

/// Runs `docker`, which must not fail, and returns what it printed.
#[track_caller]
pub(crate) fn docker(words: &[&str]) -> String {
    let Ended { code, stdout, stderr } = try_docker(words);
    assert_eq!(code, 0, "docker {}: {stderr}", words.join(" "));
    stdout.trim().to_owned()
}

/// Inspects an object that must be there; the kind is `container`, `volume`, `network` or `image`.
#[track_caller]
pub(crate) fn inspect(kind: &str, name: &str) -> Value {
    let text = docker(&[kind, "inspect", name]);
    let mut found: Value = serde_json::from_str(&text).expect("an inspection is JSON");
    found[0].take()
}

/// Inspects all of these at once, in this order.
#[track_caller]
pub(crate) fn inspect_all(kind: &str, names: &[String]) -> Vec<Value> {
    if names.is_empty() {
        return Vec::new();
    }
    let mut words = vec![kind, "inspect"];
    words.extend(names.iter().map(String::as_str));
    serde_json::from_str(&docker(&words)).expect("an inspection is JSON")
}

/// Whether an object is there.
#[track_caller]
pub(crate) fn exists(kind: &str, name: &str) -> bool {
    list(kind).iter().any(|found| found == name)
}

/// The names of all objects of a kind.
#[track_caller]
pub(crate) fn list(kind: &str) -> Vec<String> {
    let words: &[&str] = match kind {
        "container" => &["container", "ls", "--all", "--no-trunc", "--format", "{{.Names}}"],
        "volume" => &["volume", "ls", "--format", "{{.Name}}"],
        "network" => &["network", "ls", "--format", "{{.Name}}"],
        _ => &["image", "ls", "--format", "{{.Repository}}:{{.Tag}}"],
    };
    // Of a container's names, those with a slash were given by links.
    let own = |names: &str| names.split(',').find(|name| !name.contains('/')).unwrap_or(names).to_owned();
    let listed = docker(words);
    let mut names: Vec<String> =
        listed.lines().map(|line| if kind == "container" { own(line) } else { line.to_owned() }).collect();
    names.sort();
    names
}

/// A field of an inspection as text; empty if it is not there.
pub(crate) fn text(value: &Value) -> String {
    value.as_str().unwrap_or_default().to_owned()
}

/// A field of an inspection as texts, in order; none if it is not there.
pub(crate) fn sorted(value: &Value) -> Vec<String> {
    let mut texts: Vec<String> = value.as_array().into_iter().flatten().map(text).collect();
    texts.sort();
    texts
}
