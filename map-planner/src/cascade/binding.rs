//! Whether a container is bound to the objects that will stand for its dependencies.

use alloc::borrow::ToOwned;
use alloc::collections::BTreeMap;
use alloc::string::{String, ToString};

use container_map::{ContainerKey, ResourceKey};

use crate::container_ref::{ContainerRef, Slot};
use crate::desired::{DesiredContainer, DesiredState};
use crate::engine::{EngineId, EngineState, ObservedContainer, ObservedMountSource, ObservedNetworkMode};
use crate::spec::{MountSource, NetworkModeSpec};
use crate::verdict::{ContainerVerdict, FinalObject};

/// Returns the dependency that a container is bound to the wrong object of, if there is one.
pub(crate) fn follows(
    wanted: &DesiredContainer,
    live: &ObservedContainer,
    desired: &DesiredState,
    engine: &EngineState,
    decided: &BTreeMap<ContainerKey, ContainerVerdict>,
) -> Option<ResourceKey> {
    let stands_for =
        |key: &ContainerKey, id: Option<&EngineId>| match decided.get(key).map(|found| &found.outcome) {
            Some(FinalObject::Existing(expected)) => id == Some(expected),
            Some(FinalObject::New) => false,
            None => true,
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
        let bound = target
            .and_then(|found| engine.containers.get(&found.target))
            .map(|found| &found.id);
        if !stands_for(&link.container.key, bound) {
            return Some(link.container.key.clone().into());
        }
    }
    wanted
        .spec
        .volumes_from
        .iter()
        .find(|from| !has_mounts_of(wanted, live, &from.container.key, desired, engine, decided))
        .map(|from| from.container.key.clone().into())
}

/// Volumes-from was resolved to mounts when the container was created; it is the mounts that must be the same.
fn has_mounts_of(
    wanted: &DesiredContainer,
    live: &ObservedContainer,
    other: &ContainerKey,
    desired: &DesiredState,
    engine: &EngineState,
    decided: &BTreeMap<ContainerKey, ContainerVerdict>,
) -> bool {
    let Some(mounts) = future_mounts(other, desired, engine, decided) else {
        return false;
    };
    let own = |path: &str| wanted.spec.mounts.keys().any(|target| target.as_str() == path);
    mounts
        .iter()
        .filter(|(path, _)| !own(path))
        .all(|(path, source)| live.mounts.get(path).is_some_and(|mount| mount.source == *source))
}

/// Returns what a container will mount when the plan is done; `None` if that is known only then.
pub(crate) fn future_mounts(
    key: &ContainerKey,
    desired: &DesiredState,
    engine: &EngineState,
    decided: &BTreeMap<ContainerKey, ContainerVerdict>,
) -> Option<BTreeMap<String, ObservedMountSource>> {
    let verdict = decided.get(key)?;
    if let FinalObject::Existing(id) = &verdict.outcome {
        let mut slots = Slot::ALL
            .into_iter()
            .filter_map(|slot| engine.container(&ContainerRef::new(key, slot)));
        let live = slots.find(|found| found.id == *id)?;
        return Some(
            live.mounts
                .iter()
                .map(|(path, mount)| (path.clone(), mount.source.clone()))
                .collect(),
        );
    }
    let wanted = desired.containers.get(key)?;
    // What the image of a new container declares shows only when it exists.
    let slot = verdict.settle_from.unwrap_or(Slot::Current);
    let predecessor = engine.container(&ContainerRef::new(key, slot))?;
    let mut mounts: BTreeMap<String, ObservedMountSource> = BTreeMap::new();
    for (path, mount) in &predecessor.mounts {
        if mount.source.anonymous().is_some() {
            mounts.insert(path.clone(), mount.source.clone());
        }
    }
    for (path, mount) in &wanted.spec.mounts {
        let source = match &mount.source {
            MountSource::Bind(path) => ObservedMountSource::Bind(path.to_string()),
            MountSource::Volume(key) | MountSource::PreparedVolume(key) => {
                ObservedMountSource::Volume(key.docker_name())
            }
            MountSource::Kept(name) => ObservedMountSource::Volume(name.clone()),
            MountSource::Anonymous => mounts.get(path.as_str())?.clone(),
        };
        mounts.insert(path.as_str().to_owned(), source);
    }
    Some(mounts)
}
