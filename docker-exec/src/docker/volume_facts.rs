//! Owner and mode of volumes' directories, and the accounts of images, through containers that are there anyway.

use std::collections::BTreeMap;

use futures_util::stream::{StreamExt, TryStreamExt};
use http_body_util::{BodyExt, BodyStream};
use hyper::Method;
use map_planner::EngineState;
use map_planner::engine::{
    Accounts, EngineId, ObservedMount, ObservedMountSource, RunState, Scope, VolumeFacts, VolumeTop,
};

use super::again::again;
use super::archive::{Change, Rewriter};
use super::cause::Cause;
use super::pool::{PATIENCE, Pool, each, query, within};
use super::wire::stat;

/// The largest `/etc/passwd` that is read.
const MOST_ACCOUNTS: usize = 4 << 20;

/// Where a volume can be looked at.
struct View {
    container: EngineId,
    image: EngineId,
    state: RunState,
    path: String,
}

/// Adds what the scope asks of volumes' directories, and of the accounts of images that run with such a volume.
pub(super) async fn complete(pool: &Pool, scope: &Scope, state: &mut EngineState) -> Result<(), Cause> {
    let wanted: Vec<(String, VolumeFacts)> =
        scope.volumes.iter().map(|(key, facts)| (key.docker_name(), *facts)).collect();
    let views = wanted
        .iter()
        .filter_map(|(name, facts)| Some((name.clone(), *facts, best_view(state, name, *facts)?)))
        .collect();
    let tops = each(views, |(name, facts, view): (String, VolumeFacts, View)| async move {
        Ok((name, again(|| top(pool, &view, facts)).await?))
    });
    let tops = tops.await?;
    let accounts = accounts(pool, &wanted, state).await?;
    for (name, top) in tops {
        if let Some(volume) = state.volumes.get_mut(&name) {
            volume.top = top;
        }
    }
    for (image, accounts) in accounts {
        if let Some(image) = state.images.get_mut(&image) {
            image.accounts = Some(accounts);
        }
    }
    Ok(())
}

fn views<'a>(state: &'a EngineState, volume: &'a str) -> impl Iterator<Item = View> + use<'a> {
    let shows = move |mount: &ObservedMount| matches!(&mount.source, ObservedMountSource::Volume(name) if name == volume);
    state.containers.values().flat_map(move |container| {
        let here = container.mounts.iter().filter(move |(_, mount)| shows(mount));
        here.map(|(path, _)| View {
            container: container.id.clone(),
            image: container.image.clone(),
            state: container.state,
            path: path.clone(),
        })
    })
}

/// Returns a view of a volume whose directory is asked for; a running container has it mounted already.
fn best_view(state: &EngineState, volume: &str, facts: VolumeFacts) -> Option<View> {
    let usable = |view: &View| !matches!(view.state, RunState::Dead | RunState::Removing);
    let wanted = facts.mode || facts.owner;
    let views = wanted.then(|| views(state, volume)).into_iter().flatten();
    views.filter(usable).max_by_key(|view| view.state == RunState::Running)
}

/// Returns owner and mode of a directory. `HEAD` is quick and tells no owner; `GET` tells both, is slow on older
/// engines, and is cut after its first entry
/// ([`ContainerArchive`](https://docs.docker.com/reference/api/engine/version/v1.41/#tag/Container/operation/ContainerArchive)).
async fn top(pool: &Pool, view: &View, facts: VolumeFacts) -> Result<Option<VolumeTop>, Cause> {
    let id = view.container.as_str();
    let found = if facts.owner {
        first_entry(pool, id, &view.path).await
    } else {
        directory_mode(pool, id, &view.path).await
    };
    match found {
        // The container or its directory went away meanwhile.
        Err(cause) if cause.status() == Some(404) => Ok(None),
        found => found,
    }
}

async fn directory_mode(pool: &Pool, id: &str, path: &str) -> Result<Option<VolumeTop>, Cause> {
    let path = archive_path(id, path);
    let response = within(PATIENCE, pool.call(Method::HEAD, &path, None)).await?;
    let header = response.headers().get(stat::HEADER);
    let mode = header.and_then(|header| stat::directory_mode(header.as_bytes()));
    Ok(mode.map(|mode| VolumeTop { mode, owner: None }))
}

async fn first_entry(pool: &Pool, id: &str, path: &str) -> Result<Option<VolumeTop>, Cause> {
    let work = async {
        let mut archive = read(pool, id, path).await?;
        let mut scanner = Rewriter::new(Change::default());
        let mut passed = Vec::new();
        while let Some(piece) = archive.next().await.transpose()? {
            if scanner.push_first(&piece, &mut passed).map_err(|error| Cause::Streamed(error.to_string()))? {
                break;
            }
        }
        let first = scanner.first().filter(|entry| entry.is_directory);
        Ok(first.map(|entry| VolumeTop { mode: entry.mode, owner: Some(entry.owner) }))
    };
    within(PATIENCE, work).await
}

/// Reads the accounts of every image that is run with a volume whose owner is given by name.
async fn accounts(
    pool: &Pool,
    wanted: &[(String, VolumeFacts)],
    state: &EngineState,
) -> Result<Vec<(EngineId, Accounts)>, Cause> {
    let named = wanted.iter().filter(|(_, facts)| facts.accounts);
    let containers: BTreeMap<EngineId, EngineId> =
        named.flat_map(|(name, _)| views(state, name)).map(|view| (view.image, view.container)).collect();
    let read =
        each(containers.into_iter().collect(), |(image, container): (EngineId, EngineId)| async move {
            Ok((image, again(|| of_container(pool, container.as_str())).await?))
        });
    read.await
}

/// Reads the users and groups that a container's files name.
pub(super) async fn of_container(pool: &Pool, id: &str) -> Result<Accounts, Cause> {
    let passwd = text_file(pool, id, "/etc/passwd").await?;
    let group = text_file(pool, id, "/etc/group").await?;
    Ok(Accounts::parse(&passwd, &group))
}

/// Reads a small file of a container; a file that is not there reads as empty.
pub(super) async fn text_file(pool: &Pool, id: &str, path: &str) -> Result<String, Cause> {
    use std::io::Read;
    let work = async {
        let mut archive = match read(pool, id, path).await {
            Err(cause) if cause.status() == Some(404) => return Ok(String::new()),
            archive => archive?,
        };
        let mut bytes = Vec::new();
        while let Some(piece) = archive.next().await.transpose()? {
            bytes.extend_from_slice(&piece);
            if bytes.len() > MOST_ACCOUNTS {
                return Err(Cause::Streamed(format!("`{path}` is too large")));
            }
        }
        let unreadable = |error: std::io::Error| Cause::Streamed(format!("`{path}` cannot be read: {error}"));
        let mut found = Vec::new();
        for entry in tar::Archive::new(bytes.as_slice()).entries().map_err(unreadable)? {
            entry.map_err(unreadable)?.read_to_end(&mut found).map_err(unreadable)?;
        }
        Ok(String::from_utf8_lossy(&found).into_owned())
    };
    within(PATIENCE, work).await
}

/// Begins to read an archive. Dropping the stream ends the engine's work.
pub(super) async fn read(
    pool: &Pool,
    container: &str,
    path: &str,
) -> Result<impl futures_util::Stream<Item = Result<bytes::Bytes, Cause>> + Unpin, Cause> {
    let response = pool.call(Method::GET, &archive_path(container, path), None).await?;
    let frames = BodyStream::new(response.into_body().map_err(Cause::Broken).boxed());
    Ok(frames.try_filter_map(async |frame| Ok(frame.into_data().ok())).boxed())
}

fn archive_path(container: &str, path: &str) -> String {
    format!("/containers/{container}/archive?path={}", query(path))
}
