//! What a container mounts, and how its creation fills empty volumes.

use alloc::borrow::ToOwned;
use alloc::collections::BTreeMap;
use alloc::string::{String, ToString};

use container_map::config::{Access, Propagation};

use super::create::Declared;
use super::{SimEngine, SimError, SimImage, SimVolume};
use crate::engine::{ObservedMount, ObservedMountSource};
use crate::spec::{ContainerSpec, MountSource};

/// One mount, and whether creating the container fills the volume.
pub(super) struct Mounted {
    pub(super) observed: ObservedMount,
    pub(super) copies: bool,
}

impl SimEngine {
    /// Resolves mounts, and makes the volumes that are missing. What is given explicitly covers what volumes-from brings,
    /// and both cover what the image declares.
    pub(super) fn mounts(
        &mut self,
        image: &SimImage,
        spec: &ContainerSpec,
        declared: Declared,
    ) -> Result<BTreeMap<String, Mounted>, SimError> {
        let mut mounts = BTreeMap::new();
        for from in &spec.volumes_from {
            let other = self.find(&from.container.docker_name())?;
            for (path, mount) in &other.facts.mounts {
                let access = if from.access == Access::ReadOnly { Access::ReadOnly } else { mount.access };
                let observed = ObservedMount { access, ..mount.clone() };
                mounts.insert(path.clone(), Mounted { observed, copies: false });
            }
        }
        for (path, mount) in &spec.mounts {
            let (source, copies) = self.source(&mount.source);
            // The engine's default, for what has one.
            let by_itself =
                matches!(source, ObservedMountSource::Bind(_)).then_some(Propagation::PrivateBelow);
            let propagation = mount.propagation.or(by_itself);
            let observed = ObservedMount { source, access: mount.access, propagation };
            mounts.insert(path.to_string(), Mounted { observed, copies });
        }
        if declared == Declared::Anonymous {
            for path in &image.volumes {
                let has_tmpfs = spec.host.tmpfs.keys().any(|target| target.as_str() == path);
                if !has_tmpfs && !mounts.contains_key(path) {
                    let source = ObservedMountSource::Volume(self.anonymous());
                    let observed = ObservedMount { source, access: Access::ReadWrite, propagation: None };
                    mounts.insert(path.clone(), Mounted { observed, copies: true });
                }
            }
        }
        Ok(mounts)
    }

    fn source(&mut self, source: &MountSource) -> (ObservedMountSource, bool) {
        match source {
            MountSource::Bind(path) => (ObservedMountSource::Bind(path.to_string()), false),
            MountSource::Volume(key) => (self.named(&key.docker_name()), true),
            MountSource::PreparedVolume(key) => (self.named(&key.docker_name()), false),
            MountSource::Anonymous => (ObservedMountSource::Volume(self.anonymous()), true),
            MountSource::Kept(name) => (self.named(name), true),
        }
    }

    /// Returns a volume of this name; the engine makes one without labels if there is none.
    fn named(&mut self, name: &str) -> ObservedMountSource {
        self.volumes.entry(name.to_owned()).or_default();
        ObservedMountSource::Volume(name.to_owned())
    }

    fn anonymous(&mut self) -> String {
        let name = self.issue('a');
        self.volumes.insert(name.clone(), SimVolume::default());
        name
    }

    /// Copies the image's directories into the volumes that are empty, with their owner and mode.
    pub(super) fn copy_up(&mut self, image: &SimImage, mounts: &BTreeMap<String, Mounted>) {
        for (path, mount) in mounts.iter().filter(|(_, mount)| mount.copies) {
            let ObservedMountSource::Volume(name) = &mount.observed.source else {
                continue;
            };
            let (Some(volume), Some(directory)) = (self.volumes.get_mut(name), image.directories.get(path))
            else {
                continue;
            };
            if volume.root.files.is_empty() {
                volume.root = directory.clone();
            }
        }
    }
}
