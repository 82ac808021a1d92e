//! Whether a container is bound to the objects that will stand for its dependencies, and whether it knows them.

use container_map::config::FollowPolicy;
use container_map::{ContainerKey, ResourceKey};

use super::mounts::Outlook;
use crate::desired::DesiredContainer;
use crate::engine::{EngineId, ObservedContainer, ObservedNetworkMode};
use crate::label;
use crate::spec::NetworkModeSpec;
use crate::verdict::FinalObject;

/// Returns the dependency that a container is bound to the wrong object of, if there is one.
pub(crate) fn follows(
    wanted: &DesiredContainer,
    live: &ObservedContainer,
    outlook: Outlook<'_>,
) -> Option<ResourceKey> {
    is_cut_off(wanted, live, outlook)
        .or_else(|| follows_mounts(wanted, live, outlook))
        .or_else(|| outlived(wanted, live, outlook))
}

/// Returns the dependency whose namespace a container shares, or that it is linked to, where that is the wrong object:
/// it cannot be started then.
pub(super) fn is_cut_off(
    wanted: &DesiredContainer,
    live: &ObservedContainer,
    outlook: Outlook<'_>,
) -> Option<ResourceKey> {
    let stands_for = |key: &ContainerKey, id: Option<&EngineId>| {
        // Nothing happens to a container that nobody decides about.
        outlook.decided.get(key).is_none_or(|found| match &found.outcome {
            FinalObject::Existing(expected) => id == Some(expected),
            FinalObject::New => false,
        })
    };
    if let NetworkModeSpec::Container(owner) = &wanted.spec.network {
        let bound = match &live.network {
            ObservedNetworkMode::Container(id) => Some(id),
            ObservedNetworkMode::Default | ObservedNetworkMode::Named(_) => None,
        };
        if !stands_for(&owner.key, bound) {
            return Some(owner.key.clone().into());
        }
    }
    for link in &wanted.spec.links {
        let target = live.links.iter().find(|found| found.alias == link.alias);
        let bound = target.and_then(|found| outlook.engine.containers.get(&found.target));
        if !stands_for(&link.container.key, bound.map(|found| &found.id)) {
            return Some(link.container.key.clone().into());
        }
    }
    None
}

/// Returns a dependency that the map has it made anew with, and that will be an object which is younger than it.
fn outlived(
    wanted: &DesiredContainer,
    live: &ObservedContainer,
    outlook: Outlook<'_>,
) -> Option<ResourceKey> {
    let recreates = wanted.follows.iter().filter(|(_, policy)| **policy == FollowPolicy::Recreate);
    let is_younger = |key: &ContainerKey| {
        outlook.decided.get(key).is_some_and(|found| match &found.outcome {
            FinalObject::Existing(id) => {
                outlook.engine.object(key, id).is_some_and(|it| it.created > live.created)
            }
            FinalObject::New => true,
        })
    };
    recreates.map(|(key, _)| key).find(|key| is_younger(key)).map(|key| key.clone().into())
}

/// Returns a dependency that the map has it restarted with, and that will have been started after it.
pub(crate) fn outrun(
    wanted: &DesiredContainer,
    live: &ObservedContainer,
    outlook: Outlook<'_>,
) -> Option<ResourceKey> {
    let restarts = wanted.follows.iter().filter(|(_, policy)| match policy {
        FollowPolicy::Restart | FollowPolicy::Recreate => true,
        FollowPolicy::Leave => false,
    });
    let starts_later = |key: &ContainerKey| {
        outlook.decided.get(key).is_some_and(|found| match &found.outcome {
            FinalObject::Existing(id) => {
                found.starts() || outlook.engine.object(key, id).is_some_and(|it| it.started > live.started)
            }
            // One that is absent may be left so.
            FinalObject::New => found.starts(),
        })
    };
    restarts.map(|(key, _)| key).find(|key| starts_later(key)).map(|key| key.clone().into())
}

/// Volumes-from was resolved to mounts when the container was created; it is the mounts that must be the same.
fn follows_mounts(
    wanted: &DesiredContainer,
    live: &ObservedContainer,
    outlook: Outlook<'_>,
) -> Option<ResourceKey> {
    let sources = || wanted.spec.volumes_from.iter().map(|from| &from.container.key);
    if !sources().all(|key| outlook.decided.contains_key(key)) {
        return None;
    }
    let first = sources().next()?;
    let Some(mounts) = outlook.borrowed(wanted) else {
        let unknown = sources().find(|key| outlook.mounts(key).is_none());
        return Some(unknown.unwrap_or(first).clone().into());
    };
    let lent = outlook.desired.lent_paths(wanted);
    let kept = label::paths(&live.labels, label::KEPT);
    let is_lent = |path: &str| lent.iter().any(|target| target.as_str() == path);
    let own = |path: &str| {
        let is_kept = kept.contains(path) && !is_lent(path);
        is_kept || wanted.spec.mounts.keys().any(|target| target.as_str() == path)
    };
    let (path, _) = mounts.iter().find(|(path, source)| {
        let live = live.mounts.get(*path).map(|mount| &mount.source);
        !own(path) && (source.is_none() || live != source.as_ref())
    })?;
    let brings = |key: &&ContainerKey| outlook.mounts(key).is_some_and(|mounts| mounts.contains_key(path));
    Some(sources().rev().find(brings).unwrap_or(first).clone().into())
}
