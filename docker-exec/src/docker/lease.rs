//! A lease as a container that is never started: its creation is atomic, and it is removed by its identifier. The pulse is
//! the time of a file in it, which is a count and no time.

use bollard::query_parameters::UploadToContainerOptionsBuilder;
use bytes::Bytes;
use container_map::MapName;
use hyper::Method;
use map_planner::label::Keepsake;
use tokio_util::sync::CancellationToken;

use super::DockerEngine;
use super::again::again;
use super::cause::Cause;
use super::nothing;
use super::pool::{PATIENCE, within};
use super::wire::inspect::Container;
use super::wire::{body, stat};
use crate::error::EngineError;
use crate::lease::{self, Board, Hanging, Holder, LeaseError, Others};

const WHO: &str = "dmap.lease.who";
const PLACE: &str = "dmap.lease.place";
const PROCESS: &str = "dmap.lease.process";
/// The file whose time is the pulse.
const PULSE: &str = "pulse";

/// A lease on a map, which has to be [released](Self::release) in the end.
#[derive(Debug)]
pub struct Lease {
    board: OnEngine,
    id: String,
}

impl Lease {
    /// Works while keeping the lease. If somebody takes it away, the work is cancelled.
    pub async fn during<T>(&self, cancel: &CancellationToken, work: impl Future<Output = T>) -> T {
        lease::keep(&self.board, &self.id, cancel, work).await
    }

    /// Lets others have it.
    ///
    /// # Errors
    ///
    /// The engine does not answer; the others then wait for a while.
    pub async fn release(self) -> Result<(), EngineError> {
        self.board.remove(&self.id).await
    }
}

impl DockerEngine {
    /// Gets the lease on a map: as long as it is kept, nobody else gets it.
    ///
    /// # Errors
    ///
    /// Somebody else has it, or the engine does not answer.
    pub async fn lease(&self, map: &MapName, me: &Holder, others: Others) -> Result<Lease, LeaseError> {
        let board = OnEngine { engine: self.clone(), map: map.clone() };
        let id = lease::acquire(&board, me, others).await?;
        Ok(Lease { board, id })
    }

    /// Takes off the lease that a killed run of this machine left on a map, for when there is nothing else to do.
    ///
    /// # Errors
    ///
    /// The engine does not answer.
    pub async fn clear_lease(&self, map: &MapName, me: &Holder) -> Result<(), EngineError> {
        lease::clear(&OnEngine { engine: self.clone(), map: map.clone() }, me).await
    }
}

#[derive(Debug)]
struct OnEngine {
    engine: DockerEngine,
    map: MapName,
}

impl OnEngine {
    fn name(&self) -> String {
        Keepsake::Lease.name(&self.map)
    }

    fn failed(&self, cause: Cause) -> EngineError {
        cause.while_doing(format!("locking map `{}`", self.map))
    }

    async fn try_hang(&self, holder: &Holder) -> Result<Option<String>, Cause> {
        let mut labels = Keepsake::Lease.labels();
        let (who, place) = (holder.who.clone(), holder.place.clone());
        labels.extend([
            (WHO.to_owned(), who),
            (PLACE.to_owned(), place),
            (PROCESS.to_owned(), holder.process.to_string()),
        ]);
        let body = |image: &str| body::keepsake(image, labels.clone());
        match nothing::container(&self.engine, &self.name(), body).await {
            Ok(created) => Ok(Some(created.id)),
            Err(cause) if cause.status() == Some(409) => Ok(None),
            Err(cause) => Err(cause),
        }
    }

    async fn try_look(&self) -> Result<Option<Hanging>, Cause> {
        let path = format!("/containers/{}/json", self.name());
        let Some(found) = self.engine.pool.find::<Container>(&path).await? else { return Ok(None) };
        let label = |name| found.label(name).unwrap_or_default().to_owned();
        let holder = Holder {
            who: label(WHO),
            place: label(PLACE),
            process: label(PROCESS).parse().unwrap_or_default(),
        };
        let path = format!("/containers/{}/archive?path=/{PULSE}", found.id);
        let pulse = match within(PATIENCE, self.engine.pool.call(Method::HEAD, &path, None)).await {
            Ok(answer) => answer.headers().get(stat::HEADER).map(|header| format!("{header:?}")),
            // Not renewed yet, or taken off meanwhile.
            Err(cause) if cause.status() == Some(404) => None,
            Err(cause) => return Err(cause),
        };
        Ok(Some(Hanging { id: found.id, holder, pulse: pulse.unwrap_or_default() }))
    }

    async fn try_renew(&self, id: &str, count: u64) -> Result<bool, Cause> {
        let options = UploadToContainerOptionsBuilder::default().path("/").build();
        let body = bollard::body_full(Bytes::from(pulse(count).map_err(Cause::Spool)?));
        let work = self.engine.docker.upload_to_container(id, Some(options), body);
        match within(PATIENCE, async { Ok(work.await?) }).await {
            Err(cause) if cause.status() == Some(404) => Ok(false),
            result => result.map(|()| true),
        }
    }

    async fn try_remove(&self, id: &str) -> Result<(), Cause> {
        match self.engine.pool.status(Method::DELETE, &format!("/containers/{id}")).await {
            Err(cause) if cause.status() == Some(404) => return Ok(()),
            result => result?,
        };
        nothing::sweep(&self.engine).await;
        Ok(())
    }
}

impl Board for OnEngine {
    async fn hang(&self, holder: &Holder) -> Result<Option<String>, EngineError> {
        again(|| self.try_hang(holder)).await.map_err(|cause| self.failed(cause))
    }

    async fn look(&self) -> Result<Option<Hanging>, EngineError> {
        again(|| self.try_look()).await.map_err(|cause| self.failed(cause))
    }

    async fn renew(&self, id: &str, count: u64) -> Result<bool, EngineError> {
        self.try_renew(id, count).await.map_err(|cause| self.failed(cause))
    }

    async fn remove(&self, id: &str) -> Result<(), EngineError> {
        again(|| self.try_remove(id)).await.map_err(|cause| self.failed(cause))
    }
}

/// Makes an archive of an empty file whose time is a count.
fn pulse(count: u64) -> std::io::Result<Vec<u8>> {
    let mut header = tar::Header::new_ustar();
    header.set_path(PULSE)?;
    header.set_mode(0o644);
    header.set_mtime(count);
    header.set_cksum();
    let mut archive = tar::Builder::new(Vec::new());
    archive.append(&header, std::io::empty())?;
    archive.into_inner()
}
