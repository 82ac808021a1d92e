//! The container map.

use alloc::collections::{BTreeMap, BTreeSet};
use alloc::string::String;
use alloc::vec::Vec;

use indexmap::IndexMap;

use crate::config::{
    BuildConfig, CompareRules, ContainerConfig, HostConfig, NetworkConfig, UseSource, VolumeConfig,
};
use crate::image::ImageRef;
use crate::key::{ContainerKey, NetworkKey, VolumeKey};
use crate::mode::Mode;
use crate::name::{ClientName, ConfigName, GroupName, InstanceName, MapName, NetworkName, VolumeName};
use crate::path::ContainerPath;
use crate::user::User;

/// A named collection of container configurations with the volumes, host paths and networks they share.
///
/// A value of this type is consistent: what its parts refer to exists, and no dependency is circular. Only [`crate::load`]
/// and [`crate::Draft::check`] make one.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ContainerMap {
    pub(crate) name: MapName,
    pub(crate) clients: Vec<ClientName>,
    pub(crate) groups: IndexMap<GroupName, Vec<GroupMember>>,
    pub(crate) default_domain: Option<String>,
    pub(crate) set_hostname: bool,
    pub(crate) use_attached_parent_name: bool,
    pub(crate) compare: CompareRules,
    pub(crate) containers: IndexMap<ConfigName, ContainerConfig>,
    pub(crate) volumes: IndexMap<VolumeName, VolumeConfig>,
    pub(crate) host: HostConfig,
    pub(crate) networks: IndexMap<NetworkName, NetworkConfig>,
}

/// One entry of a group.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct GroupMember {
    /// The configuration.
    pub config: ConfigName,
    /// One of its instances; none for all.
    pub instance: Option<InstanceName>,
}

/// An attached volume with all that its owner and its alias say of it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AttachedVolume<'a> {
    /// Its identity.
    pub key: VolumeKey,
    /// The configuration that attaches it.
    pub owner: &'a ConfigName,
    /// Where the owner mounts it.
    pub path: &'a ContainerPath,
    /// Driver, its options, and what overrides the owner's user and permissions.
    pub config: Option<&'a VolumeConfig>,
    /// Who owns the files; the alias's setting before the configuration's.
    pub user: Option<&'a User>,
    /// Their access mode; the alias's setting before the configuration's.
    pub permissions: Option<&'a Mode>,
}

impl ContainerMap {
    /// Returns the map's name.
    pub fn name(&self) -> &MapName {
        &self.name
    }

    /// Returns the clients of the configurations that name none themselves; empty for the default client.
    pub fn clients(&self) -> &[ClientName] {
        &self.clients
    }

    /// Returns the groups in the order they were written.
    pub fn groups(&self) -> &IndexMap<GroupName, Vec<GroupMember>> {
        &self.groups
    }

    /// Returns the domain name of new containers, unless the client has one.
    pub fn default_domain(&self) -> Option<&str> {
        self.default_domain.as_deref()
    }

    /// Returns whether containers get a host name made from their key.
    pub fn sets_hostname(&self) -> bool {
        self.set_hostname
    }

    /// Returns whether volumes carry their owner's name.
    pub fn uses_attached_parent_name(&self) -> bool {
        self.use_attached_parent_name
    }

    /// Returns how containers are compared with the engine's, where a configuration has no rule of its own.
    pub fn compare(&self) -> &CompareRules {
        &self.compare
    }

    /// Returns how the containers of a configuration are compared: by its own rules, and by the map's for the rest.
    pub fn compare_rules(&self, config: &ContainerConfig) -> CompareRules {
        self.compare.clone().with(&config.compare)
    }

    /// Returns the configurations in the order they were written.
    pub fn containers(&self) -> &IndexMap<ConfigName, ContainerConfig> {
        &self.containers
    }

    /// Returns how images are built, by image; all others are made by somebody else.
    pub fn builds(&self) -> BTreeMap<&ImageRef, &BuildConfig> {
        let builds = self.containers.values();
        builds.filter_map(|config| Some((&config.image, config.build.as_ref()?))).collect()
    }

    /// Returns the image that the map builds and that gets this name: its own, or one of the further tags of its build.
    pub fn built_as(&self, name: &ImageRef) -> Option<&ImageRef> {
        let builds = self.builds();
        let own = builds.get_key_value(name).map(|(image, _)| *image);
        let tagged = || builds.iter().find(|(_, build)| build.tags.contains(name)).map(|(image, _)| *image);
        own.or_else(tagged)
    }

    /// Returns the volume aliases in the order they were written.
    pub fn volumes(&self) -> &IndexMap<VolumeName, VolumeConfig> {
        &self.volumes
    }

    /// Returns the host paths.
    pub fn host(&self) -> &HostConfig {
        &self.host
    }

    /// Returns the networks in the order they were written.
    pub fn networks(&self) -> &IndexMap<NetworkName, NetworkConfig> {
        &self.networks
    }

    /// Returns the configuration behind a key, if the key is one of this map's.
    pub fn config(&self, key: &ContainerKey) -> Option<&ContainerConfig> {
        self.containers.get(&key.config).filter(|_| key.map == self.name)
    }

    /// Returns the keys of all containers, in the order they were written.
    pub fn keys(&self) -> impl Iterator<Item = ContainerKey> + '_ {
        self.containers.keys().flat_map(|config| self.instances(config))
    }

    /// Returns the keys of a configuration's containers: one per instance, or the single unnamed one.
    pub fn instances(&self, config: &ConfigName) -> Vec<ContainerKey> {
        let Some(found) = self.containers.get(config) else { return Vec::new() };
        let key = |instance| ContainerKey { map: self.name.clone(), config: config.clone(), instance };
        if found.instances.is_empty() {
            Vec::from([key(None)])
        } else {
            found.instances.iter().map(|instance| key(Some(instance.clone()))).collect()
        }
    }

    /// Returns the keys a reference to a configuration means: one instance, or all.
    pub fn resolve(&self, config: &ConfigName, instance: Option<&InstanceName>) -> Vec<ContainerKey> {
        let all = self.instances(config);
        match instance {
            None => all,
            Some(instance) => all.into_iter().filter(|key| key.instance.as_ref() == Some(instance)).collect(),
        }
    }

    /// Returns the clients a configuration is for: its own, those of the map, or the default one.
    pub fn clients_of(&self, config: &ConfigName) -> Vec<ClientName> {
        let clients = self.named_clients(config);
        if clients.is_empty() { Vec::from([ClientName::default()]) } else { clients.to_vec() }
    }

    fn named_clients(&self, config: &ConfigName) -> &[ClientName] {
        let own = self.containers.get(config).map_or(&[][..], |config| &config.clients);
        if own.is_empty() { &self.clients } else { own }
    }

    /// Returns whether a configuration is for a client.
    pub fn runs_on(&self, config: &ConfigName, client: &ClientName) -> bool {
        let clients = self.named_clients(config);
        clients.contains(client) || (clients.is_empty() && client.is_default())
    }

    /// Returns the key of an attached volume.
    pub fn volume_key(&self, owner: &ConfigName, volume: &VolumeName) -> VolumeKey {
        VolumeKey {
            map: self.name.clone(),
            owner: self.use_attached_parent_name.then(|| owner.clone()),
            volume: volume.clone(),
        }
    }

    /// Returns the key of a network of the map.
    pub fn network_key(&self, network: &NetworkName) -> NetworkKey {
        NetworkKey::Own { map: self.name.clone(), network: network.clone() }
    }

    /// Returns the volumes a configuration attaches.
    pub fn attached(&self, owner: &ConfigName) -> Vec<AttachedVolume<'_>> {
        let Some((owner, config)) = self.containers.get_key_value(owner) else {
            return Vec::new();
        };
        config
            .attaches
            .iter()
            .map(|attach| {
                let found = self.volumes.get(&attach.volume);
                AttachedVolume {
                    key: self.volume_key(owner, &attach.volume),
                    owner,
                    path: &attach.path,
                    config: found,
                    user: found.and_then(|volume| volume.user.as_ref()).or(config.user.as_ref()),
                    permissions: found
                        .and_then(|volume| volume.permissions.as_ref())
                        .or(config.permissions.as_ref()),
                }
            })
            .collect()
    }

    /// Returns the containers a container needs before it can start (docker-map section 6.1): the owner of its network
    /// namespace, its links in networks, what it uses, its links, and what `start` names.
    pub fn dependencies(&self, key: &ContainerKey) -> BTreeSet<ContainerKey> {
        use crate::config::NetworkMode;

        let Some(config) = self.config(key) else {
            return BTreeSet::new();
        };
        let mut found = BTreeSet::new();
        if let Some(NetworkMode::Container { config, instance }) = &config.network_mode {
            found.extend(self.resolve(config, instance.as_ref()));
        }
        let links = config.networks.iter().flat_map(|endpoint| &endpoint.links).chain(&config.links);
        for link in links {
            found.extend(self.resolve(&link.config, link.instance.as_ref()));
        }
        for first in &config.start {
            found.extend(self.resolve(&first.config, first.instance.as_ref()));
        }
        for used in &config.uses {
            match &used.source {
                UseSource::Volume { owner, .. } => found.extend(self.instances(owner)),
                UseSource::Container { config, instance } => {
                    found.extend(self.resolve(config, instance.as_ref()));
                }
            }
        }
        // A container may mount its own configuration's volume a second time; that makes it wait for nobody.
        found.retain(|dependency| dependency.config != key.config);
        found
    }

    /// Returns the dependencies of every container of the map.
    pub fn dependency_map(&self) -> BTreeMap<ContainerKey, BTreeSet<ContainerKey>> {
        self.keys().map(|key| (key.clone(), self.dependencies(&key))).collect()
    }
}
