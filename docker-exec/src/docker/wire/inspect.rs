//! Containers as an inspection shows them.

use std::collections::{BTreeMap, BTreeSet};
use std::time::Duration;

use container_map::Port;
use container_map::config::Access;
use map_planner::engine::{
    self as observed, EngineId, Moment, ObservedContainer, ObservedLink, ObservedMount, ObservedMountSource,
    ObservedNetworkMode, RunState,
};
use map_planner::label;
use map_planner::label::Helper;
use map_planner::spec::{EnvText, HostBinding};
use serde::Deserialize;
use serde_json::{Map, Value};

use super::endpoint::Endpoint;
use super::given::given;
use super::health::Healthcheck;
use super::list::address;
use super::nullable;

/// The parts that matter of
/// [`ContainerInspect`](https://docs.docker.com/reference/api/engine/version/v1.41/#tag/Container/operation/ContainerInspect).
#[derive(Debug, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub(crate) struct Container {
    pub(crate) id: String,
    name: String,
    #[serde(default)]
    created: String,
    #[serde(default)]
    pub(crate) image: String,
    pub(crate) state: State,
    #[serde(default, deserialize_with = "nullable")]
    host_config: HostConfig,
    #[serde(default, deserialize_with = "nullable")]
    mounts: Vec<MountPoint>,
    #[serde(default, deserialize_with = "nullable")]
    config: Config,
    #[serde(default, deserialize_with = "nullable")]
    network_settings: NetworkSettings,
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub(crate) struct State {
    #[serde(default)]
    pub(crate) status: String,
    #[serde(default)]
    pub(crate) exit_code: i64,
    #[serde(default)]
    started_at: String,
    #[serde(default)]
    pub(crate) health: Option<Health>,
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub(crate) struct Health {
    #[serde(default)]
    pub(crate) status: String,
    #[serde(default, deserialize_with = "nullable")]
    pub(crate) log: Vec<Check>,
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub(crate) struct Check {
    #[serde(default)]
    pub(crate) output: String,
}

#[derive(Debug, Default, Deserialize)]
#[serde(rename_all = "PascalCase")]
struct HostConfig {
    #[serde(default)]
    network_mode: String,
    #[serde(default, deserialize_with = "nullable")]
    port_bindings: BTreeMap<String, Option<Vec<Binding>>>,
    #[serde(default, deserialize_with = "nullable")]
    links: Vec<String>,
    /// Everything else: what the host gives it.
    #[serde(flatten)]
    given: Map<String, Value>,
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Binding {
    #[serde(default)]
    host_ip: String,
    #[serde(default)]
    host_port: String,
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "PascalCase")]
struct MountPoint {
    #[serde(default, rename = "Type")]
    kind: String,
    #[serde(default)]
    name: String,
    #[serde(default)]
    source: String,
    destination: String,
    #[serde(default, rename = "RW")]
    writable: bool,
    #[serde(default)]
    propagation: String,
}

#[derive(Debug, Default, Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Config {
    #[serde(default)]
    hostname: String,
    #[serde(default)]
    domainname: String,
    #[serde(default)]
    user: String,
    #[serde(default)]
    working_dir: String,
    #[serde(default)]
    tty: bool,
    /// Since API 1.44 it belongs to the endpoint, where it looks the same whether it was asked for or not.
    #[serde(default, deserialize_with = "nullable")]
    mac_address: String,
    #[serde(default)]
    open_stdin: bool,
    #[serde(default, deserialize_with = "nullable")]
    exposed_ports: BTreeMap<String, Value>,
    #[serde(default, deserialize_with = "nullable")]
    env: Vec<String>,
    #[serde(default, deserialize_with = "nullable")]
    cmd: Vec<String>,
    #[serde(default, deserialize_with = "nullable")]
    entrypoint: Vec<String>,
    #[serde(default, deserialize_with = "nullable")]
    labels: BTreeMap<String, String>,
    healthcheck: Option<Healthcheck>,
    #[serde(default, deserialize_with = "nullable")]
    stop_signal: String,
    stop_timeout: Option<i64>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(rename_all = "PascalCase")]
struct NetworkSettings {
    #[serde(default, deserialize_with = "nullable")]
    networks: BTreeMap<String, Option<Endpoint>>,
}

impl Container {
    /// Returns the name without the slash the engine puts before it.
    pub(crate) fn name(&self) -> &str {
        self.name.strip_prefix('/').unwrap_or(&self.name)
    }

    /// Returns the identifier of the container whose network namespace this one shares.
    pub(crate) fn namespace_owner(&self) -> Option<&str> {
        self.host_config.network_mode.strip_prefix("container:")
    }

    /// Returns when the container was started; none if it never was.
    pub(crate) fn started(&self) -> Option<Moment> {
        Moment::read(&self.state.started_at)
    }

    /// Returns when the container was created.
    pub(crate) fn created(&self) -> Option<Moment> {
        Moment::read(&self.created)
    }

    /// Returns the value of a label.
    pub(crate) fn label(&self, name: &str) -> Option<&str> {
        self.config.labels.get(name).map(String::as_str)
    }

    /// Returns whether it is dmap's, by its labels and the name it has now.
    pub(crate) fn is_ours(&self) -> bool {
        label::is_ours(self.name(), &self.config.labels)
    }

    /// Returns whether it is the container with exactly these labels among its own, and was never started.
    pub(crate) fn is_fresh(&self, labels: &BTreeMap<String, String>) -> bool {
        self.started().is_none()
            && labels.iter().all(|(key, value)| self.config.labels.get(key) == Some(value))
    }

    /// Returns whether a volume is mounted at a path.
    pub(crate) fn mounts_volume_at(&self, volume: &str, path: &str) -> bool {
        let is_it = |mount: &MountPoint| mount.kind == "volume" && mount.name == volume;
        self.mounts.iter().any(|mount| mount.destination == path && is_it(mount))
    }

    /// Returns whether it is one of dmap's own helpers.
    pub(crate) fn is_helper(&self, helper: &Helper) -> bool {
        Helper::of(self.name(), &self.config.labels).as_ref() == Some(helper)
    }

    /// Returns what was observed; `namespace_lost` takes a look at another container and is left to the caller.
    pub(crate) fn observed(self) -> ObservedContainer {
        let (created, started, state) = (self.created(), self.started(), run_state(&self.state));
        // A container that does not run keeps what its check said last.
        let health = self.state.health.as_ref().filter(|_| state.is_up()).and_then(health);
        let name = self.name().to_owned();
        let Self { id, image, host_config, mounts, config, network_settings, .. } = self;
        let endpoints = network_settings.networks.into_iter();
        let (host, unsayable) = given(&host_config.given);
        ObservedContainer {
            state,
            has_run: started.is_some(),
            created,
            started,
            processes: None,
            health,
            network: network_mode(&host_config.network_mode),
            endpoints: endpoints
                .map(|(network, endpoint)| {
                    (network, endpoint.unwrap_or_default().observed(&id, [&name, &config.hostname]))
                })
                .collect(),
            id: EngineId::new(id),
            image: EngineId::new(image),
            labels: config.labels,
            user: config.user,
            working_dir: config.working_dir,
            mac_address: config.mac_address.parse().ok(),
            tty: config.tty,
            stdin_open: config.open_stdin,
            hostname: config.hostname,
            domainname: config.domainname,
            command: config.cmd,
            entrypoint: config.entrypoint,
            environment: config.env.iter().filter_map(|line| variable(line)).collect(),
            mounts: mounts.into_iter().map(mount).collect(),
            exposed: config.exposed_ports.keys().filter_map(|port| port.parse().ok()).collect(),
            published: published(host_config.port_bindings),
            namespace_lost: false,
            links: host_config.links.iter().filter_map(|link| legacy_link(link)).collect(),
            host: Box::new(host),
            unsayable,
            healthcheck: config.healthcheck.and_then(Healthcheck::observed),
            stop_signal: config.stop_signal,
            stop_timeout: config
                .stop_timeout
                .and_then(|secs| u64::try_from(secs).ok())
                .map(Duration::from_secs),
        }
    }
}

fn run_state(state: &State) -> RunState {
    match state.status.as_str() {
        "created" => RunState::Created,
        "running" => RunState::Running,
        "paused" => RunState::Paused,
        "restarting" => RunState::Restarting,
        "exited" => RunState::Exited(state.exit_code),
        "removing" => RunState::Removing,
        // `dead`, or a word of a newer engine: of such a container nothing is known but that it is in the way.
        _ => RunState::Dead,
    }
}

/// A check that is switched off says `none`.
fn health(health: &Health) -> Option<observed::Health> {
    match health.status.as_str() {
        "starting" => Some(observed::Health::Starting),
        "healthy" => Some(observed::Health::Healthy),
        "unhealthy" => Some(observed::Health::Unhealthy),
        _ => None,
    }
}

fn network_mode(text: &str) -> ObservedNetworkMode {
    match (text, text.strip_prefix("container:")) {
        ("" | "default", _) => ObservedNetworkMode::Default,
        (_, Some(id)) => ObservedNetworkMode::Container(EngineId::new(id)),
        (name, None) => ObservedNetworkMode::Named(name.to_owned()),
    }
}

/// Reads `NAME=value`; a name alone is the engine's note that the image's variable is unset.
pub(super) fn variable(line: &str) -> Option<(String, Option<EnvText>)> {
    let (name, value) = line.split_once('=')?;
    Some((name.to_owned(), Some(EnvText::new(value))))
}

fn mount(point: MountPoint) -> (String, ObservedMount) {
    let source = match point.kind.as_str() {
        "volume" => ObservedMountSource::Volume(point.name),
        "bind" => ObservedMountSource::Bind(clean(&point.source)),
        _ => ObservedMountSource::Other(point.kind),
    };
    let access = if point.writable { Access::ReadWrite } else { Access::ReadOnly };
    let propagation = point.propagation.parse().ok();
    (clean(&point.destination), ObservedMount { source, access, propagation })
}

/// Cleans a path as a map's paths are: no doubled, no trailing slash.
fn clean(path: &str) -> String {
    let parts: Vec<&str> = path.split('/').filter(|part| !part.is_empty() && *part != ".").collect();
    format!("/{}", parts.join("/"))
}

fn published(bindings: BTreeMap<String, Option<Vec<Binding>>>) -> BTreeMap<Port, BTreeSet<HostBinding>> {
    let entry = |(port, bindings): (String, Option<Vec<Binding>>)| {
        let bindings = bindings.unwrap_or_default().into_iter();
        let bindings: BTreeSet<_> = bindings
            .map(|binding| HostBinding {
                address: address(&binding.host_ip),
                // No port, which the engine chooses then, reads as 0.
                port: binding.host_port.parse().unwrap_or_default(),
            })
            .collect();
        Some((port.parse().ok()?, bindings)).filter(|(_, bindings)| !bindings.is_empty())
    };
    bindings.into_iter().filter_map(entry).collect()
}

/// Reads `/target:/me/alias`.
fn legacy_link(text: &str) -> Option<ObservedLink> {
    let (target, alias) = text.split_once(':')?;
    let alias = alias.rsplit('/').next().unwrap_or(alias);
    Some(ObservedLink { target: target.trim_start_matches('/').to_owned(), alias: alias.to_owned() })
}

#[cfg(test)]
mod tests;
