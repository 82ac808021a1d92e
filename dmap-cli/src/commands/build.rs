//! `dmap build-image`

use std::collections::{BTreeMap, BTreeSet};
use std::env;
use std::fs;
use std::path::Path;

use container_map::{ClientConfig, ImageRef, Secret};
use docker_exec::{BuildRequest, Builder, CancellationToken};
use dockerfile_builder::{Encoding, HostTree, base_images};

use super::context;
use super::interrupt::Interrupts;
use crate::args::{AgentArg, Args, BuildImageArgs, BuilderName, SecretArg, SecretPlace};
use crate::exit::Exit;
use crate::failure::Failure;
use crate::input::{self, ReadError};
use crate::session::Engines;
use crate::settings::Hosts;
use crate::ui::{BuildProgress, Ui};

/// Builds an image from a directory, and prints its identifier.
///
/// # Errors
///
/// The context cannot be read, or the engine does not build.
pub(super) async fn run(args: &Args, build: &BuildImageArgs, ui: Ui) -> Result<Exit, Failure> {
    let directory = build.directory.as_path();
    let request = request(build, directory)?;
    let client = ClientConfig::default();
    let hosts = Hosts::new(&args.common);
    let logins = BTreeMap::from([(client.name.clone(), input::logins(&registries(&request, directory)?)?)]);
    let engines = Engines::connect([&client], &hosts, &BTreeMap::new(), ui).await?.with_credentials(logins);
    let engine = engines.of(&client.name);

    let cancel = CancellationToken::new();
    let mut interrupts = Interrupts::new().map_err(|error| Failure::system(&error))?;
    let stopping = async {
        interrupts.next().await;
        ui.say("interrupted: ending the build; interrupt again to leave it to the engine");
        cancel.cancel();
        interrupts.next().await;
    };
    let mut progress = BuildProgress::new(build.view(), ui);
    let ended = tokio::select! {
        ended = engine.build(&request, &cancel, &mut progress) => ended,
        () = stopping => return Ok(Exit::Interrupted),
    };
    progress.close();
    match ended {
        Ok(image) => {
            progress.built(&image)?;
            Ok(Exit::Done)
        }
        Err(docker_exec::BuildError::Cancelled) => Ok(Exit::Interrupted),
        Err(error) => {
            Err(Failure::build((directory, build.dockerfile.as_deref()), &request, &error, &client.name))
        }
    }
}

/// Returns what is to be built.
fn request(build: &BuildImageArgs, directory: &Path) -> Result<BuildRequest, Failure> {
    let context = context::of(directory, build.dockerfile.as_deref())?;
    let mut request = BuildRequest::new(context, HostTree::new(directory));
    // What is wrong with the Dockerfile's place and with the patterns is found before anything else.
    if let Some(Err(error)) = request.context.entries(&*request.tree).next() {
        return Err(Failure::context(directory, &error));
    }
    request.tags.extend(build.tags.iter().cloned());
    if build.latest {
        request = request.latest();
    }
    request.encoding = if build.gzip { Encoding::Gzip } else { Encoding::Plain };
    request.labels.extend(build.labels.iter().cloned());
    request.args.extend(build.args.iter().filter_map(|text| argument(text)));
    request.hosts.clone_from(&build.hosts);
    request.target.clone_from(&build.target);
    request.platform.clone_from(&build.platform);
    request.network.clone_from(&build.network);
    (request.pull, request.no_cache) = (build.pull, build.no_cache);
    for SecretArg { name, from } in &build.secrets {
        let value = match from {
            SecretPlace::File(path) => input::read_secret(path)?,
            SecretPlace::Variable(variable) => {
                env::var(variable).map_err(|_| Failure::no_secret(name, variable))?
            }
        };
        request.secrets.insert(name.clone(), Secret::new(value));
    }
    for AgentArg { name, socket } in &build.agents {
        let socket = socket.clone().or_else(input::agent).ok_or_else(|| Failure::no_agent(name))?;
        if let Err(error) = fs::metadata(&socket) {
            return Err(Failure::unreadable("socket of the agent", &socket, &ReadError::Io(error)));
        }
        request.agents.insert(name.clone(), socket);
    }
    request.builder = build.builder.map(|name| match name {
        BuilderName::Classic => Builder::Classic,
        BuilderName::Buildkit => Builder::BuildKit,
    });
    Ok(request)
}

/// Returns the registries from which base images can be pulled.
fn registries(request: &BuildRequest, directory: &Path) -> Result<BTreeSet<String>, Failure> {
    let text = request.context.dockerfile_text(&*request.tree);
    let text = text.map_err(|error| Failure::context(directory, &error))?.unwrap_or_default();
    // What is wrong with a Dockerfile, the engine says best.
    let bases = base_images(&text, &request.args, request.target.as_deref()).unwrap_or_default();
    let images = bases.iter().filter_map(|name| name.parse::<ImageRef>().ok());
    Ok(images.map(|image| image.registry().to_owned()).collect())
}

/// Reads `NAME=VALUE`, or `NAME` for a variable of the environment, which need not be there.
fn argument(text: &str) -> Option<(String, String)> {
    match text.split_once('=') {
        Some((name, value)) => Some((name.to_owned(), value.to_owned())),
        None => env::var(text).ok().map(|value| (text.to_owned(), value)),
    }
}
