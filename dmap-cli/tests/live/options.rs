//! Options of containers, networks and volumes reach the engine, and what an engine makes of them is no difference.

use serde_json::{Value, json};

use crate::checks::{plan_is_empty, recreated, running, seen};
use crate::docker::{docker, inspect};
use crate::site::Site;

const MAP: &str = "web:
  image: nginx
  create_options:
    working_dir: /tmp
    tty: true
    stdin_open: true
    hostname: front
    labels: {team: shop}
    mac_address: '02:42:ac:1f:07:09'
  host_config:
    mem_limit: 64m
    cpu_shares: 512
    pids_limit: 100
    oom_score_adj: 100
    restart_policy: {Name: on-failure, MaximumRetryCount: 3}
    cap_add: [NET_ADMIN]
    cap_drop: [MKNOD]
    security_opt: [no-new-privileges]
    group_add: [44]
    ulimits: [{Name: nofile, Soft: 1024, Hard: 2048}]
    read_only: true
    tmpfs: {/scratch: size=1m}
    shm_size: 32m
    dns: [10.0.0.53]
    dns_search: [example.org]
    extra_hosts: {db: 10.0.0.5}
    log_config: {Type: json-file, Config: {max-size: 1m}}
    init: true";

#[test]
#[ignore = "needs a Docker daemon: cargo xtask e2e"]
fn options_reach_the_engine() {
    let site = Site::new("options");
    site.write(MAP);
    site.up(&[]);
    running(&site, &["web"]);
    let found = inspect("container", &site.full("web"));
    for (field, expect) in [
        ("/Config/WorkingDir", json!("/tmp")),
        ("/Config/Tty", json!(true)),
        ("/Config/OpenStdin", json!(true)),
        ("/Config/Hostname", json!("front")),
        ("/Config/Labels/team", json!("shop")),
        ("/HostConfig/Memory", json!(64 << 20)),
        ("/HostConfig/CpuShares", json!(512)),
        ("/HostConfig/PidsLimit", json!(100)),
        ("/HostConfig/OomScoreAdj", json!(100)),
        ("/HostConfig/RestartPolicy", json!({"Name": "on-failure", "MaximumRetryCount": 3})),
        ("/HostConfig/SecurityOpt", json!(["no-new-privileges"])),
        ("/HostConfig/GroupAdd", json!(["44"])),
        ("/HostConfig/Ulimits", json!([{"Name": "nofile", "Soft": 1024, "Hard": 2048}])),
        ("/HostConfig/ReadonlyRootfs", json!(true)),
        ("/HostConfig/Tmpfs", json!({"/scratch": "size=1m"})),
        ("/HostConfig/ShmSize", json!(32 << 20)),
        ("/HostConfig/Dns", json!(["10.0.0.53"])),
        ("/HostConfig/DnsSearch", json!(["example.org"])),
        ("/HostConfig/ExtraHosts", json!(["db:10.0.0.5"])),
        ("/HostConfig/LogConfig/Type", json!("json-file")),
        ("/HostConfig/LogConfig/Config/max-size", json!("1m")),
        ("/HostConfig/Init", json!(true)),
    ] {
        assert_eq!(found.pointer(field), Some(&expect), "{field}");
    }
    let ends_with = |field: &str, name: &str| found.pointer(field).is_some_and(|words| ends(&words[0], name));
    assert!(ends_with("/HostConfig/CapAdd", "NET_ADMIN") && ends_with("/HostConfig/CapDrop", "MKNOD"));
    let link = docker(&["exec", &site.full("web"), "cat", "/sys/class/net/eth0/address"]);
    assert_eq!(link, "02:42:ac:1f:07:09");
    plan_is_empty(&site, &[]);
}

/// Engines write a capability with or without `CAP_`.
fn ends(capability: &Value, name: &str) -> bool {
    capability.as_str().is_some_and(|found| found.strip_prefix("CAP_").unwrap_or(found) == name)
}

#[test]
#[ignore = "needs a Docker daemon: cargo xtask e2e"]
fn an_option_that_is_edited_takes_a_new_container() {
    let site = Site::new("optionedits");
    site.write(MAP);
    site.up(&[]);
    for (edited, field, expect) in [
        (MAP.replace("shm_size: 32m", "shm_size: 16m"), "/HostConfig/ShmSize", json!(16 << 20)),
        (MAP.replace("    init: true", ""), "/HostConfig/Init", Value::Null),
        (MAP.replace("team: shop", "team: store"), "/Config/Labels/team", json!("store")),
    ] {
        let before = seen(&site);
        site.write(&edited);
        site.up(&[]);
        recreated(&site, &before, &["web"]);
        let found = inspect("container", &site.full("web"));
        assert_eq!(found.pointer(field).unwrap_or(&Value::Null), &expect, "{field}");
        plan_is_empty(&site, &[]);
    }
}

const ADDRESSES: &str = "web: {image: nginx, networks: {back: {ipv4_address: 10.213.7.9}}}
app: {image: uwsgi, networks: [back], attaches: [socket]}
networks:
  back:
    create_options:
      labels: {team: shop}
      enable_ipv6: false
      ipam: {pools: [{subnet: 10.213.7.0/24, gateway: 10.213.7.254, ip_range: 10.213.7.128/25}]}
volumes:
  socket: {default_path: /var/lib/uwsgi/socket, create_options: {labels: {tier: one}}}";

#[test]
#[ignore = "needs a Docker daemon: cargo xtask e2e"]
fn networks_have_the_addresses_they_are_given() {
    let site = Site::new("addresses");
    site.write(ADDRESSES);
    site.up(&[]);
    running(&site, &["web", "app"]);
    let network = inspect("network", &site.full("back"));
    assert_eq!(network.pointer("/Labels/team"), Some(&json!("shop")));
    let pool = json!({"Subnet": "10.213.7.0/24", "Gateway": "10.213.7.254", "IPRange": "10.213.7.128/25"});
    assert_eq!(network.pointer("/IPAM/Config/0"), Some(&pool));
    assert_eq!(inspect("volume", &site.full("socket")).pointer("/Labels/tier"), Some(&json!("one")));
    let address = |name: &str| {
        let found = inspect("container", &site.full(name));
        found["NetworkSettings"]["Networks"][site.full("back")]["IPAddress"].clone()
    };
    assert_eq!(address("web"), "10.213.7.9");
    assert!(address("app").as_str().is_some_and(|text| text.starts_with("10.213.7.1")), "out of the range");
    plan_is_empty(&site, &[]);

    // Another address is taken without a new container, another subnet is told.
    let before = seen(&site);
    site.write(&ADDRESSES.replace("10.213.7.9", "10.213.7.10"));
    site.up(&[]);
    crate::checks::not_recreated(&site, &before, &["web", "app"]);
    assert_eq!(address("web"), "10.213.7.10");
    plan_is_empty(&site, &[]);
    let moved = ADDRESSES.replace("10.213.7.9", "10.214.7.9").replace("10.213.7.", "10.214.7.");
    site.write(&moved);
    let text = site.dmap_ends(&["plan"], 0).text();
    assert!(text.contains("network-options subnet 10.214.7.0/24"), "{text}");
}
