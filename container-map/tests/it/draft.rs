//! Maps built in code: the same rules as for a text, and how drafts are laid over each other.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use container_map::config::ContainerConfig;
use container_map::{
    ConfigName, ContainerMap, Draft, LoadError, LoadOptions, Mapping, Merge, SecretSource, Value, Violation,
};

use crate::{fixtures, load};

fn config<'a>(map: &'a ContainerMap, name: &str) -> &'a ContainerConfig {
    &map.containers()[&name.parse::<ConfigName>().unwrap()]
}

fn violations(draft: &Draft) -> Vec<Violation> {
    match draft.check() {
        Err(LoadError::Invalid(violations)) => violations.iter().cloned().collect(),
        other => panic!("{other:?}"),
    }
}

#[test]
fn a_draft_is_the_map_that_a_text_with_the_same_words_is() {
    let text = "
name: site
default_tag: '2'
clients: [one]
groups: {all: [web, app.a]}
web:
  image: nginx
  extends: base
  uses: [[sock, /sock, ro], app.a]
  exposes: [[80, 8080, lan]]
  networks: {front: {aliases: [www]}}
  start: {app: started}
app:
  instances: [a, b]
  attaches: sock
  binds: [config, [/etc/x, /srv/x, ro]]
  create_options: {environment: {A: '1', B: }}
base: {abstract: true, stop_timeout: 5}
volumes: {sock: /run/sock, config: /config}
host: {root: /srv, config: {a: a, b: b}}
networks: {front: }
";
    let draft = Draft::new("site")
        .default_tag("2")
        .client("one")
        .group("all", ["web", "app.a"])
        .container("web", |web| {
            web.image("nginx")
                .extends("base")
                .uses(("sock", "/sock", "ro"))
                .uses("app.a")
                .exposes((80, 8080, "lan"))
                .networks(Mapping::new().with("network_name", "front").with("aliases", "www"))
                .start(("app", "started"))
        })
        .container("app", |app| {
            app.instances("a")
                .instances("b")
                .attaches("sock")
                .binds("config")
                .binds(("/etc/x", "/srv/x", "ro"))
                .environment("A", 1)
                .environment("B", Value::NULL)
        })
        .container("base", |base| base.is_abstract(true).stop_timeout(5))
        .volume("sock", "/run/sock")
        .volume("config", "/config")
        .host_root("/srv")
        .host("config", Mapping::new().with("a", "a").with("b", "b"))
        .network("front", Value::NULL);
    let (map, read) = (draft.check().unwrap(), load(text).unwrap());
    assert_eq!(map, read);
    assert_eq!(map.document().to_string(), read.document().to_string());
    assert_eq!(Draft::from_yaml(text, &LoadOptions::default()).unwrap().check(), Ok(read));
}

#[test]
fn a_draft_from_a_text_is_the_map_of_the_text() {
    for (name, text) in fixtures("valid") {
        let draft = Draft::from_yaml(&text, &LoadOptions::default()).unwrap();
        assert_eq!(draft.check(), load(&text), "{name}");
    }
}

#[test]
fn what_is_wrong_is_said_with_its_field_and_without_a_place() {
    let draft = Draft::new("site")
        .default_tag("no tag")
        .container("web", |web| web.uses("nothing").exposes((80, "many")).set("imgae", "nginx"))
        .volume("data", "relative");
    let found: Vec<(String, &str)> =
        violations(&draft).iter().map(|violation| (violation.at.to_string(), violation.code())).collect();
    let expected = [
        ("default_tag", "DM011"),
        ("containers.web.uses[0]", "DM020"),
        ("containers.web.exposes[0][1]", "DM011"),
        ("containers.web.imgae", "DM004"),
        ("volumes.data", "DM011"),
    ];
    for (at, code) in expected {
        assert!(found.contains(&(at.to_owned(), code)), "{at}: {found:?}");
    }
    assert_eq!(found.len(), expected.len(), "{found:?}");
    for violation in violations(&draft) {
        assert_eq!(violation.span, None, "{violation}");
        let words = format!("{violation} {:?} {:?}", violation.label(), violation.help());
        assert!(!words.contains("line 0"), "{words}");
    }
}

#[test]
fn a_mount_path_that_is_there_twice_is_not_in_a_line() {
    let draft = Draft::new("site").container("web", |web| web.shares("/a").binds(("/a", "/srv/a")));
    for violation in violations(&draft) {
        let words = format!("{violation} {:?} {:?}", violation.label(), violation.help());
        assert!(!words.contains("line 0"), "{words}");
    }
}

#[test]
fn dollars_and_tags_in_code_mean_themselves() {
    let map = Draft::new("site")
        .container("web", |web| {
            web.environment("A", "${B} $$ $C").environment("D", SecretSource::Env("E".into()))
        })
        .check()
        .unwrap();
    let environment = &config(&map, "web").create_options.environment;
    assert_eq!(format!("{:?}", environment["A"]), "Some(Text(\"${B} $$ $C\"))");
    assert_eq!(format!("{:?}", environment["D"]), "Some(Secret(Env(\"E\")))");
}

#[test]
fn late_values_are_asked_for_once_in_each_check_and_not_before() {
    let asked = Arc::new(AtomicUsize::new(0));
    let count = Arc::clone(&asked);
    let draft = Draft::new("site")
        .container("web", |web| {
            web.image(Value::late(move || format!("nginx:{}", count.fetch_add(1, Ordering::Relaxed) + 1)))
        })
        .container("app", |app| {
            app.exposes((80, Value::late(|| Value::late(|| 8080))))
                .set("create_options", Value::late(|| Mapping::new().with("tty", true)))
        });
    assert_eq!(asked.load(Ordering::Relaxed), 0);
    let map = draft.check().unwrap();
    assert_eq!(config(&map, "web").image.to_string(), "nginx:1");
    assert_eq!(config(&map, "app").exposes[0].publish.as_ref().unwrap().host_port.number(), 8080);
    assert_eq!(config(&map, "app").create_options.tty, Some(true));
    assert_eq!(config(&draft.check().unwrap(), "web").image.to_string(), "nginx:2");
    assert_eq!(asked.load(Ordering::Relaxed), 2);
}

/// A map and another one that says something else under every kind of key.
fn two() -> (Draft, Draft) {
    let options = |size: &str| Mapping::new().with("driver_options", Mapping::new().with(size, "1"));
    let first = Draft::new("first")
        .default_domain("one.example")
        .client("one")
        .group("all", ["web"])
        .host("data", "/srv/one")
        .volume("data", options("a").with("default_path", "/data"))
        .network("front", options("a"))
        .container("web", |web| {
            web.image("web:1")
                .shares("/a")
                .exposes((80, 8080))
                .exposes(81)
                .binds("data")
                .environment("A", "1")
        });
    let second = Draft::new("second")
        .default_domain("two.example")
        .client("two")
        .group("more", ["web"])
        .host("data", "/srv/two")
        .volume("data", options("b"))
        .network("front", options("b"))
        .container("web", |web| web.image("web:2").shares("/b").exposes((80, 9090)).environment("B", "2"))
        .container("new", |new| new.image("new"));
    (first, second)
}

/// Returns what the two kinds of merge and `update` make of both, in short.
fn merged(how: Merge) -> String {
    let (first, second) = two();
    let map = first.merge(&second, how).check().unwrap();
    let web = config(&map, "web");
    let ports: Vec<u16> = web
        .exposes
        .iter()
        .map(|exposed| exposed.publish.as_ref().map_or(0, |publish| publish.host_port.number()))
        .collect();
    let names = |texts: Vec<String>| texts.join("+");
    format!(
        "{} {} | clients {} | groups {} | host {} | volume {} | network {} | {} | shares {} | ports {ports:?} | env {} | {}",
        map.name(),
        map.default_domain().unwrap(),
        names(map.clients().iter().map(ToString::to_string).collect()),
        names(map.groups().keys().map(ToString::to_string).collect()),
        map.host().paths.values().next().unwrap().get(None).unwrap(),
        names(map.volumes()[0].driver_options.keys().cloned().collect()),
        names(map.networks()[0].driver_options.keys().cloned().collect()),
        web.image,
        names(web.shares.iter().map(ToString::to_string).collect()),
        names(web.create_options.environment.keys().cloned().collect()),
        names(map.containers().keys().map(ToString::to_string).collect()),
    )
}

#[test]
fn drafts_merge_as_docker_map_merges_maps() {
    assert_eq!(
        merged(Merge::All),
        "first two.example | clients one+two | groups all+more | host /srv/two | volume a+b | network a+b | web:2 | shares \
         /a+/b | ports [9090, 0] | env B | web+new"
    );
    assert_eq!(
        merged(Merge::ListsOnly),
        "first one.example | clients one+two | groups all | host /srv/two | volume a | network a | web:1 | shares /a+/b | \
         ports [9090, 0] | env A | web+new"
    );
    assert_eq!(
        merged(Merge::Replace),
        "first two.example | clients two | groups more | host /srv/two | volume b | network b | web:2 | shares /b | ports \
         [9090] | env B | web+new"
    );
}

#[test]
fn what_is_added_later_counts_over_what_was_merged() {
    let (first, second) = two();
    let draft =
        first.merge(&second, Merge::ListsOnly).container("web", |web| web.image("web:3").shares("/c"));
    let map = draft.check().unwrap();
    let web = config(&map, "web");
    assert_eq!(web.image.to_string(), "web:3");
    let shares: Vec<&str> = web.shares.iter().map(container_map::ContainerPath::as_str).collect();
    assert_eq!(shares, ["/a", "/b", "/c"]);
}

#[test]
fn null_clears_what_is_inherited() {
    let base = Draft::new("site").container("base", |base| base.is_abstract(true).shares("/a").user("app"));
    let map = base
        .container("web", |web| web.extends("base").set("shares", Value::NULL))
        .container("all", |all| all.extends("base"))
        .check()
        .unwrap();
    assert!(config(&map, "web").shares.is_empty() && config(&map, "web").user.is_some());
    assert_eq!(config(&map, "all").shares.len(), 1);
}

#[test]
fn a_checked_map_can_be_taken_up_again() {
    let map = load("name: site\nweb: {image: nginx, uses: data, create_options: {environment: {A: '$${B}'}}}\napp: {attaches: data}\n\
                    volumes: {data: /data}\n")
    .unwrap();
    assert_eq!(Draft::from(&map).check().as_ref(), Ok(&map));
    let newer = Draft::from(&map).container("web", |web| web.image("nginx:2")).check().unwrap();
    assert_eq!(config(&newer, "web").image.to_string(), "nginx:2");
    assert_eq!(config(&newer, "web").create_options, config(&map, "web").create_options);
}

#[test]
fn a_text_that_a_draft_cannot_start_with_is_refused() {
    let options = LoadOptions::default();
    let read = |text| Draft::from_yaml(text, &options);
    assert!(matches!(read("{"), Err(LoadError::Syntax(_))));
    for text in ["[a]", "a", "", "name: ${NOT_SET}"] {
        assert!(matches!(read(text), Err(LoadError::Invalid(_))), "{text}");
    }
    let named = LoadOptions { name: Some("own".parse().unwrap()), ..LoadOptions::default() };
    let name = |text| Draft::from_yaml(text, &named).unwrap().check().unwrap().name().to_string();
    assert_eq!((name("web: "), name("name: site")), ("own".into(), "site".into()));
}
