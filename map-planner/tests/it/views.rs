//! The text of whole plans: new maps, edits, adoption, taking down.

use insta::assert_snapshot;
use map_planner::sim::{Damage, SimEngine};
use map_planner::spec::EndpointSpec;
use map_planner::{Foreign, Goal, Select};

use crate::fixture::{image, key, publishing};
use crate::story::{map, site, up, wanted};
use crate::world::{World, all};

fn on_an_empty_engine(text: &str) -> World {
    World::of(SimEngine::new(), map(text), all(Goal::Up))
}

#[test]
fn the_seed_map_from_nothing() {
    let text = include_str!("../../../container-map/testdata/valid/seed.yaml");
    assert_snapshot!(on_an_empty_engine(text).shows(), @"
    plan for client `default`, map `main`

      #  after    action                            reason
      1         + pull image/nginx:latest           absent
      2         + pull image/uwsgi:latest           absent
      3         + create volume/main.app_log        absent
      4  2,3    ~ prepare volume/main.app_log       ″       owner 2000:2000, mode u=rwX,g=rX,o=
      5         + create volume/main.nginx_log      absent
      6         + create volume/main.uwsgi_log      absent
      7  2,6    ~ prepare volume/main.uwsgi_log     ″       owner 2000:2000, mode u=rwX,g=rX,o=
      8         + create volume/main.uwsgi_socket   absent
      9  2,8    ~ prepare volume/main.uwsgi_socket  ″       owner 2000:2000, mode u=rwX,g=rX,o=
     10  1,5,9  + create container/main.nginx       absent
     11  4,7,9  + create container/main.uwsgi       absent
     12  11     + start container/main.uwsgi        ″
     13  10,12  + start container/main.nginx        ″

    2 to pull, 6 to create, 0 unchanged
    ");
}

#[test]
fn the_guide_map_from_nothing() {
    let text = include_str!("../../../container-map/testdata/valid/guide.yaml");
    assert_snapshot!(on_an_empty_engine(text).shows(), @"
    plan for client `default`, map `example_map`

      #  after       action                                             reason
      1            + pull image/registry.example.com/app:latest         absent
      2            + pull image/registry.example.com/nginx:latest       absent
      3            + create volume/example_map.app_log                  absent
      4  1,3       ~ prepare volume/example_map.app_log                 ″       owner 2000:2000, mode u=rwX,g=rX,o=
      5            + create volume/example_map.app_server_socket        absent
      6  1,5       ~ prepare volume/example_map.app_server_socket       ″       owner 2000:2000, mode u=rwX,g=rX,o=
      7            + create volume/example_map.web_log                  absent
      8  4,6       + create container/example_map.app_server.instance1  absent
      9  4,6       + create container/example_map.app_server.instance2  absent
     10  2,6,7     + create container/example_map.web_server            absent
     11  8         + start container/example_map.app_server.instance1   ″
     12  9         + start container/example_map.app_server.instance2   ″
     13  10,11,12  + start container/example_map.web_server             ″

    2 to pull, 6 to create, 0 unchanged
    ");
}

#[test]
fn a_map_that_is_up() {
    assert_snapshot!(up(&site("  a: {image: server, attaches: v0, user: 2000, networks: n0}")).shows(), @"
    plan for client `default`, map `site`

    3 unchanged
    ");
}

#[test]
fn an_edited_environment() {
    let text = |value: &str| {
        site(&format!("  a: {{image: server, create_options: {{environment: {{A: {value}}}}}}}"))
    };
    assert_snapshot!(up(&text("one")).edits(&text("two")).shows(), @"
    plan for client `default`, map `site`

      #  after    action                                    reason
      1         + create container/site.a (next)            env A changed
                    env A: (values are not shown)
      2  1      - stop container/site.a                     ″              outage begins
      3  2      ~ rename container/site.a → prev            ″
      4  3      ~ rename container/site.a (next) → current  ″
      5  4      + start container/site.a                    ″              outage ends (2 steps between)
      6  5      + await container/site.a                    ″
      7  6      - remove container/site.a (prev)            ″

    1 to replace, 0 unchanged
    ");
}

#[test]
fn an_edited_dependency() {
    let text = |command: &str| {
        let owner = format!("  a: {{image: server, create_options: {{command: {command}}}}}");
        site(&format!("{owner}\n  b: {{image: server, network_mode: a}}\n  c: {{image: server, links: a}}"))
    };
    assert_snapshot!(up(&text("one")).edits(&text("two")).shows(), @r#"
    plan for client `default`, map `site`

      #  after    action                                    reason
      1         + create container/site.a (next)            command changed
                    command: ["one"] → ["two"]
      2  1      + create container/site.b (next)            follows container/site.a
      3  1      + create container/site.c (next)            follows container/site.a
      4  3      - stop container/site.c                     ″                         outage begins
      5  4      ~ rename container/site.c → prev            ″
      6  5      ~ rename container/site.c (next) → current  ″
      7  2      - stop container/site.b                     ″                         outage begins
      8  7      ~ rename container/site.b → prev            ″
      9  8      ~ rename container/site.b (next) → current  ″
     10  4,7    - stop container/site.a                     ″                         outage begins
     11  10     ~ rename container/site.a → prev            ″
     12  11     ~ rename container/site.a (next) → current  ″
     13  12     + start container/site.a                    ″                         outage ends (2 steps between)
     14  9,13   + start container/site.b                    ″                         outage ends (6 steps between)
     15  6,13   + start container/site.c                    ″                         outage ends (10 steps between)
     16  13     + await container/site.a                    ″
     17  16     - remove container/site.a (prev)            ″
     18  14     + await container/site.b                    ″
     19  18     - remove container/site.b (prev)            ″
     20  15     + await container/site.c                    ″
     21  20     - remove container/site.c (prev)            ″

    3 to replace, 0 unchanged
    "#);
}

#[test]
fn two_containers_that_swap_a_port() {
    let text = |a: u16, b: u16| {
        site(&format!(
            "  a: {{image: server, exposes: {{80: {a}}}}}\n  b: {{image: server, exposes: {{80: {b}}}}}"
        ))
    };
    let world = up(&text(8001, 8002)).edits(&text(8002, 8001));
    assert_snapshot!(world.shows(), @"
    plan for client `default`, map `site`

      #  after    action                                    reason
      1         + create container/site.a (next)            port 80/tcp changed
                    port 80/tcp: published on 8001 → published on 8002
      2         + create container/site.b (next)            port 80/tcp changed
                    port 80/tcp: published on 8002 → published on 8001
      3  2      - stop container/site.b                     ″                    outage begins
      4  3      ~ rename container/site.b → prev            ″
      5  4      ~ rename container/site.b (next) → current  ″
      6  1      - stop container/site.a                     ″                    outage begins
      7  5,6    + start container/site.b                    ″                    outage ends (3 steps between)
      8  6      ~ rename container/site.a → prev            ″
      9  8      ~ rename container/site.a (next) → current  ″
     10  3,9    + start container/site.a                    ″                    outage ends (3 steps between)
     11  10     + await container/site.a                    ″
     12  11     - remove container/site.a (prev)            ″
     13  7      + await container/site.b                    ″
     14  13     - remove container/site.b (prev)            ″

    2 to replace, 0 unchanged
    ");
    world.obeys();
}

#[test]
fn a_port_that_somebody_else_holds() {
    let mut world = wanted(&site("  a: {image: server, exposes: {80: 8001}}"));
    world.engine.create_container("somebody", &publishing("8080", 8001)).unwrap();
    world.engine.start("somebody").unwrap();
    assert_snapshot!(world.shows(), @"refused: port 8001 (80/tcp), wanted by `site.a`, is held by container `somebody`");
}

#[test]
fn two_instances_with_one_port_take_turns() {
    let text = site("  a: {image: server, instances: [blue, green], exposes: {80: 8001}}");
    let mut world = wanted(&text);
    assert_snapshot!(world.shows(), @"refused: port 8001 (80/tcp) is wanted by both `site.a.blue` and `site.a.green`");
    world.request.select = Select::Only([key("site.a.blue")].into());
    assert!(world.converge().is_ok());
    world.request.select = Select::Only([key("site.a.green")].into());
    assert_snapshot!(world.shows(), @"refused: port 8001 (80/tcp), wanted by `site.a.green`, is held by container `site.a.blue`");
}

#[test]
fn a_target_brings_what_it_needs_and_nothing_else() {
    let text =
        site("  a: {image: server, links: [b]}\n  b: {image: server}\n  c: {image: server, links: [b]}");
    let mut world = wanted(&text);
    world.request.select = Select::Only([key("site.a")].into());
    assert_snapshot!(world.shows(), @"
    plan for client `default`, map `site`

      #  after    action                   reason
      1         + create container/site.b  absent
      2  1      + create container/site.a  absent
      3  1      + start container/site.b   ″
      4  2,3    + start container/site.a   ″

    2 to create, 0 unchanged
    ");
}

#[test]
fn a_foreign_container_has_the_name() {
    let text = site("  a: {image: store}");
    let mut world = wanted(&text).suffers(Damage::ForeignContainer("site.a".into(), image("store")));
    assert_snapshot!(world.shows(), @"refused: container `site.a` exists and was not created by dmap for this map");
    world.engine.start("site.a").unwrap();
    world.request.policy.foreign = Foreign::Adopt;
    assert_snapshot!(world.shows(), @"
    plan for client `default`, map `site`

      #  after    action                                    reason
      1         + create container/site.a (next)            adopted: not created by dmap
      2  1      - stop container/site.a                     ″                             outage begins
      3  2      ~ rename container/site.a → prev            ″
      4  3      ~ rename container/site.a (next) → current  ″
      5  4      + start container/site.a                    ″                             outage ends (2 steps between)
      6  5      + await container/site.a                    ″
      7  6      - remove container/site.a (prev)            ″

    1 to replace, 0 unchanged
    anonymous volume a00000030000 at /var/lib/store of container/site.a: kept
    ");
    world.obeys();
}

#[test]
fn an_adopted_container_hands_over_its_volumes() {
    let mut world = wanted(&site("  a: {image: store}"))
        .suffers(Damage::ForeignContainer("site.a".into(), image("store")));
    world.request.policy.foreign = Foreign::Adopt;
    let before = world.engine.observe(&world.scope()).containers["site.a"].mounts.clone();
    assert_eq!(world.converge(), Ok(()));
    assert_eq!(world.engine.observe(&world.scope()).containers["site.a"].mounts, before);
}

#[test]
fn foreign_volumes_and_networks_are_used() {
    let world = wanted(&site("  a: {image: server, attaches: v0, user: 2000, networks: n0}"))
        .suffers(Damage::ForeignVolume("site.v0".into()))
        .suffers(Damage::ForeignNetwork("site.n0".into()));
    assert_snapshot!(world.shows(), @"
    plan for client `default`, map `site`

      #  after    action                   reason
      1         + create container/site.a  absent
      2  1      + start container/site.a   ″

    1 to create, 2 unchanged
    note: network/site.n0 was not created by dmap and is used as it is
    note: network/site.n0 differs and is left as it is: network-options subnet 10.1.0.0/24: none → 10.1.0.0/24; network-options subnet 10.0.0.0/8: 10.0.0.0/8 → none
    note: volume/site.v0 was not created by dmap and is used as it is
    ");
    world.obeys();
}

#[test]
fn networks_of_one_name() {
    let mut world = up(&site("  a: {image: server, networks: n0}"));
    world.engine.race_network("site.n0", &crate::fixture::bridge());
    assert_snapshot!(world.shows(), @"refused: the engine has 2 networks named `site.n0`");
}

#[test]
fn taking_down() {
    let text =
        "  a: {image: server, attaches: v0, networks: [n0, n1]}\n  b: {image: server, network_mode: a}";
    let mut world = up(&site(text));
    world
        .engine
        .create_container("guest", &crate::fixture::in_network("site.n1", EndpointSpec::default()))
        .unwrap();
    world.request.verb = Goal::Down.into();
    assert_snapshot!(world.shows(), @r"
    plan for client `default`, map `site`

      #  after    action                   reason
      1         - stop container/site.b    requested
      2  1      - remove container/site.b  ″
      3  1      - stop container/site.a    requested
      4  3      - remove container/site.a  ″
      5  4      - remove network/site.n0   requested

    3 to remove, 0 unchanged
    note: network/site.n1 is kept: container guest uses it
    ");
    assert_snapshot!(world.asks_for("site.b").shows(), @"
    plan for client `default`, map `site`

      #  after    action                   reason
      1         - stop container/site.b    requested
      2  1      - remove container/site.b  ″

    1 to remove, 0 unchanged
    ");
}

#[test]
fn a_container_that_is_no_longer_in_the_map() {
    let world = up(&site("  a: {image: server}\n  b: {image: server}")).edits(&site("  a: {image: server}"));
    assert_snapshot!(world.shows(), @"
    plan for client `default`, map `site`

    1 unchanged
    note: container/site.b is dmap's own and no longer in the map
    ");
}
