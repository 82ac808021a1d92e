//! Waiting until a container is so far. It is looked at; if it is not so far yet, events of the engine tell when to look
//! again. What an event says does not matter, because some can be missed.

use std::time::Duration;

use bollard::query_parameters::LogsOptionsBuilder;
use futures_util::TryStreamExt;
use map_planner::Condition;
use tokio::time::Instant;

use super::DockerEngine;
use super::cause::{Cause, Passing};
use super::news::News;
use super::pool::{PATIENCE, within};
use super::wire::inspect::{Container, Health};
use crate::engine::Applied;
use crate::event::progress;

/// How long a container has to stay up to count as started, unless an action says otherwise.
pub(super) const STEADY: Duration = Duration::from_millis(300);
/// How long an engine may be silent: as long as other requests are made again, in which it can be started anew.
const SILENCE: Duration = Duration::from_secs(30);
/// How many of the last lines of a failed container's output are shown.
const LAST_LINES: &str = "10";

/// What is waited for.
#[derive(Debug, Clone, Copy)]
pub(super) struct Wanted {
    pub(super) until: Condition,
    /// How long at most.
    pub(super) within: Duration,
    /// How long it has to stay up.
    pub(super) steady: Duration,
}

/// Waits until a container is so far
/// ([`ContainerInspect`](https://docs.docker.com/reference/api/engine/version/v1.41/#tag/Container/operation/ContainerInspect)).
/// What can never be so is an error at once.
pub(super) async fn until(engine: &DockerEngine, name: &str, wanted: Wanted) -> Result<Applied, Cause> {
    let deadline = Instant::now() + wanted.within;
    let mut news = News::none();
    // Since when it runs, and when the engine started it.
    let mut running = None;
    let mut silent_since = None;
    loop {
        let (container, found) = match engine.pool.get::<Container>(&format!("/containers/{name}/json")).await
        {
            Ok(container) => {
                silent_since = None;
                let found = look(&container, wanted.until);
                (Some(container), found)
            }
            Err(cause) if cause.passing() == Passing::Surely => {
                if silent_since.get_or_insert_with(Instant::now).elapsed() >= SILENCE {
                    return Err(Cause::Silent(SILENCE, Box::new(cause)));
                }
                (None, Found::Pending("the engine does not answer"))
            }
            Err(cause) => return Err(cause),
        };
        match found {
            Found::Reached => return Ok(Applied::Done),
            Found::Steady => {
                let started = container.as_ref().and_then(Container::started);
                let (since, first) = running.get_or_insert_with(|| (Instant::now(), started.clone()));
                if *first != started {
                    return Err(Cause::Restarted(last_lines(engine, name).await));
                }
                let left = wanted.steady.saturating_sub(since.elapsed());
                if left.is_zero() {
                    return Ok(Applied::Done);
                }
                news.wait(left).await;
            }
            Found::Pending(word) => {
                progress(word);
                let left = deadline.saturating_duration_since(Instant::now());
                if left.is_zero() {
                    return Err(not_reached(engine, name, wanted, container.as_ref()).await);
                }
                // What happened before there were events is found by looking once more.
                if news.is_open() || !news.open(engine, name).await {
                    news.wait(left).await;
                }
            }
            Found::Ended => return Err(ended(engine, name, container.as_ref()).await),
            Found::Unhealthy(check) => {
                return Err(Cause::Unhealthy { check, output: last_lines(engine, name).await });
            }
            Found::Unchecked => return Err(Cause::NoHealthcheck),
        }
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
    /// Its health check fails, and wrote this.
    Unhealthy(String),
    /// It has no health check.
    Unchecked,
}

fn look(container: &Container, until: Condition) -> Found {
    match until {
        Condition::Started => started(container),
        Condition::Healthy => healthy(container),
        Condition::Completed => completed(container),
        Condition::Ready => {
            let status = container.state.health.as_ref().map(|health| health.status.as_str());
            match (container.state.status.as_str(), status) {
                ("running" | "paused", Some(status)) if status != "none" => healthy(container),
                _ => started(container),
            }
        }
    }
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

/// One that is restarted by the engine has failed, whatever comes of it.
fn healthy(container: &Container) -> Found {
    match (container.state.status.as_str(), &container.state.health) {
        ("running" | "paused", None) => Found::Unchecked,
        ("running" | "paused", Some(health)) => match health.status.as_str() {
            "healthy" => Found::Reached,
            "unhealthy" => Found::Unhealthy(last_check(health)),
            "none" => Found::Unchecked,
            _ => Found::Pending("its health is not known yet"),
        },
        ("exited" | "dead" | "restarting", _) => Found::Ended,
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

/// Says how a container ended, with the last it wrote.
async fn ended(engine: &DockerEngine, name: &str, container: Option<&Container>) -> Cause {
    let exit = container.map_or(-1, |container| container.state.exit_code);
    Cause::Ended { exit, output: last_lines(engine, name).await }
}

/// Says how far a container is that took too long. One that never ran wrote nothing.
async fn not_reached(
    engine: &DockerEngine,
    name: &str,
    wanted: Wanted,
    container: Option<&Container>,
) -> Cause {
    let health = container.and_then(|container| container.state.health.as_ref());
    let check = health.map(last_check).unwrap_or_default();
    let has_run = container.is_some_and(|container| container.started().is_some());
    let output = if has_run { last_lines(engine, name).await } else { String::new() };
    Cause::NotReached { state: wanted.until.as_str(), patience: wanted.within, check, output }
}

/// Returns the last a container wrote
/// ([`ContainerLogs`](https://docs.docker.com/reference/api/engine/version/v1.41/#tag/Container/operation/ContainerLogs)).
/// It helps but is not what failed: without it the rest still tells.
async fn last_lines(engine: &DockerEngine, name: &str) -> String {
    let options = LogsOptionsBuilder::default().stdout(true).stderr(true).tail(LAST_LINES).build();
    let logs = engine.docker.logs(name, Some(options));
    let work = async { Ok(logs.try_collect::<Vec<_>>().await?) };
    let output = within(PATIENCE, work).await.unwrap_or_default();
    output.iter().map(ToString::to_string).collect::<String>().trim_end().to_owned()
}
