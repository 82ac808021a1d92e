//! What was noted of earlier runs, as a file in a container that is never started. It is read and written as a whole.

use bollard::query_parameters::UploadToContainerOptionsBuilder;
use bytes::Bytes;
use container_map::MapName;
use hyper::Method;
use map_planner::engine::Record;
use map_planner::label::Keepsake;

use super::DockerEngine;
use super::again::again;
use super::cause::Cause;
use super::nothing;
use super::pool::{PATIENCE, Pool, within};
use super::volume_facts::text_file;
use super::wire::body;
use super::wire::inspect::Container;
use crate::error::EngineError;

/// The file.
const FILE: &str = "record.json";

impl DockerEngine {
    /// Keeps what was noted of a map's runs.
    ///
    /// # Errors
    ///
    /// The engine does not answer. Nothing is lost by that but who changed what.
    pub async fn note(&self, map: &MapName, record: &Record) -> Result<(), EngineError> {
        let doing = |cause: Cause| cause.while_doing(format!("noting what was done for map `{map}`"));
        again(|| write(self, map, record)).await.map_err(doing)
    }

    /// Forgets what was noted of a map's runs.
    ///
    /// # Errors
    ///
    /// The engine does not answer.
    pub async fn forget(&self, map: &MapName) -> Result<(), EngineError> {
        let doing = |cause: Cause| cause.while_doing(format!("forgetting what was noted for map `{map}`"));
        again(|| remove(self, map)).await.map_err(doing)
    }
}

/// Reads the record from the container that has it. One that nobody can read any more is as good as none.
pub(super) async fn read(pool: &Pool, container: &str) -> Result<Option<Record>, Cause> {
    let text = text_file(pool, container, &format!("/{FILE}")).await?;
    Ok(serde_json::from_str(&text).ok())
}

async fn write(engine: &DockerEngine, map: &MapName, record: &Record) -> Result<(), Cause> {
    let text = serde_json::to_vec(record).map_err(Cause::Unwritable)?;
    let name = Keepsake::Record.name(map);
    if !upload(engine, &name, archive(&text).map_err(Cause::Spool)?).await? {
        make(engine, &name).await?;
        upload(engine, &name, archive(&text).map_err(Cause::Spool)?).await?;
    }
    Ok(())
}

/// Writes the file; returns whether there is a container for it.
async fn upload(engine: &DockerEngine, name: &str, archive: Vec<u8>) -> Result<bool, Cause> {
    let options = UploadToContainerOptionsBuilder::default().path("/").build();
    let work =
        engine.docker.upload_to_container(name, Some(options), bollard::body_full(Bytes::from(archive)));
    match within(PATIENCE, async { Ok(work.await?) }).await {
        Err(cause) if cause.status() == Some(404) => Ok(false),
        result => result.map(|()| true),
    }
}

async fn make(engine: &DockerEngine, name: &str) -> Result<(), Cause> {
    let body = |image: &str| body::keepsake(image, Keepsake::Record.labels());
    match nothing::container(engine, name, body).await {
        Ok(_) => Ok(()),
        // Somebody was quicker, or an answer was lost.
        Err(cause) if cause.status() == Some(409) => Ok(()),
        Err(cause) => Err(cause),
    }
}

async fn remove(engine: &DockerEngine, map: &MapName) -> Result<(), Cause> {
    let name = Keepsake::Record.name(map);
    let found: Option<Container> = engine.pool.find(&format!("/containers/{name}/json")).await?;
    let Some(found) = found.filter(|found| found.is_fresh(&Keepsake::Record.labels())) else { return Ok(()) };
    match engine.pool.status(Method::DELETE, &format!("/containers/{}", found.id)).await {
        Err(cause) if cause.status() == Some(404) => return Ok(()),
        result => result?,
    };
    nothing::sweep(engine).await;
    Ok(())
}

fn archive(text: &[u8]) -> std::io::Result<Vec<u8>> {
    let mut header = tar::Header::new_ustar();
    header.set_path(FILE)?;
    header.set_size(text.len() as u64);
    header.set_mode(0o600);
    header.set_cksum();
    let mut archive = tar::Builder::new(Vec::new());
    archive.append(&header, text)?;
    archive.into_inner()
}
