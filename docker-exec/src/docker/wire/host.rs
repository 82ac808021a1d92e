//! What a host gives a container: the options of a map under their names in the API.

use std::collections::{BTreeMap, BTreeSet};

use container_map::config::{
    Device, DeviceCount, DeviceRequest, HostOptions, LogConfig, Number, RestartPolicy, SwapLimit, Ulimit,
};
use container_map::{ByteSize, HostPath};
use serde::Serialize;
use serde_json::{Map, Value, json};

/// Returns the options that are set as fields of
/// [`HostConfig`](https://docs.docker.com/reference/api/engine/version/v1.41/#tag/Container/operation/ContainerCreate):
/// bollard's model lacks some of them.
pub(super) fn options(options: &HostOptions) -> Map<String, Value> {
    let mut fields = Fields(Map::new());
    memory(options, &mut fields);
    processors(options, &mut fields);
    disks_and_devices(options, &mut fields);
    rights(options, &mut fields);
    surroundings(options, &mut fields);
    fields.0
}

/// The fields that are set.
struct Fields(Map<String, Value>);

impl Fields {
    fn set(&mut self, name: &str, value: Option<impl Into<Value>>) {
        self.0.extend(value.map(|value| (name.to_owned(), value.into())));
    }

    fn text(&mut self, name: &str, value: Option<&impl ToString>) {
        self.set(name, value.map(ToString::to_string));
    }

    fn texts<'a, T: ToString + 'a>(&mut self, name: &str, values: impl IntoIterator<Item = &'a T>) {
        let values: Vec<String> = values.into_iter().map(ToString::to_string).collect();
        self.set(name, (!values.is_empty()).then_some(values));
    }

    fn list<T>(&mut self, name: &str, items: impl IntoIterator<Item = T>, item: impl Fn(T) -> Value) {
        let items: Vec<Value> = items.into_iter().map(item).collect();
        self.set(name, (!items.is_empty()).then_some(items));
    }

    fn mapping<K: ToString, V: ToString>(&mut self, name: &str, values: &BTreeMap<K, V>) {
        let entry = |(key, value): (&K, &V)| (key.to_string(), value.to_string().into());
        let mapping: Map<String, Value> = values.iter().map(entry).collect();
        self.set(name, (!mapping.is_empty()).then_some(mapping));
    }
}

fn memory(options: &HostOptions, fields: &mut Fields) {
    fields.set("Memory", options.mem_limit.map(ByteSize::bytes));
    fields.set("MemorySwap", options.memswap_limit.map(swap));
    fields.set("MemoryReservation", options.mem_reservation.map(ByteSize::bytes));
    fields.set("KernelMemory", options.kernel_memory.map(ByteSize::bytes));
    fields.set("MemorySwappiness", options.mem_swappiness.map(Number::get));
    fields.set("OomKillDisable", options.oom_kill_disable);
    fields.set("OomScoreAdj", options.oom_score_adj.map(Number::get));
    fields.set("ShmSize", options.shm_size.map(ByteSize::bytes));
    fields.mapping("Tmpfs", &options.tmpfs);
}

fn processors(options: &HostOptions, fields: &mut Fields) {
    fields.set("CpuShares", options.cpu_shares.map(Number::get));
    fields.set("CpuPeriod", options.cpu_period.map(Number::get));
    fields.set("CpuQuota", options.cpu_quota.map(Number::get));
    fields.set("CpuRealtimePeriod", options.cpu_rt_period.map(Number::get));
    fields.set("CpuRealtimeRuntime", options.cpu_rt_runtime.map(Number::get));
    fields.text("CpusetCpus", options.cpuset_cpus.as_ref());
    fields.text("CpusetMems", options.cpuset_mems.as_ref());
    fields.set("NanoCpus", options.nano_cpus.map(Number::get));
    fields.set("CpuCount", options.cpu_count.map(Number::get));
    fields.set("CpuPercent", options.cpu_percent.map(Number::get));
    fields.set("PidsLimit", options.pids_limit.map(Number::get));
    fields.list("Ulimits", &options.ulimits, ulimit);
    fields.text("CgroupParent", options.cgroup_parent.as_ref());
}

fn disks_and_devices(options: &HostOptions, fields: &mut Fields) {
    let weight = |(path, weight): (&HostPath, _)| json!({ "Path": path.to_string(), "Weight": weight });
    let rate = |(path, rate): (&HostPath, i64)| json!({ "Path": path.to_string(), "Rate": rate });
    let size =
        |(path, size): (&HostPath, &ByteSize)| json!({ "Path": path.to_string(), "Rate": size.bytes() });
    fields.set("BlkioWeight", options.blkio_weight.map(Number::get));
    fields.list(
        "BlkioWeightDevice",
        options.blkio_weight_device.iter().map(|(path, weight)| (path, weight.get())),
        weight,
    );
    fields.list("BlkioDeviceReadBps", &options.device_read_bps, size);
    fields.list("BlkioDeviceWriteBps", &options.device_write_bps, size);
    let often = options.device_read_iops.iter().map(|(path, rate)| (path, rate.get()));
    fields.list("BlkioDeviceReadIOps", often, rate);
    let often = options.device_write_iops.iter().map(|(path, rate)| (path, rate.get()));
    fields.list("BlkioDeviceWriteIOps", often, rate);
    fields.mapping("StorageOpt", &options.storage_opt);
    fields.text("VolumeDriver", options.volume_driver.as_ref());
    fields.list("Devices", &options.devices, device);
    fields.texts("DeviceCgroupRules", &options.device_cgroup_rules);
    fields.list("DeviceRequests", &options.device_requests, device_request);
}

fn rights(options: &HostOptions, fields: &mut Fields) {
    fields.texts("CapAdd", &options.cap_add);
    fields.texts("CapDrop", &options.cap_drop);
    fields.set("Privileged", options.privileged);
    fields.texts("SecurityOpt", &options.security_opt);
    fields.texts("GroupAdd", &options.group_add);
    fields.set("ReadonlyRootfs", options.read_only);
    fields.text("UsernsMode", options.userns_mode.as_ref());
    fields.text("PidMode", options.pid_mode.as_ref());
    fields.text("IpcMode", options.ipc_mode.as_ref());
    fields.text("UTSMode", options.uts_mode.as_ref());
    fields.text("CgroupnsMode", options.cgroupns.as_ref());
    fields.text("Isolation", options.isolation.as_ref());
}

fn surroundings(options: &HostOptions, fields: &mut Fields) {
    fields.mapping("Sysctls", &options.sysctls);
    fields.set("RestartPolicy", options.restart_policy.map(restart_policy));
    fields.texts("Dns", &options.dns);
    fields.texts("DnsSearch", &options.dns_search);
    fields.texts("DnsOptions", &options.dns_opt);
    fields.texts("ExtraHosts", &options.extra_hosts);
    fields.set("LogConfig", options.log_config.as_ref().map(log_config));
    fields.set("Init", options.init);
    fields.text("Runtime", options.runtime.as_ref());
    fields.set("PublishAllPorts", options.publish_all_ports);
}

fn swap(limit: SwapLimit) -> Value {
    match limit {
        SwapLimit::Size(size) => size.bytes().into(),
        SwapLimit::Unlimited => (-1).into(),
    }
}

fn ulimit(ulimit: &Ulimit) -> Value {
    json!({ "Name": ulimit.kind.as_str(), "Soft": ulimit.soft(), "Hard": ulimit.hard() })
}

fn device(device: &Device) -> Value {
    json!({
        "PathOnHost": device.host.to_string(),
        "PathInContainer": device.container.to_string(),
        "CgroupPermissions": device.access.to_string(),
    })
}

fn device_request(request: &DeviceRequest) -> Value {
    let count = request.count.map_or(0, |count| match count {
        DeviceCount::Some(count) => i64::from(count.get()),
        DeviceCount::All => -1,
    });
    json!({
        "Driver": request.driver.as_deref().unwrap_or_default(),
        "Count": count,
        "DeviceIDs": some(&request.device_ids),
        "Capabilities": some(&request.capabilities),
        "Options": request.options,
    })
}

/// The engine takes an empty list for a request of none.
fn some<T: Serialize>(items: &BTreeSet<T>) -> Option<&BTreeSet<T>> {
    Some(items).filter(|items| !items.is_empty())
}

fn restart_policy(policy: RestartPolicy) -> Value {
    let (name, retries) = match policy {
        RestartPolicy::No => ("no", 0),
        RestartPolicy::Always => ("always", 0),
        RestartPolicy::UnlessStopped => ("unless-stopped", 0),
        RestartPolicy::OnFailure { retries } => ("on-failure", retries.map_or(0, u32::from)),
    };
    json!({ "Name": name, "MaximumRetryCount": retries })
}

fn log_config(log: &LogConfig) -> Value {
    json!({ "Type": log.driver.as_deref().unwrap_or_default(), "Config": log.options })
}

#[cfg(test)]
pub(super) mod tests;
