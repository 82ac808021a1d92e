//! Maps that load, and what they mean.

use container_map::config::{BindSource, Variable};
use container_map::{ConfigName, ContainerKey, LoadOptions};

use crate::{fixtures, load};

fn config(map: &container_map::ContainerMap, name: &str) -> container_map::config::ContainerConfig {
    map.containers()[&name.parse::<ConfigName>().unwrap()].clone()
}

#[test]
fn the_name_can_come_from_outside_and_the_text_has_precedence() {
    let options = |name: &str| LoadOptions { name: Some(name.parse().unwrap()), ..LoadOptions::default() };
    let load = |text, name| container_map::load(text, options(name)).unwrap().name().to_string();
    assert_eq!(load("web: {image: nginx}", "site"), "site");
    assert_eq!(load("name: own\nweb: {image: nginx}", "site"), "own");
}

#[test]
fn a_configuration_without_an_image_is_its_image() {
    let map = load("name: m\nrepository: example.org\ndefault_tag: '2'\nweb:\n").unwrap();
    assert_eq!(config(&map, "web").image.to_string(), "example.org/web:2");
}

#[test]
fn an_alias_with_nothing_behind_it_is_mounted_read_write() {
    let text = "name: m\nweb: {binds: [data: ]}\nvolumes: {data: /data}\nhost: {data: /srv}\n";
    let bind = config(&load(text).unwrap(), "web").binds[0].clone();
    assert_eq!(bind.source, BindSource::Alias("data".parse().unwrap()));
    assert_eq!(bind.access.as_str(), "rw");
}

#[test]
fn the_root_of_host_paths_can_stand_in_either_place() {
    for text in ["host_root: /srv\nhost: {data: data}", "host: {root: /srv, data: data}"] {
        let text = format!("name: m\nweb: {{binds: data}}\nvolumes: {{data: /data}}\n{text}\n");
        let map = load(&text).unwrap();
        let path = map.host().paths.values().next().unwrap().get(None).unwrap();
        assert_eq!(path.as_str(), "/srv/data");
    }
}

#[test]
fn scalars_are_taken_as_written() {
    let text = "name: m\nweb:\n  image: app:1.10\n  create_options:\n    environment: {A: 0755, B: 1.10, C: on, D: 1e3, \
                E: 22:22, F: 'true', G: 0x1F, H: 1_000, I: .inf}\n";
    let environment = config(&load(text).unwrap(), "web").create_options.environment;
    let values: Vec<&str> = environment
        .values()
        .map(|value| match value {
            Some(Variable::Text(text)) => text.as_str(),
            other => panic!("{other:?}"),
        })
        .collect();
    assert_eq!(values, ["0755", "1.10", "on", "1e3", "22:22", "true", "0x1F", "1_000", ".inf"]);
}

#[test]
fn the_user_of_a_volume_depends_on_nobody_but_its_owner() {
    let (_, seed) = fixtures("valid").into_iter().find(|(name, _)| name == "seed").unwrap();
    let map = load(&seed).unwrap();
    let nginx: ContainerKey = "main.nginx".parse().unwrap();
    let needed: Vec<String> = map.dependencies(&nginx).iter().map(ToString::to_string).collect();
    assert_eq!(needed, ["main.uwsgi"]);
}
