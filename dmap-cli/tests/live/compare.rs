//! The rows of the planner's table of attributes and options, on a real engine: a few containers with many of them each.

use std::collections::BTreeSet;
use std::fmt::Write as _;

use container_map::config::{CompareRules, HostOptions};

use crate::checks::{not_recreated, plan_finds, plan_is_empty, recreated, running, seen};
use crate::docker::{docker, inspect};
use crate::site::{Site, free_port};

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
const ATTRIBUTES: [(&str, &str, &str); 16] = [
    ("command", "command: [one]", "command: two 'and more'"),
    ("entrypoint", "entrypoint: /bin/idle", "entrypoint: [/bin/idle, x]"),
    ("environment A", "environment: {A: '1', B: '', C: x}", "environment: {A: '2', B: ''}"),
    ("environment C", "", ""),
    ("working-dir", "working_dir: /tmp", "working_dir: /"),
    ("tty", "tty: true", "tty: false"),
    ("stdin-open", "stdin_open: true", "stdin_open: false"),
    ("label team", "labels: {team: shop, shift: late}", "labels: {team: store}"),
    ("label shift", "", ""),
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
    ("stop-signal", "/stop_signal: INT", "/stop_signal: QUIT"),
];

/// A container that is about a few attributes, and what becomes of it.
struct Row {
    name: &'static str,
    /// Its configuration, and another one; `FOLDER` and `PORT1` to `PORT3` stand for what the test machine has.
    values: [&'static str; 2],
    /// What is found of the difference; `@` stands for the map's name and a dot.
    found: &'static [&'static str],
    is_replaced: bool,
}

const CONTAINERS: [Row; 9] = [
    Row { name: "base", values: ["shares: /data"; 2], found: &[], is_replaced: false },
    Row { name: "hub", values: ["networks: [n1, n2, n3, n4]"; 2], found: &[], is_replaced: false },
    Row {
        name: "mounted",
        values: [
            "shares: [/s], attaches: [v1], binds: [[/a, FOLDER/one], [/b, FOLDER/one], [/c, FOLDER/one, 'rw,private']]",
            "shares: [/t], attaches: [v2], binds: [[/a, FOLDER/two], [/b, FOLDER/one, ro], [/c, FOLDER/one, rprivate]]",
        ],
        found: &["mount /s", "mount /t", "mount /v1", "mount /v2", "mount /a", "mount /b", "propagation /c"],
        is_replaced: true,
    },
    Row {
        name: "used",
        values: ["uses: [base]", "uses: [base: ro]"],
        found: &["volumes-from @base"],
        is_replaced: true,
    },
    Row {
        name: "linked",
        values: ["links: [[base, one], [base, both]]", "links: [[base, two], [base, both]]"],
        found: &["link one", "link two"],
        is_replaced: true,
    },
    Row {
        name: "published",
        values: ["exposes: ['80', [81, PORT1], [82, PORT2]]", "exposes: [[80, PORT3], '81']"],
        found: &["port 80/tcp", "port 81/tcp", "port 82/tcp"],
        is_replaced: true,
    },
    Row {
        name: "alone",
        values: ["network_mode: none", "network_mode: host"],
        found: &["network-mode"],
        is_replaced: true,
    },
    Row {
        name: "moved",
        values: ["networks: [n1]", "networks: [n2]"],
        found: &["network-mode"],
        is_replaced: true,
    },
    Row {
        name: "wired",
        values: [
            "networks: [n1, {n2: {aliases: [x], driver_options: {speed: '1'}}}, {n3: {aliases: [x]}}]",
            "networks: [n1, {n2: {aliases: [x], driver_options: {speed: '2'}}}, {n4: {aliases: [x]}}]",
        ],
        found: &["endpoint @n2", "endpoint @n3", "endpoint @n4"],
        is_replaced: false,
    },
];
const NAMED: &str = "volumes: {v1: /v1, v2: /v2}\nnetworks: {n1: , n2: , n3: , n4: }\n";

/// Attributes that are shown elsewhere or nowhere, with the reason.
const ELSEWHERE: [(&str, &str); 2] =
    [("image", "tags move in the scenarios of registries"), ("platform", "needs an image of two platforms")];

/// The attributes of the rows, by the names that rules of comparison have for them.
fn attributes() -> BTreeSet<&'static str> {
    let found = CONTAINERS.iter().flat_map(|row| row.found).copied();
    let found = found.chain(ATTRIBUTES.iter().map(|row| row.0));
    let named = found.map(|found| match found.split(' ').next().unwrap_or_default() {
        "environment" => "env",
        "endpoint" => "network",
        name => name,
    });
    named.chain(ELSEWHERE.iter().map(|(name, _)| *name)).collect()
}

#[derive(Clone, Copy)]
enum Values {
    None,
    First,
    Second,
}

/// What the rows of containers are about on this machine.
struct Machine {
    folder: String,
    ports: [u16; 3],
}

impl Machine {
    fn new(site: &Site) -> Self {
        for name in ["one", "two"] {
            site.host_folder(name);
        }
        Self { folder: site.path("").display().to_string(), ports: [free_port(), free_port(), free_port()] }
    }

    fn fill_in(&self, text: &str) -> String {
        let text = text.replace("FOLDER", self.folder.trim_end_matches('/'));
        self.ports
            .iter()
            .zip(1..)
            .fold(text, |text, (port, number)| text.replace(&format!("PORT{number}"), &port.to_string()))
    }
}

fn map(values: Values, machine: &Machine) -> String {
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
    for Row { name, values: [first, second], .. } in &CONTAINERS {
        let value = machine.fill_in(pick(first, second));
        if !value.is_empty() {
            writeln!(text, "  {name}: {{image: nginx, {value}}}").unwrap();
        }
    }
    text + NAMED
}

#[test]
#[ignore = "needs a Docker daemon: cargo xtask e2e"]
fn comparison_of_every_option_and_attribute() {
    let rows: BTreeSet<&str> =
        FIXED.iter().chain(&AMENDED).map(|row| row.1).chain(SKIPPED.iter().map(|(name, _)| *name)).collect();
    let missing: Vec<&&str> = HostOptions::names().iter().filter(|name| !rows.contains(*name)).collect();
    assert!(missing.is_empty(), "options without a row: {missing:?}");
    let (known, rows) = (CompareRules::names(), attributes());
    let missing: Vec<&str> =
        known.filter(|name| !rows.contains(name) && !HostOptions::names().contains(name)).collect();
    assert!(missing.is_empty(), "attributes without a row: {missing:?}");

    // What image and engine fill in is no difference, whether anything is set or not.
    let site = Site::new("compare");
    let machine = Machine::new(&site);
    let all = ["one", "two", "limits", "share", "all"];
    site.write(&map(Values::None, &machine));
    site.up(&[]);
    running(&site, &all);
    plan_is_empty(&site, &[]);
    site.write(&map(Values::First, &machine));
    site.up(&[]);
    running(&site, &all);
    running(&site, &CONTAINERS.map(|row| row.name));
    plan_is_empty(&site, &[]);

    // Every edit is found, limits are put right in place.
    let before = seen(&site);
    site.write(&map(Values::Second, &machine));
    let mut expected: Vec<(String, String)> = FIXED
        .iter()
        .chain(&AMENDED)
        .map(|(container, name, ..)| (format!("container {container}"), format!("differs option {name}")))
        .collect();
    expected
        .extend(ATTRIBUTES.iter().map(|(item, ..)| ("container all".to_owned(), format!("differs {item}"))));
    expected.push(("volume v2".to_owned(), "absent".to_owned()));
    for row in &CONTAINERS {
        let name = format!("{}.", site.name);
        let found = row.found.iter().map(|found| format!("differs {}", found.replace('@', &name)));
        expected.extend(found.map(|found| (format!("container {}", row.name), found)));
    }
    let expected: Vec<(&str, &str)> =
        expected.iter().map(|(what, why)| (what.as_str(), why.as_str())).collect();
    plan_finds(&site, &[], &expected);
    site.up(&[]);
    let (replaced, kept): (Vec<_>, Vec<_>) = CONTAINERS.iter().partition(|row| row.is_replaced);
    let names = |rows: Vec<&Row>| rows.iter().map(|row| row.name).collect::<Vec<_>>();
    recreated(&site, &before, &[&["one", "two", "all"][..], &names(replaced)].concat());
    not_recreated(&site, &before, &[&["limits", "share"][..], &names(kept)].concat());
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
