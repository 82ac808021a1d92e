//! Making things. The engine's answers to a second creation differ by kind, so each kind has its own way to find out
//! whether what is there is what was asked for: an answer may have been lost after the engine acted.

use bollard::query_parameters::CreateImageOptionsBuilder;
use container_map::ImageRef;
use futures_util::TryStreamExt;
use hyper::Method;
use map_planner::spec::{ContainerSpec, NetworkSpec, VolumeSpec};
use serde::Deserialize;
use serde_json::Value;

use super::DockerEngine;
use super::cause::Cause;
use super::pool::{PATIENCE, query, within};
use super::wire::inspect::Container;
use super::wire::network::Network;
use super::wire::volume::Volume;
use super::wire::{self, body};
use crate::engine::Applied;
use crate::event::progress;

/// Creates a container
/// ([`ContainerCreate`](https://docs.docker.com/reference/api/engine/version/v1.41/#tag/Container/operation/ContainerCreate)).
/// A secret that is not at hand fails it before anything is sent. A name that is taken by a container of the same labels that was never started is our own, of a lost answer.
pub(super) async fn container(
    engine: &DockerEngine,
    name: &str,
    spec: &ContainerSpec,
) -> Result<Applied, Cause> {
    let body = body::create(spec, &engine.secrets, &engine.info)?;
    match from_body(engine, name, spec.platform.as_deref(), &body).await {
        Err(conflict) if conflict.status() == Some(409) => {
            let found: Option<Container> = engine.pool.find(&format!("/containers/{name}/json")).await?;
            match found {
                Some(found) if !spec.labels.is_empty() && found.is_fresh(&spec.labels) => {
                    Ok(Applied::AlreadyDone)
                }
                Some(_) => Err(conflict),
                // The name is reserved first and the container can be found last.
                None => Err(Cause::NotYet(Box::new(conflict))),
            }
        }
        result => result.map(|()| Applied::Done),
    }
}

/// The answer to a creation.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub(super) struct Created {
    pub(super) id: String,
}

/// Sends the request that creates a container.
pub(super) async fn from_body(
    engine: &DockerEngine,
    name: &str,
    platform: Option<&str>,
    body: &Value,
) -> Result<(), Cause> {
    let platform = platform.map(|platform| format!("&platform={}", query(platform))).unwrap_or_default();
    let path = format!("/containers/create?name={name}{platform}");
    let made: Created = engine.pool.answer(Method::POST, &path, Some(body)).await?;
    engine.places.found(name, &made.id);
    Ok(())
}

/// Creates a network
/// ([`NetworkCreate`](https://docs.docker.com/reference/api/engine/version/v1.41/#tag/Network/operation/NetworkCreate)).
/// Creation is not atomic in the engine: it may make a second network of the same name, so it is asked first.
pub(super) async fn network(engine: &DockerEngine, name: &str, spec: &NetworkSpec) -> Result<Applied, Cause> {
    if let Some(applied) = existing_network(engine, name, spec).await? {
        return Ok(applied);
    }
    let body = wire::network::create(name, spec);
    let work = async { engine.pool.call(Method::POST, "/networks/create", Some(&body)).await };
    match within(PATIENCE, work).await {
        Err(conflict) if conflict.status() == Some(409) => {
            existing_network(engine, name, spec).await?.ok_or(conflict)
        }
        result => result.map(|_| Applied::Done),
    }
}

async fn existing_network(
    engine: &DockerEngine,
    name: &str,
    spec: &NetworkSpec,
) -> Result<Option<Applied>, Cause> {
    let all: Vec<Network> = engine.pool.get("/networks").await?;
    let named: Vec<Network> = all.into_iter().filter(|network| network.name == name).collect();
    match named.as_slice() {
        [] => Ok(None),
        [network] if network.is_made_of(spec) => Ok(Some(Applied::AlreadyDone)),
        _ => Err(taken("a network of that name exists and was made differently")),
    }
}

/// Creates a volume
/// ([`VolumeCreate`](https://docs.docker.com/reference/api/engine/version/v1.41/#tag/Volume/operation/VolumeCreate)).
/// The engine answers with whatever volume has the name, so the answer is compared.
pub(super) async fn volume(engine: &DockerEngine, name: &str, spec: &VolumeSpec) -> Result<Applied, Cause> {
    let body = wire::volume::create(name, spec);
    let made: Volume = engine.pool.answer(Method::POST, "/volumes/create", Some(&body)).await?;
    if made.is_made_of(spec) {
        Ok(Applied::Done)
    } else {
        Err(taken("a volume of that name exists and was made differently"))
    }
}

fn taken(message: &str) -> Cause {
    Cause::Answered { status: 409, message: message.to_owned() }
}

/// Pulls an image
/// ([`ImageCreate`](https://docs.docker.com/reference/api/engine/version/v1.41/#tag/Image/operation/ImageCreate)).
/// It takes as long as it takes; a failure may come in the middle of a successful answer.
pub(super) async fn pull(
    engine: &DockerEngine,
    image: &ImageRef,
    platform: Option<&str>,
) -> Result<Applied, Cause> {
    let tag = image.digest().or(image.tag()).unwrap_or("latest");
    let options = CreateImageOptionsBuilder::default().from_image(image.repository()).tag(tag);
    let options = options.platform(platform.unwrap_or_default()).build();
    let credential = engine.secrets.credential(image).map(|found| found.for_registry(image.registry()));
    let mut answers = engine.docker.create_image(Some(options), None, credential);
    while let Some(answer) = answers.try_next().await? {
        if let Some(status) = answer.status {
            match answer.progress_detail.and_then(|detail| Some((detail.current?, detail.total?))) {
                Some((current, total)) if total > 0 => {
                    progress(format!("{status} {}%", current * 100 / total));
                }
                _ => progress(status),
            }
        }
    }
    Ok(Applied::Done)
}
