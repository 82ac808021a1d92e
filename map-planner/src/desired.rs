//! What the map wants of an engine: aliases, interfaces, defaults and names end here.

use alloc::borrow::ToOwned;
use alloc::collections::{BTreeMap, BTreeSet};
use alloc::string::{String, ToString};
use alloc::vec::Vec;
use core::net::IpAddr;
use core::time::Duration;

use container_map::config::{
    Bind, BindSource, ContainerConfig, HealthTest, Healthcheck, Link, NetworkMode, Publish, UseSource,
};
use container_map::{
    AttachedVolume, ClientConfig, ContainerKey, ContainerMap, ContainerPath, HostPath, ImageRef, Mode, NetworkKey,
    Owner, PresetNetwork, ResourceKey, VolumeKey,
};

use crate::container_ref::ContainerRef;
use crate::error::PlanError;
use crate::label;
use crate::spec::{
    ContainerSpec, EndpointSpec, EnvValue, HealthcheckSpec, HostBinding, LinkSpec, MountSource, MountSpec,
    NetworkModeSpec, NetworkSpec, VolumeSpec, VolumesFrom,
};

/// Everything a map wants of one client's engine.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DesiredState {
    /// The containers.
    pub containers: BTreeMap<ContainerKey, DesiredContainer>,
    /// The attached volumes.
    pub volumes: BTreeMap<VolumeKey, DesiredVolume>,
    /// The map's networks.
    pub networks: BTreeMap<NetworkKey, NetworkSpec>,
}

/// A container as wanted.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DesiredContainer {
    /// How it is made; other containers are named in their current slot, and no birth certificate is there yet.
    pub spec: ContainerSpec,
    /// Containers that must run before it starts.
    pub dependencies: BTreeSet<ContainerKey>,
    /// Whether it holds data or runs once.
    pub persistent: bool,
    /// Pause after a start.
    pub start_delay: Option<Duration>,
    /// Whether the map asks for commands after the start.
    pub has_exec_commands: bool,
}

/// An attached volume as wanted.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DesiredVolume {
    /// How it is made.
    pub spec: VolumeSpec,
    /// The image of the configuration that owns it.
    pub image: ImageRef,
    /// Where the owner mounts it.
    pub at: ContainerPath,
    /// Owner of its files.
    pub owner: Option<Owner>,
    /// Mode of its files.
    pub mode: Option<Mode>,
}

impl DesiredVolume {
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
    /// Works out what a map wants of a client's engine.
    ///
    /// # Errors
    ///
    /// A port on an interface the client does not define.
    pub fn new(map: &ContainerMap, client: &ClientConfig) -> Result<Self, PlanError> {
        let volumes: BTreeMap<VolumeKey, DesiredVolume> = map
            .containers()
            .iter()
            .flat_map(|(name, config)| map.attached(name).into_iter().map(move |found| (config, found)))
            .map(|(config, found)| (found.key.clone(), volume(client, config, &found)))
            .collect();
        let networks = map
            .networks()
            .iter()
            .map(|(name, config)| {
                let key = map.network_key(name);
                let spec = NetworkSpec {
                    driver: config.driver.clone(),
                    options: config.driver_options.clone(),
                    internal: config.internal,
                    labels: label::identity(&ResourceKey::from(key.clone()), &client.name),
                };
                (key, spec)
            })
            .collect();
        let containers = map
            .keys()
            .map(|key| {
                let builder = Builder { map, client, volumes: &volumes, key: &key };
                builder.container().map(|container| (key.clone(), container))
            })
            .collect::<Result<_, _>>()?;
        Ok(Self { containers, volumes, networks })
    }
}

fn volume(client: &ClientConfig, config: &ContainerConfig, found: &AttachedVolume<'_>) -> DesiredVolume {
    let (driver, options) = found.config.map_or_else(
        || ("local".to_owned(), BTreeMap::new()),
        |volume| (volume.driver.clone(), volume.driver_options.clone()),
    );
    DesiredVolume {
        spec: VolumeSpec {
            driver,
            options,
            labels: label::identity(&ResourceKey::from(found.key.clone()), &client.name),
        },
        image: config.image.clone(),
        at: found.path.clone(),
        owner: found.user.map(container_map::User::owner),
        mode: found.permissions.cloned(),
    }
}

/// What is at hand while one container is worked out.
struct Builder<'a> {
    map: &'a ContainerMap,
    client: &'a ClientConfig,
    volumes: &'a BTreeMap<VolumeKey, DesiredVolume>,
    key: &'a ContainerKey,
}

impl Builder<'_> {
    fn container(&self) -> Result<DesiredContainer, PlanError> {
        let config = self.map.config(self.key).expect("because the key is one of the map's own");
        let (network, endpoints, links) = self.network(config);
        let shares_namespace = matches!(network, NetworkModeSpec::Container(_) | NetworkModeSpec::Foreign(_));
        let is_host = network == NetworkModeSpec::Network(NetworkKey::Preset(PresetNetwork::Host));
        // The engine refuses a host name together with somebody else's namespace.
        let named = self.map.sets_hostname() && !shares_namespace && !is_host;
        let domainname = self.client.domainname.as_deref().or(self.map.default_domain()).filter(|_| named);
        let spec = ContainerSpec {
            image: config.image.clone(),
            hostname: named.then(|| self.hostname()),
            domainname: domainname.map(ToOwned::to_owned),
            user: config.user.as_ref().map(ToString::to_string),
            command: config.create_options.command.clone().map(|line| line.0),
            entrypoint: config.create_options.entrypoint.clone().map(|line| line.0),
            environment: config
                .create_options
                .environment
                .iter()
                .map(|(name, value)| (name.clone(), value.clone().map(EnvValue::new)))
                .collect(),
            mounts: self.mounts(config),
            volumes_from: volumes_from(self.map, config),
            ports: if shares_namespace || is_host { BTreeMap::new() } else { self.ports(config)? },
            network,
            endpoints,
            links,
            healthcheck: config.healthcheck.as_ref().map(healthcheck),
            stop_signal: config.stop_signal.clone(),
            stop_timeout: config.stop_timeout.or(self.client.stop_timeout),
            labels: label::identity(&ResourceKey::from(self.key.clone()), &self.client.name),
        };
        Ok(DesiredContainer {
            spec,
            dependencies: self.map.dependencies(self.key),
            persistent: config.persistent,
            start_delay: config.start_delay,
            has_exec_commands: !config.exec_commands.is_empty(),
        })
    }

    /// docker-map appends the name of a named client; the default client's is left out.
    fn hostname(&self) -> String {
        let mut name = self.key.hostname();
        if self.client.name != container_map::ClientName::default() {
            name.push('-');
            name.push_str(&self.client.name.as_str().replace('_', "-"));
        }
        name
    }

    fn mounts(&self, config: &ContainerConfig) -> BTreeMap<ContainerPath, MountSpec> {
        let mut mounts = BTreeMap::new();
        let read_write = container_map::config::Access::ReadWrite;
        for path in &config.shares {
            mounts.insert(path.clone(), MountSpec { source: MountSource::Anonymous, access: read_write });
        }
        for bind in &config.binds {
            let source = MountSource::Bind(self.host_path(bind));
            mounts.insert(bind.target.clone(), MountSpec { source, access: bind.access });
        }
        for attach in &config.attaches {
            let source = self.mount(self.map.volume_key(&self.key.config, &attach.volume));
            mounts.insert(attach.path.clone(), MountSpec { source, access: read_write });
        }
        for used in &config.uses {
            if let UseSource::Volume { owner, volume, path } = &used.source {
                let source = self.mount(self.map.volume_key(owner, volume));
                mounts.insert(path.clone(), MountSpec { source, access: used.access });
            }
        }
        mounts
    }

    fn mount(&self, key: VolumeKey) -> MountSource {
        if self.volumes.get(&key).is_some_and(DesiredVolume::is_prepared) {
            MountSource::PreparedVolume(key)
        } else {
            MountSource::Volume(key)
        }
    }

    fn host_path(&self, bind: &Bind) -> HostPath {
        match &bind.source {
            BindSource::Path(path) => path.clone(),
            BindSource::Alias(alias) => self
                .map
                .host()
                .paths
                .get(alias)
                .and_then(|paths| paths.get(self.key.instance.as_ref()))
                .cloned()
                .expect("because every bound alias of a map has a host path for every instance"),
        }
    }

    fn ports(
        &self,
        config: &ContainerConfig,
    ) -> Result<BTreeMap<container_map::Port, BTreeSet<HostBinding>>, PlanError> {
        let mut ports: BTreeMap<_, BTreeSet<_>> = BTreeMap::new();
        for exposed in &config.exposes {
            let bindings = ports.entry(exposed.port).or_default();
            if let Some(publish) = &exposed.publish {
                bindings.insert(HostBinding { address: self.address(publish)?, port: publish.host_port });
            }
        }
        Ok(ports)
    }

    fn address(&self, publish: &Publish) -> Result<Option<IpAddr>, PlanError> {
        let Some(interface) = &publish.interface else { return Ok(None) };
        let address = if publish.ipv6 {
            self.client.interfaces_ipv6.get(interface).copied().map(IpAddr::V6)
        } else {
            self.client.interfaces.get(interface).copied().map(IpAddr::V4)
        };
        address.map(Some).ok_or_else(|| PlanError::UnknownInterface {
            container: self.key.clone(),
            interface: interface.clone(),
        })
    }

    fn network(
        &self,
        config: &ContainerConfig,
    ) -> (NetworkModeSpec, BTreeMap<NetworkKey, EndpointSpec>, BTreeSet<LinkSpec>) {
        let alone = |mode| (mode, BTreeMap::new(), BTreeSet::new());
        match &config.network_mode {
            Some(NetworkMode::Host) => return alone(NetworkModeSpec::Network(NetworkKey::Preset(PresetNetwork::Host))),
            Some(NetworkMode::None) => return alone(NetworkModeSpec::Network(NetworkKey::Preset(PresetNetwork::None))),
            Some(NetworkMode::Foreign(name)) => return alone(NetworkModeSpec::Foreign(name.clone())),
            Some(NetworkMode::Container { config, instance }) => {
                let owner = self.map.resolve(config, instance.as_ref()).into_iter().next();
                let owner = owner.expect("because the network mode of a map names one existing container");
                return alone(NetworkModeSpec::Container(ContainerRef::current(&owner)));
            }
            Some(NetworkMode::Bridge) | None => {}
        }
        if config.networks.is_empty() {
            let bridge = NetworkKey::Preset(PresetNetwork::Bridge);
            let endpoints = BTreeMap::from([(bridge, EndpointSpec::default())]);
            return (NetworkModeSpec::Default, endpoints, self.legacy_links(&config.links));
        }
        let first = config.networks[0].network.clone();
        let on_bridge = first.is_preset();
        let endpoints = config
            .networks
            .iter()
            .map(|endpoint| {
                let mut links = self.endpoint_links(&endpoint.links);
                if !endpoint.network.is_preset() {
                    // The engine drops legacy links on user networks; within the network the name works by itself.
                    links.extend(self.endpoint_links(&config.links));
                }
                let spec = EndpointSpec {
                    aliases: endpoint.aliases.clone(),
                    links,
                    ipv4_address: endpoint.ipv4_address,
                    ipv6_address: endpoint.ipv6_address,
                    link_local_ips: endpoint.link_local_ips.clone(),
                };
                (endpoint.network.clone(), spec)
            })
            .collect();
        let links = if on_bridge { self.legacy_links(&config.links) } else { BTreeSet::new() };
        (NetworkModeSpec::Network(first), endpoints, links)
    }

    fn link_targets<'b>(&'b self, links: &'b [Link]) -> impl Iterator<Item = (ContainerKey, &'b str)> {
        links.iter().flat_map(|link| {
            let targets = self.map.resolve(&link.config, link.instance.as_ref());
            targets.into_iter().map(|target| (target, link.alias.as_str()))
        })
    }

    fn legacy_links(&self, links: &[Link]) -> BTreeSet<LinkSpec> {
        self.link_targets(links)
            .map(|(target, alias)| LinkSpec {
                container: ContainerRef::current(&target),
                alias: alias.to_owned(),
            })
            .collect()
    }

    fn endpoint_links(&self, links: &[Link]) -> BTreeMap<String, String> {
        self.link_targets(links).map(|(target, alias)| (alias.to_owned(), target.docker_name())).collect()
    }
}

fn volumes_from(map: &ContainerMap, config: &ContainerConfig) -> BTreeSet<VolumesFrom> {
    config
        .uses
        .iter()
        .filter_map(|used| match &used.source {
            UseSource::Volume { .. } => None,
            UseSource::Container { config, instance } => {
                Some((map.resolve(config, instance.as_ref()), used.access))
            }
        })
        .flat_map(|(targets, access)| {
            targets
                .into_iter()
                .map(move |target| VolumesFrom { container: ContainerRef::current(&target), access })
        })
        .collect()
}

fn healthcheck(config: &Healthcheck) -> HealthcheckSpec {
    let words = |first: &str, rest: &[String]| {
        core::iter::once(first.to_owned()).chain(rest.iter().cloned()).collect::<Vec<_>>()
    };
    HealthcheckSpec {
        test: match &config.test {
            HealthTest::Disabled => words("NONE", &[]),
            HealthTest::Exec(command) => words("CMD", command),
            HealthTest::Shell(line) => words("CMD-SHELL", core::slice::from_ref(line)),
        },
        interval: config.interval,
        timeout: config.timeout,
        retries: config.retries,
        start_period: config.start_period,
    }
}
