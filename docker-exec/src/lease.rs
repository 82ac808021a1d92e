//! A lease on a map: who has it works on the map, and nobody else does.
//!
//! The lease is an object of the engine, since containers are created and removed atomically there and operators need not
//! share a machine. Who has it changes its pulse from time to time. No clock is compared with another one: who waits takes
//! the lease for abandoned when the pulse stood still for a while of the waiter's own time, or at once when the holder was a
//! process of the same machine that is gone.

use std::future::Future;
use std::path::PathBuf;
use std::time::Duration;

use thiserror::Error;
use tokio::time::Instant;
use tokio_util::sync::CancellationToken;

use crate::error::EngineError;

/// The time between two changes of the pulse.
const RENEWAL: Duration = Duration::from_secs(5);
/// How long a pulse stands still until its lease is taken for abandoned.
const STALE: Duration = Duration::from_secs(15);
/// The time between two looks of who waits.
const GLANCE: Duration = Duration::from_millis(500);

/// Who has a lease, or wants it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Holder {
    /// For people: a user and a host.
    pub who: String,
    /// The run of the machine, and the namespace in which the process has its number; empty if that is not known.
    pub place: String,
    /// The process.
    pub process: u32,
}

/// What is done when somebody else has the lease.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Others {
    /// They are waited for, so long at most.
    Wait(Duration),
    /// Their lease is taken away.
    Break,
}

/// Why there is no lease.
#[derive(Debug, Error)]
#[non_exhaustive]
pub enum LeaseError {
    /// Somebody else has it.
    #[error("{} works on the map (process {})", .0.who, .0.process)]
    Held(Holder),
    /// The engine does not answer as it should.
    #[error(transparent)]
    Engine(#[from] EngineError),
}

/// Where a lease hangs.
pub(crate) trait Board {
    /// Hangs a lease; returns its identifier, or none if one hangs there.
    fn hang(&self, holder: &Holder) -> impl Future<Output = Result<Option<String>, EngineError>> + Send;

    /// Looks at the lease that hangs there.
    fn look(&self) -> impl Future<Output = Result<Option<Hanging>, EngineError>> + Send;

    /// Changes the pulse of a lease; returns whether it still hangs there.
    fn renew(&self, id: &str, count: u64) -> impl Future<Output = Result<bool, EngineError>> + Send;

    /// Takes a lease off, if it is still there.
    fn remove(&self, id: &str) -> impl Future<Output = Result<(), EngineError>> + Send;
}

/// A lease that hangs somewhere.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Hanging {
    pub(crate) id: String,
    pub(crate) holder: Holder,
    /// Something that is different after each renewal.
    pub(crate) pulse: String,
}

impl Holder {
    /// Returns whether another holder was a process of the same machine that is gone.
    pub(crate) fn outlives(&self, other: &Self) -> bool {
        let is_here = !self.place.is_empty() && self.place == other.place && self.process != other.process;
        is_here && !PathBuf::from(format!("/proc/{}", other.process)).exists()
    }
}

/// Gets a lease, waiting for others or not.
pub(crate) async fn acquire<B: Board>(board: &B, me: &Holder, others: Others) -> Result<String, LeaseError> {
    let began = Instant::now();
    let mut watched: Option<(Hanging, Instant)> = None;
    loop {
        let Some(found) = board.look().await? else {
            match board.hang(me).await? {
                Some(id) => return Ok(id),
                None => continue,
            }
        };
        // It is one's own if the answer to the request was lost.
        if found.holder == *me {
            return Ok(found.id);
        }
        let (seen, since) = watched.get_or_insert_with(|| (found.clone(), Instant::now()));
        if *seen != found {
            (*seen, *since) = (found.clone(), Instant::now());
        }
        let is_stale = since.elapsed() >= STALE;
        if is_stale || me.outlives(&found.holder) || others == Others::Break {
            board.remove(&found.id).await?;
            continue;
        }
        let Others::Wait(patience) = others else { continue };
        let left = patience.saturating_sub(began.elapsed());
        if left.is_zero() {
            return Err(LeaseError::Held(found.holder));
        }
        tokio::time::sleep(left.min(GLANCE)).await;
    }
}

/// Takes off the lease of a process of this machine that is gone.
pub(crate) async fn clear<B: Board>(board: &B, me: &Holder) -> Result<(), EngineError> {
    match board.look().await? {
        Some(found) if me.outlives(&found.holder) => board.remove(&found.id).await,
        _ => Ok(()),
    }
}

/// Works while keeping a lease. If somebody takes it away, the work is cancelled.
pub(crate) async fn keep<B: Board, T>(
    board: &B,
    id: &str,
    cancel: &CancellationToken,
    work: impl Future<Output = T>,
) -> T {
    let renewals = async {
        for count in 1.. {
            tokio::time::sleep(RENEWAL).await;
            // One that fails is not the last one.
            if matches!(board.renew(id, count).await, Ok(false)) {
                break;
            }
        }
        cancel.cancel();
        std::future::pending::<()>().await;
    };
    tokio::select! {
        biased;
        result = work => result,
        () = renewals => unreachable!("renewing never ends by itself"),
    }
}

#[cfg(test)]
mod tests;
