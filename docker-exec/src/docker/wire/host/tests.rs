use container_map::config::{CgroupNamespace, HostNamespace, IpcMode, Isolation, PidMode};

use super::*;

fn parsed<T: std::str::FromStr<Err: std::fmt::Debug>>(text: &str) -> T {
    text.parse().unwrap()
}

fn all<T: std::str::FromStr<Err: std::fmt::Debug> + Ord>(texts: &[&str]) -> BTreeSet<T> {
    texts.iter().map(|text| text.parse().unwrap()).collect()
}

fn on_disk<T>(value: T) -> BTreeMap<HostPath, T> {
    BTreeMap::from([("/dev/sda".parse().unwrap(), value)])
}

fn words(words: &[&str]) -> Vec<String> {
    words.iter().map(ToString::to_string).collect()
}

fn pairs(name: &str, value: &str) -> BTreeMap<String, String> {
    BTreeMap::from([(name.to_owned(), value.to_owned())])
}

fn gpu() -> DeviceRequest {
    DeviceRequest {
        driver: Some("nvidia".to_owned()),
        count: Some(DeviceCount::All),
        device_ids: BTreeSet::new(),
        capabilities: BTreeSet::from([BTreeSet::from(["gpu".to_owned()])]),
        options: BTreeMap::new(),
    }
}

/// Every option is set: a new one does not compile before it is here.
pub(in super::super) fn full() -> HostOptions {
    HostOptions {
        mem_limit: Some(parsed("512m")),
        memswap_limit: Some(parsed("-1")),
        mem_reservation: Some(parsed("256m")),
        kernel_memory: Some(parsed("64m")),
        mem_swappiness: Number::new(10),
        cpu_shares: Number::new(512),
        cpu_period: Number::new(100_000),
        cpu_quota: Number::new(50_000),
        cpu_rt_period: Number::new(1000),
        cpu_rt_runtime: Number::new(900),
        cpuset_cpus: Some(parsed("0-2,7")),
        cpuset_mems: Some(parsed("0")),
        nano_cpus: Number::new(1_500_000_000),
        cpu_count: Number::new(2),
        cpu_percent: Number::new(50),
        pids_limit: Number::new(100),
        oom_kill_disable: Some(true),
        oom_score_adj: Number::new(-500),
        blkio_weight: Number::new(300),
        blkio_weight_device: on_disk(Number::new(200).unwrap()),
        device_read_bps: on_disk(ByteSize::new(1024)),
        device_write_bps: on_disk(ByteSize::new(2048)),
        device_read_iops: on_disk(Number::new(10).unwrap()),
        device_write_iops: on_disk(Number::new(20).unwrap()),
        shm_size: Some(parsed("32m")),
        ulimits: all(&["nofile=1024:2048", "core=0"]),
        sysctls: pairs("net.core.somaxconn", "1024"),
        storage_opt: pairs("size", "10G"),
        restart_policy: Some(parsed("on-failure:5")),
        cap_add: all(&["NET_ADMIN", "cap_sys_time"]),
        cap_drop: all(&["ALL"]),
        privileged: Some(false),
        devices: all(&["/dev/sda:/dev/xvda:r"]),
        device_cgroup_rules: all(&["c 42:* rmw"]),
        device_requests: vec![gpu()],
        security_opt: all(&["no-new-privileges", "apparmor=unconfined"]),
        userns_mode: Some(HostNamespace::Host),
        pid_mode: Some(PidMode::Container("other".to_owned())),
        ipc_mode: Some(IpcMode::Shareable),
        uts_mode: Some(HostNamespace::Host),
        cgroupns: Some(CgroupNamespace::Private),
        cgroup_parent: Some("/site".to_owned()),
        group_add: all(&["audio", "44"]),
        read_only: Some(true),
        tmpfs: BTreeMap::from([("/tmp".parse().unwrap(), "size=64m,noexec".parse().unwrap())]),
        dns: vec!["10.0.0.53".parse().unwrap(), "fd00::53".parse().unwrap()],
        dns_search: words(&["example.org"]),
        dns_opt: words(&["ndots:2"]),
        extra_hosts: all(&["db:10.0.0.5", "host:host-gateway"]),
        log_config: Some(LogConfig {
            driver: Some("json-file".to_owned()),
            options: pairs("max-size", "10m"),
        }),
        init: Some(true),
        runtime: Some("runc".to_owned()),
        isolation: Some(Isolation::Default),
        volume_driver: Some("local".to_owned()),
        publish_all_ports: Some(true),
    }
}

#[test]
fn every_option() {
    let fields = options(&full());
    insta::assert_snapshot!(serde_json::to_string_pretty(&fields).unwrap());
    let Value::Object(set) = serde_json::to_value(full()).unwrap() else { unreachable!() };
    assert_eq!(fields.len(), set.len(), "each option has a field of its own");
}

#[test]
fn what_is_not_set_is_left_to_the_engine() {
    assert_eq!(options(&HostOptions::default()), Map::new());
}

#[test]
fn policies() {
    for (text, name, retries) in [
        ("no", "no", 0),
        ("always", "always", 0),
        ("unless-stopped", "unless-stopped", 0),
        ("on-failure", "on-failure", 0),
        ("on-failure:3", "on-failure", 3),
    ] {
        let policy = restart_policy(text.parse().unwrap());
        assert_eq!(policy, json!({ "Name": name, "MaximumRetryCount": retries }), "{text}");
    }
}
