//! Volumes and host paths.

use alloc::collections::BTreeMap;
use alloc::string::String;

use crate::mode::Mode;
use crate::name::{InstanceName, VolumeName};
use crate::path::{ContainerPath, HostPath};
use crate::user::User;

/// A volume alias: where it is mounted, and how it is made if it is an attached one.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct VolumeConfig {
    /// Where it is mounted unless a configuration says otherwise.
    pub default_path: Option<ContainerPath>,
    /// The volume driver; docker-map's default is `local`.
    pub driver: String,
    /// Options of the driver.
    pub driver_options: BTreeMap<String, String>,
    /// Labels, besides those of dmap.
    pub labels: BTreeMap<String, String>,
    /// Owner; takes precedence over the owning configuration's user.
    pub user: Option<User>,
    /// Access mode; takes precedence over the owning configuration's permissions.
    pub permissions: Option<Mode>,
}

impl Default for VolumeConfig {
    fn default() -> Self {
        Self {
            default_path: None,
            driver: "local".into(),
            driver_options: BTreeMap::new(),
            labels: BTreeMap::new(),
            user: None,
            permissions: None,
        }
    }
}

/// The host side of the map: `host` and `host_root`, resolved to absolute paths.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct HostConfig {
    /// Alias to path, or to one path per instance.
    pub paths: BTreeMap<VolumeName, HostPaths>,
}

/// The host path of an alias.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum HostPaths {
    /// The same for every instance.
    One(HostPath),
    /// One per instance; the unnamed instance finds its path under `default`.
    PerInstance(BTreeMap<InstanceName, HostPath>),
}

impl HostPaths {
    /// Returns the path for an instance.
    pub fn get(&self, instance: Option<&InstanceName>) -> Option<&HostPath> {
        match self {
            Self::One(path) => Some(path),
            Self::PerInstance(paths) => match instance {
                Some(instance) => paths.get(instance),
                None => paths.iter().find(|(name, _)| name.as_str() == "default").map(|(_, path)| path),
            },
        }
    }
}
