//! Options of containers: what is edited is found, and what an engine fills in is left alone.

use std::collections::BTreeMap;

use container_map::ClientConfig;
use insta::assert_snapshot;
use map_planner::engine::ObservedContainer;
use map_planner::{Goal, PlanInput};

use crate::story::{site, up};
use crate::world::{World, all};

const SITE: &str = "  a: {image: server, create_options: {working_dir: /srv, tty: true, stdin_open: true, \
                    platform: linux/amd64, mac_address: '02:42:ac:11:00:02', labels: {team: shop, vendor: me}}, \
                    host_config: {mem_limit: 64m, restart_policy: always, cap_add: [NET_ADMIN], dns: [10.0.0.53], \
                    ulimits: {nofile: 1024}}}";

/// Returns the reasons of a plan after an edit: the line that names the differences, and those with their values.
fn after(from: &str, to: &str) -> String {
    assert!(SITE.contains(from), "{from}");
    let world = up(&site(SITE)).edits(&site(&SITE.replace(from, to)));
    let shown = world.shows();
    world.obeys();
    let lines = shown.lines().skip(3).take_while(|line| !line.contains("- stop"));
    lines
        .map(|line| line.split_once("(next)").map_or(line, |(_, reason)| reason).trim())
        .collect::<Vec<_>>()
        .join("\n")
}

#[test]
fn everything_that_is_edited_is_found() {
    for (from, to, expect) in [
        ("working_dir: /srv", "working_dir: /tmp", "working-dir changed\nworking-dir: /srv → /tmp"),
        ("tty: true", "tty: false", "tty changed\ntty: true → false"),
        ("stdin_open: true, ", "", "stdin-open removed from the map\nstdin-open: true → none"),
        ("amd64", "arm64", "platform changed\nplatform: set → linux/arm64"),
        ("00:02", "00:03", "mac-address changed\nmac-address: 02:42:ac:11:00:02 → 02:42:ac:11:00:03"),
        ("team: shop", "team: store", "label team changed\nlabel team: shop → store"),
        ("team: shop, ", "", "label team removed from the map\nlabel team: shop → none"),
        ("NET_ADMIN", "NET_RAW", "option cap_add changed\noption cap_add: [\"NET_ADMIN\"] → [\"NET_RAW\"]"),
        ("mem_limit: 64m", "init: true, mem_limit: 64m", "option init missing\noption init: none → true"),
        ("dns: [10.0.0.53], ", "", "option dns removed from the map\noption dns: [\"10.0.0.53\"] → none"),
        (
            "nofile: 1024",
            "nofile: 2048",
            "option ulimits changed\noption ulimits: [\"nofile=1024\"] → [\"nofile=2048\"]",
        ),
    ] {
        assert_eq!(after(from, to), expect, "{from} → {to}");
    }
}

/// Returns the plan after somebody changed the container without dmap.
fn drifted(world: &World, change: impl Fn(&mut ObservedContainer)) -> String {
    let (mut engine, client, secrets) =
        (world.engine.observe(&world.scope()), ClientConfig::default(), BTreeMap::new());
    change(engine.containers.get_mut("site.a").unwrap());
    let (map, request) = (&world.map, &all(Goal::Up));
    let input = PlanInput {
        map,
        client: &client,
        engine: &engine,
        request,
        secrets: &secrets,
        contexts: &map_planner::Contexts::new(),
    };
    map_planner::plan(&input).unwrap().text().to_string()
}

/// Limits and the restart policy change in place.
#[test]
fn what_can_be_amended_is() {
    let world = up(&site(SITE))
        .edits(&site(&SITE.replace("mem_limit: 64m", "mem_limit: 32m").replace("always", "unless-stopped")));
    assert_snapshot!(world.shows(), @"
    plan for client `default`, map `site`

      #  after    action                   reason
      1         ~ update container/site.a  option mem_limit differs; option restart_policy differs
                    option mem_limit: 64m → 32m
                    option restart_policy: always → unless-stopped

    1 to amend, 0 unchanged
    ");
    world.obeys();
}

/// Without a limit again is another container: engines take 0 for "not said".
#[test]
fn what_cannot_be_lifted_is_replaced() {
    let world = up(&site(SITE)).edits(&site(&SITE.replace("mem_limit: 64m, ", "")));
    assert!(world.shows().contains("option mem_limit not wanted"), "{}", world.shows());
    world.obeys();
}

/// What the map does not set is the engine's business.
#[test]
fn what_is_not_set_is_not_compared() {
    let world = up(&site("  a: {image: server}"));
    let shown = drifted(&world, |a| {
        (a.tty, a.stdin_open, a.host.init) = (true, true, Some(true));
        (a.working_dir, a.host.shm_size) = ("/somewhere".into(), Some("1g".parse().unwrap()));
        a.labels.insert("by".into(), "hand".into());
    });
    assert!(shown.ends_with("\n1 unchanged\n"), "{shown}");
}

/// What was set and is not any more differs from a container that was made before without it.
#[test]
fn labels_and_addresses_of_networks_and_volumes_are_reported() {
    let text = |more: &str| {
        format!(
            "name: site\ncontainers:\n  a: {{image: server, attaches: v, networks: n}}\n\
             volumes: {{v: {{default_path: /srv, create_options: {{labels: {{team: shop{more}}}}}}}}}\n\
             networks: {{n: {{create_options: {{labels: {{team: shop{more}}}, ipam: {{pools: [{{subnet: 10.9.0.0/16}}]}}}}}}}}"
        )
    };
    let world = up(&text(""));
    assert!(world.plan().unwrap().notes().is_empty());
    let world = world.edits(&text(", tier: one").replace("10.9.0.0", "10.8.0.0"));
    assert_snapshot!(world.shows(), @"
    plan for client `default`, map `site`

    3 unchanged
    note: network/site.n differs and is left as it is: network-options label tier: none → one; network-options subnet 10.8.0.0/16: none → 10.8.0.0/16; network-options subnet 10.9.0.0/16: 10.9.0.0/16 → none
    note: volume/site.v differs and is left as it is: volume-options label tier: none → one
    ");
}
