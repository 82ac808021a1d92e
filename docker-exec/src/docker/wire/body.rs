//! What a container is created with.

use std::collections::{BTreeMap, HashMap};
use std::time::Duration;

use bollard::models::{
    ContainerCreateBody, HealthConfig, HostConfig, Mount, MountType, MountVolumeOptions, NetworkingConfig,
    PortBinding, PortMap,
};
use container_map::config::Access;
use container_map::{ContainerPath, VolumeKey};
use map_planner::spec::{ContainerSpec, HealthcheckSpec, MountSource, MountSpec, NetworkModeSpec};
use map_planner::{Limits, Processes, label};
use serde_json::Value;

use super::super::EngineInfo;
use super::super::cause::Cause;
use super::super::secrets::Secrets;
use super::{endpoint, host};

/// The version from which the hardware address belongs to the endpoint.
const ENDPOINT_HAS_ADDRESS: (u32, u32) = (1, 44);
/// Where a carrier has the volume that is prepared, beside the owner's path.
pub(crate) const CARRIED: &str = "/.dmap/v";

/// Makes the body of
/// [`ContainerCreate`](https://docs.docker.com/reference/api/engine/version/v1.41/#tag/Container/operation/ContainerCreate).
///
/// bollard's model lacks the hardware address: it belongs to the container, and since API 1.44 to its endpoint.
pub(crate) fn create(spec: &ContainerSpec, secrets: &Secrets, engine: &EngineInfo) -> Result<Value, Cause> {
    let mut body = serde_json::to_value(container(spec, secrets)?).map_err(Cause::Unwritable)?;
    if let Some(config) = body["HostConfig"].as_object_mut() {
        config.extend(host::options(&spec.host));
    }
    if let Some(address) = spec.mac_address {
        let address = Value::from(address.to_string());
        let endpoints = body["NetworkingConfig"]["EndpointsConfig"].as_object_mut();
        match endpoints.and_then(|endpoints| endpoints.values_mut().next()) {
            Some(endpoint) if engine.speaks(ENDPOINT_HAS_ADDRESS) => endpoint["MacAddress"] = address,
            _ => body["MacAddress"] = address,
        }
    }
    Ok(body)
}

/// Makes the body of
/// [`ContainerUpdate`](https://docs.docker.com/reference/api/engine/version/v1.41/#tag/Container/operation/ContainerUpdate).
pub(crate) fn update(limits: &Limits) -> Value {
    let mut body = host::options(&limits.options);
    match limits.processes {
        Processes::Kept => {}
        // 0 says nothing.
        Processes::Unlimited => body.extend([("PidsLimit".to_owned(), Value::from(-1))]),
    }
    body.into()
}

fn container(spec: &ContainerSpec, secrets: &Secrets) -> Result<ContainerCreateBody, Cause> {
    let anonymous = spec.mounts.iter().filter(|(_, mount)| mount.source == MountSource::Anonymous);
    let environment = spec.environment.iter().map(|(name, value)| match value {
        Some(value) => secrets.text(value).map(|text| format!("{name}={text}")),
        None => Ok(name.clone()),
    });
    let environment: Vec<String> = environment.collect::<Result<_, _>>()?;
    Ok(ContainerCreateBody {
        image: Some(spec.image.to_string()),
        hostname: spec.hostname.clone(),
        domainname: spec.domainname.clone(),
        user: spec.user.clone(),
        working_dir: spec.working_dir.as_ref().map(ToString::to_string),
        tty: spec.tty,
        open_stdin: spec.stdin_open,
        cmd: spec.command.clone(),
        entrypoint: spec.entrypoint.clone(),
        env: listed(environment.into_iter()),
        exposed_ports: listed(spec.ports.keys().map(ToString::to_string)),
        volumes: listed(anonymous.map(|(path, _)| path.to_string())),
        healthcheck: spec.healthcheck.as_ref().map(healthcheck),
        stop_signal: spec.stop_signal.as_ref().map(ToString::to_string),
        stop_timeout: spec.stop_timeout.map(|time| i64::try_from(time.as_secs()).unwrap_or(i64::MAX)),
        labels: Some(spec.labels.clone().into_iter().collect()),
        host_config: Some(host_config(spec)),
        networking_config: endpoint::named(
            spec.endpoints.iter().map(|(key, spec)| (key.docker_name(), spec)),
        )
        .map(|endpoints| NetworkingConfig { endpoints_config: Some(endpoints) }),
        ..ContainerCreateBody::default()
    })
}

fn host_config(spec: &ContainerSpec) -> HostConfig {
    HostConfig {
        // Host paths are binds, because the engine makes a missing directory for a bind and refuses it for a mount.
        binds: listed(spec.mounts.iter().filter_map(|(path, mount)| bind(path, mount))),
        mounts: listed(spec.mounts.iter().filter_map(|(path, mount)| volume(path, mount))),
        volumes_from: listed(
            spec.volumes_from.iter().map(|from| format!("{}:{}", from.container, from.access.as_str())),
        ),
        port_bindings: ports(spec),
        network_mode: network_mode(&spec.network),
        links: listed(spec.links.iter().map(|link| format!("{}:{}", link.container, link.alias))),
        ..HostConfig::default()
    }
}

/// Makes the body of a container that is never started and only keeps something.
pub(crate) fn keepsake(image: &str, labels: BTreeMap<String, String>) -> Result<Value, Cause> {
    let body = ContainerCreateBody {
        image: Some(image.to_owned()),
        cmd: Some(vec!["dmap".to_owned()]),
        labels: Some(labels.into_iter().collect()),
        host_config: Some(HostConfig { network_mode: Some("none".to_owned()), ..HostConfig::default() }),
        ..ContainerCreateBody::default()
    };
    serde_json::to_value(body).map_err(Cause::Unwritable)
}

/// Makes the body of a volume's carrier: a container that is never started. With `also_at`, the volume is also there;
/// nothing of the image is copied into it.
pub(crate) fn carrier(
    image: &str,
    volume: &VolumeKey,
    also_at: Option<&ContainerPath>,
    image_volumes: impl Iterator<Item = String>,
) -> Result<Value, Cause> {
    let here = also_at.map(|path| named(path.as_str(), volume.docker_name(), Access::ReadWrite, true));
    let carried = named(CARRIED, volume.docker_name(), Access::ReadWrite, true);
    // Without these the engine would fill an anonymous volume for each, only to throw it away.
    let covered = image_volumes
        .filter(|path| also_at.is_none_or(|at| at.as_str() != path))
        .map(|path| Mount { target: Some(path), typ: Some(MountType::TMPFS), ..Mount::default() });
    let body = ContainerCreateBody {
        image: Some(image.to_owned()),
        // An image may have no command, and the engine wants one even for a container that is never started.
        cmd: Some(vec!["dmap".to_owned()]),
        labels: Some(label::carrier(volume).into_iter().collect()),
        host_config: Some(HostConfig {
            network_mode: Some("none".to_owned()),
            mounts: Some(here.into_iter().chain([carried]).chain(covered).collect()),
            ..HostConfig::default()
        }),
        ..ContainerCreateBody::default()
    };
    serde_json::to_value(body).map_err(Cause::Unwritable)
}

fn listed<T>(items: impl Iterator<Item = T>) -> Option<Vec<T>> {
    let items: Vec<T> = items.collect();
    (!items.is_empty()).then_some(items)
}

fn bind(path: &ContainerPath, mount: &MountSpec) -> Option<String> {
    match &mount.source {
        MountSource::Bind(host) => Some(format!("{host}:{path}:{}", mount.mode())),
        _ => None,
    }
}

fn volume(path: &ContainerPath, mount: &MountSpec) -> Option<Mount> {
    let path = path.as_str();
    match &mount.source {
        MountSource::Volume(key) => Some(named(path, key.docker_name(), mount.access, false)),
        MountSource::PreparedVolume(key) => Some(named(path, key.docker_name(), mount.access, true)),
        MountSource::Kept(name) => Some(named(path, name.clone(), mount.access, false)),
        MountSource::Bind(_) | MountSource::Anonymous => None,
    }
}

fn named(path: &str, volume: String, access: Access, no_copy: bool) -> Mount {
    Mount {
        target: Some(path.to_owned()),
        source: Some(volume),
        typ: Some(MountType::VOLUME),
        read_only: (access == Access::ReadOnly).then_some(true),
        volume_options: no_copy
            .then(|| MountVolumeOptions { no_copy: Some(true), ..MountVolumeOptions::default() }),
        ..Mount::default()
    }
}

fn ports(spec: &ContainerSpec) -> Option<PortMap> {
    let published = spec.ports.iter().filter(|(_, bindings)| !bindings.is_empty());
    let ports: HashMap<_, _> = published
        .map(|(port, bindings)| {
            let bindings = bindings.iter().map(|binding| PortBinding {
                host_ip: binding.address.map(|address| address.to_string()),
                host_port: Some(binding.port.to_string()),
            });
            (port.to_string(), Some(bindings.collect()))
        })
        .collect();
    (!ports.is_empty()).then_some(ports)
}

fn network_mode(mode: &NetworkModeSpec) -> Option<String> {
    match mode {
        NetworkModeSpec::Default => None,
        NetworkModeSpec::Network(key) => Some(key.docker_name()),
        NetworkModeSpec::Container(owner) => Some(format!("container:{owner}")),
        NetworkModeSpec::Foreign(name) => Some(format!("container:{name}")),
    }
}

fn healthcheck(spec: &HealthcheckSpec) -> HealthConfig {
    let nanos = |time: Duration| i64::try_from(time.as_nanos()).unwrap_or(i64::MAX);
    HealthConfig {
        test: Some(spec.test.clone()),
        interval: spec.interval.map(nanos),
        timeout: spec.timeout.map(nanos),
        retries: spec.retries.map(i64::from),
        start_period: spec.start_period.map(nanos),
        start_interval: None,
    }
}

#[cfg(test)]
mod tests;
