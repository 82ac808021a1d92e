//! What interrupted runs left of dmap's own helpers: shown in every plan, finished or removed by `up` and `down` of all.

use insta::assert_snapshot;
use map_planner::label::{self, Helper};
use map_planner::sim::Damage;
use map_planner::spec::{ContainerSpec, EndpointSpec};
use map_planner::{Action, AttachedVolumes, Goal, Note};

use crate::fixture::{image, key, volume};
use crate::story::{site, up};
use crate::world::{World, all};

const OWNER: &str = "  a: {image: server, attaches: v0, user: 2000}";

fn carried() -> World {
    up(&site(OWNER)).suffers(Damage::LeaveCarrier(volume("site.v0"), image("server")))
}

fn looked() -> World {
    up(&site(OWNER)).suffers(Damage::LeaveLook(volume("site.v0"), image("server")))
}

fn helpers(world: &World) -> Vec<String> {
    let view = world.engine.view();
    let found = view.containers.iter().filter(|(name, live)| Helper::of(name, &live.labels).is_some());
    found.map(|(name, _)| name.clone()).collect()
}

fn removed(world: &World) -> Vec<String> {
    let plan = world.plan().unwrap();
    let names = plan.steps().iter().filter_map(|step| match &step.action {
        Action::RemoveHelper { helper } => Some(helper.docker_name()),
        _ => None,
    });
    names.collect()
}

fn left(world: &World) -> Vec<String> {
    let plan = world.plan().unwrap();
    let names = plan.notes().iter().filter_map(|note| match note {
        Note::Left { helper } => Some(helper.docker_name()),
        _ => None,
    });
    names.collect()
}

#[test]
fn a_carrier_of_a_volume_that_the_map_no_longer_has_goes_first() {
    let world = carried().edits(&site("  a: {image: server}\n  b: {image: server}"));
    assert_snapshot!(world.shows(), @"
    plan for client `default`, map `site`

      #  after    action                                    reason
      1         - remove container dmap-prep.site.v0        left by an interrupted run
      2         + create container/site.a (next)            mount /run/app removed from the map; user removed from the map
                    mount /run/app: volume site.v0 rw → none
                    user: 2000 → none
      3         + create container/site.b                   absent
      4  3      + start container/site.b                    ″
      5  2      - stop container/site.a                     ″                                 outage begins
      6  5      ~ rename container/site.a → prev            ″
      7  6      ~ rename container/site.a (next) → current  ″
      8  7      + start container/site.a                    ″                                 outage ends (2 steps between)
      9  8      + await container/site.a                    ″
     10  9      - remove container/site.a (prev)            ″

    1 to create, 1 to replace, 1 to amend, 0 unchanged
    note: volume/site.v0 is dmap's own and no longer in the map; it may hold data and stays
    ");
    let mut done = world.clone();
    done.converge().unwrap();
    assert!(helpers(&done).is_empty());
    world.obeys();
}

#[test]
fn so_does_one_of_a_volume_that_is_not_prepared_any_more() {
    for world in [carried(), looked()] {
        let world = world.edits(&site("  a: {image: server, attaches: v0}"));
        assert_eq!(removed(&world), helpers(&world));
        world.obeys();
    }
}

/// The volume is unfinished; whoever needs it finishes it.
#[test]
fn a_carrier_of_a_volume_that_nobody_asked_for_is_noted() {
    let other = format!("{OWNER}\n  b: {{image: server}}");
    let world = carried().edits(&site(&other)).asks_for("site.b");
    assert_eq!((removed(&world), left(&world)), (vec![], vec!["dmap-prep.site.v0".to_owned()]));
    assert!(world.shows().contains("note: container dmap-prep.site.v0 was left"), "{}", world.shows());
    let mut excluded = carried().edits(&site(&other));
    excluded.request.policy.exclude.insert(key("site.a"));
    assert_eq!((removed(&excluded), left(&excluded)), (vec![], vec!["dmap-prep.site.v0".to_owned()]));
    for verb in [Goal::Stop, Goal::Pull, Goal::Remove] {
        let mut world = carried();
        world.request = all(verb);
        assert_eq!((removed(&world), left(&world).len()), (vec![], 1), "{verb:?}");
    }
}

#[test]
fn down_finishes_a_preparation_and_removes_a_look() {
    let mut world = carried();
    world.request = all(Goal::Down);
    assert_snapshot!(world.shows(), @"
    plan for client `default`, map `site`

      #  after    action                   reason
      1         ~ prepare volume/site.v0   left by an interrupted run  owner 2000:2000
      2         - stop container/site.a    requested
      3  2      - remove container/site.a  ″

    1 to amend, 1 to remove, 0 unchanged
    ");
    world.converge().unwrap();
    assert!(helpers(&world).is_empty());

    let mut world = looked();
    world.request = all(Goal::Down);
    assert_eq!(removed(&world), ["dmap-look.site.v0"]);
    world.converge().unwrap();
    assert!(helpers(&world).is_empty());
}

/// Nobody knows whose the files are to be.
#[test]
fn down_leaves_a_preparation_that_cannot_be_finished() {
    let named = site("  a: {image: server, attaches: v0, user: app}");
    let carried = up(&named).suffers(Damage::LeaveCarrier(volume("site.v0"), image("server")));
    let mut world = carried.clone().suffers(Damage::RemoveTag(image("server")));
    world.request = all(Goal::Down);
    assert_eq!(left(&world), ["dmap-prep.site.v0"]);
    let mut world = carried;
    world.request = all(Goal::Down);
    assert!(left(&world).is_empty());
    world.converge().unwrap();
    assert!(helpers(&world).is_empty());
}

#[test]
fn a_volume_goes_with_its_helpers() {
    for mut world in [carried(), looked()] {
        world.request = all(Goal::Down);
        world.request.policy.volumes = AttachedVolumes::Remove;
        assert_eq!(removed(&world), helpers(&world));
        world.converge().unwrap();
        assert!(helpers(&world).is_empty() && world.engine.volume("site.v0").is_none());
    }
}

/// It is removed as it was asked for, whoever it was that was selected.
#[test]
fn a_volume_whose_preparation_was_interrupted_goes_with_its_owner() {
    let other = format!("{OWNER}\n  b: {{image: server}}");
    let mut world = carried().edits(&site(&other)).asks_for("site.a");
    world.converge().unwrap();
    let mut world = world.suffers(Damage::LeaveCarrier(volume("site.v0"), image("server")));
    (world.request.verb, world.request.policy.volumes) = (Goal::Down.into(), AttachedVolumes::Remove);
    assert_eq!(removed(&world), ["dmap-prep.site.v0"]);
    world.converge().unwrap();
    assert!(helpers(&world).is_empty() && world.engine.volume("site.v0").is_none());

    // Nothing of the owner was made yet.
    let mut world = carried().suffers(Damage::RemoveContainer("site.a".into()));
    world.request = all(Goal::Down);
    world.request.policy.volumes = AttachedVolumes::Remove;
    world.converge().unwrap();
    assert!(helpers(&world).is_empty() && world.engine.volume("site.v0").is_none());
}

/// A volume that somebody mounts stays, and so its preparation is finished as if nobody had asked for its removal.
#[test]
fn a_preparation_of_a_volume_that_has_to_stay_is_finished() {
    let mut world = carried();
    let guest = crate::fixture::mounting("/data", map_planner::spec::MountSource::Volume(volume("site.v0")));
    world.engine.create_container("guest", &guest).unwrap();
    world.request = all(Goal::Down);
    world.request.policy.volumes = AttachedVolumes::Remove;
    let shown = world.shows();
    assert!(shown.contains("prepare volume/site.v0") && !shown.contains("remove volume"), "{shown}");
    world.converge().unwrap();
    assert!(helpers(&world).is_empty() && world.engine.volume("site.v0").is_some());
}

/// A name alone proves nothing.
#[test]
fn a_foreign_container_of_a_helpers_name_is_left_alone() {
    let mut world = up(&site("  a: {image: server}"));
    let spec = ContainerSpec::new(image("server"));
    for name in ["dmap-prep.site.v0", "dmap-run.site.a"] {
        world.engine.create_container(name, &spec).unwrap();
    }
    world.request = all(Goal::Down);
    assert!(removed(&world).is_empty() && left(&world).is_empty());
}

fn with_run(map: &str) -> World {
    let mut world = up(map);
    let mut spec = ContainerSpec::new(image("server"));
    let key = container_map::ResourceKey::from(key("site.a"));
    spec.labels
        .extend([(label::KEY.to_owned(), key.to_string()), (label::ROLE.to_owned(), "run".to_owned())]);
    world.engine.create_container("dmap-run.site.a", &spec).unwrap();
    world.engine.connect("site.n1", "dmap-run.site.a", &EndpointSpec::default()).unwrap();
    world
}

/// What was run once and kept goes when the map is taken down whole, and is in nobody's way then; what runs is somebody's.
#[test]
fn down_removes_what_was_run_once() {
    let mut world = with_run(&site("  a: {image: server, networks: [n1]}"));
    assert!(world.plan().unwrap().is_empty());
    world.request = all(Goal::Down);
    assert_snapshot!(world.shows(), @"
    plan for client `default`, map `site`

      #  after    action                            reason
      1         - stop container/site.a             requested
      2  1      - remove container/site.a           ″
      3  2      - remove container dmap-run.site.a  ″
      4  3      - remove network/site.n1            requested

    2 to remove, 0 unchanged
    ");
    let mut running = world.clone();
    world.converge().unwrap();
    assert!(helpers(&world).is_empty());

    running.engine.start("dmap-run.site.a").unwrap();
    assert_eq!((removed(&running), left(&running)), (vec![], vec!["dmap-run.site.a".to_owned()]));
}
