//! What a configuration needs, and why.

use std::fmt;

use container_map::config::{ContainerConfig, Link, NetworkMode, UseSource};
use container_map::{ConfigName, ContainerKey, ContainerMap, InstanceName, NetworkKey, VolumeKey};

use super::Kind;

/// Something that a configuration needs.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Part {
    Container(ConfigName),
    Volume(VolumeKey),
    Network(NetworkKey),
}

impl Part {
    pub(super) fn kind(&self) -> Kind {
        match self {
            Self::Container(_) => Kind::Container,
            Self::Volume(_) => Kind::Volume,
            Self::Network(_) => Kind::Network,
        }
    }
}

/// Its name within the map.
impl fmt::Display for Part {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Container(name) => name.fmt(f),
            Self::Volume(VolumeKey { owner: Some(owner), volume, .. }) => write!(f, "{owner}.{volume}"),
            Self::Volume(VolumeKey { owner: None, volume, .. }) => volume.fmt(f),
            Self::Network(NetworkKey::Own { network, .. }) => network.fmt(f),
            Self::Network(NetworkKey::Preset(preset)) => f.write_str(preset.as_str()),
        }
    }
}

/// One reason for which a configuration needs something.
#[derive(Debug)]
pub(super) struct Need {
    pub(super) part: Part,
    /// The one container of the configuration that is needed; none for all.
    instance: Option<InstanceName>,
    why: String,
}

impl Need {
    fn container(config: &ConfigName, instance: Option<&InstanceName>, why: impl Into<String>) -> Self {
        Self { part: Part::Container(config.clone()), instance: instance.cloned(), why: why.into() }
    }

    fn link(link: &Link, why: impl Into<String>) -> Self {
        Self::container(&link.config, link.instance.as_ref(), why)
    }

    /// Returns the reason in a few words.
    pub(super) fn words(&self) -> String {
        match &self.instance {
            Some(instance) => format!("{instance}: {}", self.why),
            None => self.why.clone(),
        }
    }

    /// Returns the containers that are needed.
    pub(super) fn containers(&self, map: &ContainerMap) -> Vec<ContainerKey> {
        match &self.part {
            Part::Container(config) => map.resolve(config, self.instance.as_ref()),
            Part::Volume(_) | Part::Network(_) => Vec::new(),
        }
    }
}

/// Returns all that a configuration needs, except itself.
pub(super) fn needs(map: &ContainerMap, name: &ConfigName, config: &ContainerConfig) -> Vec<Need> {
    let mut found = Vec::new();
    if let Some(NetworkMode::Container { config, instance }) = &config.network_mode {
        found.push(Need::container(config, instance.as_ref(), "network"));
    }
    for endpoint in &config.networks {
        let network = Part::Network(endpoint.network.clone());
        let links = endpoint.links.iter().map(|link| Need::link(link, format!("link in {network}")));
        found.extend(links);
        found.push(Need { part: network, instance: None, why: "joins".to_owned() });
    }
    found.extend(config.links.iter().map(|link| Need::link(link, "link")));
    for first in &config.start {
        let why = first.condition.as_str();
        found.push(Need::container(&first.config, first.instance.as_ref(), why));
    }
    for used in &config.uses {
        match &used.source {
            UseSource::Volume { owner, volume, .. } => {
                found.push(Need::container(owner, None, format!("uses {volume}")));
                let part = Part::Volume(map.volume_key(owner, volume));
                found.push(Need { part, instance: None, why: "uses".to_owned() });
            }
            UseSource::Container { config, instance } => {
                found.push(Need::container(config, instance.as_ref(), "volumes"));
            }
        }
    }
    for attached in &config.attaches {
        let part = Part::Volume(map.volume_key(name, &attached.volume));
        found.push(Need { part, instance: None, why: "attaches".to_owned() });
    }
    found.retain(|need| need.part != Part::Container(name.clone()));
    found
}
