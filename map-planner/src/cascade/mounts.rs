//! What containers will mount when the plan is done.
//!
//! The engine resolves volumes-from to mounts when a container is created. So whether a container that exists still has
//! what the map wants depends on what the other container will mount, which may be another object by then.

use alloc::borrow::ToOwned;
use alloc::collections::{BTreeMap, BTreeSet};
use alloc::string::{String, ToString};
use alloc::vec::Vec;

use container_map::config::AnonymousVolumes;
use container_map::{ContainerKey, ContainerPath};

use crate::attribute::Attribute;
use crate::container_ref::{ContainerRef, Slot};
use crate::desired::{DesiredContainer, DesiredState};
use crate::diff::{was_set, were_set};
use crate::engine::{EngineState, ObservedContainer, ObservedMountSource};
use crate::label;
use crate::spec::MountSource;
use crate::verdict::{ContainerVerdict, FinalObject};

/// What is mounted at each path; no source where it will be an anonymous volume that is not there yet.
pub(crate) type Mounts = BTreeMap<String, Option<ObservedMountSource>>;

/// What is known while the fates of containers are decided, dependencies first.
#[derive(Clone, Copy)]
pub(crate) struct Outlook<'a> {
    pub(crate) desired: &'a DesiredState,
    pub(crate) engine: &'a EngineState,
    pub(crate) decided: &'a BTreeMap<ContainerKey, ContainerVerdict>,
}

impl Outlook<'_> {
    /// Returns what a container will mount; `None` if only an image that is not here can tell.
    pub(crate) fn mounts(&self, key: &ContainerKey) -> Option<Mounts> {
        let verdict = self.decided.get(key)?;
        if let FinalObject::Existing(id) = &verdict.outcome {
            let live = self.engine.object(key, id)?;
            let mounts = live.mounts.iter();
            return Some(mounts.map(|(path, mount)| (path.clone(), Some(mount.source.clone()))).collect());
        }
        let wanted = self.desired.containers.get(key)?;
        let image = self.engine.images.get(self.engine.tags.get(&wanted.spec.image)?)?;
        let declared = image.volumes.iter().filter(|path| !has_tmpfs(wanted, path));
        let mut mounts: Mounts = declared.map(|path| (path.clone(), None)).collect();
        mounts.extend(self.borrowed(wanted)?);
        for (path, mount) in &wanted.spec.mounts {
            let source = match &mount.source {
                MountSource::Bind(path) => Some(ObservedMountSource::Bind(path.to_string())),
                MountSource::Volume(key) | MountSource::PreparedVolume(key) => {
                    Some(ObservedMountSource::Volume(key.docker_name()))
                }
                MountSource::Kept(name) => Some(ObservedMountSource::Volume(name.clone())),
                MountSource::Anonymous => None,
            };
            mounts.insert(path.as_str().to_owned(), source);
        }
        let predecessor = ContainerRef::new(key, verdict.settle_from.unwrap_or(Slot::Current));
        if let Some(predecessor) = self.engine.container(&predecessor) {
            for (path, name) in self.kept(wanted, predecessor) {
                mounts.insert(path.as_str().to_owned(), Some(ObservedMountSource::Volume(name)));
            }
        }
        Some(mounts)
    }

    /// Returns what a container will get from others as a whole; where two mount something at one path, the later counts.
    pub(crate) fn borrowed(&self, wanted: &DesiredContainer) -> Option<Mounts> {
        let mut mounts = Mounts::new();
        for from in &wanted.spec.volumes_from {
            mounts.extend(self.mounts(&from.container.key)?);
        }
        Some(mounts)
    }

    /// Returns the anonymous volumes of a container that go over to its successor, by path.
    ///
    /// None does if the map has them renewed. Those of paths that the image declared go over whatever the new image declares: they hold data. Those that the map
    /// asked for go over if it still does. What came from another container as a whole comes that way again. None of this
    /// depends on which images are here, so that it is the same before and after a pull.
    pub(crate) fn kept(
        &self,
        wanted: &DesiredContainer,
        predecessor: &ObservedContainer,
    ) -> BTreeMap<ContainerPath, String> {
        match wanted.anonymous_volumes {
            AnonymousVolumes::Keep => {}
            AnonymousVolumes::Renew => return BTreeMap::new(),
        }
        let lent = self.desired.lent_paths(wanted);
        let was_lent = label::paths(&predecessor.labels, label::LENT);
        let mut kept = BTreeMap::new();
        for (path, mount) in &predecessor.mounts {
            let (Some(name), Ok(target)) = (mount.source.anonymous(), path.parse::<ContainerPath>()) else {
                continue;
            };
            let goes_over = match wanted.spec.mounts.get(&target) {
                Some(mount) => mount.source == MountSource::Anonymous,
                None => !was_set(&predecessor.labels, Attribute::Mount, path) && !lent.contains(&target),
            };
            if goes_over
                && !has_tmpfs(wanted, path)
                && !was_lent.contains(path.as_str())
                && !self.is_of_another(name, wanted, predecessor)
            {
                kept.insert(target, name.to_owned());
            }
        }
        kept
    }

    /// Returns whether a volume is one of a container that this one borrows, or borrowed, volumes from, also through others.
    fn is_of_another(&self, volume: &str, wanted: &DesiredContainer, live: &ObservedContainer) -> bool {
        let earlier = were_set(&live.labels, Attribute::VolumesFrom);
        let mut open: Vec<ContainerKey> = earlier.iter().filter_map(|key| key.parse().ok()).collect();
        open.extend(lenders(wanted));
        let mut seen = BTreeSet::new();
        while let Some(key) = open.pop() {
            let of_volume = |container: &ObservedContainer| {
                let mut sources = container.mounts.values().map(|mount| &mount.source);
                sources.any(|source| matches!(source, ObservedMountSource::Volume(name) if name == volume))
            };
            if self.engine.slots(&key).any(of_volume) {
                return true;
            }
            if let Some(other) = self.desired.containers.get(&key).filter(|_| !seen.contains(&key)) {
                open.extend(lenders(other));
            }
            seen.insert(key);
        }
        false
    }
}

/// Returns whether a container has a file system in memory at a path: nothing else is mounted there.
fn has_tmpfs(container: &DesiredContainer, path: &str) -> bool {
    container.spec.host.tmpfs.keys().any(|target| target.as_str() == path)
}

fn lenders(container: &DesiredContainer) -> impl Iterator<Item = ContainerKey> + '_ {
    container.spec.volumes_from.iter().map(|from| from.container.key.clone())
}
