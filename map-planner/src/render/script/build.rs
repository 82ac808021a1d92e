//! Builds in the script.

use alloc::collections::{BTreeMap, BTreeSet};
use alloc::format;
use alloc::string::{String, ToString};
use alloc::vec::Vec;

use container_map::config::{BuildConfig, DockerfileSource};
use container_map::{ImageRef, SecretSource};

use super::super::quote::{csv, word};
use super::command::Command;
use crate::build::{ContextDigest, labels};
use crate::label;

/// Returns the lines that build an image. The command packs the context by itself, and takes it as it is by then.
pub(super) fn build(
    image: &ImageRef,
    build: &BuildConfig,
    context: &ContextDigest,
    bases: &BTreeSet<ImageRef>,
    pulls: &BTreeSet<ImageRef>,
) -> Vec<String> {
    let mut lines = Vec::from([
        "# The labels say what is in the context now. Nothing here checks that it still is.".to_string(),
    ]);
    lines.extend(pulls.iter().map(|base| {
        Command::new("pull").option("--platform", build.platform.as_ref()).argument(base).to_string()
    }));
    let is_pulled = build.pull && bases.is_empty();
    let secrets = build.secrets.iter().map(|(id, source)| {
        let from = match source {
            SecretSource::File(path) => csv(&format!("src={path}")),
            SecretSource::Env(name) => csv(&format!("env={name}")),
        };
        format!("{},{from}", csv(&format!("id={id}")))
    });
    let agents = build.ssh.iter().map(|(name, socket)| match socket {
        Some(socket) => format!("{name}={socket}"),
        None => name.clone(),
    });
    let bases: Vec<String> = bases.iter().map(identified).collect();
    let bases = (!bases.is_empty()).then(|| format!("{}={}", label::BASES, bases.join(",")));
    let command = Command::new("build")
        .option("--tag", Some(image))
        .options("--tag", &build.tags)
        .option("--target", build.target.as_ref())
        .pairs("--build-arg", &build.args)
        .pairs("--label", &labels(build, context, &BTreeMap::new()))
        .quoted_options("--label", bases)
        .option("--platform", build.platform.as_ref())
        .switch("--pull", is_pulled.then_some(true))
        .switch("--no-cache", build.no_cache.then_some(true))
        .options("--secret", secrets)
        .options("--ssh", agents)
        .options("--add-host", &build.extra_hosts)
        .option("--network", build.network.as_ref());
    lines.push(match (&build.context, &build.dockerfile) {
        (Some(folder), DockerfileSource::File(file)) => {
            let file = format!("{}/{file}", folder.as_str().trim_end_matches('/'));
            command.option("--file", Some(file)).argument(folder).to_string()
        }
        (Some(folder), DockerfileSource::Inline(steps)) => {
            let command = command.option("--file", Some("-")).argument(folder);
            format!("printf %s {} | {command}", word(steps))
        }
        // Without a context, all there is comes from standard input.
        (None, DockerfileSource::Inline(steps)) => {
            format!("printf %s {} | {}", word(steps), command.argument("-"))
        }
        (None, DockerfileSource::File(file)) => {
            command.option("--file", Some(file)).argument(".").to_string()
        }
    });
    lines
}

/// Returns an image with the identifier that it has when the script is run, as the label has it, quoted.
fn identified(image: &ImageRef) -> String {
    let name = word(&image.to_string());
    format!("{name}=\"$(docker image inspect --format '{{{{.Id}}}}' {name})\"")
}
