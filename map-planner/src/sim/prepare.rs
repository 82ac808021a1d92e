//! Preparing a volume: the one action that is several requests, and can be cut between them.

use alloc::string::{String, ToString};

use container_map::config::Access;
use container_map::{ContainerPath, FileKind, ImageRef, Mode, NetworkKey, Owner, PresetNetwork, VolumeKey};

use super::create::Declared;
use super::{Applied, SimDirectory, SimEngine, SimError, SimImage, SimVolume};
use crate::action::Depth;
use crate::engine::NumericOwner;
use crate::label::{self, Helper};
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
    /// The volume is looked into, unless it is new.
    Look,
    /// The carrier is there; creating it has filled an empty volume.
    Carrier,
    /// The directory and half of what is in it are rewritten.
    Half,
    /// Everything is rewritten, and the carrier is still there.
    Rewritten,
    /// The container it was done through is gone.
    Done,
}

impl Stage {
    /// Where a preparation can be cut so that something of it has happened.
    pub(super) const CUTS: [Self; 4] = [Self::Look, Self::Carrier, Self::Half, Self::Rewritten];
}

impl SimEngine {
    /// Prepares a volume up to a stage.
    ///
    /// Only rewriting everything leaves the carrier while it goes on, which marks the preparation as unfinished. Looking
    /// into a volume, and changing its directory alone, goes through a container of another name: that being
    /// interrupted must not have the data rewritten next time.
    pub(super) fn prepare(&mut self, what: &Preparation<'_>, until: Stage) -> Result<Applied, SimError> {
        let name = what.volume.docker_name();
        let volume = self.volume(&name).ok_or_else(|| SimError::not_found("volume", name.as_str()))?;
        let owner = what.owner.map(|owner| self.numeric(what.image, owner)).transpose()?;
        let whole = match what.depth {
            Depth::Whole => true,
            Depth::WholeIfEmpty => volume.root.files.is_empty(),
            Depth::Top => false,
        };
        if what.depth == Depth::Whole {
            // What an earlier look left is of no more use once everything is rewritten.
            self.drop_look(what.volume)?;
        } else {
            self.create_look(what.volume, what.image)?;
        }
        if until == Stage::Look {
            return Ok(Applied::Done);
        }
        let entries = match (whole, until) {
            (_, Stage::Look) | (true, Stage::Carrier) | (false, Stage::Carrier | Stage::Half) => None,
            (false, Stage::Rewritten | Stage::Done) => Some(0),
            (true, Stage::Half) => Some(volume_entries(self.volume(&name)) / 2),
            (true, Stage::Rewritten | Stage::Done) => Some(usize::MAX),
        };
        if whole {
            if what.depth != Depth::Whole {
                self.remove_container(&label::look_name(what.volume))?;
            }
            self.create_carrier(what.volume, what.image, what.at)?;
        }
        if let (Some(volume), Some(entries)) = (self.volume_mut(&name), entries) {
            rewrite(&mut volume.root, owner, what.mode, entries);
        }
        if until == Stage::Done {
            let through = if whole { label::carrier_name } else { label::look_name };
            self.remove_container(&through(what.volume))?;
        }
        Ok(Applied::Done)
    }

    /// Names of owners are those of the owner's image; numbers need none.
    fn numeric(&self, image: &ImageRef, owner: &Owner) -> Result<NumericOwner, SimError> {
        let accounts = self.image(image).map(|(_, image)| image.accounts.clone()).unwrap_or_default();
        let refused = || SimError::refused(owner.to_string(), "the image does not know this user or group");
        accounts.resolve(owner).ok_or_else(refused)
    }

    /// Creates the carrier of a volume, or goes on with the one an interrupted preparation left. Creating it fills an
    /// empty volume. Where the image is missing, an image of nothing carries.
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
        self.helper(label::carrier_name(volume), volume, image, Some(at))
    }

    /// Creates the container through which a volume is looked into, or goes on with the one that is there.
    ///
    /// # Errors
    ///
    /// The name belongs to something else.
    pub fn create_look(&mut self, volume: &VolumeKey, image: &ImageRef) -> Result<(), SimError> {
        self.helper(label::look_name(volume), volume, image, None)
    }

    /// Removes a helper; returns whether there was one.
    pub(super) fn remove_helper(&mut self, helper: &Helper) -> Result<bool, SimError> {
        let name = helper.docker_name();
        let Ok(found) = self.find(&name) else { return Ok(false) };
        if Helper::of(&name, &found.facts.labels).as_ref() != Some(helper) {
            return Err(SimError::NameTaken { what: "container", name });
        }
        self.remove_container(&name).map(|()| true)
    }

    fn drop_look(&mut self, volume: &VolumeKey) -> Result<(), SimError> {
        let name = label::look_name(volume);
        let is_ours = self.find(&name).is_ok_and(|found| {
            label::carrier(volume).iter().all(|(label, value)| found.facts.labels.get(label) == Some(value))
        });
        if is_ours { self.remove_container(&name) } else { Ok(()) }
    }

    fn helper(
        &mut self,
        name: String,
        volume: &VolumeKey,
        image: &ImageRef,
        copying_to: Option<&ContainerPath>,
    ) -> Result<(), SimError> {
        let labels = label::carrier(volume);
        let known = self.image(image).map(|(id, _)| id.clone()).ok();
        if let Ok(found) = self.find(&name) {
            let has = |(label, value): (&String, &String)| found.facts.labels.get(label) == Some(value);
            if !labels.iter().all(has) {
                return Err(SimError::NameTaken { what: "container", name });
            }
            if known.as_ref() == Some(&found.facts.image) {
                return Ok(());
            }
            self.remove_container(&name)?;
        }
        let id = known.unwrap_or_else(|| self.image_id(SimImage::default()));
        let mount = MountSpec::new(MountSource::Volume(volume.clone()), Access::ReadWrite);
        let spec = ContainerSpec {
            network: NetworkModeSpec::Network(NetworkKey::Preset(PresetNetwork::None)),
            mounts: copying_to.map(|at| (at.clone(), mount)).into_iter().collect(),
            labels,
            ..ContainerSpec::new(image.clone())
        };
        self.create(&name, &id, &spec, Declared::Covered).map(|_| ())
    }
}

fn volume_entries(volume: Option<&SimVolume>) -> usize {
    volume.map_or(0, |volume| volume.root.files.len())
}

/// Rewrites a directory and the first entries in it, as `chown -R` and `chmod -R` do.
fn rewrite(root: &mut SimDirectory, owner: Option<NumericOwner>, mode: Option<&Mode>, entries: usize) {
    root.owner = owner.unwrap_or(root.owner);
    root.mode = mode.map_or(root.mode, |mode| mode.apply(root.mode, FileKind::Directory));
    for file in root.files.values_mut().take(entries) {
        let kind = if file.is_directory { FileKind::Directory } else { FileKind::Other };
        file.owner = owner.unwrap_or(file.owner);
        file.mode = mode.map_or(file.mode, |mode| mode.apply(file.mode, kind));
    }
}
