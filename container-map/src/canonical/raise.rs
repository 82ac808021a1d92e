//! From what is meant back to what could have been written: checked configurations as raw ones.

use alloc::collections::BTreeMap;
use alloc::format;
use alloc::string::{String, ToString};
use alloc::vec::Vec;
use core::fmt::Display;
use core::time::Duration;

use crate::config::{
    Access, AnonymousVolumes, Attach, Bind, BindSource, BuildConfig, CommandLine, CompareRules,
    ContainerConfig, DockerfileSource, Endpoint, ExecCommand, ExecPolicy, Exposed, Follow, HealthTest,
    Healthcheck, HostPaths, Link, NetworkConfig, NetworkMode, StartAfter, StartCondition, Update,
    UpdateOrder, Use, UseSource, VolumeConfig,
};
use crate::field::Span;
use crate::key::NetworkKey;
use crate::map::ContainerMap;
use crate::name::{ConfigName, InstanceName};
use crate::port::{Port, Protocol};
use crate::quantity::format_duration;
use crate::raw::{
    OptionValue, Pairs, Place, RawAttach, RawBind, RawBuild, RawCommand, RawContainer, RawEndpoint, RawExec,
    RawExpose, RawFollow, RawHealthcheck, RawHostPaths, RawLink, RawMap, RawNetwork, RawRules, RawStart,
    RawUpdate, RawUse, RawVolume, Text,
};

fn text(value: impl Display) -> Text {
    Text { value: value.to_string(), place: Place::new(&Span::NOWHERE) }
}

fn some(value: Option<impl Display>) -> Option<Text> {
    value.map(text)
}

fn texts(values: impl IntoIterator<Item = impl Display>) -> Vec<Text> {
    values.into_iter().map(text).collect()
}

/// Returns a truth value if it is not the one that counts without it.
fn unless(default: bool, value: bool) -> Option<Text> {
    (value != default).then(|| text(value))
}

/// Whole seconds are written as docker-map reads them.
fn seconds(duration: Duration) -> Text {
    if duration.subsec_nanos() == 0 { text(duration.as_secs()) } else { text(format_duration(duration)) }
}

fn target(config: &ConfigName, instance: Option<&InstanceName>) -> String {
    match instance {
        Some(instance) => format!("{config}.{instance}"),
        None => config.to_string(),
    }
}

/// Returns what a map says besides its named things.
pub(super) fn head(map: &ContainerMap) -> RawMap {
    let mut raw = RawMap::new(text("").place);
    raw.name = Some(text(&map.name));
    raw.default_domain = some(map.default_domain.as_ref());
    raw.set_hostname = unless(true, map.set_hostname);
    raw.use_attached_parent_name = unless(false, map.use_attached_parent_name);
    raw.compare = rules(&map.compare);
    raw.clients = texts(&map.clients);
    for (name, members) in &map.groups {
        let members = members.iter().map(|member| target(&member.config, member.instance.as_ref()));
        raw.groups.push((text(name), texts(members)));
    }
    raw
}

pub(super) fn container(config: &ContainerConfig, map: &ContainerMap) -> RawContainer {
    RawContainer {
        image: Some(text(&config.image)),
        build: config.build.as_ref().map(build),
        instances: texts(&config.instances),
        clients: texts(&config.clients),
        shares: texts(&config.shares),
        binds: config.binds.iter().map(bind).collect(),
        attaches: config.attaches.iter().map(attach).collect(),
        uses: config.uses.iter().map(|used| self::used(used, map)).collect(),
        links: config.links.iter().map(link).collect(),
        exposes: config.exposes.iter().map(expose).collect(),
        user: some(config.user.as_ref()),
        permissions: some(config.permissions.as_ref()),
        stop_timeout: config.stop_timeout.map(seconds),
        stop_signal: some(config.stop_signal),
        start_delay: config.start_delay.map(seconds),
        network_mode: config.network_mode.as_ref().map(network_mode),
        networks: config.networks.iter().map(endpoint).collect(),
        exec_commands: config.exec_commands.iter().map(exec).collect(),
        healthcheck: config.healthcheck.as_ref().map(healthcheck),
        start: config.start.iter().map(start).collect(),
        follow: config.follow.iter().map(follow).collect(),
        update: update(config.update),
        anonymous_volumes: (config.anonymous_volumes != AnonymousVolumes::default())
            .then(|| text(config.anonymous_volumes.as_str())),
        persistent: unless(false, config.persistent),
        compare: rules(&config.compare),
        ..RawContainer::default()
    }
}

fn rules(rules: &CompareRules) -> RawRules {
    rules.iter().map(|(name, mode)| (text(name), text(mode))).collect()
}

fn access(access: Access) -> Option<Text> {
    unless(false, access == Access::ReadOnly)
}

fn bind(bind: &Bind) -> RawBind {
    let (target, host_path) = match &bind.source {
        BindSource::Alias(alias) => (text(alias), None),
        BindSource::Path(path) => (text(&bind.target), Some(text(path))),
    };
    RawBind { target, host_path, access: access(bind.access), propagation: some(bind.propagation) }
}

fn attach(attach: &Attach) -> RawAttach {
    RawAttach { name: text(&attach.volume), path: Some(text(&attach.path)) }
}

fn used(used: &Use, map: &ContainerMap) -> RawUse {
    let (name, path) = match &used.source {
        UseSource::Volume { owner, volume, path } if map.use_attached_parent_name => {
            (format!("{owner}.{volume}"), Some(text(path)))
        }
        UseSource::Volume { volume, path, .. } => (volume.to_string(), Some(text(path))),
        UseSource::Container { config, instance } => (target(config, instance.as_ref()), None),
    };
    RawUse { name: text(name), path, access: access(used.access) }
}

fn link(link: &Link) -> RawLink {
    RawLink { container: text(target(&link.config, link.instance.as_ref())), alias: Some(text(&link.alias)) }
}

fn start(start: &StartAfter) -> RawStart {
    let condition = (start.condition != StartCondition::default()).then(|| text(start.condition.as_str()));
    let within = start.within.map(|within| text(format_duration(within)));
    RawStart { container: text(target(&start.config, start.instance.as_ref())), condition, within }
}

fn follow(follow: &Follow) -> RawFollow {
    let container = text(target(&follow.config, follow.instance.as_ref()));
    RawFollow { container, policy: text(follow.policy.as_str()) }
}

fn update(update: Update) -> Option<RawUpdate> {
    let strategy = (update.order != UpdateOrder::default()).then(|| text(update.order.as_str()));
    let raw = RawUpdate { strategy, batch: some(update.batch) };
    (raw != RawUpdate::default()).then_some(raw)
}

fn build(build: &BuildConfig) -> RawBuild {
    let (file, inline) = match &build.dockerfile {
        DockerfileSource::File(file) => (Some(file), None),
        DockerfileSource::Inline(steps) => (None, Some(steps)),
    };
    RawBuild {
        context: some(build.context.as_ref()),
        dockerfile: some(file),
        dockerfile_inline: some(inline),
        target: some(build.target.as_ref()),
        args: pairs(&build.args),
        tags: texts(&build.tags),
        labels: pairs(&build.labels),
        platform: some(build.platform.as_ref()),
        pull: unless(false, build.pull),
        no_cache: unless(false, build.no_cache),
        secrets: build.secrets.iter().map(|(name, source)| (text(name), source.clone())).collect(),
        ssh: build.ssh.iter().map(|(name, socket)| (text(name), some(socket.as_ref()))).collect(),
        extra_hosts: texts(&build.extra_hosts),
        network: some(build.network.as_ref()),
        ..RawBuild::new(Place::new(&Span::NOWHERE))
    }
}

fn port(port: Port) -> Text {
    // A number alone is a TCP port.
    if port.protocol == Protocol::Tcp { text(port.number) } else { text(port) }
}

fn expose(exposed: &Exposed) -> RawExpose {
    let publish = exposed.publish.as_ref();
    RawExpose {
        port: port(exposed.port),
        host_port: some(publish.map(|publish| publish.host_port)),
        interface: some(publish.and_then(|publish| publish.interface.as_ref())),
        ipv6: publish.and_then(|publish| unless(false, publish.ipv6)),
    }
}

fn network_mode(mode: &NetworkMode) -> Text {
    match mode {
        NetworkMode::Bridge => text("bridge"),
        NetworkMode::Host => text("host"),
        NetworkMode::None => text("none"),
        NetworkMode::Container { config, instance } => text(target(config, instance.as_ref())),
        NetworkMode::Foreign(name) => text(format!("container:{name}")),
    }
}

fn endpoint(endpoint: &Endpoint) -> RawEndpoint {
    let network = match &endpoint.network {
        NetworkKey::Preset(preset) => text(preset.as_str()),
        NetworkKey::Own { network, .. } => text(network),
    };
    RawEndpoint {
        network,
        aliases: texts(&endpoint.aliases),
        links: endpoint.links.iter().map(link).collect(),
        ipv4_address: some(endpoint.ipv4_address),
        ipv6_address: some(endpoint.ipv6_address),
        link_local_ips: texts(&endpoint.link_local_ips),
        driver_options: pairs(&endpoint.driver_options),
    }
}

fn words(line: &CommandLine) -> RawCommand {
    RawCommand::Words(texts(&line.0))
}

fn exec(exec: &ExecCommand) -> RawExec {
    let policy = match exec.policy {
        ExecPolicy::Restart => None,
        ExecPolicy::Initial => Some(text("initial")),
    };
    RawExec { command: words(&exec.command), user: some(exec.user.as_ref()), policy }
}

fn healthcheck(check: &Healthcheck) -> RawHealthcheck {
    let time = |duration: Option<Duration>| duration.map(|duration| text(format_duration(duration)));
    let test = match &check.test {
        HealthTest::Disabled => None,
        HealthTest::Exec(words) => {
            Some(RawCommand::Words(texts(["CMD"].into_iter().chain(words.iter().map(String::as_str)))))
        }
        // These two lines mean no check where they stand alone.
        HealthTest::Shell(line) if matches!(line.as_str(), "" | "NONE") => {
            Some(RawCommand::Words(texts(["CMD-SHELL", line])))
        }
        HealthTest::Shell(line) => Some(RawCommand::Line(text(line))),
    };
    RawHealthcheck {
        test,
        interval: time(check.interval),
        timeout: time(check.timeout),
        retries: some(check.retries),
        start_period: time(check.start_period),
    }
}

fn pairs(pairs: &BTreeMap<String, String>) -> Pairs {
    pairs.iter().map(|(name, value)| (text(name), Some(text(value)))).collect()
}

fn some_pairs(pairs: &BTreeMap<String, String>) -> Option<Pairs> {
    (!pairs.is_empty()).then(|| self::pairs(pairs))
}

pub(super) fn volume(volume: &VolumeConfig) -> RawVolume {
    let default = VolumeConfig::default();
    RawVolume {
        default_path: some(volume.default_path.as_ref()),
        driver: (volume.driver != default.driver).then(|| text(&volume.driver)),
        driver_options: pairs(&volume.driver_options),
        labels: some_pairs(&volume.labels),
        user: some(volume.user.as_ref()),
        permissions: some(volume.permissions.as_ref()),
    }
}

pub(super) fn host_paths(paths: &HostPaths) -> RawHostPaths {
    match paths {
        HostPaths::One(path) => RawHostPaths::One(text(path)),
        HostPaths::PerInstance(paths) => RawHostPaths::PerInstance(
            paths.iter().map(|(instance, path)| (text(instance), text(path))).collect(),
        ),
    }
}

pub(super) fn network(network: &NetworkConfig) -> RawNetwork {
    let default = NetworkConfig::default();
    RawNetwork {
        driver: (network.driver != default.driver).then(|| text(&network.driver)),
        driver_options: pairs(&network.driver_options),
        internal: unless(false, network.internal),
        labels: some_pairs(&network.labels),
        enable_ipv6: some(network.enable_ipv6),
        attachable: some(network.attachable),
        ipam: network.ipam.as_ref().map(|ipam| ipam.write().node()),
    }
}
