//! Waiting until a container is so far, by looking at it again and again: events of the engine can be missed, and its own
//! wait request ends at the first end of a container that is restarted.

use std::time::Duration;

use bollard::query_parameters::LogsOptionsBuilder;
use futures_util::TryStreamExt;
use map_planner::Condition;
use tokio::time::Instant;

use super::DockerEngine;
use super::cause::Cause;
use super::pool::{PATIENCE, within};
use super::wire::inspect::{Container, Health};
use crate::engine::Applied;
use crate::event::progress;

/// How long a container has to stay up to count as started.
const STEADY: Duration = Duration::from_millis(300);
/// The time between the first two looks; it doubles.
const GLANCE: Duration = Duration::from_millis(50);
/// The longest time between two looks.
const SLOWEST: Duration = Duration::from_secs(1);
/// How many of the last lines of a failed container's output are shown.
const LAST_LINES: &str = "10";

/// Waits until a container is so far
/// ([`ContainerInspect`](https://docs.docker.com/reference/api/engine/version/v1.41/#tag/Container/operation/ContainerInspect)).
/// What can never be so is an error at once.
pub(super) async fn until(
    engine: &DockerEngine,
    name: &str,
    condition: Condition,
    patience: Duration,
) -> Result<Applied, Cause> {
    let deadline = Instant::now() + patience;
    let (mut pause, mut running_since) = (GLANCE, None);
    loop {
        let container: Container = engine.pool.get(&format!("/containers/{name}/json")).await?;
        let found = match condition {
            Condition::Started => started(&container),
            Condition::Healthy => healthy(&container),
            Condition::Completed => completed(&container),
        };
        match found {
            Found::Reached => return Ok(Applied::Done),
            // Many end right after their start.
            Found::Steady => {
                let since: Instant = *running_since.get_or_insert_with(Instant::now);
                if since.elapsed() >= STEADY {
                    return Ok(Applied::Done);
                }
                pause = STEADY;
            }
            Found::Pending(word) => {
                progress(word);
                if Instant::now() >= deadline {
                    return Err(Cause::NotReached { state: condition.as_str(), patience });
                }
            }
            Found::Ended => return Err(ended(engine, name, &container).await),
            Found::Never(cause) => return Err(cause),
        }
        tokio::time::sleep(pause).await;
        pause = (pause * 2).min(SLOWEST);
    }
}

/// What a look tells.
enum Found {
    /// It is so far.
    Reached,
    /// It is so far if it still is a little later.
    Steady,
    /// It is not yet so far; this is how far it is.
    Pending(&'static str),
    /// It has ended and will not be so far.
    Ended,
    /// It will not be so far.
    Never(Cause),
}

/// One that ended with success has run.
fn started(container: &Container) -> Found {
    match (container.state.status.as_str(), container.state.exit_code) {
        ("running" | "paused", _) => Found::Steady,
        ("exited", 0) => Found::Reached,
        ("exited" | "dead" | "restarting", _) => Found::Ended,
        _ => Found::Pending("not started yet"),
    }
}

/// One that is restarted until it works has not failed yet.
fn healthy(container: &Container) -> Found {
    match (container.state.status.as_str(), &container.state.health) {
        ("running" | "paused", None) => Found::Never(Cause::NoHealthcheck),
        ("running" | "paused", Some(health)) => match health.status.as_str() {
            "healthy" => Found::Reached,
            "unhealthy" => Found::Never(Cause::Unhealthy(last_check(health))),
            "none" => Found::Never(Cause::NoHealthcheck),
            _ => Found::Pending("its health is not known yet"),
        },
        ("exited" | "dead", _) => Found::Ended,
        _ => Found::Pending("not started yet"),
    }
}

fn last_check(health: &Health) -> String {
    health.log.last().map(|check| check.output.trim().to_owned()).unwrap_or_default()
}

/// One that is restarted until it succeeds has not failed yet.
fn completed(container: &Container) -> Found {
    match (container.state.status.as_str(), container.state.exit_code) {
        ("exited", 0) => Found::Reached,
        ("exited" | "dead", _) => Found::Ended,
        ("created", _) => Found::Pending("not started yet"),
        _ => Found::Pending("at work"),
    }
}

/// Says how a container ended, with the last it wrote
/// ([`ContainerLogs`](https://docs.docker.com/reference/api/engine/version/v1.41/#tag/Container/operation/ContainerLogs)).
async fn ended(engine: &DockerEngine, name: &str, container: &Container) -> Cause {
    let options = LogsOptionsBuilder::default().stdout(true).stderr(true).tail(LAST_LINES).build();
    let logs = engine.docker.logs(name, Some(options));
    let work = async { Ok(logs.try_collect::<Vec<_>>().await?) };
    // The output helps but is not what failed: without it the exit code still tells.
    let output = within(PATIENCE, work).await.unwrap_or_default();
    let output = output.iter().map(ToString::to_string).collect::<String>();
    Cause::Ended { exit: container.state.exit_code, output: output.trim_end().to_owned() }
}
