//! Projects: several files, what they include, variables, several maps, and their clients.

use std::collections::BTreeMap;

use container_map::config::Variable;
use container_map::{
    ConfigName, ContainerMap, LoadError, LoadOptions, Password, Project, ProjectError, ProjectFiles,
    SecretSource, SelectError, Selection, Variables, load_project, read_project,
};

type Texts = BTreeMap<String, String>;

fn texts(files: &[(&str, &str)]) -> Texts {
    files.iter().map(|(path, text)| ((*path).to_owned(), (*text).to_owned())).collect()
}

fn project_files(maps: &[&str]) -> ProjectFiles {
    ProjectFiles { maps: maps.iter().map(|path| (*path).to_owned()).collect(), clients: None }
}

/// Loads all files that are not included by others, as they are listed.
fn load(files: &[(&str, &str)], maps: &[&str]) -> Result<Project, Box<ProjectError>> {
    load_project(&project_files(maps), &mut texts(files), &LoadOptions::default())
}

fn map<'a>(project: &'a Project, name: &str) -> &'a ContainerMap {
    project.map(&name.parse().unwrap()).unwrap()
}

fn config<'a>(map: &'a ContainerMap, name: &str) -> &'a container_map::config::ContainerConfig {
    &map.containers()[&name.parse::<ConfigName>().unwrap()]
}

/// Returns what is wrong: file, line, code and message.
fn problems(error: &ProjectError) -> Vec<String> {
    let LoadError::Invalid(violations) = &error.error else {
        return vec![format!("{:?}", error.error)];
    };
    let place = |violation: &container_map::Violation| match &violation.span {
        Some(span) => format!("{}:{}", error.sources[span.source().position()].path, span.line()),
        None => "nowhere".to_owned(),
    };
    let line = |violation: &container_map::Violation| {
        format!("{} {} {}: {}", place(violation), violation.code(), violation.at, violation.message())
    };
    violations.iter().map(line).collect()
}

const SITE: &str = "\
name: site
web:
  image: nginx:1
  binds: {conf: ro}
  exposes: {80: 80, 443: 443}
  links: [db]
  create_options: {environment: {A: '1', B: '2'}}
db: {}
volumes: {conf: /etc/nginx}
host: {conf: /srv/conf}
networks: {back: {internal: true}}
";

#[test]
fn an_overlay_merges_as_an_extending_configuration_does() {
    let over = "\
web:
  image: nginx:2
  exposes: {80: 8080}
  links: [cache]
  create_options: {environment: {A: '9'}}
cache:
host: {conf: /srv/other}
networks: {back: {driver: overlay}}
";
    let project = load(&[("a.yaml", SITE), ("b.yaml", over)], &["a.yaml", "b.yaml"]).unwrap();
    assert_eq!(project.maps().len(), 1);
    let site = map(&project, "site");
    let web = config(site, "web");
    assert_eq!(web.image.to_string(), "nginx:2");
    let published: Vec<u16> =
        web.exposes.iter().map(|exposed| exposed.publish.as_ref().unwrap().host_port.number()).collect();
    assert_eq!(published, [8080, 443]);
    assert_eq!(web.links.len(), 2);
    // Options merge one level deep, so the environment is the overlay's alone (docker-map 4.1).
    let environment: Vec<&String> = web.create_options.environment.keys().collect();
    assert_eq!(environment, ["A"]);
    assert_eq!(site.host().paths.values().next().unwrap().get(None).unwrap().as_str(), "/srv/other");
    let back = site.networks().values().next().unwrap();
    assert!(back.internal && back.driver == "overlay");
    assert!(site.containers().contains_key(&"cache".parse::<ConfigName>().unwrap()));
}

#[test]
fn a_key_without_a_value_takes_back_what_is_inherited() {
    let text = "\
name: m
base: {abstract: true, image: app, shares: [/a], user: '5', create_options: {tty: true}}
web: {extends: base, image: ~, shares: ~, user: ~, create_options: ~}
app: {extends: base, shares: [/b]}
";
    let project = load(&[("m.yaml", text)], &["m.yaml"]).unwrap();
    let web = config(map(&project, "m"), "web");
    assert_eq!(web.image.to_string(), "web:latest");
    assert!(web.shares.is_empty() && web.user.is_none() && web.create_options.tty.is_none());
    assert_eq!(config(map(&project, "m"), "app").shares.len(), 2);
}

#[test]
fn included_files_come_before_the_file_that_includes_them_and_once() {
    let files = [
        ("site/main.yaml", "name: site\ninclude: [parts/web.yaml, parts/db.yaml]\nweb: {image: mine}\n"),
        ("site/parts/web.yaml", "include: common.yaml\nweb: {image: theirs, extends: base, links: [db]}\n"),
        ("site/parts/db.yaml", "include: ./common.yaml\ndb: {extends: base}\n"),
        ("site/parts/common.yaml", "base: {abstract: true, shares: [/data]}\n"),
    ];
    let project = load(&files, &["site/main.yaml"]).unwrap();
    let site = map(&project, "site");
    assert_eq!(config(site, "web").image.to_string(), "mine:latest");
    assert_eq!(config(site, "web").shares.len(), 1);
    assert_eq!(config(site, "db").shares.len(), 1);
}

#[test]
fn what_cannot_be_included_is_said_where_it_is_asked_for() {
    // What is missing besides may be in the file that is not there, so nothing is said of it.
    let missing =
        "web: {extends: base, links: other, uses: data, networks: back, binds: conf, attaches: log}";
    let files = [
        ("a.yaml", &*format!("name: site\ninclude: [b.yaml, none.yaml]\n{missing}\n")),
        ("b.yaml", "include: c.yaml\ndb: {}\n"),
        ("c.yaml", "include: a.yaml\nweb: {imag: x}\n"),
    ];
    assert_eq!(
        problems(&load(&files, &["a.yaml"]).unwrap_err()),
        [
            "a.yaml:2 DM016 include[1]: cannot include `none.yaml`: there is no such file",
            "c.yaml:1 DM017 include: these files include each other: `a.yaml` -> `b.yaml` -> `c.yaml` -> `a.yaml`",
            "c.yaml:2 DM004 containers.web.imag: unknown key `imag`",
        ]
    );
    let error = load(&[], &["none.yaml"]).unwrap_err();
    let LoadError::Syntax(error) = &error.error else { panic!("{error:?}") };
    assert_eq!(error.message, "cannot read `none.yaml`: there is no such file");
}

#[test]
fn a_container_may_be_called_include() {
    let text = "name: m\ninclude: {image: nginx}\n";
    let project = load(&[("m.yaml", text)], &["m.yaml"]).unwrap();
    assert_eq!(config(map(&project, "m"), "include").image.to_string(), "nginx:latest");
}

#[test]
fn variables_are_expanded_in_values_and_never_in_keys() {
    let text = "\
name: m
web:
  image: app:${TAG:-latest}
  create_options:
    environment: {HOST: '${HOST}', SHELL_STYLE: $HOST, LITERAL: '$${HOST}'}
  binds: [[/c, !path $BASE/c], [/d, !path_lazy ~/d]]
";
    let mut variables: Variables = [("HOST", "h1"), ("BASE", "/srv")].into_iter().collect();
    variables.home = Some("/users/me".into());
    let options = LoadOptions { variables, ..LoadOptions::default() };
    let files = project_files(&["m.yaml"]);
    let project = load_project(&files, &mut texts(&[("m.yaml", text)]), &options).unwrap();
    let web = config(map(&project, "m"), "web");
    assert_eq!(web.image.to_string(), "app:latest");
    let environment: Vec<_> = web.create_options.environment.values().flatten().cloned().collect();
    assert_eq!(environment, ["h1", "${HOST}", "$HOST"].map(|text| Variable::Text(text.into())));
    let hosts: Vec<String> = web.binds.iter().map(|bind| format!("{:?}", bind.source)).collect();
    assert!(hosts[0].contains("/srv/c") && hosts[1].contains("/users/me/d"), "{hosts:?}");
}

#[test]
fn a_variable_that_is_not_set_is_one_problem() {
    let text = "name: m\nweb:\n  image: ${IMAGE}\n  stop_timeout: ${T:?ask the operator}\n  user: ${1}\n";
    assert_eq!(
        problems(&load(&[("m.yaml", text)], &["m.yaml"]).unwrap_err()),
        [
            "m.yaml:3 DM014 containers.web.image: the variable `IMAGE` is not set",
            "m.yaml:4 DM014 containers.web.stop_timeout: the variable `T` is not set: ask the operator",
            "m.yaml:5 DM013 containers.web.user: `${1}` is not a variable",
        ]
    );
}

#[test]
fn a_relative_secret_starts_at_the_folder_of_its_file() {
    let text = "name: m\nweb:\n  create_options:\n    environment:\n      A: !secret {file: keys/a}\n      \
                B: !secret {env: B}\n      C: !secret {file: /run/c}\n";
    let project = load(&[("conf/m.yaml", text)], &["conf/m.yaml"]).unwrap();
    let environment = &config(map(&project, "m"), "web").create_options.environment;
    let sources: Vec<_> = environment.values().flatten().cloned().collect();
    let file = |path: &str| Variable::Secret(SecretSource::File(path.into()));
    assert_eq!(
        sources,
        [file("conf/keys/a"), Variable::Secret(SecretSource::Env("B".into())), file("/run/c")]
    );
}

const SHOP: &str = "name: shop\nweb: {instances: [a, b]}\napi: {}\ngroups: {front: [web.a, api]}\n";

fn selected(project: &Project, targets: &[&str]) -> Result<Vec<String>, String> {
    let targets: Vec<String> = targets.iter().map(|target| (*target).to_owned()).collect();
    let found = project.select(&targets).map_err(|error| error.to_string())?;
    let texts = found.into_iter().map(|(map, selection)| match selection {
        Selection::Whole => format!("{map}"),
        Selection::Some(keys) => keys.iter().map(ToString::to_string).collect::<Vec<_>>().join(" "),
    });
    Ok(texts.collect())
}

#[test]
fn files_of_different_names_are_a_project_of_several_maps() {
    let project = load(&[("site.yaml", SITE), ("shop.yaml", SHOP)], &["site.yaml", "shop.yaml"]).unwrap();
    let found = |targets: &[&str]| selected(&project, targets).unwrap();
    assert_eq!(found(&[]), ["shop", "site"]);
    assert_eq!(found(&["db"]), ["site.db"]);
    assert_eq!(found(&["front", "site.web"]), ["shop.api shop.web.a", "site.web"]);
    assert_eq!(found(&["web.b"]), ["shop.web.b"]);
    assert_eq!(found(&["shop.web.b", "shop.web.a"]), ["shop.web.a shop.web.b"]);
    assert_eq!(found(&["shop"]), ["shop"]);
    assert_eq!(found(&["shop.__all__"]), ["shop"]);
    assert_eq!(found(&["__all__.web"]), ["shop.web.a shop.web.b", "site.web"]);
    assert_eq!(found(&["__all__"]), ["shop", "site"]);
    assert_eq!(found(&["__all__.__all__"]), ["shop", "site"]);
    assert_eq!(found(&["shop.front"]), ["shop.api shop.web.a"]);
    let refused = |target: &str| selected(&project, &[target]).unwrap_err();
    assert_eq!(refused("web"), "`web` can be `site.web` or `shop.web`");
    let unknown = "no container, instance or group of maps `site`, `shop` is named `wbe.q`";
    assert_eq!(refused("wbe.q"), unknown);
    let suggestion = project.select(&["apii".to_owned()]).unwrap_err();
    assert!(matches!(suggestion, SelectError::Unknown { suggestion: Some(name), .. } if name == "api"));
}

#[test]
fn a_map_may_have_a_container_of_its_own_name() {
    let project = load(&[("m.yaml", "name: web\nweb: {instances: [a]}\na: {}\n")], &["m.yaml"]).unwrap();
    assert_eq!(selected(&project, &["web"]).unwrap(), ["web.web.a"]);
    let refused = selected(&project, &["web.a"]).unwrap_err();
    assert_eq!(refused, "`web.a` can be `web.web.a` or `web.a`");
}

const TWO_HOSTS: &str = "\
name: m
clients:
  one: {base_url: 'unix:///one.sock', interfaces: {lan: 10.0.0.1}, stop_timeout: 5}
  two: {interfaces: {lan: 10.0.0.2}, auth_configs: {r.example.org: {username: u, password: p}}}
web: {exposes: {80: [80, lan]}}
db: {clients: two, links: [web]}
";

#[test]
fn a_configuration_runs_on_its_own_clients_or_those_of_the_map() {
    let project = load(&[("m.yaml", TWO_HOSTS)], &["m.yaml"]).unwrap();
    let m = map(&project, "m");
    let names = |config: &str| -> Vec<String> {
        m.clients_of(&config.parse().unwrap()).iter().map(ToString::to_string).collect()
    };
    assert_eq!(names("web"), ["one", "two"]);
    assert_eq!(names("db"), ["two"]);
    let clients = project.clients_of(m);
    assert_eq!(clients.len(), 2);
    assert_eq!(clients[0].base_url.as_deref(), Some("unix:///one.sock"));
    let login = &clients[1].auth_configs["r.example.org"];
    assert!(matches!(&login.password, Password::Given(secret) if secret.expose() == "p"));
    assert!(!format!("{project:?}").contains("\"p\""));
}

#[test]
fn clients_can_stand_in_a_file_of_their_own() {
    let text = "name: m\nclients: [one, __default__]\nweb: {clients: __default__}\n";
    let clients =
        "__default__: {domainname: example.org}\none: {base_url: 'tcp://h:2375', version: '1.41'}\n";
    let files = ProjectFiles { clients: Some("c.yaml".into()), ..project_files(&["m.yaml"]) };
    let mut texts = texts(&[("m.yaml", text), ("c.yaml", clients)]);
    let project = load_project(&files, &mut texts, &LoadOptions::default()).unwrap();
    let names: Vec<&str> = project.clients().map(|client| client.name.as_str()).collect();
    assert_eq!(names, ["default", "one"]);
    let default = project.client(&"default".parse().unwrap()).unwrap();
    assert_eq!(default.domainname.as_deref(), Some("example.org"));
    // The name that docker-map has for it is good wherever a client is named.
    let m = map(&project, "m");
    assert_eq!(m.clients().iter().map(ToString::to_string).collect::<Vec<_>>(), ["one", "default"]);
    assert!(m.runs_on(&"web".parse().unwrap(), &default.name));
}

#[test]
fn what_is_wrong_with_clients_is_found_before_an_engine_is() {
    let text = "\
name: m
clients: {one: {interfaces: {lan: 10.0.0}, features: {volumes: true}, timout: 5}}
web: {clients: [tow], exposes: {80: [80, wan]}}
db: {clients: one, links: [web], exposes: {90: [90, lan, true]}}
";
    assert_eq!(
        problems(&load(&[("m.yaml", text)], &["m.yaml"]).unwrap_err()),
        [
            "m.yaml:2 DM011 clients.one.interfaces.lan: `10.0.0` is not an IPv4 address",
            "m.yaml:2 DM018 clients.one.features: `features` is not a setting of dmap",
            "m.yaml:2 DM004 clients.one.timout: unknown key `timout`",
            "m.yaml:3 DM030 containers.web.clients[0]: no client is named `tow`",
            "m.yaml:4 DM031 containers.db.links[0]: `db` needs `web`, which does not run on client `one`",
            "m.yaml:4 DM032 containers.db.exposes.90[1]: client `one` has no IPv6 address for the interface `lan`",
        ]
    );
}

#[test]
fn what_an_engine_would_refuse_or_drop_is_found_first() {
    let long = "a".repeat(60);
    let text = format!(
        "name: m\nweb: {{network_mode: host, exposes: {{80: 80}}}}\napp: {{network_mode: web, exposes: {{81: 81}}}}\n\
         {long}: {{instances: [b, ccc]}}\ndata: {{shares: [/data, /more]}}\n\
         user: {{uses: [data], shares: [/data], attaches: {{v: /other}}}}\n"
    );
    assert_eq!(
        problems(&load(&[("m.yaml", &text)], &["m.yaml"]).unwrap_err()),
        [
            "m.yaml:2 DM050 containers.web.exposes.80: `web` publishes a port, but has the network of the host",
            "m.yaml:3 DM050 containers.app.exposes.81: `app` publishes a port, but has the network of another container",
            &format!("m.yaml:4 DM051 containers.{long}: the host name `m-{long}-ccc` has 66 characters"),
            "m.yaml:6 DM049 containers.user.shares[0]: this mount of `user` hides the one at `/data` that it uses from \
             `data`",
        ]
    );
}

#[test]
fn what_files_say_can_be_shown_without_resolving_it() {
    let files = texts(&[
        (
            "a.yaml",
            "name: m\nbase: {abstract: true, image: '${IMAGE}'}\nweb: {extends: base, shares: !path $X}\n",
        ),
        ("b.yaml", "web: {shares: /b}\n"),
    ]);
    let written = read_project(&project_files(&["a.yaml", "b.yaml"]), &mut files.clone()).unwrap();
    let texts: Vec<String> = written.documents().map(|document| document.to_string()).collect();
    insta::assert_snapshot!(texts.join("---\n"), @r"
    name: m
    containers:
      base:
        abstract: true
        image: ${IMAGE}
      web:
        extends:
        - base
        shares:
        - !path $X
        - /b
    ");
}
