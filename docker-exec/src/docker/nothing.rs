//! The image of nothing, of which containers are made that are never started: leases, records, and carriers of volumes
//! whose owner's image is not there.
//!
//! All of them share one by its name. A label tells every image that was ever made for this: of two that are made at
//! once, one loses the name, and a run that is killed leaves one of which there is no container. Whoever removes a
//! container of it removes those that nobody uses, so no run leaves more than the next one takes away.

use bollard::query_parameters::{CreateImageOptionsBuilder, RemoveImageOptions};
use bytes::Bytes;
use futures_util::TryStreamExt;
use hyper::Method;
use serde::Deserialize;
use serde_json::Value;

use super::DockerEngine;
use super::cause::Cause;
use super::create::Created;
use super::pool::{PATIENCE, query, within};

/// The image's repository and tag.
const NAME: (&str, &str) = ("dmap-nothing", "1");
/// The label of all images of nothing. Containers have it too, from their image.
const LABEL: &str = "dmap.nothing";
/// How many times the image is made: whoever sweeps up removes one that no container was made of yet.
const TRIES: usize = 3;

/// Creates a container of it; the body is made for the image's name.
pub(super) async fn container(
    engine: &DockerEngine,
    name: &str,
    body: impl Fn(&str) -> Result<Value, Cause>,
) -> Result<Created, Cause> {
    let path = format!("/containers/create?name={name}");
    let create = |image: String| {
        let body = body(&image);
        async { engine.pool.answer::<Created>(Method::POST, &path, Some(&body?)).await }
    };
    let mut result = create(format!("{}:{}", NAME.0, NAME.1)).await;
    for _ in 0..TRIES {
        match &result {
            Err(cause) if cause.status() == Some(404) => result = create(make(engine).await?).await,
            Ok(_) | Err(_) => break,
        }
    }
    if result.is_err() {
        sweep(engine).await;
    }
    result
}

/// Makes the image and returns its identifier
/// ([`ImageCreate`](https://docs.docker.com/reference/api/engine/version/v1.41/#tag/Image/operation/ImageCreate)).
async fn make(engine: &DockerEngine) -> Result<String, Cause> {
    let options = CreateImageOptionsBuilder::default().from_src("-").repo(NAME.0).tag(NAME.1);
    let options = options.changes(vec![format!("LABEL {LABEL}=1")]).build();
    let body = bollard::body_full(Bytes::from_static(&[0; 1024]));
    let answers = engine.docker.create_image(Some(options), Some(body), None);
    let answers: Vec<_> = within(PATIENCE, async { Ok(answers.try_collect().await?) }).await?;
    let id =
        answers.into_iter().filter_map(|answer| answer.status).find(|status| status.starts_with("sha256:"));
    id.ok_or_else(|| Cause::Streamed("the engine did not name the image it made".to_owned()))
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Listed {
    id: String,
}

/// Removes the images of nothing that nobody uses; the engine keeps those that have containers. One that stays does no
/// harm, and is removed with the next container.
pub(super) async fn sweep(engine: &DockerEngine) {
    let filters = query(&format!(r#"{{"label":["{LABEL}"]}}"#));
    let listed = engine.pool.get::<Vec<Listed>>(&format!("/images/json?filters={filters}")).await;
    for image in listed.unwrap_or_default() {
        let removed = engine.docker.remove_image(&image.id, None::<RemoveImageOptions>, None);
        let _ = within(PATIENCE, async { Ok(removed.await?) }).await;
    }
}
