//! One container as the map wants it.

use alloc::borrow::ToOwned;
use alloc::collections::{BTreeMap, BTreeSet};
use alloc::string::ToString;
use alloc::sync::Arc;
use alloc::vec::Vec;
use core::net::IpAddr;
use core::time::Duration;

use container_map::config::{
    Access, Bind, BindSource, ContainerConfig, ExecCommand, FollowPolicy, Publish, UseSource, Variable,
};
use container_map::{
    ClientConfig, ContainerKey, ContainerMap, ContainerPath, HostPath, ResourceKey, VolumeKey,
};

use super::network::{Network, is_host, network};
use super::{DesiredContainer, DesiredVolume};
use crate::action::Condition;
use crate::container_ref::ContainerRef;
use crate::error::PlanError;
use crate::exec::DesiredCommand;
use crate::label;
use crate::spec::{
    ContainerSpec, EnvValue, ExecSpec, HealthcheckSpec, HostBinding, MountSource, MountSpec, NetworkModeSpec,
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
        let options = &config.create_options;
        // The engine refuses a host name together with somebody else's namespace.
        let shares_name = shares_namespace || on_host || config.host_config.uts_mode.is_some();
        let named = self.map.sets_hostname() && !shares_name;
        let domainname = self.client.domainname.as_deref().or(self.map.default_domain()).filter(|_| named);
        let key = ResourceKey::from(self.key.clone());
        let spec = ContainerSpec {
            image: config.image.clone(),
            hostname: options
                .hostname
                .clone()
                .or_else(|| named.then(|| self.key.hostname_on(&self.client.name))),
            domainname: options.domainname.clone().or_else(|| domainname.map(ToOwned::to_owned)),
            user: config.user.as_ref().map(ToString::to_string),
            working_dir: options.working_dir.clone(),
            tty: options.tty,
            stdin_open: options.stdin_open,
            mac_address: options.mac_address,
            platform: options.platform.clone(),
            // An engine takes a command of no words for none, and an entrypoint of no words as it is.
            command: options.command.clone().map(|line| line.0).filter(|words| !words.is_empty()),
            entrypoint: options.entrypoint.clone().map(|line| line.0),
            environment: options
                .environment
                .iter()
                .map(|(name, value)| (name.clone(), value.as_ref().map(variable)))
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
            host: Arc::clone(&config.host_config),
            labels: label::labels(&options.labels, &key, &self.client.name),
        };
        let dependencies = self.dependencies();
        Ok(DesiredContainer {
            spec,
            waits: self.waits(config, &dependencies),
            follows: self.follows(config, &dependencies),
            update: config.update,
            anonymous_volumes: config.anonymous_volumes,
            dependencies,
            is_rebuilt: false,
            persistent: config.persistent,
            compare: self.map.compare_rules(config),
            start_delay: config.start_delay,
            commands: config.exec_commands.iter().map(command).collect(),
            completes_within: self.client.wait_timeout,
        })
    }

    /// What runs on another client is waited for by nobody here.
    fn dependencies(&self) -> BTreeSet<ContainerKey> {
        let mut found = self.map.dependencies(self.key);
        found.retain(|key| self.map.runs_on(&key.config, &self.client.name));
        found
    }

    /// What is said of one instance counts over what is said of all.
    fn waits(
        &self,
        config: &ContainerConfig,
        dependencies: &BTreeSet<ContainerKey>,
    ) -> BTreeMap<(ContainerKey, Condition), Option<Duration>> {
        let (of_all, of_one): (Vec<_>, Vec<_>) =
            config.start.iter().partition(|first| first.instance.is_none());
        let targets = of_all.into_iter().chain(of_one).flat_map(|first| {
            let targets = self.map.resolve(&first.config, first.instance.as_ref());
            targets.into_iter().map(|target| ((target, first.condition.into()), first.within))
        });
        targets.filter(|((target, _), _)| dependencies.contains(target)).collect()
    }

    /// What is said of one instance counts over what is said of all.
    fn follows(
        &self,
        config: &ContainerConfig,
        dependencies: &BTreeSet<ContainerKey>,
    ) -> BTreeMap<ContainerKey, FollowPolicy> {
        let (of_all, of_one): (Vec<_>, Vec<_>) =
            config.follow.iter().partition(|follow| follow.instance.is_none());
        let targets = of_all.into_iter().chain(of_one).flat_map(|follow| {
            let targets = self.map.resolve(&follow.config, follow.instance.as_ref());
            targets.into_iter().map(|target| (target, follow.policy))
        });
        targets.filter(|(target, _)| dependencies.contains(target)).collect()
    }

    fn mounts(&self, config: &ContainerConfig) -> BTreeMap<ContainerPath, MountSpec> {
        let mut mounts = BTreeMap::new();
        let read_write = Access::ReadWrite;
        for path in &config.shares {
            mounts.insert(path.clone(), MountSpec::new(MountSource::Anonymous, read_write));
        }
        for bind in &config.binds {
            let source = MountSource::Bind(self.host_path(bind));
            mounts.insert(
                bind.target.clone(),
                MountSpec { propagation: bind.propagation, ..MountSpec::new(source, bind.access) },
            );
        }
        for attach in &config.attaches {
            let source = self.mount(self.map.volume_key(&self.key.config, &attach.volume));
            mounts.insert(attach.path.clone(), MountSpec::new(source, read_write));
        }
        for used in &config.uses {
            if let UseSource::Volume { owner, volume, path } = &used.source {
                let source = self.mount(self.map.volume_key(owner, volume));
                mounts.insert(path.clone(), MountSpec::new(source, used.access));
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

fn command(wanted: &ExecCommand) -> DesiredCommand {
    let user = wanted.user.as_ref().map(ToString::to_string);
    DesiredCommand { exec: ExecSpec { command: wanted.command.0.clone(), user }, policy: wanted.policy }
}

fn variable(value: &Variable) -> EnvValue {
    match value {
        Variable::Text(text) => EnvValue::text(text.clone()),
        Variable::Secret(source) => EnvValue::secret(source.clone()),
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
