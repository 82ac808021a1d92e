//! What must be known of an engine before planning.

use alloc::collections::{BTreeMap, BTreeSet};

use container_map::{ContainerKey, ImageRef, MapName, NetworkKey, VolumeKey};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// What must be looked at. Facts outside of it never change a plan.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Scope {
    /// The map: containers, volumes and networks labelled as its own are looked at whatever their name.
    pub map: MapName,
    /// The containers, each in its three slots.
    pub containers: BTreeSet<ContainerKey>,
    /// Those of them whose processes must be known.
    pub processes: BTreeSet<ContainerKey>,
    /// The volumes, and what of their directory must be known.
    pub volumes: BTreeMap<VolumeKey, VolumeFacts>,
    /// The networks.
    pub networks: BTreeSet<NetworkKey>,
    /// The images whose tags must be looked up.
    pub images: BTreeSet<ImageRef>,
    /// Whether what was noted of earlier runs must be known.
    pub record: bool,
}

/// What must be known of a volume's directory. The owner costs more to find out than the mode.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields)]
pub struct VolumeFacts {
    /// The mode is compared.
    #[serde(skip_serializing_if = "core::ops::Not::not")]
    pub mode: bool,
    /// The owner is compared.
    #[serde(skip_serializing_if = "core::ops::Not::not")]
    pub owner: bool,
    /// The owner is given by name, so the accounts of the owner's image are needed.
    #[serde(skip_serializing_if = "core::ops::Not::not")]
    pub accounts: bool,
}
