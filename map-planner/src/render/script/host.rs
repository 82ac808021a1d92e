//! What the host gives a container.

use alloc::borrow::ToOwned;
use alloc::collections::BTreeMap;
use alloc::format;
use alloc::string::{String, ToString};
use alloc::vec::Vec;

use container_map::ByteSize;
use container_map::config::{DeviceCount, DeviceRequest, HostOptions, Number, SwapLimit};

use super::super::quote::csv;
use super::command::Command;

/// What a request for devices is always for, as the docker command says it.
const GPU: &str = "gpu";

/// Adds the options that are set.
pub(super) fn options(command: Command, options: &HostOptions) -> Command {
    let command = memory(command, options);
    let command = processors(command, options);
    let command = devices(command, options);
    let command = rights(command, options);
    surroundings(command, options)
}

/// Returns what the docker command cannot say of the options, in words.
pub(super) fn unsaid(options: &HostOptions) -> Vec<String> {
    let devices = options.device_requests.iter().filter(|request| gpus(request).is_none());
    let mut unsaid: Vec<String> =
        devices.map(|_| "a request for devices that are no GPUs".to_owned()).collect();
    if options.security_opt.iter().any(|option| is_profile(&option.to_string())) {
        unsaid.push("a seccomp profile that is not in a file".to_owned());
    }
    unsaid
}

fn memory(command: Command, options: &HostOptions) -> Command {
    let swap = options.memswap_limit.map(|limit| match limit {
        SwapLimit::Size(size) => size.bytes().to_string(),
        SwapLimit::Unlimited => "-1".to_owned(),
    });
    let tmpfs = options.tmpfs.iter().map(|(path, settings)| match settings.as_str() {
        "" => path.to_string(),
        settings => format!("{path}:{settings}"),
    });
    command
        .option("--memory", options.mem_limit.map(ByteSize::bytes))
        .option("--memory-swap", swap)
        .option("--memory-reservation", options.mem_reservation.map(ByteSize::bytes))
        .option("--kernel-memory", options.kernel_memory.map(ByteSize::bytes))
        .option("--memory-swappiness", options.mem_swappiness.map(Number::get))
        .switch("--oom-kill-disable", options.oom_kill_disable)
        .option("--oom-score-adj", options.oom_score_adj.map(Number::get))
        .option("--shm-size", options.shm_size.map(ByteSize::bytes))
        .options("--tmpfs", tmpfs)
}

fn processors(command: Command, options: &HostOptions) -> Command {
    command
        .option("--cpu-shares", options.cpu_shares.map(Number::get))
        .option("--cpu-period", options.cpu_period.map(Number::get))
        .option("--cpu-quota", options.cpu_quota.map(Number::get))
        .option("--cpu-rt-period", options.cpu_rt_period.map(Number::get))
        .option("--cpu-rt-runtime", options.cpu_rt_runtime.map(Number::get))
        .option("--cpuset-cpus", options.cpuset_cpus.as_ref())
        .option("--cpuset-mems", options.cpuset_mems.as_ref())
        .option("--cpus", options.nano_cpus.map(|nanos| decimal(nanos.get())))
        .option("--cpu-count", options.cpu_count.map(Number::get))
        .option("--cpu-percent", options.cpu_percent.map(Number::get))
        .option("--pids-limit", options.pids_limit.map(Number::get))
        .options("--ulimit", &options.ulimits)
        .option("--cgroup-parent", options.cgroup_parent.as_ref())
}

/// Returns thousand millionths as a decimal number.
fn decimal(nanos: i64) -> String {
    const WHOLE: i64 = 1_000_000_000;
    format!("{}.{:09}", nanos / WHOLE, nanos % WHOLE)
}

fn devices(command: Command, options: &HostOptions) -> Command {
    command
        .option("--blkio-weight", options.blkio_weight.map(Number::get))
        .options(
            "--blkio-weight-device",
            of_paths(&options.blkio_weight_device, |weight| weight.get().to_string()),
        )
        .options("--device-read-bps", of_paths(&options.device_read_bps, |size| size.bytes().to_string()))
        .options("--device-write-bps", of_paths(&options.device_write_bps, |size| size.bytes().to_string()))
        .options("--device-read-iops", of_paths(&options.device_read_iops, |rate| rate.get().to_string()))
        .options("--device-write-iops", of_paths(&options.device_write_iops, |rate| rate.get().to_string()))
        .pairs("--storage-opt", &options.storage_opt)
        .option("--volume-driver", options.volume_driver.as_ref())
        .options("--device", &options.devices)
        .options("--device-cgroup-rule", &options.device_cgroup_rules)
        .options("--gpus", options.device_requests.iter().filter_map(gpus))
}

fn of_paths<K: ToString, V>(
    entries: &BTreeMap<K, V>,
    value: impl Fn(&V) -> String,
) -> impl Iterator<Item = String> {
    entries.iter().map(move |(path, found)| format!("{}:{}", path.to_string(), value(found)))
}

/// The docker command asks for devices that can do all of one list, and that list always has `gpu`.
fn gpus(request: &DeviceRequest) -> Option<String> {
    let mut lists = request.capabilities.iter();
    let (Some(capabilities), None) = (lists.next(), lists.next()) else { return None };
    if !capabilities.contains(GPU) {
        return None;
    }
    let list = |name: &str, values: Vec<String>| {
        (!values.is_empty()).then(|| csv(&format!("{name}={}", values.join(","))))
    };
    let mut fields: Vec<String> = Vec::new();
    fields.extend(request.driver.as_ref().map(|driver| csv(&format!("driver={driver}"))));
    fields.extend(request.count.map(|count| match count {
        DeviceCount::Some(count) => format!("count={count}"),
        DeviceCount::All => "count=all".to_owned(),
    }));
    fields.extend(list("device", request.device_ids.iter().cloned().collect()));
    fields.extend(list("capabilities", capabilities.iter().cloned().collect()));
    let options = request.options.iter().map(|(name, value)| format!("{name}={value}"));
    fields.extend(list("options", options.collect()));
    Some(fields.join(","))
}

/// The docker command reads profiles from files of the host it runs on.
fn is_profile(option: &str) -> bool {
    option.strip_prefix("seccomp=").is_some_and(|profile| profile.trim_start().starts_with('{'))
}

fn rights(command: Command, options: &HostOptions) -> Command {
    let security = options.security_opt.iter().map(ToString::to_string).filter(|option| !is_profile(option));
    command
        .options("--cap-add", &options.cap_add)
        .options("--cap-drop", &options.cap_drop)
        .switch("--privileged", options.privileged)
        .options("--security-opt", security)
        .options("--group-add", &options.group_add)
        .switch("--read-only", options.read_only)
        .option("--userns", options.userns_mode)
        .option("--pid", options.pid_mode.as_ref())
        .option("--ipc", options.ipc_mode.as_ref())
        .option("--uts", options.uts_mode)
        .option("--cgroupns", options.cgroupns)
        .option("--isolation", options.isolation)
}

fn surroundings(command: Command, options: &HostOptions) -> Command {
    let command = command
        .pairs("--sysctl", &options.sysctls)
        .option("--restart", options.restart_policy)
        .options("--dns", &options.dns)
        .options("--dns-search", &options.dns_search)
        .options("--dns-option", &options.dns_opt)
        .options("--add-host", &options.extra_hosts)
        .switch("--init", options.init)
        .option("--runtime", options.runtime.as_ref())
        .switch("--publish-all", options.publish_all_ports);
    match &options.log_config {
        None => command,
        Some(log) => command.option("--log-driver", log.driver.as_ref()).pairs("--log-opt", &log.options),
    }
}
