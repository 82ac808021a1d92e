//! Images as the engine reports them (Docker API: `ImageInspect`).

use alloc::collections::{BTreeMap, BTreeSet};
use alloc::string::String;
use alloc::vec::Vec;

use container_map::{Ident, Port};
use serde::{Deserialize, Serialize};

use super::NumericOwner;
use crate::spec::{EnvText, HealthcheckSpec};

/// What an image gives to containers made from it.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct ObservedImage {
    /// Paths the image declares as volumes.
    #[serde(default)]
    pub volumes: BTreeSet<String>,
    /// What its containers have that say nothing else.
    #[serde(default)]
    pub defaults: ImageDefaults,
    /// Users and groups of the image; none if they were not asked for.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub accounts: Option<Accounts>,
}

/// What containers of an image have that say nothing else (Docker API: `ImageConfig`).
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct ImageDefaults {
    /// The environment; empty in a snapshot that was taken without values.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub environment: BTreeMap<String, EnvText>,
    /// The command's words.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub command: Vec<String>,
    /// The entrypoint's words.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub entrypoint: Vec<String>,
    /// Working user; empty for the superuser.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub user: String,
    /// Where commands start.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub working_dir: String,
    /// The signal that stops its containers; empty for the engine's default.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub stop_signal: String,
    /// Exposed ports.
    #[serde(default, skip_serializing_if = "BTreeSet::is_empty")]
    pub exposed: BTreeSet<Port>,
    /// Labels.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub labels: BTreeMap<String, String>,
    /// Health check.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub healthcheck: Option<HealthcheckSpec>,
}

/// The users and groups an image knows (`/etc/passwd`, `/etc/group`).
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Accounts {
    /// User name to uid.
    #[serde(default)]
    pub users: BTreeMap<String, u32>,
    /// Group name to gid.
    #[serde(default)]
    pub groups: BTreeMap<String, u32>,
}

impl Accounts {
    /// Reads the texts of `/etc/passwd` and `/etc/group`; lines that are not entries are passed over.
    pub fn parse(passwd: &str, group: &str) -> Self {
        let entries = |text: &str| -> BTreeMap<String, u32> {
            text.lines()
                .filter_map(|line| {
                    let mut fields = line.split(':');
                    let name = fields.next()?;
                    let id = fields.nth(1)?.parse().ok()?;
                    Some((String::from(name), id))
                })
                .collect()
        };
        Self { users: entries(passwd), groups: entries(group) }
    }

    /// Returns an owner in numbers; `None` where a name is unknown.
    pub fn resolve(&self, owner: &container_map::Owner) -> Option<NumericOwner> {
        let id = |ident: &Ident, names: &BTreeMap<String, u32>| match ident {
            Ident::Id(id) => Some(*id),
            Ident::Name(name) => names.get(name).copied(),
        };
        Some(NumericOwner { uid: id(&owner.user, &self.users)?, gid: id(&owner.group, &self.groups)? })
    }
}
