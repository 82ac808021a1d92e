//! A container that runs once, beside those of a map.
//!
//! # Flow
//!
//! What an earlier run left is removed. The container is created, connected to its further networks, given its files, and
//! started with its output attached; its output is handed on while it comes, and its exit code is the result. Then it is
//! removed.
//!
//! # Guarantees
//!
//! - Once created, the container is removed with its anonymous volumes, whatever happens: a failure on the way, the
//!   deadline, or the caller's wish to stop. Volumes with a name stay.
//! - Only one runs at a time for each container of a map: they have one name. What is there of a process of this machine
//!   that is gone, and what does not run, is left over; anything else is somebody's at work.
//!
//! # Caveats
//!
//! A process that is killed leaves its container running; the next run removes it.

use std::collections::BTreeMap;
use std::time::Duration;

use container_map::ContainerKey;
use http_body_util::BodyExt;
use hyper::Method;
use map_planner::{OneOffSpec, label};
use serde::Deserialize;
use thiserror::Error;
use tokio::time::Instant;
use tokio_util::sync::CancellationToken;

use super::again::again;
use super::apply::connect;
use super::cause::Cause;
use super::upload::{Upload, upload};
use super::wire::inspect::Container;
use super::{DockerEngine, create, frames};
use crate::error::EngineError;
use crate::lease::Holder;
use crate::output::Reader;

const WHO: &str = "dmap.run.who";
const PLACE: &str = "dmap.run.place";
const PROCESS: &str = "dmap.run.process";
/// How long the output may go on after the container's end.
const LAST_WORDS: Duration = Duration::from_secs(5);

/// What is run once.
#[derive(Debug, Clone, Copy)]
pub struct RunOnce<'a> {
    /// The container of the map beside which it runs.
    pub beside: &'a ContainerKey,
    /// What it is made with.
    pub spec: &'a OneOffSpec,
    /// The files that are written into it before it starts.
    pub upload: Option<&'a Upload>,
    /// How long it may run.
    pub timeout: Option<Duration>,
    /// What becomes of it.
    pub after: After,
}

/// What becomes of a container that has run.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum After {
    /// It is removed, with its anonymous volumes.
    Remove,
    /// It is kept until the next run.
    Keep,
}

/// The caller's wishes to stop.
#[derive(Debug, Clone, Default)]
pub struct Stops {
    /// The container is asked to end, and has the time that it was created with.
    pub politely: CancellationToken,
    /// It is ended at once.
    pub at_once: CancellationToken,
}

/// How it ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum RunEnd {
    /// By itself, with an exit code.
    Exited(i64),
    /// It was stopped when its time was over.
    TimedOut,
    /// It was stopped because the caller wished so.
    Stopped,
}

/// Why it was not run, or not to its end.
#[derive(Debug, Error)]
#[non_exhaustive]
pub enum RunError {
    /// Another one runs.
    #[error("{} runs something beside `{beside}` (process {})", .holder.who, .holder.process)]
    Busy {
        /// The container of the map.
        beside: ContainerKey,
        /// Who runs it.
        holder: Holder,
    },
    /// The engine did not do what it was asked for.
    #[error(transparent)]
    Engine(#[from] EngineError),
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Waited {
    status_code: i64,
}

impl DockerEngine {
    /// Runs something once, and hands on what it writes.
    ///
    /// # Errors
    ///
    /// Another one runs, or the engine does not do something on the way.
    pub async fn run_once(
        &self,
        what: RunOnce<'_>,
        me: &Holder,
        stops: &Stops,
        reader: &mut dyn Reader,
    ) -> Result<RunEnd, RunError> {
        let name = label::run_name(what.beside);
        let failed = |doing: &str, cause: Cause| {
            cause.without(&self.secrets).while_doing(format!("{doing} container `{name}`"))
        };
        make(self, &name, what, me).await.map_err(|cause| failed("creating", cause))?;
        let once = Once { engine: self, name: &name, what, stops };
        let ended = once.run(reader).await;
        let removed = match what.after {
            After::Keep if ended.is_ok() => Ok(()),
            After::Keep | After::Remove => again(|| remove(self, &name)).await,
        };
        let end = ended.map_err(|cause| failed("running", cause))?;
        removed.map_err(|cause| failed("removing", cause))?;
        Ok(end)
    }

    /// Removes what an earlier run beside a container left; returns whether there was something.
    ///
    /// # Errors
    ///
    /// It is not left over, or the engine does not remove it.
    pub async fn clear_run(&self, beside: &ContainerKey, me: &Holder) -> Result<bool, RunError> {
        let name = label::run_name(beside);
        let failed = |cause: Cause| cause.while_doing(format!("looking for container `{name}`"));
        let path = format!("/containers/{name}/json");
        let found: Option<Container> = again(|| self.pool.find(&path)).await.map_err(failed)?;
        let Some(found) = found else { return Ok(false) };
        let label = |name| found.label(name).unwrap_or_default().to_owned();
        let holder = Holder {
            who: label(WHO),
            place: label(PLACE),
            process: label(PROCESS).parse().unwrap_or_default(),
        };
        let runs = !matches!(found.state.status.as_str(), "created" | "exited" | "dead");
        if runs && !me.outlives(&holder) {
            return Err(RunError::Busy { beside: beside.clone(), holder });
        }
        again(|| remove(self, &found.id)).await.map_err(failed)?;
        Ok(true)
    }
}

async fn make(engine: &DockerEngine, name: &str, what: RunOnce<'_>, me: &Holder) -> Result<(), Cause> {
    let mut spec = what.spec.container.clone();
    spec.labels.extend(BTreeMap::from([
        (WHO.to_owned(), me.who.clone()),
        (PLACE.to_owned(), me.place.clone()),
        (PROCESS.to_owned(), me.process.to_string()),
    ]));
    // The engine's answer can get lost; then it is found with the labels of this process.
    again(|| create::container(engine, name, &spec)).await.map(drop)
}

/// Removes a container, running or not, with its anonymous volumes
/// ([`ContainerDelete`](https://docs.docker.com/reference/api/engine/version/v1.41/#tag/Container/operation/ContainerDelete)).
async fn remove(engine: &DockerEngine, container: &str) -> Result<(), Cause> {
    let path = format!("/containers/{container}?force=1&v=1");
    match engine.pool.status(Method::DELETE, &path).await {
        Err(cause) if cause.status() == Some(404) => Ok(()),
        result => result.map(drop),
    }
}

/// A container that was created.
struct Once<'a> {
    engine: &'a DockerEngine,
    name: &'a str,
    what: RunOnce<'a>,
    stops: &'a Stops,
}

impl Once<'_> {
    async fn run(&self, reader: &mut dyn Reader) -> Result<RunEnd, Cause> {
        let (engine, name) = (self.engine, self.name);
        for (network, place) in &self.what.spec.networks {
            again(|| connect(engine, network, name, place)).await?;
        }
        if let Some(files) = self.what.upload {
            upload(engine, name, files).await?;
        }
        // Attached before the start, so that nothing that is written gets lost (ContainerAttach).
        let attach = format!("/containers/{name}/attach?stream=1&stdout=1&stderr=1");
        let output = engine.pool.call(Method::POST, &attach, None).await?;
        engine.pool.status(Method::POST, &format!("/containers/{name}/start")).await?;
        let output = frames::each(output.into_body(), |stream, bytes| reader.read(stream, &bytes));
        tokio::pin!(output);
        let end = self.end();
        tokio::pin!(end);
        let mut is_read = false;
        let end = loop {
            tokio::select! {
                end = &mut end => break end?,
                result = &mut output, if !is_read => {
                    result?;
                    is_read = true;
                }
            }
        };
        if !is_read {
            // What was handed on to another process can go on for ever.
            let _ = tokio::time::timeout(LAST_WORDS, output).await;
        }
        Ok(end)
    }

    /// Waits for the end, and brings it about when that is wished for.
    async fn end(&self) -> Result<RunEnd, Cause> {
        let deadline = self.what.timeout.map(|timeout| Instant::now() + timeout);
        let time_is_over = async {
            match deadline {
                Some(deadline) => tokio::time::sleep_until(deadline).await,
                None => std::future::pending().await,
            }
        };
        let end = tokio::select! {
            biased;
            () = self.stops.at_once.cancelled() => RunEnd::Stopped,
            () = self.stops.politely.cancelled() => RunEnd::Stopped,
            () = time_is_over => RunEnd::TimedOut,
            exit = self.wait() => return exit.map(RunEnd::Exited),
        };
        let stop = format!("/containers/{}/stop", self.name);
        tokio::select! {
            biased;
            () = self.stops.at_once.cancelled() => {
                let kill = format!("/containers/{}/kill", self.name);
                match self.engine.pool.status(Method::POST, &kill).await {
                    Err(cause) if cause.says(409, "is not running") => {}
                    result => { result?; }
                }
            }
            stopped = self.engine.pool.call(Method::POST, &stop, None) => { stopped?; }
        }
        Ok(end)
    }

    /// Waits until it has ended, and returns its exit code
    /// ([`ContainerWait`](https://docs.docker.com/reference/api/engine/version/v1.41/#tag/Container/operation/ContainerWait)).
    async fn wait(&self) -> Result<i64, Cause> {
        let path = format!("/containers/{}/wait", self.name);
        again(|| async {
            let answer = self.engine.pool.call(Method::POST, &path, None).await?;
            let text = answer.into_body().collect().await.map_err(Cause::Broken)?.to_bytes();
            let waited: Waited = serde_json::from_slice(&text).map_err(Cause::Unreadable)?;
            Ok(waited.status_code)
        })
        .await
    }
}
