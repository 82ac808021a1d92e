//! The requests of housekeeping: lists with sizes, and removals that are told one by one and do not keep each other from
//! being tried.

use std::collections::BTreeSet;
use std::time::Duration;

use futures_util::stream::{self, StreamExt};
use hyper::Method;
use tokio_util::sync::CancellationToken;

use super::DockerEngine;
use super::again::again;
use super::cause::Cause;
use super::pool::{PATIENCE, within};
use super::settle;
use super::wire::inventory::{ListedContainer, ListedImage};
use crate::error::EngineError;
use crate::housekeeping::{FoundContainer, FoundImage};

/// How many containers are stopped or removed at once: stopping mostly waits.
const WIDTH: usize = 8;

/// What is done with containers that run.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Stopping {
    /// Nothing; removing them fails.
    Never,
    /// They are stopped, with so much time between the stop signal and the kill; none for the container's own.
    Within(Option<Duration>),
}

/// What became of what was to go.
#[derive(Debug)]
pub struct Cleared<T> {
    /// What is gone, in the order of the request; also what somebody else removed meanwhile.
    pub removed: Vec<T>,
    /// What could not be removed, and why.
    pub failed: Vec<(T, EngineError)>,
    /// What was not begun because of the cancellation.
    pub left: Vec<T>,
}

impl DockerEngine {
    /// Lists all containers, with the size of what each has written
    /// ([`ContainerList`](https://docs.docker.com/reference/api/engine/version/v1.41/#tag/Container/operation/ContainerList)).
    ///
    /// # Errors
    ///
    /// The engine does not answer.
    pub async fn containers(&self) -> Result<Vec<FoundContainer>, EngineError> {
        let list = again(|| self.pool.get::<Vec<ListedContainer>>("/containers/json?all=1&size=1")).await;
        let list = list.map_err(|cause| cause.while_doing("listing containers"))?;
        Ok(list.into_iter().map(ListedContainer::found).collect())
    }

    /// Lists all images, those in between included
    /// ([`ImageList`](https://docs.docker.com/reference/api/engine/version/v1.41/#tag/Image/operation/ImageList)).
    ///
    /// # Errors
    ///
    /// The engine does not answer.
    pub async fn images(&self) -> Result<Vec<FoundImage>, EngineError> {
        let images = again(|| self.pool.get::<Vec<ListedImage>>("/images/json?all=1")).await;
        let images = images.map_err(|cause| cause.while_doing("listing images"))?;
        // Asked for last: what was made meanwhile of a listed image makes it a used one.
        let containers = again(|| self.pool.get::<Vec<ListedContainer>>("/containers/json?all=1")).await;
        let containers = containers.map_err(|cause| cause.while_doing("listing containers"))?;
        let used: BTreeSet<String> =
            containers.iter().map(|container| container.image_id().to_owned()).collect();
        Ok(images.into_iter().map(|image| image.found(&used)).collect())
    }

    /// Removes containers, several at a time, and never their volumes. Each is known by its identifier, so one that took
    /// over a name is not meant. One that fails keeps no other from being removed; `told` is called for each.
    pub async fn remove_containers(
        &self,
        containers: Vec<FoundContainer>,
        stopping: Stopping,
        cancel: &CancellationToken,
        mut told: impl FnMut(&FoundContainer, Result<(), &EngineError>),
    ) -> Cleared<FoundContainer> {
        let count = containers.len();
        let work = stream::iter(containers.into_iter().enumerate()).map(|(index, container)| async move {
            if cancel.is_cancelled() {
                return (index, container, None);
            }
            let result = self.dispose(&container, stopping).await;
            (index, container, Some(result))
        });
        let mut work = std::pin::pin!(work.buffer_unordered(WIDTH));
        let mut ended = Vec::with_capacity(count);
        while let Some((index, container, result)) = work.next().await {
            if let Some(result) = &result {
                told(&container, result.as_ref().copied());
            }
            ended.push((index, container, result));
        }
        ended.sort_by_key(|(index, ..)| *index);
        Cleared::of(ended.into_iter().map(|(_, container, result)| (container, result)))
    }

    /// Removes images, one after the other in the order given: what is built on others has to go before them. Each goes
    /// with its tags; one that a container uses or that others are built on is refused by the engine. One that fails
    /// keeps no other from being removed; `told` is called for each.
    pub async fn remove_images(
        &self,
        images: Vec<FoundImage>,
        cancel: &CancellationToken,
        mut told: impl FnMut(&FoundImage, Result<(), &EngineError>),
    ) -> Cleared<FoundImage> {
        let mut ended = Vec::with_capacity(images.len());
        for image in images {
            if cancel.is_cancelled() {
                ended.push((image, None));
                continue;
            }
            let result = self.dispose_image(&image).await;
            told(&image, result.as_ref().copied());
            ended.push((image, Some(result)));
        }
        Cleared::of(ended)
    }

    /// Stops a container if need be, and removes it.
    async fn dispose(&self, container: &FoundContainer, stopping: Stopping) -> Result<(), EngineError> {
        let id = &container.id;
        let runs = matches!(container.state.as_str(), "running" | "paused" | "restarting");
        if let (true, Stopping::Within(timeout)) = (runs, stopping) {
            let stopped = again(|| self.stop(id, timeout)).await;
            stopped.map_err(|cause| cause.while_doing(format!("stopping container `{}`", container.name)))?;
        }
        let removed = again(|| settle::remove_container(self, id)).await;
        removed.map_err(|cause| cause.while_doing(format!("removing container `{}`", container.name)))?;
        Ok(())
    }

    /// Stops a container
    /// ([`ContainerStop`](https://docs.docker.com/reference/api/engine/version/v1.41/#tag/Container/operation/ContainerStop)).
    /// How long that takes is the container's business if nobody says so.
    async fn stop(&self, id: &str, timeout: Option<Duration>) -> Result<(), Cause> {
        let path = match timeout {
            Some(timeout) => format!("/containers/{id}/stop?t={}", timeout.as_secs()),
            None => format!("/containers/{id}/stop"),
        };
        match self.pool.call(Method::POST, &path, None).await {
            Err(cause) if cause.status() == Some(404) => Ok(()),
            result => result.map(drop),
        }
    }

    /// Removes an image with its tags
    /// ([`ImageDelete`](https://docs.docker.com/reference/api/engine/version/v1.41/#tag/Image/operation/ImageDelete)),
    /// and nothing that it is built on.
    async fn dispose_image(&self, image: &FoundImage) -> Result<(), EngineError> {
        let name = image.tags.first().unwrap_or(&image.id);
        // With its last tag an image goes, and an untagged one with its last digest; what is gone by then is gone.
        for reference in image.tags.iter().chain(&image.digests).chain([&image.id]) {
            let path = format!("/images/{reference}?noprune=1");
            let removed = again(|| async {
                match within(PATIENCE, self.pool.call(Method::DELETE, &path, None)).await {
                    Err(cause) if cause.status() == Some(404) => Ok(()),
                    result => result.map(drop),
                }
            });
            removed.await.map_err(|cause| cause.while_doing(format!("removing image `{name}`")))?;
        }
        Ok(())
    }
}

impl<T> Cleared<T> {
    fn of(ended: impl IntoIterator<Item = (T, Option<Result<(), EngineError>>)>) -> Self {
        let mut cleared = Self { removed: Vec::new(), failed: Vec::new(), left: Vec::new() };
        for (item, result) in ended {
            match result {
                Some(Ok(())) => cleared.removed.push(item),
                Some(Err(error)) => cleared.failed.push((item, error)),
                None => cleared.left.push(item),
            }
        }
        cleared
    }
}
