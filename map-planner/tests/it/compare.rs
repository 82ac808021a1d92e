//! One row for each attribute and each option: edited in the map, changed on the engine, not set, and left to the engine.

use std::collections::{BTreeMap, BTreeSet};

use container_map::ClientConfig;
use container_map::config::{CompareRules, HostOptions, Propagation};
use map_planner::engine::{
    EngineState, ObservedContainer, ObservedLink, ObservedMount, ObservedMountSource, ObservedNetworkMode,
};
use map_planner::spec::EnvText;
use map_planner::{Action, Attribute, Difference, Goal, Origin, Plan, PlanInput, Reason, Remedy};
use serde_json::{Value, json};

use crate::story::{map, site, up};
use crate::world::{World, all};

/// The options: name, what has to be set with it, a value, and another one; no other one for those with one word only.
const OPTIONS: [(&str, &str, &str, &str); 53] = [
    ("mem_limit", "", "64m", "32m"),
    ("memswap_limit", "mem_limit: 64m, ", "128m", "-1"),
    ("mem_reservation", "", "32m", "16m"),
    ("kernel_memory", "", "32m", "16m"),
    ("mem_swappiness", "", "10", "20"),
    ("cpu_shares", "", "512", "256"),
    ("cpu_period", "", "50000", "60000"),
    ("cpu_quota", "", "20000", "30000"),
    ("cpu_rt_period", "", "20000", "30000"),
    ("cpu_rt_runtime", "", "2000", "3000"),
    ("cpuset_cpus", "", "'0'", "0-1"),
    ("cpuset_mems", "", "'0'", "0-1"),
    ("nano_cpus", "", "500000000", "250000000"),
    ("cpu_count", "", "1", "2"),
    ("cpu_percent", "", "10", "20"),
    ("pids_limit", "", "50", "60"),
    ("oom_kill_disable", "", "false", "true"),
    ("oom_score_adj", "", "10", "0"),
    ("blkio_weight", "", "100", "200"),
    ("blkio_weight_device", "", "{/dev/sda: 100}", "{/dev/sda: 200}"),
    ("device_read_bps", "", "{/dev/sda: 1m}", "{/dev/sdb: 1m}"),
    ("device_write_bps", "", "{/dev/sda: 1m}", "{/dev/sda: 2m}"),
    ("device_read_iops", "", "{/dev/sda: 10}", "{/dev/sda: 20}"),
    ("device_write_iops", "", "{/dev/sda: 10}", "{/dev/sda: 20}"),
    ("shm_size", "", "32m", "16m"),
    ("ulimits", "", "{nofile: 1024}", "{nofile: 2048}"),
    ("sysctls", "", "{net.core.somaxconn: '1'}", "{net.core.somaxconn: '2'}"),
    ("storage_opt", "", "{size: 10G}", "{size: 20G}"),
    ("restart_policy", "", "always", "unless-stopped"),
    ("cap_add", "", "[NET_ADMIN]", "[NET_RAW]"),
    ("cap_drop", "", "[NET_ADMIN]", "[NET_RAW]"),
    ("privileged", "", "false", "true"),
    ("devices", "", "[/dev/null]", "[/dev/zero]"),
    ("device_cgroup_rules", "", "['c 42:* rmw']", "['c 43:* rmw']"),
    ("device_requests", "", "[{count: 1, capabilities: [[gpu]]}]", "[{count: 2, capabilities: [[gpu]]}]"),
    ("security_opt", "", "[no-new-privileges]", "[seccomp=unconfined]"),
    ("userns_mode", "", "host", ""),
    ("pid_mode", "", "host", ""),
    ("ipc_mode", "", "shareable", "private"),
    ("uts_mode", "", "host", ""),
    ("cgroupns", "", "private", "host"),
    ("cgroup_parent", "", "/one", "/two"),
    ("group_add", "", "[audio]", "[audio, '44']"),
    ("read_only", "", "false", "true"),
    ("tmpfs", "", "{/tmp: size=1m}", "{/tmp: size=2m}"),
    ("dns", "", "[10.0.0.53]", "[10.0.0.54, 10.0.0.53]"),
    ("dns_search", "", "[a.example]", "[b.example]"),
    ("dns_opt", "", "['ndots:1']", "['ndots:2']"),
    ("extra_hosts", "", "{db: 10.0.0.5}", "{db: 10.0.0.6}"),
    ("log_config", "", "{type: json-file, config: {max-file: '2'}}", "{config: {max-file: '3'}}"),
    ("init", "", "true", "false"),
    ("runtime", "", "runc", "other"),
    ("isolation", "", "default", ""),
];
/// The rest of the options, which the engine of the simulator has to be told about.
const MORE_OPTIONS: [(&str, &str, &str, &str); 2] =
    [("volume_driver", "", "local", "other"), ("publish_all_ports", "", "false", "true")];

fn with_option(with: &str, name: &str, value: &str) -> String {
    let option = if value.is_empty() { String::new() } else { format!("{name}: {value}") };
    site(&format!("  a: {{image: server, host_config: {{{with}{option}}}}}"))
}

/// What a plan does to the container, and the differences that are the reason.
fn found(plan: &Plan) -> (Option<Remedy>, Vec<Difference>) {
    let any = |is: fn(&Action) -> bool| plan.steps().iter().any(|step| is(&step.action));
    let remedy = if any(|action| matches!(action, Action::CreateContainer { .. })) {
        Some(Remedy::Replace)
    } else if any(|action| matches!(action, Action::UpdateContainer { .. })) {
        Some(Remedy::Amend)
    } else if any(|action| matches!(action, Action::ConnectNetwork { .. } | Action::DisconnectNetwork { .. }))
    {
        Some(Remedy::Reconnect)
    } else {
        None
    };
    let differences = plan.steps().iter().flat_map(|step| match &step.reason {
        Reason::Differs(differences) => differences.clone(),
        _ => Vec::new(),
    });
    (remedy, differences.collect())
}

/// Returns what is observed, with a note of what was applied.
fn observed(world: &World) -> EngineState {
    let mut engine = world.engine.observe(&world.scope());
    engine.record = Some(map_planner::note(&world.map, &ClientConfig::default(), &engine).unwrap());
    engine
}

fn plan(world: &World, engine: &EngineState) -> Plan {
    let (client, secrets, request) = (ClientConfig::default(), BTreeMap::new(), all(Goal::Up));
    let input = PlanInput {
        map: &world.map,
        client: &client,
        engine,
        request: &request,
        secrets: &secrets,
        contexts: &world.contexts,
    };
    map_planner::plan(&input).unwrap()
}

/// Expects one difference, of this attribute and origin, and the step that puts it right.
#[track_caller]
fn expect(plan: &Plan, row: &str, attribute: Attribute, item: Option<&str>, origin: Origin) {
    let (remedy, differences) = found(plan);
    let is = |found: &&Difference| found.attribute == attribute && found.item.as_deref() == item;
    let Some(difference) = differences.iter().find(is) else {
        panic!("{row} is not found:\n{}", plan.text());
    };
    assert_eq!(difference.origin, origin, "{row}:\n{}", plan.text());
    let wanted_nothing = difference.wanted == map_planner::Shown::Unset;
    let expected = match attribute.remedy(item) {
        // No limit is no value that an engine takes.
        Remedy::Amend if wanted_nothing && item != Some("pids_limit") => Remedy::Replace,
        expected => expected,
    };
    assert_eq!(remedy, Some(expected), "{row}:\n{}", plan.text());
}

#[track_caller]
fn expect_nothing(plan: &Plan, row: &str) {
    assert!(plan.is_empty(), "{row}:\n{}", plan.text());
}

fn drift_option(live: &mut ObservedContainer, name: &str, to: &HostOptions) {
    let mut host = serde_json::to_value(&live.host).unwrap();
    let value = serde_json::to_value(to).unwrap().get(name).cloned();
    match value {
        Some(value) => host[name] = value,
        None => drop(host.as_object_mut().unwrap().remove(name)),
    }
    *live.host = serde_json::from_value(host).unwrap();
}

fn options(text: &str) -> HostOptions {
    let map = map(text);
    let config = map.containers().values().next().unwrap();
    HostOptions::clone(&config.host_config)
}

#[test]
fn every_option_has_a_row() {
    let rows: BTreeSet<&str> = OPTIONS.iter().chain(&MORE_OPTIONS).map(|(name, ..)| *name).collect();
    assert_eq!(rows, HostOptions::names().iter().copied().collect());
}

#[test]
fn every_option() {
    for (name, with, first, second) in OPTIONS.into_iter().chain(MORE_OPTIONS) {
        let (one, other) = (with_option(with, name, first), with_option(with, name, second));
        let world = up(&one);
        let engine = observed(&world);
        expect_nothing(&plan(&world, &engine), name);

        let edited = World { map: map(&other), ..world.clone() };
        expect(&plan(&edited, &engine), name, Attribute::Option, Some(name), Origin::Changed);
        let mut done = edited;
        done.converge().unwrap_or_else(|problem| panic!("{name}: {problem}"));
        assert!(done.plan().unwrap().is_empty(), "{name}");

        let mut drifted = engine.clone();
        drift_option(drifted.containers.get_mut("site.a").unwrap(), name, &options(&other));
        expect(&plan(&world, &drifted), name, Attribute::Option, Some(name), Origin::Drifted);
    }
}

/// What the map does not set is the engine's business, but for limits and the restart policy: those of the engine by itself
/// are none, and what somebody set by hand is taken away again.
#[test]
fn every_option_that_is_not_set() {
    for (name, with, first, _) in OPTIONS.into_iter().chain(MORE_OPTIONS) {
        let world = up(&with_option(with, name, ""));
        let engine = observed(&world);
        expect_nothing(&plan(&world, &engine), name);
        let mut set = engine.clone();
        drift_option(
            set.containers.get_mut("site.a").unwrap(),
            name,
            &options(&with_option(with, name, first)),
        );
        match Attribute::Option.remedy(Some(name)) {
            // Swap is twice the memory by itself.
            Remedy::Amend if name != "memswap_limit" => {
                expect(&plan(&world, &set), name, Attribute::Option, Some(name), Origin::Drifted);
            }
            _ => expect_nothing(&plan(&world, &set), name),
        }
    }
}

/// An engine that cannot do something drops it; that is no difference, and nothing is tried again and again.
#[test]
fn every_option_that_the_engine_drops() {
    for (name, with, first, _) in OPTIONS {
        let is_off = ["oom_kill_disable", "privileged", "read_only"].contains(&name);
        if name == "restart_policy" || is_off {
            continue;
        }
        let world = up(&with_option(with, name, first));
        let mut engine = observed(&world);
        engine.drops.insert(name.into());
        drift_option(engine.containers.get_mut("site.a").unwrap(), name, &HostOptions::default());
        expect_nothing(&plan(&world, &engine), name);
    }
}

type Drift = fn(&mut ObservedContainer);
/// Name and item, a configuration, another one, and what somebody changes on the engine (nothing where an engine does not
/// tell, or nobody can change it).
type Row = (Attribute, Option<&'static str>, &'static str, &'static str, Option<Drift>);

/// The attributes.
#[expect(clippy::too_many_lines, reason = "it is a table")]
fn attributes() -> Vec<Row> {
    use Attribute as A;
    vec![
        (A::Command, None, "command: run one", "command: [run, two]", Some(|a| a.command = vec!["x".into()])),
        (A::Entrypoint, None, "entrypoint: /e", "entrypoint: []", Some(|a| a.entrypoint = vec!["x".into()])),
        (
            A::Environment,
            Some("A"),
            "environment: {A: '1'}",
            "environment: {A: '2'}",
            Some(|a| {
                a.environment.insert("A".into(), Some(EnvText::new("3")));
            }),
        ),
        (A::Environment, Some("B"), "environment: {B: '1'}", "", Some(|a| drop(a.environment.remove("B")))),
        (
            A::Environment,
            Some("LANG"),
            "environment: {LANG: }",
            "environment: {LANG: D}",
            Some(|a| {
                a.environment.insert("LANG".into(), Some(EnvText::new("C")));
            }),
        ),
        (A::WorkingDir, None, "working_dir: /a", "working_dir: /b", Some(|a| a.working_dir = "/c".into())),
        (A::Tty, None, "tty: true", "tty: false", Some(|a| a.tty = false)),
        (A::StdinOpen, None, "stdin_open: true", "", Some(|a| a.stdin_open = false)),
        (A::Label, Some("l"), "labels: {l: a}", "labels: {l: b}", Some(|a| drop(a.labels.remove("l")))),
        (A::Label, Some("m"), "labels: {m: a}", "", Some(|a| drop(a.labels.insert("m".into(), "x".into())))),
        (
            A::MacAddress,
            None,
            "mac_address: '02:42:ac:11:00:02'",
            "mac_address: '02:42:ac:11:00:03'",
            Some(|a| {
                a.mac_address = Some("02:42:ac:11:00:04".parse().unwrap());
            }),
        ),
        (A::Platform, None, "platform: linux/amd64", "platform: linux/arm64", None),
        (A::Hostname, None, "hostname: one", "hostname: two", Some(|a| a.hostname = "x".into())),
        (
            A::Domainname,
            None,
            "domainname: a.example",
            "domainname: b.example",
            Some(|a| a.domainname = "x".into()),
        ),
        (A::User, None, "/user: one", "/user: two", Some(|a| a.user = "x".into())),
        (
            A::StopSignal,
            None,
            "/stop_signal: INT",
            "/stop_signal: QUIT",
            Some(|a| a.stop_signal = "HUP".into()),
        ),
        (A::StopTimeout, None, "/stop_timeout: 5", "/stop_timeout: 6", Some(|a| a.stop_timeout = None)),
        (
            A::Healthcheck,
            None,
            "/healthcheck: {test: a, retries: 2}",
            "/healthcheck: {test: a, retries: 3}",
            Some(|a| {
                a.healthcheck.as_mut().unwrap().interval = Some(std::time::Duration::from_secs(9));
            }),
        ),
        (A::Port, Some("80/tcp"), "/exposes: '80'", "/exposes: [[80, 8080]]", Some(|a| a.exposed.clear())),
        (A::Port, Some("81/tcp"), "/exposes: [[81, 8081]]", "", Some(|a| a.published.clear())),
        (
            A::Mount,
            Some("/srv/data"),
            "/attaches: v3",
            "/binds: {/srv/data: /host/data}",
            Some(|a| {
                a.mounts.get_mut("/srv/data").unwrap().access = container_map::config::Access::ReadOnly;
            }),
        ),
        (
            A::Mount,
            Some("/x"),
            "/binds: {/x: /host/x}",
            "/binds: {/x: [/host/x, ro]}",
            Some(|a| {
                a.mounts.insert(
                    "/x".into(),
                    ObservedMount {
                        source: ObservedMountSource::Bind("/y".into()),
                        access: container_map::config::Access::ReadWrite,
                        propagation: None,
                    },
                );
            }),
        ),
        (
            A::Propagation,
            Some("/x"),
            "/binds: {/x: [/host/x, 'ro,rslave']}",
            "/binds: [{path: /x, host_path: /host/x, readonly: true, propagation: rshared}]",
            Some(|a| a.mounts.get_mut("/x").unwrap().propagation = Some(Propagation::PrivateBelow)),
        ),
        // What the engine does without it is not what was asked for, even if it is the same.
        (A::Propagation, Some("/y"), "/binds: {/y: [/host/y, rprivate]}", "/binds: {/y: /host/y}", None),
        (A::Mount, Some("/s"), "/shares: /s", "", Some(|a| drop(a.mounts.remove("/s")))),
        (
            A::NetworkMode,
            None,
            "/network_mode: none",
            "/network_mode: host",
            Some(|a| {
                a.network = ObservedNetworkMode::Named("host".into());
            }),
        ),
        (
            A::Link,
            Some("b"),
            "/links: b",
            "",
            Some(|a| {
                a.links = [ObservedLink { target: "somebody".into(), alias: "b".into() }].into();
            }),
        ),
        (
            A::Endpoint,
            Some("site.n1"),
            "/networks: {n1: {driver_options: {speed: '1'}}}",
            "/networks: {n1: {driver_options: {speed: '2'}}}",
            Some(|a| a.endpoints.get_mut("site.n1").unwrap().driver_options.clear()),
        ),
        (
            A::Endpoint,
            Some("site.n1"),
            "/networks: {n1: {driver_options: {speed: '1', colour: red}}}",
            "/networks: {n1: {driver_options: {speed: '1'}}}",
            Some(|a| {
                a.endpoints.get_mut("site.n1").unwrap().driver_options.insert("more".into(), "x".into());
            }),
        ),
        (A::VolumesFrom, Some("site.b"), "/uses: b", "/uses: {b: ro}", None),
        (
            A::Endpoint,
            Some("site.n1"),
            "/networks: {n1: {aliases: [x]}}",
            "/networks: {n1: {aliases: [y]}}",
            Some(|a| {
                a.endpoints.get_mut("site.n1").unwrap().aliases.insert("z".into());
            }),
        ),
    ]
}

/// A setting that begins with a slash is one of the container's own, any other one of its `create_options`.
fn with_attribute(setting: &str) -> String {
    let own = match setting.strip_prefix('/') {
        Some(own) => own.to_owned(),
        None => format!("create_options: {{{setting}}}"),
    };
    site(&format!("  b: {{image: server, shares: /data}}\n  a: {{image: server, {own}}}"))
}

#[test]
fn every_attribute() {
    for (attribute, item, first, second, drift) in attributes() {
        let world = up(&with_attribute(first));
        let engine = observed(&world);
        expect_nothing(&plan(&world, &engine), first);

        let edited = World { map: map(&with_attribute(second)), ..world.clone() };
        expect(&plan(&edited, &engine), first, attribute, item, Origin::Changed);
        let mut done = edited;
        done.converge().unwrap_or_else(|problem| panic!("{first}: {problem}"));
        assert!(done.plan().unwrap().is_empty(), "{first}");

        if let Some(drift) = drift {
            let mut drifted = engine.clone();
            drift(drifted.containers.get_mut("site.a").unwrap());
            expect(&plan(&world, &drifted), first, attribute, item, Origin::Drifted);
        }
    }
}

/// Whatever somebody changes of what the map does not set is not compared, and what image and engine give is no difference.
#[test]
fn every_attribute_that_is_not_set() {
    for (attribute, _, first, _, drift) in attributes() {
        // These are the map's in any case, or cannot be changed where they are not.
        if matches!(attribute, Attribute::NetworkMode | Attribute::Endpoint | Attribute::Hostname) {
            continue;
        }
        let set = observed(&up(&with_attribute(first))).containers["site.a"].clone();
        let world = up(&with_attribute("/persistent: false"));
        let mut engine = observed(&world);
        expect_nothing(&plan(&world, &engine), first);
        let live = engine.containers.get_mut("site.a").unwrap();
        let own = live.clone();
        *live = ObservedContainer { id: own.id, network: own.network, endpoints: own.endpoints, ..set };
        // The labels are those of a container that was made without it.
        live.labels.insert("dmap.born".into(), own.labels["dmap.born"].clone());
        (live.hostname, live.links) = (own.hostname, own.links);
        expect_nothing(&plan(&world, &engine), first);
        if let Some(drift) = drift.filter(|_| attribute != Attribute::Link) {
            drift(engine.containers.get_mut("site.a").unwrap());
            expect_nothing(&plan(&world, &engine), first);
        }
    }
}

/// A tag that moved is neither an edit of the map nor one of the container.
#[test]
fn the_image() {
    let world = up(&with_attribute("/persistent: false"));
    let mut engine = observed(&world);
    let tagged = engine.tags[&"server".parse().unwrap()].clone();
    assert_eq!(engine.containers["site.a"].image, tagged);
    engine.containers.get_mut("site.a").unwrap().image = map_planner::engine::EngineId::new("sha256:another");
    let shown = plan(&world, &engine);
    expect(&shown, "image", Attribute::Image, None, Origin::TagMoved);
    assert!(shown.text().to_string().contains("image: the tag moved"), "{}", shown.text());
}

/// Engines since 27.0 note there what the sysctls of a container say of an interface.
#[test]
fn what_the_engine_notes_among_driver_options_is_no_difference() {
    let world = up(&with_attribute("/networks: n1"));
    let mut engine = observed(&world);
    let place = engine.containers.get_mut("site.a").unwrap().endpoints.get_mut("site.n1").unwrap();
    let (name, value) = ("com.docker.network.endpoint.sysctls", "net.ipv4.conf.IFNAME.forwarding=1");
    place.driver_options.insert(name.into(), value.into());
    expect_nothing(&plan(&world, &engine), name);
}

/// The names that rules of comparison know are those of the attributes in plans, and those of the options.
#[test]
fn rules_know_every_attribute() {
    let named: BTreeSet<&str> = CompareRules::names().collect();
    for (attribute, ..) in attributes() {
        assert!(named.contains(attribute.as_str()), "{attribute}");
    }
    let rows: BTreeSet<&str> = attributes().iter().map(|(attribute, ..)| attribute.as_str()).collect();
    let known: BTreeSet<&str> = HostOptions::names().iter().copied().chain(rows).chain(["image"]).collect();
    assert_eq!(named, known);
}

/// Certificates of earlier versions have entries for what is amended by now.
#[test]
fn an_old_certificate_replaces_nobody() {
    let world = up(&with_option("", "mem_limit", "64m"));
    let mut engine = observed(&world);
    let live = engine.containers.get_mut("site.a").unwrap();
    let mut born: Value = serde_json::from_str(&live.labels["dmap.born"]).unwrap();
    assert_eq!(born.get("option:mem_limit"), None);
    (born["option:mem_limit"], born["option:restart_policy"]) = (json!("0123456789abcdef"), json!("0123"));
    live.labels.insert("dmap.born".into(), born.to_string());
    expect_nothing(&plan(&world, &engine), "old certificate");
}
