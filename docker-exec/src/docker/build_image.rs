//! The action that builds an image of the map.

use std::collections::{BTreeMap, BTreeSet};
use std::path::PathBuf;

use container_map::ImageRef;
use container_map::config::BuildConfig;
use dockerfile_builder::Encoding;
use map_planner::ContextDigest;
use map_planner::build::labels;
use map_planner::engine::EngineId;

use super::DockerEngine;
use super::cause::Cause;
use super::wire::image::Image;
use crate::build::{BuildEvent, BuildRequest, BuildWatcher};
use crate::engine::Applied;
use crate::event::{cancellation, progress};
use crate::source::BuildSource;

/// Builds an image from the context that was planned with; another one is not built. Its label says on which images of the
/// map.
pub(super) async fn build(
    engine: &DockerEngine,
    image: &ImageRef,
    build: &BuildConfig,
    context: &ContextDigest,
    bases: &BTreeSet<ImageRef>,
) -> Result<Applied, Cause> {
    let BuildSource { context: files, tree } = BuildSource::new(build);
    let digest = context.to_string().parse().expect("because both digests have the same form");
    let secrets = build.secrets.iter().map(|(id, source)| Ok((id.clone(), engine.secrets.value(source)?)));
    // The usual one need not be there: it is missed only by a step that asks for it.
    let agents = build.ssh.iter().filter_map(|(name, socket)| {
        let socket = socket.as_ref().map(|socket| PathBuf::from(socket.as_str()));
        Some((name.clone(), socket.or_else(|| engine.agent.clone())?))
    });
    let hosts = build.extra_hosts.iter().map(|host| (host.name().to_owned(), host.address.to_string()));
    let identified = identified(engine, bases).await?;
    let request = BuildRequest {
        context: files,
        tree,
        encoding: Encoding::Plain,
        digest: Some(digest),
        tags: build.tags.iter().chain([image]).cloned().collect(),
        labels: labels(build, context, &identified),
        args: build.args.clone(),
        target: build.target.clone(),
        platform: build.platform.clone(),
        hosts: hosts.collect(),
        network: build.network.clone(),
        // No registry has an image of the map; the others were pulled.
        pull: build.pull && bases.is_empty(),
        no_cache: build.no_cache,
        secrets: secrets.collect::<Result<_, Cause>>()?,
        agents: agents.collect(),
        builder: None,
    };
    let made = engine.build(&request, &cancellation(), &mut Steps).await;
    made.map(|_| Applied::Done).map_err(|error| Cause::Build { error: Box::new(error) })
}

/// Finds out which images these are now. One that is not here is no base: what a registry has by its name is not meant.
async fn identified(
    engine: &DockerEngine,
    images: &BTreeSet<ImageRef>,
) -> Result<BTreeMap<ImageRef, EngineId>, Cause> {
    let mut found = BTreeMap::new();
    for image in images {
        let here: Image = engine.pool.get(&format!("/images/{image}/json")).await?;
        found.insert(image.clone(), EngineId::new(here.id));
    }
    Ok(found)
}

/// Tells how far a build is, in one line.
struct Steps;

impl BuildWatcher for Steps {
    fn notice(&mut self, event: BuildEvent<'_>) {
        match event {
            BuildEvent::Sent { bytes } => progress(format_args!("{bytes} bytes sent")),
            BuildEvent::StepStarted { step } => progress(&step.name),
            _ => {}
        }
    }
}
