//! What a host gives a container: the fields of an inspection under the names that options have in maps.

use std::collections::BTreeMap;

use container_map::ByteSize;
use container_map::config::HostOptions;
use serde_json::{Map, Value, json};

/// Reads `HostConfig` of
/// [`ContainerInspect`](https://docs.docker.com/reference/api/engine/version/v1.41/#tag/Container/operation/ContainerInspect):
/// the options with a value, and those with a value that no map can say, in the engine's words.
pub(super) fn given(config: &Map<String, Value>) -> (HostOptions, BTreeMap<String, String>) {
    let mut given = Given { config, set: Map::new(), unsayable: BTreeMap::new() };
    given.memory();
    given.processors();
    given.disks_and_devices();
    given.rights();
    given.surroundings();
    let host = serde_json::from_value(Value::Object(given.set))
        .expect("because each option was read by itself before");
    (host, given.unsayable)
}

struct Given<'a> {
    config: &'a Map<String, Value>,
    set: Map<String, Value>,
    unsayable: BTreeMap<String, String>,
}

impl Given<'_> {
    /// Adds an option, if a map can say its value.
    fn set(&mut self, name: &str, value: Value) {
        let alone = Map::from_iter([(name.to_owned(), value.clone())]);
        if serde_json::from_value::<HostOptions>(Value::Object(alone)).is_ok() {
            self.set.insert(name.to_owned(), value);
        } else {
            let text = value.as_str().map_or_else(|| value.to_string(), ToOwned::to_owned);
            self.unsayable.insert(name.to_owned(), text);
        }
    }

    fn field(&self, field: &str) -> Option<&Value> {
        self.config.get(field).filter(|value| !value.is_null())
    }

    /// A number; 0 and -1 say that there is none.
    fn number(&mut self, name: &str, field: &str) {
        if let Some(number) = self.field(field).and_then(Value::as_i64).filter(|number| *number > 0) {
            self.set(name, number.into());
        }
    }

    fn size(&mut self, name: &str, field: &str) {
        if let Some(bytes) = self.field(field).and_then(Value::as_u64).filter(|bytes| *bytes > 0) {
            self.set(name, ByteSize::new(bytes).to_string().into());
        }
    }

    fn flag(&mut self, name: &str, field: &str) {
        if let Some(flag) = self.field(field).and_then(Value::as_bool) {
            self.set(name, flag.into());
        }
    }

    fn text(&mut self, name: &str, field: &str) {
        let text = self.field(field).and_then(Value::as_str).filter(|text| !text.is_empty());
        if let Some(text) = text.map(ToOwned::to_owned) {
            self.set(name, text.into());
        }
    }

    /// A list, each element in the form that maps have for it.
    fn list(&mut self, name: &str, field: &str, element: impl Fn(&Value) -> Value) {
        let elements: Vec<Value> =
            self.field(field).and_then(Value::as_array).into_iter().flatten().map(element).collect();
        if !elements.is_empty() {
            self.set(name, elements.into());
        }
    }

    fn mapping(&mut self, name: &str, field: &str) {
        let mapping = self.field(field).and_then(Value::as_object).filter(|entries| !entries.is_empty());
        if let Some(mapping) = mapping.cloned() {
            self.set(name, mapping.into());
        }
    }

    /// Values of single devices, by the path of each.
    fn devices(&mut self, name: &str, field: &str, value: &str, read: impl Fn(&Value) -> Value) {
        let entry = |device: &Value| Some((device["Path"].as_str()?.to_owned(), read(&device[value])));
        let devices: Map<String, Value> =
            self.field(field).and_then(Value::as_array).into_iter().flatten().filter_map(entry).collect();
        if !devices.is_empty() {
            self.set(name, devices.into());
        }
    }

    fn memory(&mut self) {
        self.size("mem_limit", "Memory");
        match self.field("MemorySwap").and_then(Value::as_i64) {
            Some(-1) => self.set("memswap_limit", "-1".into()),
            _ => self.size("memswap_limit", "MemorySwap"),
        }
        self.size("mem_reservation", "MemoryReservation");
        self.size("kernel_memory", "KernelMemory");
        if let Some(percent) = self.field("MemorySwappiness").and_then(Value::as_i64).filter(|p| *p >= 0) {
            self.set("mem_swappiness", percent.into());
        }
        self.flag("oom_kill_disable", "OomKillDisable");
        if let Some(score) = self.field("OomScoreAdj").cloned() {
            self.set("oom_score_adj", score);
        }
        self.size("shm_size", "ShmSize");
        self.mapping("tmpfs", "Tmpfs");
    }

    fn processors(&mut self) {
        for (name, field) in [
            ("cpu_shares", "CpuShares"),
            ("cpu_period", "CpuPeriod"),
            ("cpu_quota", "CpuQuota"),
            ("cpu_rt_period", "CpuRealtimePeriod"),
            ("cpu_rt_runtime", "CpuRealtimeRuntime"),
            ("nano_cpus", "NanoCpus"),
            ("cpu_count", "CpuCount"),
            ("cpu_percent", "CpuPercent"),
            ("pids_limit", "PidsLimit"),
        ] {
            self.number(name, field);
        }
        self.text("cpuset_cpus", "CpusetCpus");
        self.text("cpuset_mems", "CpusetMems");
        self.text("cgroup_parent", "CgroupParent");
        let limit =
            |limit: &Value| json!(format!("{}={}:{}", word(&limit["Name"]), limit["Soft"], limit["Hard"]));
        self.list("ulimits", "Ulimits", limit);
    }

    fn disks_and_devices(&mut self) {
        let size = |rate: &Value| json!(ByteSize::new(rate.as_u64().unwrap_or_default()).to_string());
        self.number("blkio_weight", "BlkioWeight");
        self.devices("blkio_weight_device", "BlkioWeightDevice", "Weight", Value::clone);
        self.devices("device_read_bps", "BlkioDeviceReadBps", "Rate", size);
        self.devices("device_write_bps", "BlkioDeviceWriteBps", "Rate", size);
        self.devices("device_read_iops", "BlkioDeviceReadIOps", "Rate", Value::clone);
        self.devices("device_write_iops", "BlkioDeviceWriteIOps", "Rate", Value::clone);
        self.mapping("storage_opt", "StorageOpt");
        self.text("volume_driver", "VolumeDriver");
        let device = |device: &Value| {
            let parts =
                ["PathOnHost", "PathInContainer", "CgroupPermissions"].map(|part| word(&device[part]));
            json!(parts.join(":"))
        };
        self.list("devices", "Devices", device);
        self.list("device_cgroup_rules", "DeviceCgroupRules", Value::clone);
        self.list("device_requests", "DeviceRequests", device_request);
    }

    fn rights(&mut self) {
        self.list("cap_add", "CapAdd", Value::clone);
        self.list("cap_drop", "CapDrop", Value::clone);
        self.flag("privileged", "Privileged");
        self.list("security_opt", "SecurityOpt", Value::clone);
        self.list("group_add", "GroupAdd", Value::clone);
        self.flag("read_only", "ReadonlyRootfs");
        for (name, field) in [
            ("userns_mode", "UsernsMode"),
            ("pid_mode", "PidMode"),
            ("ipc_mode", "IpcMode"),
            ("uts_mode", "UTSMode"),
            ("cgroupns", "CgroupnsMode"),
            ("isolation", "Isolation"),
        ] {
            self.text(name, field);
        }
    }

    fn surroundings(&mut self) {
        self.mapping("sysctls", "Sysctls");
        self.set("restart_policy", restart_policy(self.field("RestartPolicy")).into());
        self.list("dns", "Dns", Value::clone);
        self.list("dns_search", "DnsSearch", Value::clone);
        self.list("dns_opt", "DnsOptions", Value::clone);
        self.list("extra_hosts", "ExtraHosts", Value::clone);
        if let Some(log) = self.field("LogConfig").filter(|log| !word(&log["Type"]).is_empty()) {
            let options = log["Config"].as_object().cloned().unwrap_or_default();
            let driver = word(&log["Type"]);
            self.set("log_config", json!({ "type": driver, "config": options }));
        }
        self.flag("init", "Init");
        self.text("runtime", "Runtime");
        self.flag("publish_all_ports", "PublishAllPorts");
    }
}

fn word(value: &Value) -> &str {
    value.as_str().unwrap_or_default()
}

/// A policy of a newer engine counts as one that starts the container whenever it ends.
fn restart_policy(policy: Option<&Value>) -> String {
    let Some(policy) = policy else { return "no".to_owned() };
    match word(&policy["Name"]) {
        "" | "no" => "no".to_owned(),
        "on-failure" => match policy["MaximumRetryCount"].as_u64() {
            Some(retries) if retries > 0 => format!("on-failure:{retries}"),
            _ => "on-failure".to_owned(),
        },
        "unless-stopped" => "unless-stopped".to_owned(),
        _ => "always".to_owned(),
    }
}

fn device_request(request: &Value) -> Value {
    let mut read = Map::new();
    if !word(&request["Driver"]).is_empty() {
        read.insert("driver".to_owned(), request["Driver"].clone());
    }
    match request["Count"].as_i64() {
        Some(-1) => read.extend([("count".to_owned(), "all".into())]),
        Some(count) if count > 0 => read.extend([("count".to_owned(), count.to_string().into())]),
        _ => {}
    }
    for (name, field) in
        [("device_ids", "DeviceIDs"), ("capabilities", "Capabilities"), ("options", "Options")]
    {
        if !request[field].is_null() {
            read.insert(name.to_owned(), request[field].clone());
        }
    }
    read.into()
}

#[cfg(test)]
mod tests;
