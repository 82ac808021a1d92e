//! When a container that is being started or stopped has taken or given up its places in networks.
//!
//! An engine that loses count of a network's endpoints is asked for few changes at once. The larger part of a start comes
//! after its part in that, and of a stop before and after it: once the engine tells of the endpoint
//! ([`SystemEvents`](https://docs.docker.com/reference/api/engine/version/v1.41/#tag/System/operation/SystemEvents),
//! `network connect` and `disconnect`), others may have their turn. Whoever does not hear of it waits for the answer.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use bytes::BytesMut;
use http_body_util::BodyExt;
use hyper::Method;
use hyper::body::Incoming;
use serde::Deserialize;
use tokio_util::task::AbortOnDropHandle;

use super::DockerEngine;
use super::pool::{PATIENCE, Pool, query, within};
use crate::event::Progress;

/// The events of interest.
const FILTERS: &str = r#"{"type":["network"],"event":["connect","disconnect"]}"#;

/// What is known of containers, and who is being started or stopped.
#[derive(Debug, Clone, Default)]
pub(super) struct Places {
    known: Arc<Mutex<Known>>,
    listener: Arc<tokio::sync::Mutex<Option<AbortOnDropHandle<()>>>>,
}

#[derive(Debug, Default)]
struct Known {
    /// The identifier of each container by its name: events have nothing else.
    ids: BTreeMap<String, String>,
    /// The steps that start and stop containers, by identifier.
    steps: BTreeMap<String, Progress>,
}

/// One event.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Told {
    actor: Actor,
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Actor {
    attributes: Attributes,
}

#[derive(Debug, Deserialize)]
struct Attributes {
    /// The container's identifier.
    container: String,
    /// The network's name.
    name: String,
}

impl Places {
    /// Takes notice of a container.
    pub(super) fn found(&self, name: &str, id: &str) {
        self.known().ids.insert(name.to_owned(), id.to_owned());
    }

    /// Takes notice of a container's new name.
    pub(super) fn renamed(&self, from: &str, to: &str) {
        let mut known = self.known();
        if let Some(id) = known.ids.remove(from) {
            known.ids.insert(to.to_owned(), id);
        }
    }

    /// Does what starts or stops a container, and lets its step leave the networks in which the engine says that it has its
    /// place, or has none any more.
    pub(super) async fn during<T>(
        &self,
        engine: &DockerEngine,
        name: &str,
        work: impl Future<Output = T>,
    ) -> T {
        let id = self.known().ids.get(name).cloned();
        let (true, Some(id), Some(progress)) = (engine.info.miscounts_endpoints, id, Progress::present())
        else {
            return work.await;
        };
        self.listen(&engine.pool).await;
        self.known().steps.insert(id.clone(), progress);
        let done = work.await;
        self.known().steps.remove(&id);
        done
    }

    /// Begins to listen, unless somebody does.
    async fn listen(&self, pool: &Pool) {
        let mut listener = self.listener.lock().await;
        if listener.as_ref().is_some_and(|task| !task.is_finished()) {
            return;
        }
        let path = format!("/events?filters={}", query(FILTERS));
        if let Ok(answer) = within(PATIENCE, pool.call(Method::GET, &path, None)).await {
            let task = listen(answer.into_body(), Arc::clone(&self.known));
            *listener = Some(AbortOnDropHandle::new(tokio::spawn(task)));
        }
    }

    fn known(&self) -> MutexGuard<'_, Known> {
        self.known.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Passes on what the engine tells, one event a line, until it ends.
async fn listen(mut events: Incoming, known: Arc<Mutex<Known>>) {
    let mut held = BytesMut::new();
    while let Some(Ok(frame)) = events.frame().await {
        held.extend_from_slice(frame.data_ref().map_or(&[], |bytes| bytes));
        while let Some(end) = held.iter().position(|byte| *byte == b'\n') {
            if let Some(told) = read(&held.split_to(end + 1)) {
                let known = known.lock().unwrap_or_else(PoisonError::into_inner);
                if let (Some(step), Ok(network)) = (known.steps.get(&told.container), told.name.parse()) {
                    step.leave(network);
                }
            }
        }
    }
}

fn read(line: &[u8]) -> Option<Attributes> {
    serde_json::from_slice::<Told>(line).ok().map(|told| told.actor.attributes)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// As engine 20.10 sends it.
    const EVENT: &str = r#"{"Type":"network","Action":"connect","Actor":{"ID":"5c7","Attributes":{"container":"e1f","name":"site.app","type":"bridge"}},"scope":"local","time":1764129600,"timeNano":1764129600123456789}"#;

    #[test]
    fn events_name_the_container_and_the_network() {
        let told = read(EVENT.as_bytes()).expect("it is an event");
        assert_eq!((told.container.as_str(), told.name.as_str()), ("e1f", "site.app"));
        assert!(read(b"\n").is_none() && read(b"{}").is_none());
    }

    #[test]
    fn a_container_is_known_by_its_present_name() {
        let places = Places::default();
        places.found("site.web", "old");
        places.found("dmap-next.site.web", "new");
        places.renamed("site.web", "dmap-prev.site.web");
        places.renamed("dmap-next.site.web", "site.web");
        places.renamed("nobody", "somebody");
        let ids = places.known().ids.clone();
        let expect = [("dmap-prev.site.web", "old"), ("site.web", "new")];
        assert_eq!(ids, expect.map(|(name, id)| (name.to_owned(), id.to_owned())).into());
    }
}
