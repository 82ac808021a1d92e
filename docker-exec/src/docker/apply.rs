//! One action, one request, except where the engine needs more to do one thing.

use std::pin::pin;
use std::time::Duration;

use bollard::query_parameters::{RemoveContainerOptions, RenameContainerOptionsBuilder};
use container_map::{NetworkKey, Signal};
use hyper::{Method, StatusCode};
use map_planner::spec::EndpointSpec;
use map_planner::{Action, Condition, ContainerRef, Limits};

use super::again::again;
use super::cause::Cause;
use super::pool::{PATIENCE, within};
use super::prepare::Preparation;
use super::wait::Wanted;
use super::wire::inspect::Container;
use super::wire::{self, endpoint};
use super::{DockerEngine, build_image, create, exec, prepare, settle, wait};
use crate::engine::Applied;
use crate::error::EngineError;
use crate::event::rest;

/// The version from which a stop request can name its signal.
const STOP_TAKES_SIGNAL: (u32, u32) = (1, 42);

/// How long a container may take to end that ends when it is told to.
const AT_ONCE: Duration = Duration::from_secs(1);

/// Does one action, again if need be.
pub(super) async fn apply(engine: &DockerEngine, action: &Action) -> Result<Applied, EngineError> {
    let done = again(|| once(engine, action)).await;
    done.map_err(|cause| cause.without(&engine.secrets).while_doing(doing(action)))
}

/// Does one action. Each arm says which operation of the API it is.
async fn once(engine: &DockerEngine, action: &Action) -> Result<Applied, Cause> {
    match action {
        // ImageCreate
        Action::PullImage { image, platform } => create::pull(engine, image, platform.as_deref()).await,
        // ImageCreate, ImageInspect, ImageBuild
        Action::BuildImage { image, build, context, bases, pulls } => {
            for base in pulls {
                create::pull(engine, base, build.platform.as_deref()).await?;
            }
            build_image::build(engine, image, build, context, bases).await
        }
        // NetworkCreate
        Action::CreateNetwork { network, spec } => {
            create::network(engine, &network.docker_name(), spec).await
        }
        // NetworkDelete
        Action::RemoveNetwork { network } => settle::remove_network(engine, &network.docker_name()).await,
        // NetworkConnect
        Action::ConnectNetwork { network, container, endpoint } => {
            connect(engine, network, &container.docker_name(), endpoint).await
        }
        // NetworkDisconnect
        Action::DisconnectNetwork { network, container } => disconnect(engine, network, container).await,
        // VolumeCreate
        Action::CreateVolume { volume, spec } => create::volume(engine, &volume.docker_name(), spec).await,
        // ContainerCreate, ContainerArchive, PutContainerArchive, ContainerDelete
        Action::PrepareVolume { volume, image, at, owner, mode, depth } => {
            let what = Preparation { volume, image, at, owner: owner.as_ref(), mode: mode.as_ref() };
            prepare::prepare(engine, what, *depth).await
        }
        // VolumeDelete
        Action::RemoveVolume { volume } => settle::remove_volume(engine, &volume.docker_name()).await,
        // ContainerCreate
        Action::CreateContainer { container, spec } => {
            create::container(engine, &container.docker_name(), spec).await
        }
        // ContainerUpdate
        Action::UpdateContainer { container, limits } => update(engine, container, limits).await,
        // ContainerStart
        Action::StartContainer { container, settle } => start(engine, container, *settle).await,
        // ContainerStop
        Action::StopContainer { container, signal, timeout } => {
            stop(engine, container, signal.as_ref(), *timeout).await
        }
        // ContainerKill
        Action::KillContainer { container, signal } => kill(engine, container, *signal).await,
        // ContainerRestart
        Action::RestartContainer { container, timeout } => restart(engine, container, *timeout).await,
        // ContainerRename
        Action::RenameContainer { container, to } => {
            rename(engine, container, &ContainerRef::new(&container.key, *to)).await
        }
        // ContainerInspect, SystemEvents
        Action::AwaitContainer { container, until, within, steady } => {
            let wanted = Wanted { until: *until, within: *within, steady: steady.unwrap_or(wait::STEADY) };
            wait::until(engine, &container.docker_name(), wanted).await
        }
        // ContainerExec, ExecStart, ExecInspect
        Action::Exec { container, command } => exec::exec(engine, &container.docker_name(), command).await,
        // ContainerDelete
        Action::RemoveContainer { container } => {
            settle::remove_container(engine, &container.docker_name()).await
        }
        // ContainerInspect, ContainerDelete
        Action::RemoveHelper { helper } => prepare::remove_helper(engine, helper).await,
    }
}

/// Says what an action does, for the message of its error.
fn doing(action: &Action) -> String {
    match action {
        Action::PullImage { image, .. } => format!("pulling image `{image}`"),
        Action::BuildImage { image, .. } => format!("building image `{image}`"),
        Action::CreateNetwork { network, .. } => format!("creating network `{network}`"),
        Action::RemoveNetwork { network } => format!("removing network `{network}`"),
        Action::ConnectNetwork { network, container, .. } => {
            format!("connecting container `{container}` to network `{network}`")
        }
        Action::DisconnectNetwork { network, container } => {
            format!("disconnecting container `{container}` from network `{network}`")
        }
        Action::CreateVolume { volume, .. } => format!("creating volume `{volume}`"),
        Action::PrepareVolume { volume, .. } => format!("preparing volume `{volume}`"),
        Action::RemoveVolume { volume } => format!("removing volume `{volume}`"),
        Action::CreateContainer { container, .. } => format!("creating container `{container}`"),
        Action::UpdateContainer { container, .. } => {
            format!("changing the limits of container `{container}`")
        }
        Action::StartContainer { container, .. } => format!("starting container `{container}`"),
        Action::StopContainer { container, .. } => format!("stopping container `{container}`"),
        Action::KillContainer { container, signal } => {
            format!("sending {signal} to container `{container}`")
        }
        Action::RestartContainer { container, .. } => format!("restarting container `{container}`"),
        Action::RenameContainer { container, to } => {
            format!("renaming container `{container}` to `{}`", ContainerRef::new(&container.key, *to))
        }
        Action::AwaitContainer { container, until, .. } => match until {
            Condition::Started => format!("waiting for container `{container}`"),
            Condition::Healthy => format!("waiting for container `{container}` to be healthy"),
            Condition::Completed => format!("waiting for container `{container}` to complete"),
            Condition::Ready => format!("waiting for container `{container}` to be ready"),
        },
        Action::Exec { container, command } => format!("running `{command}` in container `{container}`"),
        Action::RemoveContainer { container } => format!("removing container `{container}`"),
        Action::RemoveHelper { helper } => format!("removing container `{}`", helper.docker_name()),
    }
}

/// Gives a container a place in a network.
pub(super) async fn connect(
    engine: &DockerEngine,
    network: &NetworkKey,
    container: &str,
    spec: &EndpointSpec,
) -> Result<Applied, Cause> {
    let body = endpoint::connect(container.to_owned(), spec);
    let network = network.docker_name();
    let work = async { Ok(engine.docker.connect_network(&network, body).await?) };
    match within(PATIENCE, work).await {
        Err(cause) if cause.says(403, "already exists in network") => Ok(Applied::AlreadyDone),
        result => result.map(|()| Applied::Done),
    }
}

async fn disconnect(
    engine: &DockerEngine,
    network: &NetworkKey,
    container: &ContainerRef,
) -> Result<Applied, Cause> {
    let body = endpoint::disconnect(container.docker_name());
    let network = network.docker_name();
    let work = async { Ok(engine.docker.disconnect_network(&network, body).await?) };
    match within(PATIENCE, work).await {
        Err(cause) if cause.status() == Some(404) || cause.says(500, "is not connected to") => {
            Ok(Applied::AlreadyDone)
        }
        Err(cause) if cause.says(403, "is not connected to") => Ok(Applied::AlreadyDone),
        result => result.map(|()| Applied::Done),
    }
}

/// Changes limits in place; what the engine cannot do, it says in warnings only, and such options are not compared.
async fn update(engine: &DockerEngine, container: &ContainerRef, limits: &Limits) -> Result<Applied, Cause> {
    let body = wire::body::update(limits);
    let path = format!("/containers/{container}/update");
    within(PATIENCE, async { engine.pool.call(Method::POST, &path, Some(&body)).await }).await?;
    Ok(Applied::Done)
}

async fn start(
    engine: &DockerEngine,
    container: &ContainerRef,
    settle: Option<Duration>,
) -> Result<Applied, Cause> {
    let path = format!("/containers/{container}/start");
    let started = engine.pool.status(Method::POST, &path);
    let applied = match engine.places.during(engine, &container.docker_name(), started).await {
        Err(lost) if lost.is_lost() => after_lost_start(engine, container, lost).await?,
        status => so_already(status?),
    };
    if let (Applied::Done, Some(pause)) = (applied, settle) {
        tokio::time::sleep(pause).await;
    }
    Ok(applied)
}

/// Finds out what became of a start whose answer was lost. What has ended may have been started and may be a job that
/// must not run twice, so it is not started again.
async fn after_lost_start(
    engine: &DockerEngine,
    container: &ContainerRef,
    lost: Cause,
) -> Result<Applied, Cause> {
    let path = format!("/containers/{container}/json");
    let found: Container = again(|| engine.pool.get(&path)).await?;
    match found.state.status.as_str() {
        "running" | "paused" | "restarting" => Ok(Applied::Done),
        "created" => Err(lost),
        _ => Err(Cause::Unclear(Box::new(lost))),
    }
}

/// Stops a container; how long that may take is the container's business unless it is said here.
async fn stop(
    engine: &DockerEngine,
    container: &ContainerRef,
    signal: Option<&Signal>,
    timeout: Option<Duration>,
) -> Result<Applied, Cause> {
    let name = container.docker_name();
    let mut options = Vec::new();
    if let Some(time) = timeout {
        options.push(format!("t={}", time.as_secs()));
    }
    if let Some(signal) = signal {
        if engine.info.speaks(STOP_TAKES_SIGNAL) {
            options.push(format!("signal={signal}"));
        } else {
            let stopped = settle::kill_and_stop(engine, &name, signal, timeout);
            return engine.places.during(engine, &name, resting(stopped)).await;
        }
    }
    let path = format!("/containers/{container}/stop?{}", options.join("&"));
    let stopped = resting(engine.pool.call(Method::POST, &path, None));
    match engine.places.during(engine, &name, stopped).await {
        Err(cause) if cause.status() == Some(404) => Ok(Applied::AlreadyDone),
        result => result.map(|response| so_already(response.status())),
    }
}

/// Waits for a stop. Its networks are not touched before the container has ended: one that takes its time keeps nobody
/// waiting. As such stops began one after the other, so they end.
async fn resting<T>(stop: impl Future<Output = T>) -> T {
    let mut stop = pin!(stop);
    if let Ok(done) = tokio::time::timeout(AT_ONCE, &mut stop).await {
        return done;
    }
    rest();
    stop.await
}

/// Sends a signal. What the process makes of it is not waited for.
async fn kill(engine: &DockerEngine, container: &ContainerRef, signal: Signal) -> Result<Applied, Cause> {
    let path = format!("/containers/{container}/kill?signal={signal}");
    engine.pool.status(Method::POST, &path).await.map(|_| Applied::Done)
}

/// Stops a container and starts it again; the engine finishes what it began, also if nobody waits for the answer.
async fn restart(
    engine: &DockerEngine,
    container: &ContainerRef,
    timeout: Option<Duration>,
) -> Result<Applied, Cause> {
    let grace = timeout.map(|time| format!("?t={}", time.as_secs())).unwrap_or_default();
    let path = format!("/containers/{container}/restart{grace}");
    engine.pool.call(Method::POST, &path, None).await.map(|_| Applied::Done)
}

async fn rename(engine: &DockerEngine, from: &ContainerRef, to: &ContainerRef) -> Result<Applied, Cause> {
    let options = RenameContainerOptionsBuilder::default().name(&to.docker_name()).build();
    let from = from.docker_name();
    let renamed = within(PATIENCE, async { Ok(engine.docker.rename_container(&from, options).await?) }).await;
    if renamed.is_ok() {
        engine.places.renamed(&from, &to.docker_name());
    }
    match renamed {
        // It has the other name already if the answer to an earlier request was lost.
        Err(gone) if gone.status() == Some(404) => {
            let found: Option<Container> = engine.pool.find(&format!("/containers/{to}/json")).await?;
            found.filter(Container::is_ours).map(|_| Applied::AlreadyDone).ok_or(gone)
        }
        result => result.map(|()| Applied::Done),
    }
}

/// Sends the request that removes a container: never a running one, never with its anonymous volumes.
pub(super) async fn delete(engine: &DockerEngine, name: &str) -> Result<(), Cause> {
    let options = None::<RemoveContainerOptions>;
    within(PATIENCE, async { Ok(engine.docker.remove_container(name, options).await?) }).await
}

/// Reads the status of an answer: "not modified" means that it was so already.
pub(super) fn so_already(status: StatusCode) -> Applied {
    if status == StatusCode::NOT_MODIFIED { Applied::AlreadyDone } else { Applied::Done }
}
