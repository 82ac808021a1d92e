//! Preparing a volume: the one action that is several requests, and can be cut between them.

use alloc::collections::BTreeMap;
use alloc::string::ToString;

use container_map::config::Access;
use container_map::{ContainerPath, FileKind, ImageRef, Mode, NetworkKey, Owner, PresetNetwork, VolumeKey};

use super::create::{Declared, plain};
use super::{Applied, SimDirectory, SimEngine, SimError, SimImage};
use crate::action::Depth;
use crate::engine::NumericOwner;
use crate::label;
use crate::spec::{ContainerSpec, MountSource, MountSpec, NetworkModeSpec};

/// What is prepared, and how.
pub(super) struct Preparation<'a> {
    pub(super) volume: &'a VolumeKey,
    pub(super) image: &'a ImageRef,
    pub(super) at: &'a ContainerPath,
    pub(super) owner: Option<&'a Owner>,
    pub(super) mode: Option<&'a Mode>,
    pub(super) depth: Depth,
}

/// How far a preparation gets.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Stage {
    /// The carrier is there; creating it has filled an empty volume.
    Carrier,
    /// The directory and half of what is in it are rewritten.
    Half,
    /// Everything is rewritten, and the carrier is still there.
    Rewritten,
    /// The carrier is gone.
    Done,
}

impl Stage {
    /// Where a preparation can be cut so that something of it has happened.
    pub(super) const CUTS: [Self; 3] = [Self::Carrier, Self::Half, Self::Rewritten];
}

impl SimEngine {
    /// Prepares a volume up to a stage.
    ///
    /// Only rewriting everything leaves the marker of an unfinished preparation while it goes on: a volume with data in
    /// it has one entry rewritten, by one request, and a marker left over that would have the data rewritten next time.
    pub(super) fn prepare(&mut self, what: &Preparation<'_>, until: Stage) -> Result<Applied, SimError> {
        let name = what.volume.docker_name();
        let volume = self
            .volume(&name)
            .ok_or_else(|| SimError::not_found("volume", name.as_str()))?;
        let owner = what
            .owner
            .map(|owner| self.numeric(what.image, owner))
            .transpose()?;
        let whole = match what.depth {
            Depth::Whole => true,
            Depth::WholeIfEmpty => volume.root.files.is_empty(),
            Depth::Top => false,
        };
        if whole {
            self.carrier(what)?;
        }
        let entries = match (whole, until) {
            (_, Stage::Carrier) => None,
            (false, _) => Some(0),
            (true, Stage::Half) => self.volume(&name).map(|volume| volume.root.files.len() / 2),
            (true, _) => Some(usize::MAX),
        };
        if let (Some(volume), Some(entries)) = (self.volume_mut(&name), entries) {
            rewrite(&mut volume.root, owner, what.mode, entries);
        }
        if whole && until == Stage::Done {
            self.remove_container(&label::carrier_name(what.volume))?;
        }
        Ok(Applied::Done)
    }

    /// Names of owners are those of the owner's image; numbers need none.
    fn numeric(&self, image: &ImageRef, owner: &Owner) -> Result<NumericOwner, SimError> {
        let accounts = self
            .image(image)
            .map(|(_, image)| image.accounts.clone())
            .unwrap_or_default();
        let refused = || SimError::refused(owner.to_string(), "the image does not know this user or group");
        accounts.resolve(owner).ok_or_else(refused)
    }

    /// Creates the carrier of a volume, or goes on with the one an interrupted preparation left. Where the image is
    /// missing, an image of nothing carries.
    ///
    /// # Errors
    ///
    /// The name belongs to something else.
    pub fn create_carrier(
        &mut self,
        volume: &VolumeKey,
        image: &ImageRef,
        at: &ContainerPath,
    ) -> Result<(), SimError> {
        let name = label::carrier_name(volume);
        let labels = label::carrier(volume);
        let known = self.image(image).map(|(id, _)| id.clone()).ok();
        if let Ok(found) = self.find(&name) {
            if labels
                .iter()
                .any(|(label, value)| found.facts.labels.get(label) != Some(value))
            {
                return Err(SimError::NameTaken {
                    what: "container",
                    name,
                });
            }
            if known.as_ref() == Some(&found.facts.image) {
                return Ok(());
            }
            self.remove_container(&name)?;
        }
        let id = known.unwrap_or_else(|| self.image_id(SimImage::default()));
        let source = MountSource::Volume(volume.clone());
        let mount = MountSpec {
            source,
            access: Access::ReadWrite,
        };
        let spec = ContainerSpec {
            network: NetworkModeSpec::Network(NetworkKey::Preset(PresetNetwork::None)),
            mounts: BTreeMap::from([(at.clone(), mount)]),
            labels,
            ..plain(image)
        };
        self.create(&name, &id, &spec, Declared::Covered).map(|_| ())
    }

    fn carrier(&mut self, what: &Preparation<'_>) -> Result<(), SimError> {
        self.create_carrier(what.volume, what.image, what.at)
    }
}

/// Rewrites a directory and the first entries in it, as `chown -R` and `chmod -R` do.
fn rewrite(root: &mut SimDirectory, owner: Option<NumericOwner>, mode: Option<&Mode>, entries: usize) {
    root.owner = owner.unwrap_or(root.owner);
    root.mode = mode.map_or(root.mode, |mode| mode.apply(root.mode, FileKind::Directory));
    for file in root.files.values_mut().take(entries) {
        let kind = if file.is_directory {
            FileKind::Directory
        } else {
            FileKind::Other
        };
        file.owner = owner.unwrap_or(file.owner);
        file.mode = mode.map_or(file.mode, |mode| mode.apply(file.mode, kind));
    }
}
