//! Several files of one map: what is inherited, what is taken back, and that both can be written in one file.

use std::collections::BTreeMap;
use std::fmt::Write;

use container_map::{ContainerMap, LoadOptions, ProjectFiles, Value, load_project, read_project};
use proptest::prelude::*;

use crate::load;

/// Keys of a configuration, and two values for each.
const KEYS: &[(&str, [&str; 2])] = &[
    ("extends", ["[base]", "[other]"]),
    ("image", ["one", "two"]),
    ("build", ["one", "{context: two, dockerfile: x, args: {A: 1}}"]),
    ("instances", ["[a]", "[b, c]"]),
    ("clients", ["[here]", "[there]"]),
    ("shares", ["[/a]", "[/b, /c]"]),
    ("binds", ["[conf]", "{/etc/b: /srv/b}"]),
    ("links", ["[cache]", "[[cache, store]]"]),
    ("exposes", ["[80]", "{81: 8081}"]),
    ("user", ["1000", "app"]),
    ("stop_timeout", ["5", "90 seconds"]),
    ("networks", ["[front]", "{back: {aliases: b}}"]),
    ("exec_commands", ["[run a]", "[run b]"]),
    ("healthcheck", ["{test: a, interval: 5s}", "b"]),
    ("start", ["{db: healthy}", "[db]"]),
    ("follow", ["{db: restart}", "{db: leave}"]),
    ("compare", ["{label: at-least}", "{env: ignore}"]),
    ("create_options", ["{tty: true, environment: {A: '1'}}", "{hostname: h, environment: {B: '2'}}"]),
    ("host_config", ["{mem_limit: 1g}", "{dns: [10.0.0.53], mem_limit: 2g}"]),
];

/// The rest of the map; what is followed has to be needed, whatever the keys say.
const REST: &str = "\
db: {image: db, attaches: data}
cache: {image: cache}
base: {abstract: true}
other: {abstract: true}
web: {uses: data}
volumes: {conf: /etc/conf, data: /data}
host: {conf: /srv/conf}
networks: {front: , back: }
clients: {here: , there: }
";

/// What a file says under a key.
#[derive(Debug, Clone, Copy)]
enum Says {
    Nothing,
    Null,
    This(usize),
    Instead(usize),
}

fn says() -> impl Strategy<Value = Says> {
    prop_oneof![
        2 => Just(Says::Nothing),
        1 => Just(Says::Null),
        2 => (0..2_usize).prop_map(Says::This),
        1 => (0..2_usize).prop_map(Says::Instead),
    ]
}

/// Returns a configuration; those that others start from have no bases.
fn config(name: &str, keys: &[Says]) -> String {
    let mut text = format!("{name}:\n");
    for ((key, values), says) in KEYS.iter().zip(keys) {
        if name != "web" && *key == "extends" {
            continue;
        }
        match says {
            Says::Nothing => {}
            Says::Null => writeln!(text, "  {key}:").unwrap(),
            Says::This(value) => writeln!(text, "  {key}: {}", values[*value]).unwrap(),
            Says::Instead(value) => writeln!(text, "  {key}: !override {}", values[*value]).unwrap(),
        }
    }
    text
}

fn file() -> impl Strategy<Value = String> {
    let keys = || prop::collection::vec(says(), KEYS.len());
    (keys(), keys(), keys()).prop_map(|(base, other, web)| {
        config("base", &base) + &config("other", &other) + &config("web", &web)
    })
}

/// Loads files that are laid over each other.
fn loaded(files: &[String]) -> Result<ContainerMap, String> {
    let (files, mut texts) = project(files);
    let project = load_project(&files, &mut texts, &LoadOptions::default());
    project
        .map(|project| project.maps().next().unwrap().clone())
        .map_err(|error| format!("{:?}", error.error))
}

/// Writes files that are laid over each other as one.
fn written(files: &[String]) -> String {
    let (files, mut texts) = project(files);
    let written = read_project(&files, &mut texts).unwrap_or_else(|error| panic!("{error:?}"));
    let documents: Vec<String> = written.documents().map(|document| document.to_string()).collect();
    documents.concat()
}

fn project(files: &[String]) -> (ProjectFiles, BTreeMap<String, String>) {
    let names: Vec<String> = (0..files.len()).map(|index| format!("{index}.yaml")).collect();
    let texts = names.iter().cloned().zip(files.iter().cloned()).collect();
    (ProjectFiles { maps: names, clients: None }, texts)
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 128, ..ProptestConfig::default() })]

    #[test]
    fn files_are_written_as_one_that_is_read_as_the_same_map(overlays in prop::collection::vec(file(), 1..4)) {
        let mut files = vec![format!("name: m\n{REST}")];
        files.extend(overlays);
        let map = loaded(&files).unwrap_or_else(|error| panic!("{error}\n{}", files.concat()));
        let text = written(&files);
        let read = loaded(std::slice::from_ref(&text)).unwrap_or_else(|error| panic!("{error}\n{text}"));
        prop_assert_eq!(read, map, "{}\n---\n{}", files.join("---\n"), text);
    }
}

#[test]
fn what_is_taken_back_and_set_anew_is_written_so() {
    let files = [
        "name: m\nbase: {exposes: [80], compare: {env: ignore}, host_config: {mem_limit: 1g}, shares: /a}\n\
         web: {extends: base, image: app, exposes: , compare: , host_config: , shares: , user: }\n",
        "web: {exposes: 81, compare: {label: at-least}, host_config: {init: true}, user: app}\n",
    ]
    .map(str::to_owned);
    let text = written(&files);
    insta::assert_snapshot!(text, @r"
    name: m
    containers:
      base:
        shares:
        - /a
        exposes:
        - exposed_port: 80
        compare:
          env: ignore
        host_config:
          mem_limit: 1g
      web:
        extends:
        - base
        image: app
        exposes: !override
          - exposed_port: 81
        user: app
        compare: !override
          label: at-least
        host_config: !override
          init: true
        shares: null
    ");
    let map = loaded(&files).unwrap();
    assert_eq!(load(&text).as_ref(), Ok(&map));
    let web = &map.containers()[1];
    assert_eq!((web.exposes.len(), web.shares.len(), web.host_config.mem_limit), (1, 0, None));
}

#[test]
fn what_stands_instead_is_not_merged() {
    let map = load(
        "name: m\nbase: {image: app, exposes: [80], shares: [/a], create_options: {tty: true}}\n\
         web: {extends: base, exposes: !override [81], shares: !override , create_options: !override {hostname: h}}\n\
         grown: {extends: base, exposes: [81]}\n",
    )
    .unwrap();
    let (web, grown) = (&map.containers()[1], &map.containers()[2]);
    assert_eq!((web.exposes.len(), grown.exposes.len()), (1, 2));
    assert!(
        web.shares.is_empty() && web.create_options.tty.is_none() && web.create_options.hostname.is_some()
    );
}

#[test]
fn a_base_can_be_taken_back() {
    let files = [
        "name: m\nbase: {shares: /a}\nweb: {extends: base, abstract: true}\n",
        "web: {extends: , abstract: }\n",
    ];
    let map = loaded(&files.map(str::to_owned)).unwrap();
    assert!(map.containers()[1].shares.is_empty());
}

#[test]
fn a_draft_can_say_what_stands_instead_and_be_added_to() {
    let draft = container_map::Draft::new("m")
        .container("base", |base| base.image("app").exposes(80).host_option("init", true))
        .container("web", |web| {
            web.extends("base")
                .set("exposes", Value::instead([81]))
                .exposes(82)
                .set("host_config", Value::instead(container_map::Mapping::new().with("mem_limit", "1g")))
                .host_option("privileged", false)
        });
    let map = draft.check().unwrap();
    let web = &map.containers()[1];
    assert_eq!(web.exposes.len(), 2);
    assert!(web.host_config.init.is_none() && web.host_config.mem_limit.is_some());
    assert_eq!(web.host_config.privileged, Some(false));
}
