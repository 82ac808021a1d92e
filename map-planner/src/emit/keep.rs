//! Anonymous volumes of a replaced container go over to its successor.

use alloc::borrow::ToOwned;
use alloc::string::String;
use alloc::vec::Vec;

use container_map::ContainerPath;
use container_map::config::Access;

use crate::container_ref::ContainerRef;
use crate::desired::DesiredContainer;
use crate::engine::{EngineState, ObservedContainer};
use crate::label;
use crate::spec::{ContainerSpec, MountSource, MountSpec};

/// Puts the predecessor's anonymous volumes into the successor's specification, each at its path.
///
/// A path that neither the map nor the image wants a volume at any more is left out.
pub(super) fn keep_anonymous_volumes(
    spec: &mut ContainerSpec,
    wanted: &DesiredContainer,
    predecessor: &ObservedContainer,
    engine: &EngineState,
) {
    let mut kept: Vec<String> = Vec::new();
    for (path, mount) in &predecessor.mounts {
        let (Some(name), Ok(target)) = (mount.source.anonymous(), path.parse::<ContainerPath>()) else {
            continue;
        };
        let goes_over = match spec.mounts.get(&target) {
            Some(mount) => mount.source == MountSource::Anonymous,
            None => image_wants(path, wanted, predecessor, engine) && !is_borrowed(path, wanted, engine),
        };
        if goes_over {
            let source = MountSource::Kept(name.to_owned());
            spec.mounts.insert(
                target,
                MountSpec {
                    source,
                    access: Access::ReadWrite,
                },
            );
            kept.push(path.clone());
        }
    }
    if !kept.is_empty() {
        spec.labels.insert(label::KEPT.to_owned(), kept.join(","));
    }
}

/// The wanted image decides; while it is not here, the one that runs.
fn image_wants(
    path: &str,
    wanted: &DesiredContainer,
    predecessor: &ObservedContainer,
    engine: &EngineState,
) -> bool {
    let next = engine
        .tags
        .get(&wanted.spec.image)
        .and_then(|id| engine.images.get(id));
    let image = next.or_else(|| engine.images.get(&predecessor.image));
    image.is_none_or(|image| image.volumes.contains(path))
}

/// A volume that came through volumes-from comes that way again.
fn is_borrowed(path: &str, wanted: &DesiredContainer, engine: &EngineState) -> bool {
    wanted.spec.volumes_from.iter().any(|from| {
        engine
            .container(&ContainerRef::current(&from.container.key))
            .is_some_and(|other| other.mounts.contains_key(path))
    })
}
