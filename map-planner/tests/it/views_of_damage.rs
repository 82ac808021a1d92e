//! The text of the plan that repairs each kind of damage.

use insta::assert_snapshot;
use map_planner::Goal;
use map_planner::engine::NumericOwner;
use map_planner::sim::Damage;

use crate::fixture::image;
use crate::story::{site, up};
use crate::world::World;

fn server() -> World {
    up(&site("  a: {image: server, attaches: v0, user: 2000, permissions: '0750', networks: [n0, [n1, al]]}"))
}

fn pair() -> World {
    up(&site("  a: {image: server}\n  b: {image: server, links: a}\n  c: {image: server, network_mode: a}"))
}

fn name() -> String {
    "site.a".to_owned()
}

/// Returns the plan that repairs, having seen that it does.
#[track_caller]
fn repair(world: World) -> String {
    let text = world.shows();
    world.obeys();
    text
}

#[test]
fn removed() {
    assert_snapshot!(repair(server().suffers(Damage::RemoveContainer(name()))), @"
    plan for client `default`, map `site`

      #  after    action                                       reason
      1         ~ prepare volume/site.v0                       no container mounts it, so it is looked into first  owner 2000:2000, mode 0750, files only if it is empty
      2  1      + create container/site.a                      absent
      3  2      ~ connect container/site.a to network/site.n1  ″
      4  3      + start container/site.a                       ″

    1 to create, 1 to amend, 2 unchanged
    ");
}

#[test]
fn removed_while_others_are_bound_to_it() {
    assert_snapshot!(repair(pair().suffers(Damage::RemoveContainer(name()))), @"
    plan for client `default`, map `site`

      #  after    action                                    reason
      1         + create container/site.a                   absent
      2  1      + create container/site.b (next)            link a missing
                    link a: none → site.a
      3  1      + create container/site.c (next)            network-mode drifted
                    network-mode: container that is gone → container site.a
      4  1      + start container/site.a                    ″
      5  2      - stop container/site.b                     ″                     outage begins
      6  5      ~ rename container/site.b → prev            ″
      7  6      ~ rename container/site.b (next) → current  ″
      8  4,7    + start container/site.b                    ″                     outage ends (2 steps between)
      9  3      - stop container/site.c                     ″                     outage begins
     10  9      ~ rename container/site.c → prev            ″
     11  10     ~ rename container/site.c (next) → current  ″
     12  4,11   + start container/site.c                    ″                     outage ends (2 steps between)
     13  8      + await container/site.b                    ″
     14  13     - remove container/site.b (prev)            ″
     15  12     + await container/site.c                    ″
     16  15     - remove container/site.c (prev)            ″

    1 to create, 2 to replace, 0 unchanged
    drift: 2 differences made on the engine
    ");
}

#[test]
fn stopped() {
    assert_snapshot!(repair(pair().suffers(Damage::StopContainer(name()))), @"
    plan for client `default`, map `site`

      #  after    action                    reason
      1         + start container/site.a    stopped
      2  1      ± restart container/site.c  follows container/site.a

    1 to start, 1 to restart, 1 unchanged
    ");
}

#[test]
fn ended_for_good() {
    assert_snapshot!(repair(server().suffers(Damage::EndContainer(name(), 127))), @"
    plan for client `default`, map `site`

      #  after    action                                              reason
      1         + create container/site.a (next)                      ended with exit code 127, which starting again does not mend
      2  1      ~ connect container/site.a (next) to network/site.n1  ″
      3  2      ~ rename container/site.a → prev                      ″
      4  3      ~ rename container/site.a (next) → current            ″
      5  4      + start container/site.a                              ″
      6  5      + await container/site.a                              ″
      7  6      - remove container/site.a (prev)                      ″

    1 to replace, 3 unchanged
    ");
}

#[test]
fn restarted_by_hand() {
    assert_snapshot!(repair(pair().suffers(Damage::RestartContainer(name()))), @"
    plan for client `default`, map `site`

      #  after    action                    reason
      1         ± restart container/site.c  follows container/site.a

    1 to restart, 2 unchanged
    ");
}

#[test]
fn renamed() {
    assert_snapshot!(repair(server().suffers(Damage::RenameContainer(name(), "b".into()))), @"
    plan for client `default`, map `site`

      #  after    action                                       reason
      1         + create container/site.a                      absent
      2  1      ~ connect container/site.a to network/site.n1  ″
      3  2      + start container/site.a                       ″

    1 to create, 3 unchanged
    ");
}

#[test]
fn disconnected() {
    let damage = Damage::Disconnect { container: name(), network: "site.n1".into() };
    assert_snapshot!(repair(server().suffers(damage)), @"
    plan for client `default`, map `site`

      #  after    action                                       reason
      1         ~ connect container/site.a to network/site.n1  network site.n1 missing
                    network site.n1: none → connected, alias al

    1 to amend, 3 unchanged
    ");
}

#[test]
fn connected_to_the_default_bridge() {
    assert_snapshot!(repair(server().suffers(Damage::ConnectBridge(name()))), @"
    plan for client `default`, map `site`

      #  after    action                                           reason
      1         ~ disconnect container/site.a from network/bridge  network bridge not wanted
                    network bridge: connected → none

    1 to amend, 3 unchanged
    ");
}

#[test]
fn retagged() {
    let mut world = server();
    let other = world.engine.tag(image("other"), crate::fixture::store());
    assert_snapshot!(repair(world.suffers(Damage::Retag(image("server"), other))), @"
    plan for client `default`, map `site`

      #  after    action                                              reason
      1         + create container/site.a (next)                      image: the tag moved
                    image: 093441a1be67 → 73c515edeab8
      2  1      ~ connect container/site.a (next) to network/site.n1  ″
      3  2      - stop container/site.a                               ″                     outage begins
      4  3      ~ rename container/site.a → prev                      ″
      5  4      ~ rename container/site.a (next) → current            ″
      6  5      + start container/site.a                              ″                     outage ends (2 steps between)
      7  6      + await container/site.a                              ″
      8  7      - remove container/site.a (prev)                      ″

    1 to replace, 3 unchanged
    ");
}

#[test]
fn untagged() {
    assert_snapshot!(repair(server().suffers(Damage::RemoveTag(image("server")))), @"
    plan for client `default`, map `site`

      #  after    action                                              reason
      1         + pull image/server:latest                            absent
      2  1      + create container/site.a (next)                      image drifted
                    image: 093441a1be67 → server:latest (not here yet)
      3  2      ~ connect container/site.a (next) to network/site.n1  ″
      4  3      - stop container/site.a                               ″              outage begins
      5  4      ~ rename container/site.a → prev                      ″
      6  5      ~ rename container/site.a (next) → current            ″
      7  6      + start container/site.a                              ″              outage ends (2 steps between)
      8  7      + await container/site.a                              ″
      9  8      - remove container/site.a (prev)                      ″

    1 to pull, 1 to replace, 3 unchanged
    drift: 1 difference made on the engine
    ");
}

#[test]
fn chowned() {
    let damage = Damage::ChangeTop("site.v0".into(), NumericOwner { uid: 0, gid: 0 }, 0o777);
    assert_snapshot!(repair(server().suffers(damage)), @"
    plan for client `default`, map `site`

      #  after    action                  reason
      1         ~ prepare volume/site.v0  owner differs; mode differs  owner 2000:2000, mode 0750, directory only
                    owner: 0:0 → 2000:2000
                    mode: 0777 → 0750

    1 to amend, 3 unchanged
    ");
}

#[test]
fn without_container_and_volume() {
    let world =
        server().suffers(Damage::RemoveContainer(name())).suffers(Damage::RemoveVolume("site.v0".into()));
    assert_snapshot!(repair(world), @"
    plan for client `default`, map `site`

      #  after    action                                       reason
      1         + create volume/site.v0                        absent
      2  1      ~ prepare volume/site.v0                       ″       owner 2000:2000, mode 0750
      3  2      + create container/site.a                      absent
      4  3      ~ connect container/site.a to network/site.n1  ″
      5  4      + start container/site.a                       ″

    2 to create, 2 unchanged
    ");
}

#[test]
fn without_network() {
    assert_snapshot!(repair(server().suffers(Damage::RemoveNetwork("site.n0".into()))), @"
    plan for client `default`, map `site`

      #  after    action                                            reason
      1         + create network/site.n0                            absent
      2  1      ~ disconnect container/site.a from network/site.n0  network site.n0 differs
                    network site.n0: network that is gone → connected
      3  2      ~ connect container/site.a to network/site.n0       ″
      4  3      + start container/site.a                            stopped

    1 to create, 1 to start, 2 unchanged
    ");
}

#[test]
fn with_another_network() {
    assert_snapshot!(repair(server().suffers(Damage::RecreateNetwork("site.n0".into()))), @"
    plan for client `default`, map `site`

      #  after    action                                            reason
      1         ~ disconnect container/site.a from network/site.n0  network site.n0 differs
                    network site.n0: network that is gone → connected
      2  1      ~ connect container/site.a to network/site.n0       ″
      3  2      + start container/site.a                            stopped

    1 to start, 3 unchanged
    note: network/site.n0 was not created by dmap and is used as it is
    note: network/site.n0 differs and is left as it is: network-options subnet 10.1.0.0/24: none → 10.1.0.0/24; network-options subnet 10.0.0.0/8: 10.0.0.0/8 → none
    ");
}

#[test]
fn with_a_carrier() {
    let carrier = Damage::LeaveCarrier("site.v0".parse().unwrap(), image("server"));
    assert_snapshot!(repair(server().suffers(carrier)), @"
    plan for client `default`, map `site`

      #  after    action                  reason
      1         ~ prepare volume/site.v0  left by an interrupted run  owner 2000:2000, mode 0750

    1 to amend, 3 unchanged
    ");
}

#[test]
fn with_a_look() {
    let look = Damage::LeaveLook("site.v0".parse().unwrap(), image("server"));
    assert_snapshot!(repair(server().suffers(look)), @"
    plan for client `default`, map `site`

      #  after    action                  reason
      1         ~ prepare volume/site.v0  left by an interrupted run  owner 2000:2000, mode 0750, directory only

    1 to amend, 3 unchanged
    ");
}

/// A link that the map no longer has is lost with its target. What runs does without it, and is not made anew for it.
#[test]
fn a_link_that_nobody_wants_any_more_may_be_lost() {
    let world = up(&site("  a: {image: server}\n  b: {image: server, links: [a]}"));
    let mut world = world
        .edits(&site("  a: {image: server, network_mode: host}\n  b: {image: server}"))
        .suffers(Damage::EndContainer("site.a".into(), 127));
    world.request.verb = Goal::Startup.into();
    assert!(world.shows().contains("container/site.b differs and is left as it is"), "{}", world.shows());
    world.clone().obeys();
    // Once it has stopped, it could not be started again.
    let mut world = world.suffers(Damage::RemoveContainer("site.a".into()));
    assert!(!world.shows().contains("create container/site.b"), "{}", world.shows());
    world.engine.stop("site.b").unwrap();
    assert!(world.shows().contains("create container/site.b"), "{}", world.shows());
    world.obeys();
}

/// The engine starts nobody who has a link to what has left its default network, whether the map still has the link or not.
#[test]
fn a_link_that_leads_nowhere_keeps_from_starting() {
    let world = up(&site("  a: {image: server}\n  c: {image: server, links: [a]}"));
    let disconnect = Damage::Disconnect { container: "site.a".into(), network: "bridge".into() };
    let world = world.suffers(disconnect).suffers(Damage::StopContainer("site.c".into()));
    let mut world = world.edits(&site("  a: {image: server}\n  c: {image: server}"));
    world.request.policy.exclude.insert("site.a".parse().unwrap());
    world.request.verb = Goal::Start.into();
    let shown = world.shows();
    assert!(shown.contains("container/site.c is not started: what it is linked to as a is gone"), "{shown}");
    world.clone().obeys();
    world.request.verb = Goal::Startup.into();
    assert!(world.shows().contains("create container/site.c (next)"), "{}", world.shows());
    world.obeys();
}
