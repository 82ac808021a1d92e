//! The canonical form: what it looks like, and that it is read as the map it was made from.

use std::collections::{BTreeMap, BTreeSet};

use container_map::{ContainerMap, Draft, ProjectFiles, read_project};
use proptest::prelude::*;
use proptest::strategy::ValueTree;
use proptest::test_runner::TestRunner;
use serde_json::Value;

use crate::maps::maps;
use crate::{fixtures, load};

#[test]
fn every_valid_fixture_has_its_canonical_form() {
    for (name, text) in fixtures("valid") {
        let map = load(&text).unwrap_or_else(|error| panic!("{name}: {error:?}"));
        insta::with_settings!({ prepend_module_to_snapshot => false, omit_expression => true }, {
            insta::assert_snapshot!(format!("canonical__{name}"), map.document());
        });
        assert_same(&name, &map);
    }
}

/// Checks that everything that is made from a map is this map again.
#[track_caller]
fn assert_same(what: &str, map: &ContainerMap) {
    let text = map.document().to_string();
    let read = load(&text).unwrap_or_else(|error| panic!("{what}: {error:?}\n{text}"));
    assert_eq!(&read, map, "{what}\n{text}");
    // The order counts as well, which the comparison of maps does not look at.
    assert_eq!(read.document().to_string(), text, "{what}");
    let draft = Draft::from(map).check().unwrap_or_else(|error| panic!("{what}: {error:?}"));
    assert_eq!(&draft, map, "{what}");
}

fn json(map: &ContainerMap) -> Value {
    serde_json::to_value(map.document()).unwrap()
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 128, ..ProptestConfig::default() })]

    #[test]
    fn what_is_written_is_read_as_the_same_map(draft in maps()) {
        let map = draft.check().unwrap_or_else(|error| panic!("{error:?}"));
        assert_same("generated", &map);
    }

    #[test]
    fn json_is_read_as_the_same_map(draft in maps()) {
        let map = draft.check().unwrap_or_else(|error| panic!("{error:?}"));
        let text = json(&map).to_string();
        // A secret has no tag there.
        prop_assume!(!text.contains("{\"secret\":"));
        prop_assert_eq!(load(&text).unwrap_or_else(|error| panic!("{error:?}\n{text}")), map);
    }
}

/// Adds the keys of all mappings under a key, in each mapping of a section.
fn keys(section: &Value, seen: &mut BTreeSet<String>) {
    for thing in section.as_object().into_iter().flat_map(|things| things.values()) {
        seen.extend(thing.as_object().into_iter().flat_map(|thing| thing.keys().cloned()));
    }
}

#[test]
fn generated_maps_have_every_key() {
    let schema = serde_json::to_value(container_map::schema()).unwrap();
    let (mut runner, strategy) = (TestRunner::deterministic(), maps());
    let documents: Vec<Value> =
        (0..300).map(|_| json(&strategy.new_tree(&mut runner).unwrap().current().check().unwrap())).collect();
    for (section, definition) in [("containers", "container"), ("volumes", "volume"), ("networks", "network")]
    {
        let mut seen = BTreeSet::new();
        for document in &documents {
            keys(&document[section], &mut seen);
        }
        let forms = schema["$defs"][definition]["anyOf"].as_array().unwrap();
        let known = forms.iter().find_map(|form| form["properties"].as_object()).unwrap();
        // These two are gone when a map is checked.
        let known = known.keys().filter(|key| !matches!(key.as_str(), "abstract" | "extends"));
        let missing: Vec<&String> = known.filter(|key| !seen.contains(*key)).collect();
        assert!(missing.is_empty(), "{section}: {missing:?}");
    }
}

#[test]
fn secrets_are_written_as_where_they_are_read_from() {
    let text = "name: m\nweb:\n  create_options: {environment: {A: !secret {file: a.txt}, B: !secret {env: TOKEN}}}\n";
    let map = load(text).unwrap();
    let written = map.document().to_string();
    assert!(written.contains("A: !secret\n          file: a.txt\n"), "{written}");
    let environment = &json(&map)["containers"]["web"]["create_options"]["environment"];
    assert_eq!(environment["B"], serde_json::json!({"secret": {"env": "TOKEN"}}));
}

/// Returns what a text says, in long form and without anything resolved.
fn unresolved(text: &str) -> String {
    let files = ProjectFiles { maps: vec!["map.yaml".to_owned()], clients: None };
    let mut texts = BTreeMap::from([("map.yaml".to_owned(), text.to_owned())]);
    let written = read_project(&files, &mut texts).unwrap_or_else(|error| panic!("{error:?}"));
    let documents: Vec<String> = written.documents().map(|document| document.to_string()).collect();
    documents.concat()
}

#[test]
fn what_is_not_resolved_is_written_as_it_was() {
    let written = unresolved(
        "name: m
repository: ${REPOSITORY}
default_tag: 1.10
host_root: !path $HOME
clients: {one: {base_url: 'unix:///x', timeout: 5, auth_configs: {r: {username: me, password: secret}}}, two: }
base: {abstract: true, user: '${USER:-app}', shares: !path [$A, /b], exposes: {80: $$1}, persistent: true}
web:
  extends: base
  shares:
  exposes: 80
  network_mode:
  create_options: {environment: {A: '80', B: 80, C: on, D: , E: !secret {file: x}}, tty: true}
  host_config: {mem_limit: '${MEMORY}', cpu_shares: 512, dns: !path [$DNS]}
volumes: {data: /data, more: {permissions: 0750, create_options: {labels: [a=b]}}}
host: {data: !path {a: ~/a, b: /b}}
networks: {front: , back: {create_options: {ipam: {config: [{subnet: '${NET}'}]}}}}
",
    );
    insta::with_settings!({ prepend_module_to_snapshot => false, omit_expression => true }, {
        insta::assert_snapshot!("canonical__unresolved", written);
    });
}

#[test]
fn what_is_not_resolved_is_read_as_the_same_map() {
    for (name, text) in fixtures("valid") {
        assert_eq!(load(&unresolved(&text)), load(&text), "{name}");
    }
}
