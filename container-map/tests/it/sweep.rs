//! Every option: that it is taken in each of its places, that a wrong value is not, and what is said of it elsewhere.

use std::collections::BTreeSet;

use container_map::config::HostOptions;
use container_map::{LoadError, Violation};

use crate::load;

/// Options of the host: a value as docker-map's maps have it, how it is written in the canonical form, and a wrong one.
const HOST: &[(&str, &str, &str, &str)] = &[
    ("mem_limit", "0.5g", "512m", "12 apples"),
    ("memswap_limit", "-1", "-1", "-2"),
    ("mem_reservation", "8388608", "8m", "64x"),
    ("kernel_memory", "64 MB", "64m", "much"),
    ("mem_swappiness", "60", "60", "101"),
    ("cpu_shares", "512", "512", "1"),
    ("cpu_period", "50000", "50000", "50ms"),
    ("cpu_quota", "25000", "25000", "999"),
    ("cpu_rt_period", "1000000", "1000000", "1s"),
    ("cpu_rt_runtime", "950000", "950000", "x"),
    ("cpuset_cpus", "'0-2,3'", "0-3", "3-1"),
    ("cpuset_mems", "'0,1'", "0-1", "'0,'"),
    ("nano_cpus", "1500000000", "1500000000", "1.5"),
    ("cpu_count", "2", "2", "two"),
    ("cpu_percent", "50", "50", "101"),
    ("pids_limit", "100", "100", "many"),
    ("oom_kill_disable", "true", "true", "maybe"),
    ("oom_score_adj", "-500", "-500", "-1001"),
    ("blkio_weight", "300", "300", "5"),
    ("blkio_weight_device", "[{Path: /dev/sda, Weight: 400}]", "/dev/sda: 400", "[{Path: sda, Weight: 400}]"),
    (
        "device_read_bps",
        "[{Path: /dev/sda, Rate: 1048576}]",
        "/dev/sda: 1m",
        "[{Path: /dev/sda, Rate: fast}]",
    ),
    ("device_write_bps", "[{Path: /dev/sda, Rate: 1mb}]", "/dev/sda: 1m", "[{Rate: 1m}]"),
    ("device_read_iops", "[{Path: /dev/sda, Rate: 100}]", "/dev/sda: 100", "[{Path: /dev/sda, Rate: 1m}]"),
    ("device_write_iops", "[{Path: /dev/sda, Rate: 100}]", "/dev/sda: 100", "[{Path: /dev/sda, Rate: -2}]"),
    ("shm_size", "64M", "64m", "64 apples"),
    (
        "ulimits",
        "[{Name: nofile, Soft: 10, Hard: 20}]",
        "nofile=10:20",
        "[{Name: nofile, Soft: 20, Hard: 10}]",
    ),
    ("sysctls", "{net.core.somaxconn: 1024}", "net.core.somaxconn: \"1024\"", "{a: [b]}"),
    ("storage_opt", "{size: 10G}", "size: 10G", "{size: [10G]}"),
    ("restart_policy", "{Name: on-failure, MaximumRetryCount: 5}", "on-failure:5", "sometimes"),
    ("cap_add", "[CAP_NET_ADMIN]", "NET_ADMIN", "[NET_ADMN]"),
    ("cap_drop", "ALL", "ALL", "[a b]"),
    ("privileged", "no", "false", "maybe"),
    ("devices", "['/dev/sda:/dev/xvda']", "/dev/sda:/dev/xvda:rwm", "[dev]"),
    ("device_cgroup_rules", "['c 42:* rmw']", "c 42:* rwm", "['c 42 r']"),
    ("device_requests", "[{Count: -1, Capabilities: [[gpu]]}]", "count: all", "[{Count: some}]"),
    ("security_opt", "['no-new-privileges:true']", "no-new-privileges", "[selinux=on]"),
    ("userns_mode", "host", "host", "private"),
    ("pid_mode", "'container:other'", "container:other", "app"),
    ("ipc_mode", "shareable", "shareable", "'container:'"),
    ("uts_mode", "host", "host", "private"),
    ("cgroupns", "private", "private", "none"),
    ("cgroup_parent", "/site", "/site", "[a]"),
    ("group_add", "[audio, 1001]", "audio", "[a b]"),
    ("read_only", "on", "true", "ro"),
    ("tmpfs", "{/run: 'size=64m'}", "/run: size=64m", "{run: ''}"),
    ("dns", "[10.0.0.53]", "10.0.0.53", "[ns.example.com]"),
    ("dns_search", "[example.com]", "example.com", "[[a]]"),
    ("dns_opt", "['ndots:2']", "ndots:2", "[[a]]"),
    ("extra_hosts", "{db: 10.0.0.5}", "db:10.0.0.5", "{db: here}"),
    ("log_config", "{Type: json-file, Config: {max-size: 10m}}", "max-size: 10m", "{Type: [json-file]}"),
    ("init", "true", "true", "tini"),
    ("runtime", "runc", "runc", "[runc]"),
    ("isolation", "hyperv", "hyperv", "strict"),
    ("volume_driver", "local", "local", "[local]"),
    ("publish_all_ports", "true", "true", "all"),
];

/// Options of the container, likewise.
const CREATE: &[(&str, &str, &str, &str)] = &[
    ("command", "serve --queue 'a b'", "- a b", "'run \"open'"),
    ("entrypoint", "[/init]", "- /init", "{a: b}"),
    ("environment", "[A=1]", "A: \"1\"", "{A: [b]}"),
    ("hostname", "www", "www", "[www]"),
    ("domainname", "example.com", "example.com", "{a: b}"),
    ("working_dir", "/srv//www/", "/srv/www", "www"),
    ("tty", "yes", "true", "maybe"),
    ("stdin_open", "true", "true", "open"),
    ("labels", "[a=b]", "a: b", "{a: [b]}"),
    ("mac_address", "02-42-AC-11-00-02", "02:42:ac:11:00:02", "02:42"),
    ("platform", "linux/arm64", "linux/arm64", "[linux]"),
];

fn violations(within: &str) -> Vec<Violation> {
    match load(&format!("{{name: m, web: {{image: app, {within}}}}}")) {
        Err(LoadError::Invalid(violations)) => violations.iter().cloned().collect(),
        other => panic!("{within}: {other:?}"),
    }
}

fn canonical(within: &str) -> String {
    let map = load(&format!("{{name: m, web: {{image: app, {within}}}}}"));
    map.unwrap_or_else(|error| panic!("{within}: {error:?}")).document().to_string()
}

/// Checks that there is one problem, and returns its code and its help.
#[track_caller]
fn one(within: &str) -> (&'static str, String) {
    match &violations(within)[..] {
        [only] => (only.code(), only.help().unwrap_or_default().clone()),
        found => panic!("{within}: {found:?}"),
    }
}

#[test]
fn each_option_of_the_host_has_a_row() {
    let rows: Vec<&str> = HOST.iter().map(|(name, ..)| *name).collect();
    assert_eq!(rows, HostOptions::names());
}

#[test]
fn each_option_of_a_container_has_a_row() {
    let schema = serde_json::to_value(container_map::schema()).unwrap();
    let text = schema.to_string();
    for (name, ..) in CREATE {
        assert!(text.contains(&format!("\"{name}\"")), "{name}");
    }
    // What is serialised of a container with all of them has no other one.
    let all: Vec<String> = CREATE.iter().map(|(name, value, ..)| format!("{name}: {value}")).collect();
    let map = load(&format!("{{name: m, web: {{create_options: {{{}}}}}}}", all.join(", "))).unwrap();
    let written = serde_json::to_value(&map.containers()[0].create_options).unwrap();
    let written: BTreeSet<&String> = written.as_object().unwrap().keys().collect();
    assert_eq!(written.len(), CREATE.len(), "{written:?}");
}

#[test]
fn each_option_is_taken_wherever_docker_map_takes_it() {
    for (name, value, written, _) in HOST {
        let text = canonical(&format!("host_config: {{{name}: {value}}}"));
        assert!(text.contains(written), "{name}: {text}");
        assert_eq!(canonical(&format!("create_options: {{{name}: {value}}}")), text);
        assert_eq!(canonical(&format!("create_options: {{host_config: {{{name}: {value}}}}}")), text);
    }
    for (name, value, written, _) in CREATE {
        let text = canonical(&format!("create_options: {{{name}: {value}}}"));
        assert!(text.contains(written), "{name}: {text}");
    }
}

#[test]
fn a_wrong_value_is_one_problem_in_either_place() {
    for (section, rows) in [("host_config", HOST), ("create_options", HOST), ("create_options", CREATE)] {
        for (name, _, _, wrong) in rows {
            let (code, _) = one(&format!("{section}: {{{name}: {wrong}}}"));
            assert!(matches!(code, "DM006" | "DM007" | "DM010" | "DM011" | "DM012"), "{name}: {code}");
        }
    }
}

#[test]
fn a_slip_of_an_option_leads_to_it() {
    for (section, rows) in [("host_config", HOST), ("create_options", HOST), ("create_options", CREATE)] {
        for (name, value, ..) in rows {
            let slip = format!("{name}x");
            let (code, help) = one(&format!("{section}: {{{slip}: {value}}}"));
            assert_eq!((code, help), ("DM004", format!("did you mean `{name}`?")), "{section}");
        }
    }
}

#[test]
fn an_option_on_another_level_is_told_where_it_belongs() {
    for (name, value, ..) in HOST {
        assert_eq!(
            one(&format!("{name}: {value}")),
            ("DM009", "write it under `host_config`".into()),
            "{name}"
        );
    }
    for (name, value, ..) in CREATE {
        assert_eq!(
            one(&format!("{name}: {value}")),
            ("DM009", "write it under `create_options`".into()),
            "{name}"
        );
        let within = format!("host_config: {{{name}: {value}}}");
        assert_eq!(one(&within), ("DM061", "move it to `create_options`".into()), "{name}");
    }
}
