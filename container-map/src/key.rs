//! Keys: dmap's identity of things, made of names.
//!
//! A key is totally ordered, prints and parses, and the engine's object name is a function of it, so nothing in a plan
//! has to be looked up later.

use alloc::borrow::ToOwned;
use alloc::string::{String, ToString};
use core::fmt;
use core::str::FromStr;

use thiserror::Error;

use crate::image::{ImageRef, ImageRefError};
use crate::name::{
    ClientName, ConfigName, InstanceName, MapName, NameError, NetworkName, VolumeName, serde_by_text,
};

/// Why a text is not a key.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
#[non_exhaustive]
pub enum KeyError {
    /// The text has too few or too many parts, or an unknown kind before the slash.
    #[error("`{text}` is not {expected}")]
    Shape {
        /// The text as given.
        text: String,
        /// The shape that was expected, with its article.
        expected: &'static str,
    },
    /// One of its parts is not a name.
    #[error("`{text}` has a part that is not a name")]
    Name {
        /// The text as given.
        text: String,
        /// What is wrong with the part.
        #[source]
        source: NameError,
    },
    /// The image reference is not one.
    #[error("`{text}` does not name an image")]
    Image {
        /// The text as given.
        text: String,
        /// What is wrong with the reference.
        #[source]
        source: ImageRefError,
    },
}

fn shape(text: &str, expected: &'static str) -> KeyError {
    KeyError::Shape { text: text.to_owned(), expected }
}

fn part<N: FromStr<Err = NameError>>(text: &str, part: &str) -> Result<N, KeyError> {
    part.parse().map_err(|source| KeyError::Name { text: text.to_owned(), source })
}

/// The identity of one container: `map.config` or `map.config.instance`.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct ContainerKey {
    /// The map it belongs to.
    pub map: MapName,
    /// The configuration that describes it.
    pub config: ConfigName,
    /// The instance, if the configuration has instances.
    pub instance: Option<InstanceName>,
}

impl ContainerKey {
    /// Returns the name of the container in the engine (docker-map: `<map>.<config>[.<instance>]`).
    pub fn docker_name(&self) -> String {
        self.to_string()
    }

    /// Returns the host name docker-map gives the container: its name with `_` and `.` as `-`.
    pub fn hostname(&self) -> String {
        self.to_string().replace(['_', '.'], "-")
    }

    /// Returns the host name on a client: as docker-map, with the client's name at its end, unless it is the default one.
    pub fn hostname_on(&self, client: &ClientName) -> String {
        let mut name = self.hostname();
        if !client.is_default() {
            name.push('-');
            name.push_str(&client.as_str().replace('_', "-"));
        }
        name
    }
}

impl fmt::Display for ContainerKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}.{}", self.map, self.config)?;
        self.instance.iter().try_for_each(|instance| write!(f, ".{instance}"))
    }
}

impl FromStr for ContainerKey {
    type Err = KeyError;

    fn from_str(text: &str) -> Result<Self, KeyError> {
        let mut parts = text.split('.');
        let (Some(map), Some(config), instance, None) =
            (parts.next(), parts.next(), parts.next(), parts.next())
        else {
            return Err(shape(text, "a container key like `map.config` or `map.config.instance`"));
        };
        Ok(Self {
            map: part(text, map)?,
            config: part(text, config)?,
            instance: instance.map(|instance| part(text, instance)).transpose()?,
        })
    }
}

/// The identity of one attached volume: `map.volume`, or `map.config.volume` when volumes carry their owner's name.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct VolumeKey {
    /// The map it belongs to.
    pub map: MapName,
    /// The owning configuration, in maps with `use_attached_parent_name`.
    pub owner: Option<ConfigName>,
    /// The volume's alias.
    pub volume: VolumeName,
}

impl VolumeKey {
    /// Returns the name of the volume in the engine.
    pub fn docker_name(&self) -> String {
        self.to_string()
    }
}

impl fmt::Display for VolumeKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}.", self.map)?;
        self.owner.iter().try_for_each(|owner| write!(f, "{owner}."))?;
        write!(f, "{}", self.volume)
    }
}

impl FromStr for VolumeKey {
    type Err = KeyError;

    fn from_str(text: &str) -> Result<Self, KeyError> {
        let mut parts = text.split('.');
        let (Some(map), Some(second), third, None) = (parts.next(), parts.next(), parts.next(), parts.next())
        else {
            return Err(shape(text, "a volume key like `map.volume` or `map.config.volume`"));
        };
        let (owner, volume) = match third {
            Some(volume) => (Some(part(text, second)?), volume),
            None => (None, second),
        };
        Ok(Self { map: part(text, map)?, owner, volume: part(text, volume)? })
    }
}

/// A network that every engine has; dmap uses it and never creates or removes it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum PresetNetwork {
    /// The default bridge.
    Bridge,
    /// The host's own network.
    Host,
    /// No network but loopback.
    None,
}

impl PresetNetwork {
    /// All of them.
    pub const ALL: [Self; 3] = [Self::Bridge, Self::Host, Self::None];

    /// Returns the network's name in the engine.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Bridge => "bridge",
            Self::Host => "host",
            Self::None => "none",
        }
    }
}

/// The identity of one network: a preset one by its bare name, one of the map as `map.network`.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum NetworkKey {
    /// A network that every engine has.
    Preset(PresetNetwork),
    /// A network of a map.
    Own {
        /// The map it belongs to.
        map: MapName,
        /// Its name in the map.
        network: NetworkName,
    },
}

impl NetworkKey {
    /// Returns the name of the network in the engine.
    pub fn docker_name(&self) -> String {
        self.to_string()
    }

    /// Returns whether every engine has this network.
    pub fn is_preset(&self) -> bool {
        matches!(self, Self::Preset(_))
    }
}

impl fmt::Display for NetworkKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Preset(preset) => f.write_str(preset.as_str()),
            Self::Own { map, network } => write!(f, "{map}.{network}"),
        }
    }
}

impl FromStr for NetworkKey {
    type Err = KeyError;

    fn from_str(text: &str) -> Result<Self, KeyError> {
        if let Some(preset) = PresetNetwork::ALL.into_iter().find(|preset| preset.as_str() == text) {
            return Ok(Self::Preset(preset));
        }
        let Some((map, network)) = text.split_once('.') else {
            return Err(shape(text, "a network key like `map.network`, `bridge`, `host` or `none`"));
        };
        Ok(Self::Own { map: part(text, map)?, network: part(text, network)? })
    }
}

/// The identity of anything a plan can touch, printed as `kind/key`.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum ResourceKey {
    /// An image of the engine.
    Image(ImageRef),
    /// A network.
    Network(NetworkKey),
    /// An attached volume.
    Volume(VolumeKey),
    /// A container.
    Container(ContainerKey),
}

impl fmt::Display for ResourceKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Image(image) => write!(f, "image/{image}"),
            Self::Network(network) => write!(f, "network/{network}"),
            Self::Volume(volume) => write!(f, "volume/{volume}"),
            Self::Container(container) => write!(f, "container/{container}"),
        }
    }
}

impl FromStr for ResourceKey {
    type Err = KeyError;

    fn from_str(text: &str) -> Result<Self, KeyError> {
        match text.split_once('/') {
            Some(("image", image)) => image
                .parse()
                .map(Self::Image)
                .map_err(|source| KeyError::Image { text: text.to_owned(), source }),
            Some(("network", network)) => network.parse().map(Self::Network),
            Some(("volume", volume)) => volume.parse().map(Self::Volume),
            Some(("container", container)) => container.parse().map(Self::Container),
            _ => Err(shape(text, "a resource key like `container/map.config`")),
        }
    }
}

serde_by_text!(ContainerKey, "A container, as `map.config` or `map.config.instance`.");
serde_by_text!(VolumeKey, "A volume: the map, what owns it, and its alias, with dots between.");
serde_by_text!(NetworkKey, "A network, as `map.network`, `bridge`, `host` or `none`.");
serde_by_text!(ResourceKey, "A resource, as `container/map.config`.", "^(image|network|volume|container)/.");

impl From<ContainerKey> for ResourceKey {
    fn from(key: ContainerKey) -> Self {
        Self::Container(key)
    }
}

impl From<VolumeKey> for ResourceKey {
    fn from(key: VolumeKey) -> Self {
        Self::Volume(key)
    }
}

impl From<NetworkKey> for ResourceKey {
    fn from(key: NetworkKey) -> Self {
        Self::Network(key)
    }
}

impl From<ImageRef> for ResourceKey {
    fn from(key: ImageRef) -> Self {
        Self::Image(key)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn keys_print_and_parse() {
        for text in [
            "container/site.web",
            "container/site.web.blue",
            "volume/site.sock",
            "volume/site.app.sock",
            "network/site.front",
            "network/bridge",
            "image/app:2",
        ] {
            assert_eq!(text.parse::<ResourceKey>().map(|key| key.to_string()).as_deref(), Ok(text));
        }
    }

    #[test]
    fn other_texts_are_refused() {
        for text in
            ["site.web", "container/site", "container/a.b.c.d", "pod/a.b", "network/front", "volume/.x"]
        {
            assert!(text.parse::<ResourceKey>().is_err(), "{text}");
        }
    }

    #[test]
    fn host_names_have_no_dots_or_underscores() {
        let key: ContainerKey = "my_map.web.a".parse().unwrap();
        assert_eq!(key.hostname(), "my-map-web-a");
        assert_eq!(key.hostname_on(&ClientName::default()), "my-map-web-a");
        assert_eq!(key.hostname_on(&"host_1".parse().unwrap()), "my-map-web-a-host-1");
    }
}
