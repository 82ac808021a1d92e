//! The JSON Schema: it accepts what is read, and refuses what an editor should mark.

use std::sync::LazyLock;

use boon::{Compiler, SchemaIndex, Schemas};
use proptest::prelude::*;
use serde_json::Value;
use serde_saphyr::NonFiniteFloatPolicy;

use crate::maps::maps;
use crate::{fixtures, load};

/// The schema, ready to judge.
struct Judge {
    schemas: Schemas,
    index: SchemaIndex,
}

/// Making a schema ready takes longer than judging with it.
static JUDGE: LazyLock<Judge> = LazyLock::new(Judge::new);

impl Judge {
    fn new() -> Self {
        let schema = serde_json::to_value(container_map::schema()).unwrap();
        let (mut schemas, mut compiler) = (Schemas::new(), Compiler::new());
        compiler.add_resource("map.json", schema).unwrap();
        let index = compiler.compile("map.json", &mut schemas).unwrap_or_else(|error| panic!("{error:#}"));
        Self { schemas, index }
    }

    /// Returns why a text is refused, if it is. It is read as an editor reads it, not as the crate does.
    fn refusal(&self, text: &str) -> Option<String> {
        // JSON has no numbers without an end.
        let options = serde_saphyr::options! { non_finite_float_policy: NonFiniteFloatPolicy::AsString };
        let value: Value = serde_saphyr::from_str_with_options(text, options)
            .unwrap_or_else(|error| panic!("{error}\n{text}"));
        self.schemas.validate(&value, self.index).err().map(|error| format!("{error:#}"))
    }
}

#[test]
fn the_schema_is_one() {
    let schema = serde_json::to_value(container_map::schema()).unwrap();
    let (mut schemas, mut compiler) = (Schemas::new(), Compiler::new());
    let meta = compiler.compile("https://json-schema.org/draft/2020-12/schema", &mut schemas).unwrap();
    schemas.validate(&schema, meta).unwrap_or_else(|error| panic!("{error:#}"));
}

#[test]
fn every_valid_fixture_and_its_canonical_form_are_accepted() {
    for (name, text) in fixtures("valid") {
        let written = load(&text).map(|map| map.document().to_string());
        for text in [text].into_iter().chain(written) {
            if let Some(refusal) = JUDGE.refusal(&text) {
                panic!("{name}: {refusal}\n{text}");
            }
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 64, ..ProptestConfig::default() })]

    #[test]
    fn every_canonical_form_is_accepted(draft in maps()) {
        let text = draft.check().unwrap_or_else(|error| panic!("{error:?}")).document().to_string();
        prop_assert_eq!(JUDGE.refusal(&text), None, "{}", text);
    }
}

#[test]
fn every_form_is_accepted() {
    for body in [
        "web:",
        "containers: {web: }",
        "web: {image: ~, extends: base, instances: [1, 2], persistent: true}",
        "web: {build: ., image: }",
        "web: {build: {context: ., args: [A=1], secrets: {a: {env: X}}, tags: a, extra_hosts: {a: 10.0.0.1}}}",
        "web: {build: {context: ., ssh: [default, own=./agent]}}",
        "web: {build: {context: ., ssh: {default: , own: /run/agent}}}",
        "web: {binds: a}",
        "web: {binds: [a, [a, ro], [/a, /b, true], {a: ro}, {/a: [/b, ro]}, {path: /a, host_path: /b}]}",
        "web: {binds: {a: ro, /a: /b, /c: [/d, ro]}}",
        "web: {exposes: 80}",
        "web: {exposes: [80, 53/udp, [80, 8080, lan, true], [80, [8080, lan]], {80: 8080}, [80, {host_port: 1}]]}",
        "web: {networks: [a, [a, b], [a, [b, c], d], {a: {ipv4_address: 10.0.0.1}}, {network_name: a, aliases: b}]}",
        "web: {networks: {a: , b: [c, d], e: {links: [[f, g]]}}}",
        "web: {network_mode: [a, b]}",
        "web: {exec_commands: [a b, [[a, b], c, initial], {cmd: a, user: [b, c]}]}",
        "web: {exec_commands: {a b: root}}",
        "web: {healthcheck: [a b, 10s, 1m30s, 3, 10s]}",
        "web: {healthcheck: {test: [CMD, a], retries: 3}}",
        "web: {start: [a, {b: healthy}, [c, completed]]}",
        "web: {create_options: {environment: {A: 1, B: , C: true}, command: [a, b]}}",
        "web: {persistent: '${P:-true}', stop_timeout: '${T}', permissions: '${M}'}",
        "web: {start_delay: 0.5, stop_timeout: 1m30s, permissions: 0750}",
        "volumes: {a: /a, b: , c: {default_path: /c, user: 1, driver_options: {size: 1}}}",
        "host: {root: /srv, a: a, b: {one: /1, two: /2}}",
        "clients: [a, b]",
        "clients: {a: {base_url: 'unix:///x', timeout: 5, interfaces: {lan: 10.0.0.1}}}",
        "groups: {a: b, c: [d, e.f]}",
        "include: {image: a}",
    ] {
        let text = format!("name: map\n{body}\n");
        assert_eq!(JUDGE.refusal(&text), None, "{text}");
    }
}

#[test]
fn what_an_editor_should_mark_is_refused() {
    for body in [
        "web: nginx",
        "web: [nginx]",
        "web: {imgae: nginx}",
        "containers: {web: {imgae: nginx}}",
        "web: {image: [nginx]}",
        "web: {persistent: maybe}",
        "web: {persistent: 1}",
        "web: {stop_timeout: soon}",
        "web: {permissions: rwx}",
        "web: {binds: [[a, b, c, d]]}",
        "web: {binds: [[]]}",
        "web: {links: [[a, b, c]]}",
        "web: {exposes: [[80, 8080, lan, true, 1]]}",
        "web: {exposes: [{exposed_port: eighty}]}",
        "web: {start: [{container: a, condition: done}]}",
        "web: {healthcheck: {tset: a}}",
        "web: {build: [a]}",
        "web: {build: {contxt: .}}",
        "web: {update: blue-green}",
        "web: {update: {strategy: rolling, size: 2}}",
        "web: {follow: [{container: a, policy: stop}]}",
        "web: {anonymous_volumes: remove}",
        "web: {healthcheck: {test: a, interval: often}}",
        "web: {create_options: {links: [a]}}",
        "web: {exec_commands: [{cmd: a, policy: always}]}",
        "web: {exec_commands: [[a, b, initial, c]]}",
        "web: {create_options: {enviroment: {}}}",
        "web: {host_config: [a]}",
        "volumes: [a]",
        "volumes: {a: {path: /a}}",
        "networks: {a: bridge}",
        "networks: {a: {intern: true}}",
        "host: {a: [b]}",
        "groups: [a]",
        "clients: {a: {url: b}}",
        "set_hostname: sometimes",
        "name: [a]",
    ] {
        assert!(JUDGE.refusal(body).is_some(), "{body}");
    }
}
