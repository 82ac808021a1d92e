//! What a map wants of an engine: where names, defaults, interfaces and dependencies end.

use std::collections::{BTreeMap, BTreeSet};

use container_map::{ClientConfig, Port};
use map_planner::spec::HostBinding;
use map_planner::{DesiredContainer, DesiredState};

use crate::story::map;

fn desired(text: &str, client: &ClientConfig) -> DesiredState {
    DesiredState::new(&map(text), client).unwrap()
}

fn named(name: &str) -> ClientConfig {
    ClientConfig { name: name.parse().unwrap(), ..ClientConfig::default() }
}

fn container<'a>(state: &'a DesiredState, key: &str) -> &'a DesiredContainer {
    &state.containers[&key.parse().unwrap()]
}

#[test]
fn host_and_domain_names() {
    const MAP: &str = "name: my_map\nclients: [__default__, east]\ndefault_domain: example.org\nweb: {image: app, instances: [one]}\n\
                       own: {image: app, create_options: {hostname: h, domainname: d}}\n";
    let names = |text: &str, client: &ClientConfig, key: &str| {
        let spec = container(&desired(text, client), key).spec.clone();
        (spec.hostname, spec.domainname)
    };
    let some = |host: &str, domain: &str| (Some(host.to_owned()), Some(domain.to_owned()));
    let default = ClientConfig::default();
    assert_eq!(names(MAP, &default, "my_map.web.one"), some("my-map-web-one", "example.org"));
    assert_eq!(names(MAP, &default, "my_map.own"), some("h", "d"));
    // The client has its name and its domain in them.
    let east = ClientConfig { domainname: Some("east.example".into()), ..named("east") };
    assert_eq!(names(MAP, &east, "my_map.web.one"), some("my-map-web-one-east", "east.example"));
    assert_eq!(names(MAP, &east, "my_map.own"), some("h", "d"));
    let off = format!("set_hostname: false\n{MAP}");
    assert_eq!(names(&off, &default, "my_map.web.one"), (None, None));
}

#[test]
fn ports_are_published_on_the_interfaces_of_the_client() {
    let client = ClientConfig {
        interfaces: BTreeMap::from([("lan".parse().unwrap(), "10.0.0.11".parse().unwrap())]),
        interfaces_ipv6: BTreeMap::from([("lan".parse().unwrap(), "fd00::1".parse().unwrap())]),
        ..ClientConfig::default()
    };
    let text =
        "name: m\nweb: {image: app, exposes: [[80, 80, lan], [80, 81, lan, true], [443, 443], 9000]}\n";
    let state = desired(text, &client);
    let line = |(port, bindings): (&Port, &BTreeSet<HostBinding>)| {
        let bindings: Vec<String> = bindings.iter().map(ToString::to_string).collect();
        format!("{port} {}", bindings.join(" "))
    };
    let ports: Vec<String> = container(&state, "m.web").spec.ports.iter().map(line).collect();
    assert_eq!(ports, ["80/tcp 10.0.0.11:80 [fd00::1]:81", "443/tcp 443", "9000/tcp "]);
    let unknown = DesiredState::new(&map(text), &ClientConfig::default()).unwrap_err();
    assert!(unknown.to_string().contains("lan"), "{unknown}");
}

#[test]
fn a_container_has_the_timeout_of_its_client_unless_it_has_one() {
    let second = std::time::Duration::from_secs(1);
    let client = ClientConfig { stop_timeout: Some(second * 7), ..ClientConfig::default() };
    let state = desired(
        "name: m\nweb: {image: app}\nown: {image: app, stop_timeout: 3}\nzero: {image: app, stop_timeout: 0}\n",
        &client,
    );
    let timeout = |key: &str| container(&state, key).spec.stop_timeout;
    assert_eq!(
        ["m.web", "m.own", "m.zero"].map(timeout),
        [Some(second * 7), Some(second * 3), Some(std::time::Duration::ZERO)]
    );
}

#[test]
fn names_owners_and_modes_of_attached_volumes() {
    let text = "\
name: m
web: {image: app, attaches: [log, own, half], user: '1000:1001', permissions: 'u=rwX,go='}
plain: {image: app, attaches: data}
volumes:
  log: /log
  own: {default_path: /own, user: '2000:2001', permissions: '0750'}
  half: {default_path: /half, permissions: '0700'}
  data: /data
";
    let volumes = |text: &str| -> Vec<String> {
        let state = desired(text, &ClientConfig::default());
        let line = |(key, volume): (&container_map::VolumeKey, &map_planner::DesiredVolume)| {
            let owner =
                volume.owner.as_ref().map_or("-".into(), |owner| format!("{}:{}", owner.user, owner.group));
            let mode = volume.mode.as_ref().map_or("-".into(), ToString::to_string);
            format!("{} {owner} {mode}", key.docker_name())
        };
        state.volumes.iter().map(line).collect()
    };
    assert_eq!(
        volumes(text),
        ["m.data - -", "m.half 1000:1001 0700", "m.log 1000:1001 u=rwX,go=", "m.own 2000:2001 0750"]
    );
    assert_eq!(
        volumes(&format!("use_attached_parent_name: true\n{text}")),
        [
            "m.plain.data - -",
            "m.web.half 1000:1001 0700",
            "m.web.log 1000:1001 u=rwX,go=",
            "m.web.own 2000:2001 0750"
        ]
    );
}

#[test]
fn every_kind_of_dependency() {
    let text = include_str!("../../../container-map/testdata/valid/dependencies.yaml");
    let state = desired(text, &ClientConfig::default());
    for (from, to) in [
        ("by_used_volume", "needs.owner"),
        ("by_used_container", "needs.shared"),
        ("by_link", "needs.linked"),
        ("by_endpoint_link", "needs.joined"),
        ("by_network_mode", "needs.space.one"),
        ("by_start", "needs.linked"),
        ("free", ""),
        ("owner", ""),
    ] {
        let needed = &container(&state, &format!("needs.{from}")).dependencies;
        let needed: Vec<String> = needed.iter().map(ToString::to_string).collect();
        assert_eq!(needed.join(" "), to, "{from}");
    }
    // What they need besides containers.
    let joined = container(&state, "needs.joined");
    assert_eq!(joined.own_networks().map(ToString::to_string).collect::<Vec<_>>(), ["needs.n"]);
    let user = container(&state, "needs.by_used_volume");
    assert_eq!(user.volumes().map(ToString::to_string).collect::<Vec<_>>(), ["needs.socket"]);
    assert_eq!(user.spec.image.to_string(), "app:latest");
}
