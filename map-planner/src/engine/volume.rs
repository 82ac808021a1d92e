//! Volumes as the engine reports them (Docker API: `VolumeList`; owner and mode through a container's archive).

use alloc::collections::BTreeMap;
use alloc::string::String;
use core::fmt;

use serde::{Deserialize, Serialize};

/// A named volume.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ObservedVolume {
    /// The driver.
    #[serde(default)]
    pub driver: String,
    /// Its options.
    #[serde(default)]
    pub options: BTreeMap<String, String>,
    /// Its labels.
    #[serde(default)]
    pub labels: BTreeMap<String, String>,
    /// Owner and mode of its directory; none if no container mounts it, or it was not asked for.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub top: Option<VolumeTop>,
    /// Whether a carrier is still there: the volume's preparation was begun and not finished.
    #[serde(default)]
    pub carrier: bool,
    /// Whether a container through which the volume was looked into, or its directory changed, is still there.
    #[serde(default)]
    pub look: bool,
}

/// Owner and mode of a volume's directory.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct VolumeTop {
    /// Permission bits, special bits included (`0o7777`).
    pub mode: u32,
    /// Owner; none if it was not asked for.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub owner: Option<NumericOwner>,
}

/// User and group in numbers.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct NumericOwner {
    /// User.
    pub uid: u32,
    /// Group.
    pub gid: u32,
}

impl fmt::Display for NumericOwner {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}:{}", self.uid, self.gid)
    }
}
