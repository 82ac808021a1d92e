//! `dmap build`: what the engine makes of Dockerfiles, on both of its builders.

mod agent;
mod cancel;
mod examples;
mod failing;
mod full;
mod instructions;
mod labs;
mod large;
mod newer;
mod remote;

use std::fs;
use std::path::Path;

use crate::docker::{Ended, docker, try_docker};
use crate::site::{REPOSITORY, Site};

/// The builders of the engine, as they are typed.
const BUILDERS: [&str; 2] = ["classic", "buildkit"];

/// Returns the image that steps run in.
fn base() -> String {
    format!("{REPOSITORY}/nginx")
}

/// Returns a name for an image of the scenario, which goes with it.
fn name(site: &Site, what: &str) -> String {
    format!("{what}:{}", site.name)
}

/// Writes a file below the scenario's folder `app`.
#[track_caller]
fn write(site: &Site, path: &str, content: impl AsRef<[u8]>) {
    let path = site.path("app").join(path);
    fs::create_dir_all(path.parent().unwrap_or(Path::new("."))).expect("the folder can be made");
    fs::write(path, content).expect("the file can be written");
}

/// Runs `dmap build` on the folder `app`.
#[track_caller]
fn build(site: &Site, builder: &str, tag: &str, words: &[&str], code: i32) -> Ended {
    let app = site.path("app").display().to_string();
    let fixed = ["build", app.as_str(), "--builder", builder, "--tag", tag];
    site.dmap_ends(&[&fixed[..], words].concat(), code)
}

/// Runs a command in an image.
#[track_caller]
fn look(site: &Site, image: &str, command: &str) -> String {
    let name = format!("{}-look", site.name);
    docker(&[
        "run",
        "--rm",
        "--network",
        "none",
        "--name",
        &name,
        "--entrypoint",
        "/bin/sh",
        "--user",
        "0",
        image,
        "-c",
        command,
    ])
}

/// Returns what is left of builds whose steps have the scenario's name in them: containers by their commands, images by
/// their histories.
#[track_caller]
fn left(site: &Site) -> Vec<String> {
    let lines =
        |words: &[&str]| -> Vec<String> { try_docker(words).stdout.lines().map(str::to_owned).collect() };
    let commands = ["container", "ls", "--all", "--no-trunc", "--format", "{{.ID}} {{.Command}}"];
    let mut left: Vec<String> =
        lines(&commands).into_iter().filter(|line| line.contains(&site.name)).collect();
    for image in lines(&["image", "ls", "--all", "--quiet", "--no-trunc"]) {
        let history = lines(&["history", "--no-trunc", "--format", "{{.CreatedBy}}", &image]);
        if history.iter().any(|line| line.contains(&site.name)) {
            left.push(image);
        }
    }
    left
}

/// Whether an image has a name.
fn is_there(image: &str) -> bool {
    try_docker(&["image", "inspect", image]).code == 0
}
