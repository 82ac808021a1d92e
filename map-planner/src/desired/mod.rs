//! What the map wants of an engine: aliases, interfaces, defaults and names end here.

mod container;
mod network;

use alloc::collections::{BTreeMap, BTreeSet};
use alloc::vec::Vec;
use core::time::Duration;

use container_map::config::{
    AnonymousVolumes, BuildConfig, CompareRules, ContainerConfig, FollowPolicy, Update,
};
use container_map::{
    AttachedVolume, ClientConfig, ContainerKey, ContainerMap, ContainerPath, Ident, ImageRef, Mode,
    NetworkKey, Owner, ResourceKey, VolumeKey,
};

use self::container::Builder;
use crate::action::Condition;
use crate::build::DesiredBuild;
use crate::error::PlanError;
use crate::exec::DesiredCommand;
use crate::label;
use crate::reason::Reason;
use crate::spec::{ContainerSpec, NetworkModeSpec, NetworkSpec, VolumeSpec};

/// Everything a map wants of one client's engine.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DesiredState {
    /// The containers.
    pub containers: BTreeMap<ContainerKey, DesiredContainer>,
    /// The attached volumes.
    pub volumes: BTreeMap<VolumeKey, DesiredVolume>,
    /// The images that the map builds, for whichever client; what their contexts hold is not known yet.
    pub builds: BTreeMap<ImageRef, DesiredBuild>,
    /// The map's networks.
    pub networks: BTreeMap<NetworkKey, NetworkSpec>,
}

/// A container as wanted.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DesiredContainer {
    /// How it is made; other containers are named in their current slot, and no birth certificate is there yet.
    pub spec: ContainerSpec,
    /// Containers of the same client that come before it.
    pub dependencies: BTreeSet<ContainerKey>,
    /// How far some of them have to be before it starts, and how long that is waited for at most, if it says.
    pub waits: BTreeMap<(ContainerKey, Condition), Option<Duration>>,
    /// Whether its image is here and will be another one, as it is built anew.
    pub is_rebuilt: bool,
    /// Whether it holds data or runs once.
    pub persistent: bool,
    /// How it is compared with what the engine has, where not as usual.
    pub compare: CompareRules,
    /// Pause after a start.
    pub start_delay: Option<Duration>,
    /// How long others wait at most for it to end, where the client says (docker-map's `wait_timeout`).
    pub completes_within: Option<Duration>,
    /// What it does when some of them change; nothing for the others, unless the engine binds it to them.
    pub follows: BTreeMap<ContainerKey, FollowPolicy>,
    /// How it is replaced.
    pub update: Update,
    /// What becomes of its anonymous volumes then.
    pub anonymous_volumes: AnonymousVolumes,
    /// Commands that are run after the start, in order.
    pub commands: Vec<DesiredCommand>,
}

/// An attached volume as wanted.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DesiredVolume {
    /// How it is made.
    pub spec: VolumeSpec,
    /// The containers of the configuration that owns it.
    pub owners: BTreeSet<ContainerKey>,
    /// Their image.
    pub image: ImageRef,
    /// Where the owner mounts it.
    pub at: ContainerPath,
    /// Owner of its files.
    pub owner: Option<Owner>,
    /// Mode of its files.
    pub mode: Option<Mode>,
}

impl DesiredVolume {
    /// Returns whether the owner's name must be looked up in the image.
    pub fn is_owned_by_name(&self) -> bool {
        let is_name = |ident: &Ident| matches!(ident, Ident::Name(_));
        self.owner.as_ref().is_some_and(|owner| is_name(&owner.user) || is_name(&owner.group))
    }

    /// Returns whether owner or mode are wanted, so that the volume is prepared before anything mounts it.
    pub fn is_prepared(&self) -> bool {
        self.owner.is_some() || self.mode.is_some()
    }
}

impl DesiredContainer {
    /// Returns the containers whose objects it is bound to at creation: namespace owner, legacy links, volumes-from.
    pub fn bindings(&self) -> BTreeSet<&ContainerKey> {
        let namespace = match &self.spec.network {
            NetworkModeSpec::Container(owner) => Some(owner),
            NetworkModeSpec::Default | NetworkModeSpec::Network(_) | NetworkModeSpec::Foreign(_) => None,
        };
        let links = self.spec.links.iter().map(|link| &link.container);
        let volumes = self.spec.volumes_from.iter().map(|from| &from.container);
        namespace.into_iter().chain(links).chain(volumes).map(|found| &found.key).collect()
    }

    /// Returns the attached volumes it mounts.
    pub fn volumes(&self) -> impl Iterator<Item = &VolumeKey> {
        self.spec.mounts.values().filter_map(|mount| mount.source.volume())
    }

    /// Returns the map's networks it joins.
    pub fn own_networks(&self) -> impl Iterator<Item = &NetworkKey> {
        self.spec.endpoints.keys().filter(|network| !network.is_preset())
    }
}

impl DesiredState {
    /// Returns the attached volumes a container mounts, those that come from other containers as a whole included.
    pub(crate) fn all_volumes<'a>(&'a self, container: &'a DesiredContainer) -> BTreeSet<&'a VolumeKey> {
        let lenders =
            container.spec.volumes_from.iter().filter_map(|from| self.containers.get(&from.container.key));
        lenders.flat_map(|lender| self.all_volumes(lender)).chain(container.volumes()).collect()
    }

    /// Returns the paths at which the map has a container mount something that comes from other containers as a whole.
    pub(crate) fn lent_paths<'a>(&'a self, container: &'a DesiredContainer) -> BTreeSet<&'a ContainerPath> {
        let lenders =
            container.spec.volumes_from.iter().filter_map(|from| self.containers.get(&from.container.key));
        lenders
            .flat_map(|lender| self.lent_paths(lender).into_iter().chain(lender.spec.mounts.keys()))
            .collect()
    }

    /// Works out what a map wants of a client's engine: the containers that run there, and the volumes and networks that
    /// they need.
    ///
    /// # Errors
    ///
    /// A port on an interface the client does not define.
    pub fn new(map: &ContainerMap, client: &ClientConfig) -> Result<Self, PlanError> {
        // Keys are put in order first: they are smaller than what they stand for.
        let attached = map.containers().iter().flat_map(|(name, config)| {
            map.attached(name).into_iter().map(move |found| (found.key.clone(), (config, found)))
        });
        let attached: BTreeMap<VolumeKey, _> = attached.collect();
        let volume = |(key, (config, found))| (key, volume(map, client, config, &found));
        let volumes: BTreeMap<VolumeKey, DesiredVolume> = attached.into_iter().map(volume).collect();
        let keys: BTreeSet<ContainerKey> =
            map.keys().filter(|key| map.runs_on(&key.config, &client.name)).collect();
        let mut containers = BTreeMap::new();
        for key in keys {
            let container = Builder { map, client, volumes: &volumes, key: &key }.container()?;
            containers.insert(key, container);
        }
        let builds = builds(map);
        let mut desired = Self { containers, volumes, builds, networks: networks(map, client) };
        desired.drop_unneeded();
        Ok(desired)
    }

    /// Leaves out the volumes and networks that no container of this client needs.
    fn drop_unneeded(&mut self) {
        let containers = self.containers.values();
        for volume in self.volumes.values_mut() {
            volume.owners.retain(|owner| self.containers.contains_key(owner));
        }
        if self.volumes.values().any(|volume| volume.owners.is_empty()) {
            let volumes: BTreeSet<&VolumeKey> =
                containers.clone().flat_map(DesiredContainer::volumes).collect();
            self.volumes.retain(|key, volume| !volume.owners.is_empty() || volumes.contains(key));
        }
        let networks: BTreeSet<&NetworkKey> = containers.flat_map(DesiredContainer::own_networks).collect();
        self.networks.retain(|key, _| networks.contains(key));
    }

    /// Returns the containers whose end others wait for.
    pub(crate) fn jobs(&self) -> BTreeSet<&ContainerKey> {
        let waits = self.containers.values().flat_map(|container| container.waits.keys());
        waits.filter(|(_, condition)| *condition == Condition::Completed).map(|(key, _)| key).collect()
    }

    /// Returns the dependencies of each container.
    pub(crate) fn dependency_map(&self) -> BTreeMap<ContainerKey, BTreeSet<ContainerKey>> {
        self.containers.iter().map(|(key, container)| (key.clone(), container.dependencies.clone())).collect()
    }
}

fn builds(map: &ContainerMap) -> BTreeMap<ImageRef, DesiredBuild> {
    let wanted = |build: &BuildConfig| DesiredBuild {
        build: build.clone(),
        context: None,
        bases: BTreeSet::new(),
        pulls: BTreeSet::new(),
        reason: Reason::Absent,
    };
    map.builds().into_iter().map(|(image, build)| (image.clone(), wanted(build))).collect()
}

fn networks(map: &ContainerMap, client: &ClientConfig) -> BTreeMap<NetworkKey, NetworkSpec> {
    map.networks()
        .iter()
        .map(|(name, config)| {
            let key = map.network_key(name);
            let spec = NetworkSpec {
                driver: config.driver.clone(),
                options: config.driver_options.clone(),
                internal: config.internal,
                enable_ipv6: config.enable_ipv6,
                attachable: config.attachable,
                ipam: config.ipam.clone(),
                labels: label::labels(&config.labels, &ResourceKey::from(key.clone()), &client.name),
            };
            (key, spec)
        })
        .collect()
}

fn volume(
    map: &ContainerMap,
    client: &ClientConfig,
    config: &ContainerConfig,
    found: &AttachedVolume<'_>,
) -> DesiredVolume {
    let alias = found.config.cloned().unwrap_or_default();
    DesiredVolume {
        spec: VolumeSpec {
            driver: alias.driver,
            options: alias.driver_options,
            labels: label::labels(&alias.labels, &ResourceKey::from(found.key.clone()), &client.name),
        },
        owners: map.instances(found.owner).into_iter().collect(),
        image: config.image.clone(),
        at: found.path.clone(),
        owner: found.user.map(container_map::User::owner),
        mode: found.permissions.cloned(),
    }
}
