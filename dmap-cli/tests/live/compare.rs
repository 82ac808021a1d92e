//! The rows of the planner's table of attributes and options, on a real engine: a few containers with many of them each.

use std::collections::BTreeSet;
use std::fmt::Write as _;

use container_map::config::HostOptions;

use crate::checks::{not_recreated, plan_finds, plan_is_empty, recreated, running, seen};
use crate::docker::{docker, inspect};
use crate::site::Site;

/// The container, the option, a value, and another one; no other one where there is one word only.
const FIXED: [(&str, &str, &str, &str); 29] = [
    ("one", "oom_kill_disable", "false", "true"),
    ("one", "oom_score_adj", "100", "200"),
    ("one", "mem_swappiness", "10", "20"),
    ("one", "shm_size", "32m", "16m"),
    ("one", "ulimits", "{nofile: '1024:2048', core: 0}", "{nofile: 1024, core: 0}"),
    ("one", "sysctls", "{net.core.somaxconn: '256'}", "{net.core.somaxconn: '512'}"),
    ("one", "cap_add", "[NET_ADMIN, cap_sys_time]", "[NET_ADMIN]"),
    ("one", "cap_drop", "[MKNOD]", "[MKNOD, SETPCAP]"),
    ("one", "devices", "[/dev/null]", "['/dev/zero:/dev/null:r']"),
    ("one", "device_cgroup_rules", "['c 42:* rmw']", "['c 43:* rmw']"),
    ("one", "security_opt", "[no-new-privileges]", "[seccomp=unconfined]"),
    ("one", "ipc_mode", "private", "shareable"),
    ("one", "cgroupns", "host", "private"),
    ("one", "cgroup_parent", "/dmap-one", "/dmap-two"),
    ("one", "group_add", "['44', '45']", "['44']"),
    ("one", "read_only", "true", "false"),
    ("one", "tmpfs", "{/scratch: size=1m}", "{/scratch: 'size=2m,noexec'}"),
    ("one", "dns", "[10.0.0.53, 10.0.0.54]", "[10.0.0.54, 10.0.0.53]"),
    ("one", "dns_search", "[example.org]", "[example.com]"),
    ("one", "dns_opt", "['ndots:2']", "['ndots:3']"),
    ("one", "extra_hosts", "{db: 10.0.0.5, gate: host-gateway}", "{db: 10.0.0.6, gate: host-gateway}"),
    ("one", "log_config", "{type: json-file, config: {max-file: '2'}}", "{config: {max-size: 1m}}"),
    ("one", "init", "true", "false"),
    ("one", "volume_driver", "local", ""),
    ("one", "publish_all_ports", "false", "true"),
    ("one", "runtime", "runc", ""),
    ("two", "pid_mode", "host", ""),
    ("two", "uts_mode", "host", ""),
    ("two", "userns_mode", "host", ""),
];

/// Limits and the restart policy, which change in place.
const AMENDED: [(&str, &str, &str, &str); 11] = [
    ("limits", "mem_limit", "64m", "96m"),
    ("limits", "memswap_limit", "128m", "160m"),
    ("limits", "mem_reservation", "16m", "24m"),
    ("limits", "cpu_shares", "512", "256"),
    ("limits", "cpu_period", "100000", "50000"),
    ("limits", "cpu_quota", "50000", "25000"),
    ("limits", "cpuset_cpus", "'0'", "0-1"),
    ("limits", "pids_limit", "100", "200"),
    ("limits", "restart_policy", "'on-failure:3'", "unless-stopped"),
    ("share", "nano_cpus", "500000000", "250000000"),
    ("share", "mem_limit", "32m", "128m"),
];

/// Options that the engines of test machines cannot do, with the reason.
const SKIPPED: [(&str, &str); 16] = [
    ("privileged", "engines within a container or a small machine may not have all rights to give"),
    ("kernel_memory", "kernels since 5.16 have no such limit, and engines since 23.0 ignore it"),
    ("cpuset_mems", "machines with one memory node have nothing to change it to"),
    ("cpu_rt_period", "needs a kernel with real-time groups"),
    ("cpu_rt_runtime", "needs a kernel with real-time groups"),
    ("cpu_count", "Windows only"),
    ("cpu_percent", "Windows only"),
    ("isolation", "Windows only"),
    ("blkio_weight", "needs a disk scheduler with weights"),
    ("blkio_weight_device", "needs a disk scheduler with weights"),
    ("device_read_bps", "needs a block device of a known name"),
    ("device_write_bps", "needs a block device of a known name"),
    ("device_read_iops", "needs a block device of a known name"),
    ("device_write_iops", "needs a block device of a known name"),
    ("storage_opt", "needs a storage driver with quotas"),
    ("device_requests", "needs a driver that finds devices"),
];

/// The attributes of the container `all`: the item of the difference, a setting, and another one.
const ATTRIBUTES: [(&str, &str, &str); 13] = [
    ("command", "command: [one]", "command: two 'and more'"),
    ("entrypoint", "entrypoint: /bin/idle", "entrypoint: [/bin/idle, x]"),
    ("environment A", "environment: {A: '1', B: ''}", "environment: {A: '2', B: ''}"),
    ("working-dir", "working_dir: /tmp", "working_dir: /"),
    ("tty", "tty: true", "tty: false"),
    ("stdin-open", "stdin_open: true", "stdin_open: false"),
    ("label team", "labels: {team: shop}", "labels: {team: store}"),
    ("hostname", "hostname: one", "hostname: two"),
    ("domainname", "domainname: example.org", "domainname: example.com"),
    ("mac-address", "mac_address: '02:42:ac:1f:07:09'", "mac_address: '02:42:ac:1f:07:0a'"),
    ("user", "/user: www-data", "/user: '33:33'"),
    (
        "healthcheck",
        "/healthcheck: {test: 'true', interval: 5s}",
        "/healthcheck: {test: 'true', interval: 5s, retries: 2}",
    ),
    ("stop-timeout", "/stop_timeout: 3", "/stop_timeout: 4"),
];

#[derive(Clone, Copy)]
enum Values {
    None,
    First,
    Second,
}

fn map(values: Values) -> String {
    let mut text = String::from("containers:\n");
    let pick = |first: &'static str, second: &'static str| match values {
        Values::None => "",
        Values::First => first,
        Values::Second => second,
    };
    for container in ["one", "two", "limits", "share"] {
        let options = FIXED.iter().chain(&AMENDED).filter(|row| row.0 == container);
        let said = options.filter_map(|(_, name, first, second)| {
            let value = pick(first, second);
            (!value.is_empty()).then(|| format!("{name}: {value}"))
        });
        let said: Vec<String> = said.collect();
        writeln!(text, "  {container}: {{image: nginx, host_config: {{{}}}}}", said.join(", ")).unwrap();
    }
    let picked =
        || ATTRIBUTES.iter().map(|(_, first, second)| pick(first, second)).filter(|text| !text.is_empty());
    let create: Vec<&str> = picked().filter(|text| !text.starts_with('/')).collect();
    let own: String =
        picked().filter_map(|text| text.strip_prefix('/')).fold(String::new(), |own, text| own + ", " + text);
    writeln!(text, "  all: {{image: nginx{own}, create_options: {{{}}}}}", create.join(", ")).unwrap();
    text
}

#[test]
#[ignore = "needs a Docker daemon: cargo xtask e2e"]
fn comparison_of_every_option_and_attribute() {
    let rows: BTreeSet<&str> =
        FIXED.iter().chain(&AMENDED).map(|row| row.1).chain(SKIPPED.iter().map(|(name, _)| *name)).collect();
    let missing: Vec<&&str> = HostOptions::names().iter().filter(|name| !rows.contains(*name)).collect();
    assert!(missing.is_empty(), "options without a row: {missing:?}");

    // What image and engine fill in is no difference, whether anything is set or not.
    let site = Site::new("compare");
    let all = ["one", "two", "limits", "share", "all"];
    site.write(&map(Values::None));
    site.up(&[]);
    running(&site, &all);
    plan_is_empty(&site, &[]);
    site.write(&map(Values::First));
    site.up(&[]);
    running(&site, &all);
    plan_is_empty(&site, &[]);

    // Every edit is found, limits are put right in place.
    let before = seen(&site);
    site.write(&map(Values::Second));
    let mut expected: Vec<(String, String)> = FIXED
        .iter()
        .chain(&AMENDED)
        .map(|(container, name, ..)| (format!("container {container}"), format!("differs option {name}")))
        .collect();
    expected
        .extend(ATTRIBUTES.iter().map(|(item, ..)| ("container all".to_owned(), format!("differs {item}"))));
    let expected: Vec<(&str, &str)> =
        expected.iter().map(|(what, why)| (what.as_str(), why.as_str())).collect();
    plan_finds(&site, &[], &expected);
    site.up(&[]);
    recreated(&site, &before, &["one", "two", "all"]);
    not_recreated(&site, &before, &["limits", "share"]);
    plan_is_empty(&site, &[]);
}

/// Somebody changes limits by hand: a drift, put right without another container where the engine can.
#[test]
#[ignore = "needs a Docker daemon: cargo xtask e2e"]
fn comparison_of_limits_that_drift() {
    let site = Site::new("comparedrift");
    let map = "web: {image: nginx, host_config: {mem_limit: 64m, restart_policy: 'on-failure:2'}}";
    site.write(map);
    site.up(&[]);
    let before = seen(&site);
    let web = site.full("web");
    let words = ["update", "--restart", "no", "--memory", "96m", "--memory-swap", "-1", "--pids-limit", "50"];
    docker(&[&words[..], &[web.as_str()]].concat());
    let found = ["mem_limit", "memswap_limit", "pids_limit", "restart_policy"];
    let found = found.map(|name| ("container web", format!("differs option {name}")));
    let found: Vec<(&str, &str)> = found.iter().map(|(what, why)| (*what, why.as_str())).collect();
    plan_finds(&site, &[], &found);
    site.up(&[]);
    not_recreated(&site, &before, &["web"]);
    plan_is_empty(&site, &[]);
    let host = inspect("container", &web)["HostConfig"].clone();
    let numbers = ["Memory", "MemorySwap", "PidsLimit"].map(|field| host[field].as_i64().unwrap_or_default());
    assert_eq!(numbers, [64 << 20, 128 << 20, 0]);
    assert_eq!(host["RestartPolicy"]["MaximumRetryCount"], 2);

    // No engine takes a share of the processors away again.
    docker(&["update", "--cpu-shares", "100", &web]);
    plan_finds(&site, &[], &[("container web", "differs option cpu_shares")]);
    site.up(&[]);
    recreated(&site, &before, &["web"]);
    plan_is_empty(&site, &[]);

    // By the map's rules it is left alone.
    site.write("web: {image: nginx, compare: {cpu_shares: ignore}, host_config: {mem_limit: 64m, restart_policy: 'on-failure:2'}}");
    docker(&["update", "--cpu-shares", "100", &web]);
    plan_is_empty(&site, &[]);
}
