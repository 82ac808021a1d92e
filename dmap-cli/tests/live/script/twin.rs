//! A plan's script leads to the state that `dmap` leads to: from nothing, through edits of the map and of the engine,
//! and down.

use std::process::Command;

use serde_json::Value;

use super::whole::{SUBNET, whole};
use crate::checks::eventually;
use crate::docker::{docker, ended, inspect};
use crate::site::{Site, free_port};
use crate::state::differences;

/// What happens before the map is brought up, or what is asked for.
enum Stage {
    /// The map is written.
    Map(String),
    /// Somebody uses `docker`; `@` stands before the names of the map.
    Drift(&'static [&'static [&'static str]]),
    /// The map is taken down.
    Down,
}

/// Who does what is planned.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum By {
    Script,
    Dmap,
}

/// What the maps' secret is.
const SECRET: (&str, &str) = ("SCRIPT_SECRET", "secret 'value'");

/// Goes through all stages, and returns the state after each.
#[track_caller]
fn states(name: &str, by: By, stages: &[Stage]) -> Vec<Value> {
    let site = Site::new(name);
    let mut found = Vec::new();
    for stage in stages {
        let goal = match stage {
            Stage::Map(body) => {
                site.write(body);
                "up"
            }
            Stage::Drift(commands) => {
                for words in *commands {
                    let named: Vec<String> =
                        words.iter().map(|word| word.replace('@', &site.full(""))).collect();
                    docker(&named.iter().map(String::as_str).collect::<Vec<_>>());
                }
                "up"
            }
            Stage::Down => "down",
        };
        carry_out(&site, by, goal);
        if goal == "up" {
            let again = ended(site.command(&["plan"]).env(SECRET.0, SECRET.1));
            assert!(again.stdout.contains("nothing to do"), "{by:?}: {}", again.text());
        }
        // How soon a check passes is no part of the state.
        eventually("every health check has passed or failed", || {
            let health = |name: &String| inspect("container", name)["State"]["Health"]["Status"].clone();
            site.objects("container").iter().all(|name| health(name) != "starting")
        });
        found.push(whole(&site));
    }
    found
}

#[track_caller]
fn carry_out(site: &Site, by: By, goal: &str) {
    let words: &[&str] = match by {
        By::Script => &["plan", "--goal", goal, "--format", "script"],
        By::Dmap => &[goal, "--yes"],
    };
    let done = ended(site.command(words).env(SECRET.0, SECRET.1));
    assert_eq!(done.code, 0, "{}", done.text());
    if by == By::Script {
        assert!(done.stdout.contains("\ndocker "), "there is something to do: {}", done.stdout);
        let file = site.map().with_extension("sh");
        std::fs::write(&file, &done.stdout).expect("the folder can be written to");
        let run = ended(Command::new("/bin/sh").arg(&file).env(SECRET.0, SECRET.1));
        assert_eq!(run.code, 0, "{}\n{}", done.stdout, run.text());
    }
}

/// Both lead to the same state at each stage.
#[track_caller]
fn agree(name: &str, stages: &[Stage]) {
    let script = states(name, By::Script, stages);
    let dmap = states(name, By::Dmap, stages);
    for (number, (script, dmap)) in script.iter().zip(&dmap).enumerate() {
        let found = differences(script, dmap);
        assert!(found.is_empty(), "after stage {number}, script and dmap differ at\n{}", found.join("\n"));
    }
    assert!(script[0].as_object().is_some_and(|objects| objects.len() > 1), "{}", script[0]);
}

/// Something of everything that the docker command can say. The folder that is bound is not one that a private engine's own
/// mounts are in: mounted into themselves, they would multiply.
fn everything(port: u16, value: u32) -> String {
    format!(
        "app: {{image: uwsgi, instances: [one, two], attaches: [socket, log], user: www-data, \
         permissions: 'u=rwX,g=rX,o=', networks: [front, back: {{aliases: [app]}}], start_delay: 0.1}}\n\
         web: {{image: nginx, uses: [[socket, /run/app], {{log: ro}}], networks: [[front, [www], [], {SUBNET}0.9]], \
         stop_signal: INT, stop_timeout: 3, exposes: {{80: {port}, 443: null, 53/udp: null}}, \
         binds: [[/etc/app, [/srv, ro]]], shares: [/share], user: '2000:33', \
         healthcheck: {{test: \"test 'x' = 'x'\", interval: 500ms, retries: 2, start_period: 1s}}, \
         create_options: {{environment: {{A: \"two 'words' {value}\", LANG: null, T: !secret {{env: SCRIPT_SECRET}}, \
         PATH: '/bin:/own'}}, labels: {{team: 'a $shop'}}, command: [/bin/idle, 'one $two', \"it's\"], \
         working_dir: /tmp, domainname: example.org}}, \
         host_config: {{mem_limit: 64m, memswap_limit: 128m, cpu_shares: 512, pids_limit: 100, nano_cpus: 500000000, \
         restart_policy: 'on-failure:3', cap_add: [NET_ADMIN], cap_drop: [MKNOD], dns: [10.0.0.53], \
         dns_search: [example.org], dns_opt: ['ndots:2'], ulimits: {{nofile: 1024}}, init: true, \
         tmpfs: {{/scratch: size=1m}}, extra_hosts: {{db: 10.0.0.5}}, shm_size: 32m, oom_score_adj: 100, \
         group_add: [44], read_only: true, security_opt: [no-new-privileges], \
         log_config: {{type: json-file, config: {{max-size: 1m, max-file: '2'}}}}, \
         sysctls: {{net.core.somaxconn: '200'}}}}}}\n\
         guest: {{image: nginx, network_mode: app.one, create_options: {{tty: true, stdin_open: true}}}}\n\
         volumes: {{socket: /var/lib/uwsgi/socket, log: /var/lib/app/log}}\n\
         networks: {{front: {{create_options: {{ipam: {{pools: [{{subnet: {SUBNET}0.0/24, gateway: {SUBNET}0.1}}]}}, \
         labels: {{a: b}}}}}}, back: {{internal: true}}}}"
    )
}

#[test]
#[ignore = "needs a Docker daemon: cargo xtask e2e"]
fn a_script_does_what_dmap_does() {
    let port = free_port();
    agree(
        "twin",
        &[
            Stage::Map(everything(port, 1)),
            Stage::Map(everything(port, 2)),
            Stage::Drift(&[&["stop", "@app.two"], &["network", "disconnect", "@front", "@app.one"]]),
            Stage::Drift(&[&["rm", "--force", "@web"], &["update", "--restart", "always", "@app.two"]]),
            Stage::Down,
        ],
    );
}

/// Containers that the engine binds to each other, and anonymous volumes.
fn bound(value: u32) -> String {
    format!(
        "owner: {{image: data, shares: [/shared], create_options: {{environment: {{A: {value}}}}}}}\n\
         guest: {{image: nginx, network_mode: owner}}\n\
         linked: {{image: nginx, links: [[owner, db]]}}\n\
         borrower: {{image: nginx, uses: [[owner, ro]]}}\n\
         on_host: {{image: nginx, network_mode: host}}\n\
         alone: {{image: nginx, network_mode: none}}"
    )
}

#[test]
#[ignore = "needs a Docker daemon: cargo xtask e2e"]
fn a_script_binds_as_dmap_does() {
    agree(
        "twinbound",
        &[
            Stage::Map(bound(1)),
            Stage::Map(bound(2)),
            Stage::Drift(&[&["rm", "--force", "@owner"]]),
            Stage::Drift(&[&["restart", "@owner"], &["stop", "@linked"]]),
            Stage::Down,
        ],
    );
}

/// Containers that wait for each other, and are replaced while they run.
fn waiting(value: u32) -> String {
    let checked = "healthcheck: {test: 'true', interval: 300ms}";
    let version = format!("create_options: {{environment: {{A: {value}}}}}");
    format!(
        "job: {{image: exit, persistent: true}}\n\
         db: {{image: nginx, {checked}, start: {{job: completed}}, {version}}}\n\
         web: {{image: nginx, start: {{db: healthy}}, update: start-first, {checked}, {version}}}\n\
         app: {{image: nginx, instances: [a, b], start: {{db: started}}, update: {{batch: 1}}, {version}}}\n\
         follower: {{image: nginx, start: web, follow: {{web: restart}}}}"
    )
}

#[test]
#[ignore = "needs a Docker daemon: cargo xtask e2e"]
fn a_script_waits_as_dmap_does() {
    agree(
        "twinwait",
        &[
            Stage::Map(waiting(1)),
            Stage::Map(waiting(2)),
            Stage::Drift(&[&["stop", "@db"]]),
            Stage::Drift(&[&["rm", "@job"]]),
            Stage::Down,
        ],
    );
}

/// Commands and entrypoints in the forms that the docker command has words for, and limits, which change in place.
fn forms(limit: &str) -> String {
    format!(
        "none: {{image: nginx, create_options: {{entrypoint: ''}}}}\n\
         command: {{image: nginx, create_options: {{entrypoint: '', command: [/bin/sh, -c, \"exec /bin/idle 'a b'\"]}}}}\n\
         entry: {{image: nginx, create_options: {{entrypoint: /bin/idle, command: x}}}}\n\
         limited: {{image: nginx, host_config: {{{limit}}}}}"
    )
}

#[test]
#[ignore = "needs a Docker daemon: cargo xtask e2e"]
fn a_script_says_commands_and_limits_as_dmap_does() {
    agree(
        "twinforms",
        &[
            Stage::Map(forms("mem_limit: 64m, memswap_limit: -1, cpu_shares: 512, pids_limit: 50")),
            Stage::Map(forms("mem_limit: 32m, memswap_limit: 64m, cpu_shares: 256, restart_policy: always")),
            Stage::Drift(&[&["update", "--memory", "16m", "--cpu-shares", "100", "@limited"]]),
            Stage::Down,
        ],
    );
}
