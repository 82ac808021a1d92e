//! Labels: identity and birth certificate. A label says only what can never become false.
//!
//! Labels cannot change after creation, and committing a container passes them on to an image and to what is run from
//! it. So they say who an object was made as and what it was made with, never what it is now; and a label alone proves
//! nothing: the object's name must be the one its key gives.

use alloc::borrow::ToOwned;
use alloc::collections::{BTreeMap, BTreeSet};
use alloc::format;
use alloc::string::{String, ToString};

use container_map::{ClientName, ContainerKey, MapName, NetworkKey, ResourceKey, VolumeKey};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::container_ref::Slot;

/// The version of the label table.
pub const FORMAT: &str = "dmap.format";
/// The identity, as `container/site.web`.
pub const KEY: &str = "dmap.key";
/// The client the object was made for.
pub const CLIENT: &str = "dmap.client";
/// Digests of what the object was made with, per fixed attribute that the map set.
pub const BORN: &str = "dmap.born";
/// Paths of the anonymous volumes taken over from the predecessor.
pub const KEPT: &str = "dmap.kept";
/// Paths at which the map had it mount something that came from another container as a whole.
pub const LENT: &str = "dmap.lent";
/// The digest of the context that an image was built from.
pub const CONTEXT: &str = "dmap.context";
/// A digest of what the map said about building an image.
pub const RECIPE: &str = "dmap.recipe";
/// The images of the map that an image was built on, with their identifiers: `NAME=ID,…`.
pub const BASES: &str = "dmap.bases";
/// What an object of dmap's own is for.
pub const ROLE: &str = "dmap.role";

/// The role of a container through which a volume's files are reached.
const PREPARE: &str = "prepare";
/// The role of a container that runs something once.
pub(crate) const RUN: &str = "run";

/// What the names of dmap's own labels begin with.
const OWN: &str = "dmap.";

/// Returns the labels that are not dmap's own.
pub(crate) fn of_map(labels: &BTreeMap<String, String>) -> impl Iterator<Item = (&String, &String)> {
    labels.iter().filter(|(name, _)| !name.starts_with(OWN))
}

/// Returns the paths that a label lists.
pub(crate) fn paths<'a>(labels: &'a BTreeMap<String, String>, label: &str) -> BTreeSet<&'a str> {
    labels.get(label).map(|paths| paths.split(',').collect()).unwrap_or_default()
}

/// Returns the labels of an object of a map: the map's own, and those that say what it is.
pub(crate) fn labels(
    of_map: &BTreeMap<String, String>,
    key: &ResourceKey,
    client: &ClientName,
) -> BTreeMap<String, String> {
    let mut labels = of_map.clone();
    labels.extend([
        (FORMAT.to_owned(), "1".to_owned()),
        (KEY.to_owned(), key.to_string()),
        (CLIENT.to_owned(), client.to_string()),
    ]);
    labels
}

/// Returns the labels of a volume's carrier.
pub fn carrier(volume: &VolumeKey) -> BTreeMap<String, String> {
    BTreeMap::from([
        (FORMAT.to_owned(), "1".to_owned()),
        (KEY.to_owned(), ResourceKey::from(volume.clone()).to_string()),
        (ROLE.to_owned(), PREPARE.to_owned()),
    ])
}

/// Returns the name of the container through which a volume is prepared. While it exists, the preparation is unfinished.
pub fn carrier_name(volume: &VolumeKey) -> String {
    format!("dmap-prep.{volume}")
}

/// Returns the name of the container through which a volume is looked into, or its directory alone is changed. It is not
/// the carrier's: files in a volume that holds data must not be rewritten because that was interrupted.
pub fn look_name(volume: &VolumeKey) -> String {
    format!("dmap-look.{volume}")
}

/// dmap's own containers that help with something and are not meant to stay. What is in their anonymous volumes is nobody's.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Helper {
    /// The carrier of a volume: while it is there, the volume's preparation is unfinished.
    Carrier(VolumeKey),
    /// The container through which a volume was looked into, or its directory changed.
    Look(VolumeKey),
    /// The container that ran something once beside a container of the map.
    Run(ContainerKey),
}

impl Helper {
    /// Returns the container's name.
    pub fn docker_name(&self) -> String {
        match self {
            Self::Carrier(volume) => carrier_name(volume),
            Self::Look(volume) => look_name(volume),
            Self::Run(container) => run_name(container),
        }
    }

    /// Returns the resource that it helps with.
    pub fn key(&self) -> ResourceKey {
        match self {
            Self::Carrier(volume) | Self::Look(volume) => volume.clone().into(),
            Self::Run(container) => container.clone().into(),
        }
    }

    /// Returns what a container of this name with these labels is, if it is one.
    pub fn of(name: &str, labels: &BTreeMap<String, String>) -> Option<Self> {
        let role = labels.get(ROLE)?.as_str();
        let helper = match labels.get(KEY)?.parse().ok()? {
            ResourceKey::Volume(volume) if role == PREPARE => {
                let is_look = name == look_name(&volume);
                if is_look { Self::Look(volume) } else { Self::Carrier(volume) }
            }
            ResourceKey::Container(container) if role == RUN => Self::Run(container),
            ResourceKey::Volume(_)
            | ResourceKey::Container(_)
            | ResourceKey::Network(_)
            | ResourceKey::Image(_) => return None,
        };
        (helper.docker_name() == name).then_some(helper)
    }
}

/// What dmap's own containers of a map are for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Keepsake {
    /// It is there while somebody works on the map.
    Lease,
    /// It keeps what was noted about earlier runs.
    Record,
}

impl Keepsake {
    /// Returns the value of [`ROLE`].
    pub fn role(self) -> &'static str {
        match self {
            Self::Lease => "lease",
            Self::Record => "record",
        }
    }

    /// Returns the container's name.
    pub fn name(self, map: &MapName) -> String {
        format!("dmap-{}.{map}", self.role())
    }

    /// Returns the container's labels.
    pub fn labels(self) -> BTreeMap<String, String> {
        BTreeMap::from([(FORMAT.to_owned(), "1".to_owned()), (ROLE.to_owned(), self.role().to_owned())])
    }

    /// Returns what a container of this name with these labels is for, whatever map it is of.
    pub fn of(name: &str, labels: &BTreeMap<String, String>) -> Option<Self> {
        let is = |kind: &Self| {
            let (role, rest) = (labels.get(ROLE), name.strip_prefix("dmap-"));
            role.is_some_and(|role| role == kind.role())
                && rest
                    .and_then(|rest| rest.strip_prefix(kind.role()))
                    .is_some_and(|rest| rest.starts_with('.'))
        };
        [Self::Lease, Self::Record].into_iter().find(is)
    }
}

/// Returns the name of the container that runs something once beside a container of a map. No map has such a name.
pub fn run_name(container: &ContainerKey) -> String {
    format!("dmap-run.{container}")
}

/// Returns whether a key is one of this map's own.
pub(crate) fn is_of_map(key: &ResourceKey, map: &MapName) -> bool {
    match key {
        ResourceKey::Container(key) => key.map == *map,
        ResourceKey::Volume(key) => key.map == *map,
        ResourceKey::Network(NetworkKey::Own { map: found, .. }) => found == map,
        ResourceKey::Network(NetworkKey::Preset(_)) | ResourceKey::Image(_) => false,
    }
}

/// Returns whether an object of this name with these labels was made by dmap: the label names a key, and the object has
/// the name of that key (a container: in one of its slots). Anything else is foreign, whatever its labels say.
pub fn is_ours(name: &str, labels: &BTreeMap<String, String>) -> bool {
    own_key(name, labels).is_some()
}

/// Returns the key of an object of this name with these labels, if it was made by dmap: see [`is_ours`].
pub(crate) fn own_key(name: &str, labels: &BTreeMap<String, String>) -> Option<ResourceKey> {
    let text = labels.get(KEY)?;
    // A key is its kind and the object's name, to which the slot of a container is added.
    let (_, named) = text.split_once('/')?;
    let added = name.strip_prefix(named)?;
    let key = text.parse::<ResourceKey>().ok()?;
    let fits = match &key {
        ResourceKey::Container(_) => Slot::ALL.into_iter().any(|slot| slot.suffix() == added),
        ResourceKey::Volume(_) => added.is_empty(),
        ResourceKey::Network(key) => added.is_empty() && !key.is_preset(),
        ResourceKey::Image(_) => false,
    };
    fits.then_some(key)
}
