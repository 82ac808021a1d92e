//! The check of options against each other and against the rest of a configuration: what an engine refuses when it makes
//! a container, or only when it starts one.

use alloc::collections::{BTreeMap, BTreeSet};
use alloc::string::{String, ToString};
use alloc::sync::Arc;

use super::Checker;
use super::container::Current;
use crate::config::{ContainerConfig, CreateOptions, HostOptions, NetworkMode, SwapLimit};
use crate::error::ViolationKind;
use crate::quantity::ByteSize;
use crate::raw::{Options, Problems, RawOptions, Text, strings};

/// What the names of dmap's own labels start with.
const RESERVED: &str = "dmap.";

/// The least memory that an engine gives a container.
const LEAST_MEMORY: ByteSize = ByteSize::new(6 << 20);

/// Options that do not go together: the one that is marked, what is wrong, and what to do about it.
struct Conflict(&'static str, &'static str, &'static str);

impl Checker<'_> {
    /// Reads the options of a configuration.
    pub(super) fn options(&mut self, raw: &RawOptions) -> Options {
        let options = raw.values(&mut self.problems);
        for label in options.create.labels.keys().filter(|label| label.starts_with(RESERVED)) {
            let kind = ViolationKind::ReservedLabel { label: label.clone() };
            self.problems.report(&raw.place("labels", label), kind);
        }
        options
    }

    /// Returns the options of a host configuration in one place for neighbours that have the same.
    pub(super) fn shared(&mut self, host: HostOptions) -> Arc<HostOptions> {
        if *self.host_options != host {
            self.host_options = Arc::new(host);
        }
        Arc::clone(&self.host_options)
    }

    /// Checks options that were read.
    pub(super) fn conflicts(&mut self, current: Current<'_>, config: &ContainerConfig) {
        let (raw, host) = (&current.raw.options, &config.host_config);
        let found = memory(host).into_iter().chain(processors(host)).chain(namespaces(config)).flatten();
        for Conflict(option, problem, remedy) in found {
            self.problems.report(&raw.place(option, ""), ViolationKind::OptionConflict { problem, remedy });
        }
        let ulimits = host.ulimits.iter().map(|ulimit| ulimit.kind.to_string());
        let devices = host.devices.iter().map(|device| device.container.to_string());
        for (option, name) in repeated(ulimits)
            .map(|name| ("ulimits", name))
            .chain(repeated(devices).map(|name| ("devices", name)))
        {
            self.problems.report(&raw.place(option, ""), ViolationKind::Repeated { name });
        }
    }
}

/// Returns the labels of a volume or a network.
pub(super) fn labels(
    raw: Option<&[(Text, Option<Text>)]>,
    problems: &mut Problems,
) -> BTreeMap<String, String> {
    let raw = raw.unwrap_or_default();
    for (name, _) in raw.iter().filter(|(name, _)| name.as_str().starts_with(RESERVED)) {
        problems.report(&name.place, ViolationKind::ReservedLabel { label: name.value.clone() });
    }
    strings(raw, problems)
}

fn memory(host: &HostOptions) -> [Option<Conflict>; 4] {
    let limit = host.mem_limit;
    let is_small = |size: Option<ByteSize>| size.is_some_and(|size| size < LEAST_MEMORY);
    let too_small =
        |option| Conflict(option, "this is less memory than a container can have", "give it at least `6m`");
    let swap = match (limit, host.memswap_limit) {
        (Some(limit), Some(SwapLimit::Size(swap))) if swap < limit => Some(Conflict(
            "memswap_limit",
            "`memswap_limit` is below `mem_limit`",
            "it limits memory and swap together: make it at least as large, or `-1` for no limit",
        )),
        (None, Some(SwapLimit::Size(_))) => Some(Conflict(
            "memswap_limit",
            "`memswap_limit` is set without `mem_limit`",
            "set `mem_limit` as well",
        )),
        _ => None,
    };
    let reservation = limit.zip(host.mem_reservation).filter(|(limit, reserved)| reserved > limit);
    let reservation = reservation.map(|_| {
        let problem = "`mem_reservation` is above `mem_limit`";
        Conflict(
            "mem_reservation",
            problem,
            "make it at most as large: it is what is left when memory is short",
        )
    });
    let small = is_small(limit).then(|| too_small("mem_limit"));
    [small, is_small(host.mem_reservation).then(|| too_small("mem_reservation")), swap, reservation]
}

fn processors(host: &HostOptions) -> [Option<Conflict>; 2] {
    let has_quota = host.cpu_quota.is_some() || host.cpu_period.is_some();
    let cpus = (host.nano_cpus.is_some() && has_quota).then_some(Conflict(
        "nano_cpus",
        "a number of processors is set together with `cpu_quota` or `cpu_period`",
        "set one or the other: a number of processors is a quota in a period of 100000",
    ));
    let (runtime, period) = (host.cpu_rt_runtime, host.cpu_rt_period);
    let is_longer = runtime.zip(period).is_some_and(|(runtime, period)| runtime > period);
    let real_time = is_longer.then_some(Conflict(
        "cpu_rt_runtime",
        "`cpu_rt_runtime` is above `cpu_rt_period`",
        "make it at most as long: it is the part of each period that is real time",
    ));
    [cpus, real_time]
}

/// What belongs to a namespace cannot be set by a container that has somebody else's.
fn namespaces(config: &ContainerConfig) -> [Option<Conflict>; 6] {
    let CreateOptions { hostname, mac_address, .. } = &config.create_options;
    let host = &config.host_config;
    let is_guest =
        matches!(config.network_mode, Some(NetworkMode::Container { .. } | NetworkMode::Foreign(_)));
    let has_none_of_its_own = is_guest || config.network_mode == Some(NetworkMode::Host);
    let whose = "set it for the container whose network this one has";
    let guest =
        |is_set: bool, option, problem| (is_guest && is_set).then_some(Conflict(option, problem, whose));
    let uts = (hostname.is_some() && host.uts_mode.is_some()).then_some(Conflict(
        "hostname",
        "a `hostname` is set, but `uts_mode` gives the container the one of the host",
        "remove one of them",
    ));
    let mac = (mac_address.is_some() && has_none_of_its_own).then_some(Conflict(
        "mac_address",
        "a `mac_address` is set, but the container has no network of its own",
        "remove it, or give the container a network",
    ));
    [
        guest(hostname.is_some(), "hostname", "a `hostname` is set, but the network is another container's"),
        guest(!host.dns.is_empty(), "dns", "name servers are set, but the network is another container's"),
        guest(
            !host.extra_hosts.is_empty(),
            "extra_hosts",
            "hosts are set, but the network is another container's",
        ),
        guest(
            host.publish_all_ports == Some(true),
            "publish_all_ports",
            "ports are published, but the network is another container's",
        ),
        uts,
        mac,
    ]
}

/// Returns what occurs more than once.
fn repeated(names: impl Iterator<Item = String>) -> impl Iterator<Item = String> {
    let mut seen = BTreeSet::new();
    names.filter(move |name| !seen.insert(name.clone()))
}
