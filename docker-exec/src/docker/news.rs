//! Events of one container: only that something happened, not what.

use std::time::Duration;

use http_body_util::BodyExt;
use hyper::Method;
use hyper::body::Incoming;

use super::DockerEngine;
use super::pool::{PATIENCE, query, within};

/// The longest time without a look, in case an event was missed.
const LONGEST: Duration = Duration::from_secs(10);
/// The time between two looks when there are no events: the engine may be starting.
const WITHOUT: Duration = Duration::from_secs(1);

/// What the engine tells about a container
/// ([`SystemEvents`](https://docs.docker.com/reference/api/engine/version/v1.41/#tag/System/operation/SystemEvents)).
pub(super) struct News(Option<Incoming>);

impl News {
    pub(super) fn none() -> Self {
        Self(None)
    }

    pub(super) fn is_open(&self) -> bool {
        self.0.is_some()
    }

    /// Begins to listen; returns whether the engine tells.
    pub(super) async fn open(&mut self, engine: &DockerEngine, name: &str) -> bool {
        let filters = format!(r#"{{"type":["container"],"container":["{name}"]}}"#);
        let path = format!("/events?filters={}", query(&filters));
        let answer = within(PATIENCE, engine.pool.call(Method::GET, &path, None)).await;
        self.0 = answer.ok().map(hyper::Response::into_body);
        self.is_open()
    }

    /// Waits until something happens, at most so long.
    pub(super) async fn wait(&mut self, at_most: Duration) {
        let Some(events) = &mut self.0 else {
            return tokio::time::sleep(at_most.min(WITHOUT)).await;
        };
        let told = tokio::time::timeout(at_most.min(LONGEST), events.frame()).await;
        if matches!(told, Ok(None | Some(Err(_)))) {
            self.0 = None;
            tokio::time::sleep(at_most.min(WITHOUT)).await;
        }
    }
}
