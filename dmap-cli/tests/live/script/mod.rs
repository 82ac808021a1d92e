//! A plan's script and its saved file do what `dmap up` does.

mod twin;
mod whole;

use std::process::Command;

use crate::docker::{docker, ended, inspect};
use crate::site::Site;

/// Something of everything that the docker command can say.
const BODY: &str = "\
app: {image: uwsgi, attaches: [socket, log], user: www-data, permissions: 'u=rwX,g=rX,o=', networks: [front, back: {aliases: [app]}], \
start_delay: 0.1}
web: {image: nginx, uses: [[socket, /run/app], {log: ro}], networks: front, stop_signal: INT, stop_timeout: 3, \
create_options: {environment: {A: \"two 'words'\", LANG: null, T: !secret {env: SCRIPT_SECRET}}, labels: {team: shop}}, \
host_config: {mem_limit: 64m, restart_policy: always, cap_add: [NET_ADMIN], dns: [10.0.0.53], ulimits: {nofile: 1024}, \
init: true, tmpfs: {/scratch: size=1m}, extra_hosts: {db: 10.0.0.5}}}
guest: {image: nginx, network_mode: app}
volumes: {socket: /var/lib/uwsgi/socket, log: /var/lib/app/log}
networks: {front: {}, back: {internal: true}}
";

/// The script leads to a state in which nothing is left to do.
#[test]
#[ignore = "needs a Docker daemon: cargo xtask e2e"]
fn a_script_reaches_the_state() {
    let site = Site::new("script");
    site.write(BODY);
    let secret = ("SCRIPT_SECRET", "secret value");
    let planned = ended(site.command(&["plan", "--format", "script"]).env(secret.0, secret.1));
    assert_eq!(planned.code, 0, "{}", planned.text());
    let file = site.map().with_extension("sh");
    std::fs::write(&file, &planned.stdout).expect("the folder can be written to");
    let run = ended(Command::new("/bin/sh").arg(&file).env(secret.0, secret.1));
    assert_eq!(run.code, 0, "{}\n{}", planned.stdout, run.text());
    let again = ended(site.command(&["plan"]).env(secret.0, secret.1));
    assert!(again.stdout.contains("nothing to do"), "{}", again.text());
}

/// A saved plan is carried out once, and refused after that.
#[test]
#[ignore = "needs a Docker daemon: cargo xtask e2e"]
fn a_saved_plan_is_carried_out_once() {
    let site = Site::new("saved");
    site.write("web: {image: nginx, networks: front}\nnetworks: {front: {}}\n");
    let file = site.map().with_extension("json");
    let file = file.to_str().expect("the folder has a name");
    site.dmap_ends(&["plan", "--out", file], 0);
    let apply = |code: i32| {
        let mut dmap = Command::new(env!("CARGO_BIN_EXE_dmap"));
        let ended = ended(dmap.args(["apply", file]).current_dir(site.path("")));
        assert_eq!(ended.code, code, "{}", ended.text());
        ended.text()
    };
    apply(0);
    site.dmap_ends(&["plan", "--detailed-exitcode"], 0);
    let refused = apply(4);
    let (web, front) = (site.full("web"), site.full("front"));
    for key in [format!("container/{web}"), format!("network/{front}")] {
        assert!(refused.contains(&format!("{key} is not as it was")), "{refused}");
    }
    // A plan of what was done meanwhile by hand is refused too, and names what was touched.
    docker(&["stop", &web]);
    site.dmap_ends(&["plan", "--out", file], 0);
    docker(&["start", &web]);
    assert!(apply(4).contains(&format!("container/{web} is not as it was")));
    assert_eq!(inspect("container", &web)["State"]["Status"], "running");
}

/// What is as wanted costs a list of each kind, and a look at each container and image.
#[test]
#[ignore = "needs a Docker daemon: cargo xtask e2e"]
fn a_no_op_asks_little() {
    const CONTAINERS: usize = 40;
    let site = Site::new("asks");
    let names: Vec<String> = (1..=CONTAINERS).map(|number| format!("c{number}")).collect();
    site.write(&format!("web: {{image: nginx, instances: [{}]}}\n", names.join(", ")));
    site.up(&[]);
    let told = site.dmap_ends(&["up", "--format", "json"], 0).stdout;
    let told: serde_json::Value = serde_json::from_str(&told).expect("the plan is JSON");
    assert_eq!(told["plans"][0]["steps"], serde_json::json!([]));
    let asked = &told["requests"]["default"];
    assert!(asked["lists"].as_u64().is_some_and(|lists| lists <= 4), "{asked}");
    let inspections = asked["inspections"].as_u64().expect("inspections are counted");
    assert!((CONTAINERS as u64..=CONTAINERS as u64 + 3).contains(&inspections), "{asked}");
    assert_eq!(asked["archives"], 0, "{asked}");
}
