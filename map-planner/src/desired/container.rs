//! One container as the map wants it.

use alloc::borrow::ToOwned;
use alloc::collections::{BTreeMap, BTreeSet};
use alloc::string::{String, ToString};
use core::net::IpAddr;

use container_map::config::{Access, Bind, BindSource, ContainerConfig, Publish, UseSource, Variable};
use container_map::{
    ClientConfig, ContainerKey, ContainerMap, ContainerPath, HostPath, ResourceKey, VolumeKey,
};

use super::network::{Network, is_host, network};
use super::{DesiredContainer, DesiredVolume};
use crate::container_ref::ContainerRef;
use crate::error::PlanError;
use crate::label;
use crate::spec::{
    ContainerSpec, EnvValue, HealthcheckSpec, HostBinding, MountSource, MountSpec, NetworkModeSpec,
    VolumesFrom,
};

/// What is at hand while one container is worked out.
pub(super) struct Builder<'a> {
    pub(super) map: &'a ContainerMap,
    pub(super) client: &'a ClientConfig,
    pub(super) volumes: &'a BTreeMap<VolumeKey, DesiredVolume>,
    pub(super) key: &'a ContainerKey,
}

impl Builder<'_> {
    pub(super) fn container(&self) -> Result<DesiredContainer, PlanError> {
        let config = self.map.config(self.key).expect("because the key is one of the map's own");
        let Network { mode: network, endpoints, links } = network(self.map, config);
        let shares_namespace = matches!(network, NetworkModeSpec::Container(_) | NetworkModeSpec::Foreign(_));
        let on_host = is_host(&network);
        // The engine refuses a host name together with somebody else's namespace.
        let named = self.map.sets_hostname() && !shares_namespace && !on_host;
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
                .map(|(name, value)| {
                    let text = |value: &Variable| match value {
                        Variable::Text(text) => text.clone(),
                        Variable::Secret(source) => source.to_string(),
                    };
                    (name.clone(), value.as_ref().map(|value| EnvValue::new(text(value))))
                })
                .collect(),
            mounts: self.mounts(config),
            volumes_from: volumes_from(self.map, config),
            ports: if shares_namespace || on_host { BTreeMap::new() } else { self.ports(config)? },
            network,
            endpoints,
            links,
            healthcheck: config.healthcheck.as_ref().map(HealthcheckSpec::from),
            stop_signal: config.stop_signal,
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
        let read_write = Access::ReadWrite;
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
                bindings.insert(HostBinding {
                    address: self.address(publish)?,
                    port: publish.host_port.number(),
                });
            }
        }
        Ok(ports)
    }

    fn address(&self, publish: &Publish) -> Result<Option<IpAddr>, PlanError> {
        let Some(interface) = &publish.interface else {
            return Ok(None);
        };
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
