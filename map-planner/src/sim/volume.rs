//! Volumes.

use alloc::borrow::ToOwned;
use alloc::collections::{BTreeMap, BTreeSet};
use alloc::string::String;

use super::{SimDirectory, SimEngine, SimError};
use crate::engine::NumericOwner;
use crate::spec::VolumeSpec;

/// A volume with what is in it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SimVolume {
    /// The driver.
    pub driver: String,
    /// Its options.
    pub options: BTreeMap<String, String>,
    /// Its labels.
    pub labels: BTreeMap<String, String>,
    /// Its directory.
    pub root: SimDirectory,
}

impl Default for SimVolume {
    /// Returns what the engine makes where a volume is named that does not exist: no labels, the local driver.
    fn default() -> Self {
        Self {
            driver: "local".to_owned(),
            options: BTreeMap::new(),
            labels: BTreeMap::new(),
            root: SimDirectory::empty(0, 0, 0o755),
        }
    }
}

impl SimEngine {
    /// Creates a volume, or returns the one that has the name, whatever its driver, options and labels are.
    pub fn create_volume(&mut self, name: &str, spec: &VolumeSpec) -> &mut SimVolume {
        self.volumes.entry(name.to_owned()).or_insert_with(|| SimVolume {
            driver: spec.driver.clone(),
            options: spec.options.clone(),
            labels: spec.labels.clone(),
            ..SimVolume::default()
        })
    }

    /// Returns a volume.
    pub fn volume(&self, name: &str) -> Option<&SimVolume> {
        self.volumes.get(name)
    }

    /// Returns a volume, to change what is in it behind everybody's back.
    pub fn volume_mut(&mut self, name: &str) -> Option<&mut SimVolume> {
        self.volumes.get_mut(name)
    }

    /// Returns the names of all volumes, anonymous ones included.
    pub fn volume_names(&self) -> BTreeSet<String> {
        self.volumes.keys().cloned().collect()
    }

    /// Removes a volume.
    ///
    /// # Errors
    ///
    /// There is no such volume, or a container mounts it, whether it was ever started or not.
    pub fn remove_volume(&mut self, name: &str) -> Result<(), SimError> {
        if !self.volumes.contains_key(name) {
            return Err(SimError::not_found("volume", name));
        }
        let user =
            self.containers.values().find(|container| container.volumes().any(|volume| volume == name));
        if let Some(user) = user {
            let by = user.name.clone();
            return Err(SimError::InUse { what: "volume", name: name.to_owned(), by });
        }
        self.volumes.remove(name);
        Ok(())
    }

    /// Changes owner and mode of a volume's directory, as somebody with a shell would.
    ///
    /// # Errors
    ///
    /// There is no such volume.
    pub fn change_top(&mut self, name: &str, owner: NumericOwner, mode: u32) -> Result<(), SimError> {
        let volume = self.volumes.get_mut(name).ok_or_else(|| SimError::not_found("volume", name))?;
        volume.root.owner = owner;
        volume.root.mode = mode;
        Ok(())
    }
}
