//! Rules of comparison: what is left alone, what may be more, and what is looked at although the map does not set it.

use std::collections::BTreeMap;

use container_map::ClientConfig;
use map_planner::engine::{ObservedContainer, ObservedMount, ObservedMountSource};
use map_planner::spec::{EnvText, HealthcheckSpec, HostBinding};
use map_planner::{Goal, Ignored, PlanInput};

use crate::story::{site, up};
use crate::world::all;

/// Returns the text of the plan after a container was made, the map edited, and the engine changed.
fn shown(made: &str, edited: &str, change: fn(&mut ObservedContainer), ignored: Ignored) -> String {
    let world = up(&site(&format!("  a: {{image: server, {made}}}")));
    let mut engine = world.engine.observe(&world.scope());
    change(engine.containers.get_mut("site.a").unwrap());
    let world = world.edits(&site(&format!("  a: {{image: server, {edited}}}")));
    let (client, secrets, mut request) = (ClientConfig::default(), BTreeMap::new(), all(Goal::Up));
    request.policy.ignored = ignored;
    let input = PlanInput {
        map: &world.map,
        client: &client,
        engine: &engine,
        request: &request,
        secrets: &secrets,
        contexts: &world.contexts,
    };
    map_planner::plan(&input).unwrap().text().to_string()
}

/// What somebody changes on the engine.
type Drift = fn(&mut ObservedContainer);

fn is_empty(text: &str) -> bool {
    !text.contains("  #  after")
}

/// A difference that is ignored is no step, and a note for those who ask.
#[test]
fn ignored_differences_are_told_to_those_who_ask() {
    let rows: [(&str, &str, &str, Drift, &str); 7] = [
        (
            "env",
            "create_options: {environment: {A: '1'}}",
            "create_options: {environment: {A: '2'}}",
            |_| (),
            "env A",
        ),
        ("label", "create_options: {labels: {l: a}}", "persistent: false", |_| (), "label l"),
        (
            "cap_add",
            "host_config: {cap_add: [NET_RAW]}",
            "host_config: {cap_add: [NET_ADMIN]}",
            |_| (),
            "cap_add",
        ),
        ("mem_limit", "host_config: {mem_limit: 64m}", "host_config: {mem_limit: 32m}", |_| (), "mem_limit"),
        (
            "restart_policy",
            "persistent: false",
            "persistent: false",
            |a| {
                a.host.restart_policy = Some("always".parse().unwrap());
            },
            "restart_policy",
        ),
        (
            "image",
            "persistent: false",
            "persistent: false",
            |a| {
                a.image = map_planner::engine::EngineId::new("sha256:other");
            },
            "image",
        ),
        ("command", "create_options: {command: one}", "create_options: {command: two}", |_| (), "command"),
    ];
    for (name, made, edited, change, said) in rows {
        assert!(!is_empty(&shown(made, edited, change, Ignored::Untold)), "{name} is a difference by itself");
        let edited = format!("{edited}, compare: {{{name}: ignore}}");
        let untold = shown(made, &edited, change, Ignored::Untold);
        assert!(is_empty(&untold) && !untold.contains("note:"), "{name}\n{untold}");
        let told = shown(made, &edited, change, Ignored::Told);
        assert!(is_empty(&told), "{name}\n{told}");
        assert!(told.contains("note: container/site.a differs and is left as it is: "), "{name}\n{told}");
        assert!(told.contains(said), "{name}\n{told}");
    }
}

/// What was taken out of the map may stay, and what was added on the engine may as well; what is missing is put right.
#[test]
fn there_may_be_more() {
    let rows: [(&str, &str, &str, Drift); 6] = [
        (
            "env",
            "create_options: {environment: {A: '1', B: '2'}}",
            "create_options: {environment: {A: '1'}}",
            |_| (),
        ),
        ("label", "create_options: {labels: {a: x, b: y}}", "create_options: {labels: {a: x}}", |_| ()),
        (
            "cap_add",
            "host_config: {cap_add: [NET_RAW, NET_ADMIN]}",
            "host_config: {cap_add: [NET_RAW]}",
            |_| (),
        ),
        ("port", "exposes: [[80, 8080], [81, 8081]]", "exposes: [[80, 8080]]", |_| ()),
        ("port", "exposes: [[80, 8080]]", "exposes: [[80, 8080]]", |a| {
            let binding = HostBinding { address: None, port: 9090 };
            a.published.values_mut().next().unwrap().insert(binding);
        }),
        ("network", "networks: [n0, n1]", "networks: [n0]", |a| {
            a.endpoints.get_mut("site.n0").unwrap().aliases.insert("more".into());
        }),
    ];
    for (name, made, edited, change) in rows {
        assert!(!is_empty(&shown(made, edited, change, Ignored::Untold)), "{name} is a difference by itself");
        let rule = format!("compare: {{{name}: at-least}}");
        let more = shown(made, &format!("{edited}, {rule}"), change, Ignored::Untold);
        assert!(is_empty(&more), "{name}\n{more}");
        // The other way round, something is missing.
        let less = shown(edited, &format!("{made}, {rule}"), |_| (), Ignored::Untold);
        assert!(made == edited || !is_empty(&less), "{name}\n{less}");
    }
}

/// By rule, what the map does not set has to be as image and engine give it.
#[test]
fn what_is_not_set_is_looked_at() {
    let rows: [(&str, Drift, &str); 16] = [
        ("env", |a| drop(a.environment.insert("X".into(), Some(EnvText::new("1")))), "env X not wanted"),
        ("env", |a| drop(a.environment.insert("LANG".into(), Some(EnvText::new("D")))), "env LANG drifted"),
        ("env", |a| drop(a.environment.remove("LANG")), "env LANG missing"),
        ("label", |a| drop(a.labels.insert("x".into(), "y".into())), "label x not wanted"),
        ("label", |a| drop(a.labels.insert("vendor".into(), "me".into())), "label vendor drifted"),
        ("command", |a| a.command = vec!["other".into()], "command drifted"),
        ("entrypoint", |a| a.entrypoint = vec!["other".into()], "entrypoint drifted"),
        ("user", |a| a.user = "root".into(), "user drifted"),
        ("working-dir", |a| a.working_dir = "/x".into(), "working-dir not wanted"),
        ("tty", |a| a.tty = true, "tty drifted"),
        ("healthcheck", |a| a.healthcheck = Some(HealthcheckSpec::default()), "healthcheck not wanted"),
        (
            "stop-timeout",
            |a| a.stop_timeout = Some(std::time::Duration::from_secs(9)),
            "stop-timeout not wanted",
        ),
        (
            "port",
            |a| a.exposed = ["80/tcp", "9/tcp"].map(|port| port.parse().unwrap()).into(),
            "port 9/tcp not wanted",
        ),
        (
            "mount",
            |a| {
                let source = ObservedMountSource::Bind("/etc".into());
                let access = container_map::config::Access::ReadOnly;
                a.mounts.insert("/host".into(), ObservedMount { source, access, propagation: None });
            },
            "mount /host not wanted",
        ),
        ("privileged", |a| a.host.privileged = Some(true), "option privileged drifted"),
        ("dns", |a| a.host.dns.push([10, 0, 0, 1].into()), "option dns not wanted"),
    ];
    for (name, change, said) in rows {
        let by_itself = shown("persistent: false", "persistent: false", change, Ignored::Untold);
        assert!(is_empty(&by_itself), "{name}\n{by_itself}");
        let strict = format!("compare: {{{name}: strict}}");
        let unchanged = shown(&strict, &strict, |_| (), Ignored::Untold);
        assert!(is_empty(&unchanged), "{name} by the image and the engine\n{unchanged}");
        let text = shown(&strict, &strict, change, Ignored::Untold);
        assert!(text.contains(said), "{name}: {said}\n{text}");
    }
}

/// A map can be strict about everything: an image with all kinds of defaults still makes no difference.
#[test]
fn everything_can_be_strict() {
    let names = container_map::config::CompareRules::names();
    let rules: Vec<String> = names.map(|name| format!("{name}: strict")).collect();
    for image in ["server", "store", "tool"] {
        let text = site(&format!("  a: {{image: {image}, attaches: v0, compare: {{{}}}}}", rules.join(", ")));
        let world = up(&text);
        assert!(world.plan().unwrap().is_empty(), "{}", world.shows());
        world.obeys();
    }
}
