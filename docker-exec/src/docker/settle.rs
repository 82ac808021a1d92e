//! What the engine does not do at once: stops by a signal of the caller's choice, and removals that succeed only at the
//! next try.

use std::time::Duration;

use backon::{ConstantBuilder, Retryable};
use container_map::Signal;
use hyper::Method;

use super::DockerEngine;
use super::apply::delete;
use super::cause::Cause;
use super::pool::{PATIENCE, within};
use super::wire::network::Network;
use crate::engine::Applied;

/// The engine's own time between a stop signal and the kill.
const ENGINE_GRACE: Duration = Duration::from_secs(10);

/// Stops a container with a signal of the caller's choice on engines whose stop request takes none
/// ([`ContainerKill`](https://docs.docker.com/reference/api/engine/version/v1.41/#tag/Container/operation/ContainerKill),
/// `ContainerWait`, `ContainerStop`).
pub(super) async fn kill_and_stop(
    engine: &DockerEngine,
    name: &str,
    signal: &Signal,
    timeout: Option<Duration>,
) -> Result<Applied, Cause> {
    let kill = format!("/containers/{name}/kill?signal={signal}");
    match engine.pool.status(Method::POST, &kill).await {
        Err(cause) if cause.status() == Some(404) || cause.says(409, "is not running") => {
            return Ok(Applied::AlreadyDone);
        }
        result => result?,
    };
    let wait = format!("/containers/{name}/wait");
    let ended = engine.pool.answer::<serde_json::Value>(Method::POST, &wait, None);
    // Whether it has ended or not, the stop request settles it.
    let _ = tokio::time::timeout(timeout.unwrap_or(ENGINE_GRACE), ended).await;
    let stop = format!("/containers/{name}/stop?t=0");
    engine.pool.status(Method::POST, &stop).await.map(|_| Applied::Done)
}

/// Removes a stopped container, its anonymous volumes excepted
/// ([`ContainerDelete`](https://docs.docker.com/reference/api/engine/version/v1.41/#tag/Container/operation/ContainerDelete)).
pub(super) async fn remove_container(engine: &DockerEngine, name: &str) -> Result<Applied, Cause> {
    match delete(engine, name).await {
        Err(cause) if cause.status() == Some(404) => Ok(Applied::AlreadyDone),
        result => result.map(|()| Applied::Done),
    }
}

/// Removes a volume, which nobody may mount
/// ([`VolumeDelete`](https://docs.docker.com/reference/api/engine/version/v1.41/#tag/Volume/operation/VolumeDelete)).
pub(super) async fn remove_volume(engine: &DockerEngine, name: &str) -> Result<Applied, Cause> {
    match engine.pool.status(Method::DELETE, &format!("/volumes/{name}")).await {
        Err(cause) if cause.status() == Some(404) => Ok(Applied::AlreadyDone),
        result => result.map(|_| Applied::Done),
    }
}

/// Removes a network
/// ([`NetworkDelete`](https://docs.docker.com/reference/api/engine/version/v1.41/#tag/Network/operation/NetworkDelete)).
/// Endpoints of containers that just ended are let go of a moment later; and older engines can lose count of them, after
/// which the network cannot be removed until the engine starts anew.
pub(super) async fn remove_network(engine: &DockerEngine, name: &str) -> Result<Applied, Cause> {
    let tries = ConstantBuilder::default().with_delay(Duration::from_millis(250)).with_max_times(20);
    let delete = || async { within(PATIENCE, async { Ok(engine.docker.remove_network(name).await?) }).await };
    let removed = delete.retry(tries).when(|cause| cause.says(403, "active endpoints")).await;
    match removed {
        Err(cause) if cause.status() == Some(404) => Ok(Applied::AlreadyDone),
        Err(cause) if cause.says(403, "active endpoints") => {
            let network: Option<Network> = engine.pool.find(&format!("/networks/{name}")).await?;
            match network {
                Some(network) if network.containers.is_empty() => Err(Cause::Miscounted),
                Some(_) => Err(cause),
                None => Ok(Applied::Done),
            }
        }
        result => result.map(|()| Applied::Done),
    }
}
