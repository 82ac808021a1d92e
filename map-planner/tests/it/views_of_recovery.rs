//! The text of the plan for each state in which an interrupted replacement can be found.

use insta::assert_snapshot;
use map_planner::sim::Damage;

use crate::fixture::key;
use crate::story::{site, up};
use crate::world::World;

fn text(command: &str) -> String {
    site(&format!("  a: {{image: store, create_options: {{command: {command}}}}}"))
}

/// Returns the world after so many steps of a replacement: create next, stop current, rename twice, start, await, remove.
fn replacing(steps: usize) -> World {
    up(&text("one")).edits(&text("two")).cut_after(steps)
}

/// Returns the plan that goes on, having seen that it leads to the end.
#[track_caller]
fn recovery(world: World) -> String {
    let text = world.shows();
    world.obeys();
    text
}

#[test]
fn next_waits_and_is_wanted() {
    assert_snapshot!(recovery(replacing(1)), @r#"
    plan for client `default`, map `site`

      #  after    action                                    reason
      1         - stop container/site.a                     command changed  outage begins
                    command: ["one"] → ["two"]
      2  1      ~ rename container/site.a → prev            ″
      3  2      ~ rename container/site.a (next) → current  ″
      4  3      + start container/site.a                    ″                outage ends (2 steps between)
      5  4      + await container/site.a                    ″
      6  5      - remove container/site.a (prev)            ″

    1 to replace, 0 unchanged
    anonymous volume a00000030000 at /var/lib/store of container/site.a: kept
    "#);
}

#[test]
fn next_waits_and_current_is_stopped() {
    assert_snapshot!(recovery(replacing(2)), @r#"
    plan for client `default`, map `site`

      #  after    action                                    reason
      1         ~ rename container/site.a → prev            command changed
                    command: ["one"] → ["two"]
      2  1      ~ rename container/site.a (next) → current  ″
      3  2      + start container/site.a                    ″
      4  3      + await container/site.a                    ″
      5  4      - remove container/site.a (prev)            ″

    1 to replace, 0 unchanged
    anonymous volume a00000030000 at /var/lib/store of container/site.a: kept
    "#);
}

#[test]
fn next_waits_and_is_not_wanted_any_more() {
    assert_snapshot!(recovery(replacing(1).edits(&text("three"))), @r#"
    plan for client `default`, map `site`

      #  after    action                                    reason
      1         - remove container/site.a (next)            left by an interrupted run
      2  1      + create container/site.a (next)            command changed
                    command: ["one"] → ["three"]
      3  2      - stop container/site.a                     ″                           outage begins
      4  3      ~ rename container/site.a → prev            ″
      5  4      ~ rename container/site.a (next) → current  ″
      6  5      + start container/site.a                    ″                           outage ends (2 steps between)
      7  6      + await container/site.a                    ″
      8  7      - remove container/site.a (prev)            ″

    1 to replace, 0 unchanged
    anonymous volume a00000030000 at /var/lib/store of container/site.a: kept
    "#);
}

#[test]
fn next_waits_and_current_is_wanted_again() {
    assert_snapshot!(recovery(replacing(2).edits(&text("one"))), @"
    plan for client `default`, map `site`

      #  after    action                          reason
      1         + start container/site.a          left by an interrupted run
      2  1      - remove container/site.a (next)  ″

    1 to start, 0 unchanged
    anonymous volume a00000030000 at /var/lib/store of container/site.a: kept
    ");
}

#[test]
fn prev_and_next_without_current() {
    assert_snapshot!(recovery(replacing(3)), @"
    plan for client `default`, map `site`

      #  after    action                                    reason
      1         ~ rename container/site.a (next) → current  left by an interrupted run
      2  1      + start container/site.a                    ″
      3  2      + await container/site.a                    ″
      4  3      - remove container/site.a (prev)            ″

    1 to start, 0 unchanged
    anonymous volume a00000030000 at /var/lib/store of container/site.a: kept
    ");
}

#[test]
fn prev_and_next_without_current_and_next_is_not_wanted() {
    assert_snapshot!(recovery(replacing(3).edits(&text("three"))), @r#"
    plan for client `default`, map `site`

      #  after    action                                    reason
      1         - remove container/site.a (next)            left by an interrupted run
      2  1      + create container/site.a (next)            command changed
                    command: ["one"] → ["three"]
      3  2      ~ rename container/site.a (next) → current  ″
      4  3      + start container/site.a                    ″
      5  4      + await container/site.a                    ″
      6  5      - remove container/site.a (prev)            ″

    1 to replace, 0 unchanged
    anonymous volume a00000030000 at /var/lib/store of container/site.a: kept
    "#);
}

#[test]
fn prev_and_a_current_that_never_ran() {
    assert_snapshot!(recovery(replacing(4)), @"
    plan for client `default`, map `site`

      #  after    action                          reason
      1         + start container/site.a          left by an interrupted run
      2  1      + await container/site.a          ″
      3  2      - remove container/site.a (prev)  ″

    1 to start, 0 unchanged
    anonymous volume a00000030000 at /var/lib/store of container/site.a: kept
    ");
}

#[test]
fn prev_and_a_current_that_runs() {
    assert_snapshot!(recovery(replacing(5)), @"
    plan for client `default`, map `site`

      #  after    action                          reason
      1         - remove container/site.a (prev)  left by an interrupted run

    1 to remove, 0 unchanged
    anonymous volume a00000030000 at /var/lib/store of container/site.a: kept
    ");
    assert_snapshot!(recovery(replacing(6)), @"
    plan for client `default`, map `site`

      #  after    action                          reason
      1         - remove container/site.a (prev)  left by an interrupted run

    1 to remove, 0 unchanged
    anonymous volume a00000030000 at /var/lib/store of container/site.a: kept
    ");
}

#[test]
fn prev_and_a_current_that_is_not_wanted_any_more() {
    assert_snapshot!(recovery(replacing(4).edits(&text("three"))), @r#"
    plan for client `default`, map `site`

      #  after    action                                    reason
      1         - remove container/site.a (prev)            left by an interrupted run
      2  1      + create container/site.a (next)            command changed
                    command: ["two"] → ["three"]
      3  2      ~ rename container/site.a → prev            ″
      4  3      ~ rename container/site.a (next) → current  ″
      5  4      + start container/site.a                    ″
      6  5      + await container/site.a                    ″
      7  6      - remove container/site.a (prev)            ″

    1 to replace, 0 unchanged
    anonymous volume a00000030000 at /var/lib/store of container/site.a: kept
    "#);
}

#[test]
fn prev_alone() {
    assert_snapshot!(recovery(up(&text("one")).suffers(Damage::MoveAway(key("site.a")))), @"
    plan for client `default`, map `site`

      #  after    action                                    reason
      1         ~ rename container/site.a (prev) → current  left by an interrupted run

    1 to amend, 0 unchanged
    ");
}

#[test]
fn prev_alone_and_not_wanted_any_more() {
    assert_snapshot!(recovery(up(&text("one")).suffers(Damage::MoveAway(key("site.a"))).edits(&text("two"))), @r#"
    plan for client `default`, map `site`

      #  after    action                                    reason
      1         + create container/site.a (next)            command changed
                    command: ["one"] → ["two"]
      2  1      - stop container/site.a (prev)              ″                outage begins
      3  2      ~ rename container/site.a (next) → current  ″
      4  3      + start container/site.a                    ″                outage ends (1 step between)
      5  4      + await container/site.a                    ″
      6  5      - remove container/site.a (prev)            ″

    1 to replace, 0 unchanged
    anonymous volume a00000030000 at /var/lib/store of container/site.a: kept
    "#);
}

#[test]
fn next_alone() {
    let world = up(&text("one")).suffers(Damage::LeaveNext(key("site.a")));
    assert_snapshot!(recovery(world.suffers(Damage::RemoveContainer("site.a".into()))), @r"
    plan for client `default`, map `site`

      #  after    action                                    reason
      1         ~ rename container/site.a (next) → current  left by an interrupted run
      2  1      + start container/site.a                    ″

    1 to start, 0 unchanged
    ");
}

#[test]
fn all_three() {
    let world =
        up(&text("one")).suffers(Damage::LeaveNext(key("site.a"))).suffers(Damage::LeavePrev(key("site.a")));
    assert_snapshot!(recovery(world), @"
    plan for client `default`, map `site`

      #  after    action                          reason
      1         - remove container/site.a (next)  left by an interrupted run
      2  1      - remove container/site.a (prev)  ″

    1 to remove, 0 unchanged
    anonymous volume a00000030000 at /var/lib/store of container/site.a: kept
    ");
}

#[test]
fn both_successors_of_a_pair_wait() {
    let text = |command: &str| {
        let owner = format!("  a: {{image: store, create_options: {{command: {command}}}}}");
        site(&format!("{owner}\n  b: {{image: server, network_mode: a}}"))
    };
    for steps in 1..=13 {
        up(&text("one")).edits(&text("two")).cut_after(steps).obeys();
    }
    assert_snapshot!(recovery(up(&text("one")).edits(&text("two")).cut_after(3)), @r#"
    plan for client `default`, map `site`

      #  after    action                                    reason
      1         ~ rename container/site.b → prev            follows container/site.a
      2  1      ~ rename container/site.b (next) → current  ″
      3         - stop container/site.a                     command changed           outage begins
                    command: ["one"] → ["two"]
      4  3      ~ rename container/site.a → prev            ″
      5  4      ~ rename container/site.a (next) → current  ″
      6  5      + start container/site.a                    ″                         outage ends (2 steps between)
      7  2,6    + start container/site.b                    ″
      8  6      + await container/site.a                    ″
      9  8      - remove container/site.a (prev)            ″
     10  7      + await container/site.b                    ″
     11  10     - remove container/site.b (prev)            ″

    2 to replace, 0 unchanged
    anonymous volume a00000030000 at /var/lib/store of container/site.a: kept
    "#);
}

/// Who asks for another container takes in a replacement that was interrupted, also after a step of that failed: the name
/// tells of it to the end.
#[test]
fn a_replacement_that_fails_again_is_not_forgotten() {
    let text = "  a: {image: server}\n  c: {image: server, networks: [n0], create_options: {command: OLD}}";
    let world = up(&site(text)).suffers(Damage::MoveAway("site.c".parse().unwrap()));
    let world = world.suffers(Damage::RemoveNetwork("site.n0".into()));
    let world = world.edits(&site(&text.replace("OLD", "new"))).asks_for("site.a");
    let plan = world.plan().unwrap();
    let first = plan.steps().iter().find(|step| step.action.container().is_some()).unwrap();
    assert!(matches!(first.action, map_planner::Action::CreateContainer { .. }), "{}", plan.text());
    world.obeys();
}
