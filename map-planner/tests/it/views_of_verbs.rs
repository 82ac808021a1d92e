//! The text of plans for each verb, and for each question of a policy.

use container_map::Signal;
use insta::assert_snapshot;
use map_planner::sim::Damage;
use map_planner::{
    AttachedVolumes, Company, Errand, Goal, Orphans, Persistent, PersistentImages, Pull, UnsetLimits, Verb,
};

use crate::fixture::{image, key, publishing};
use crate::story::{site, up, wanted};
use crate::world::World;

/// A store, a server that needs it, a guest in the server's namespace, and somebody who needs nobody.
fn text() -> String {
    site(
        "  a: {image: store, attaches: v2, networks: [n0], persistent: true}\n  \
         b: {image: server, uses: v2, networks: [n0]}\n  c: {image: server, network_mode: b}\n  \
         d: {image: server}",
    )
}

/// The same, of which some containers do not run.
fn with_stopped(names: &[&str]) -> World {
    let stops = |world: World, name: &&str| world.suffers(Damage::StopContainer((*name).to_owned()));
    names.iter().fold(up(&text()), stops)
}

impl World {
    /// Asks for something else, and shows the plan.
    fn shows_for(&mut self, verb: impl Into<Verb>) -> String {
        self.request.verb = verb.into();
        self.shows()
    }
}

#[test]
fn create_makes_what_is_missing_and_starts_nothing() {
    let mut world = wanted(&text());
    world.request.verb = Goal::Create.into();
    let created = world.clone().asks_for("site.b");
    assert_snapshot!(created.shows(), @"
    plan for client `default`, map `site`

      #  after    action                   reason
      1         + create network/site.n0   absent
      2         + create volume/site.v2    absent
      3  1,2    + create container/site.a  absent
      4  1,2    + create container/site.b  absent

    4 to create, 0 unchanged
    ");
    world.converge().unwrap();
    assert_snapshot!(world.shows_for(Goal::Startup), @"
    plan for client `default`, map `site`

      #  after    action                  reason
      1         + start container/site.a  stopped
      2  1      + start container/site.b  stopped
      3  2      + start container/site.c  stopped
      4         + start container/site.d  stopped

    4 to start, 0 unchanged
    ");
}

#[test]
fn start_runs_what_is_there() {
    assert_snapshot!(with_stopped(&["site.a", "site.d"]).shows_for(Goal::Start), @"
    plan for client `default`, map `site`

      #  after    action                  reason
      1         + start container/site.d  stopped

    1 to start, 3 unchanged
    note: container/site.a has ended with success and is not started again
    ");
    let mut without_owner = with_stopped(&["site.c", "site.b"]);
    without_owner.engine.remove_container("site.b").unwrap();
    assert_snapshot!(without_owner.shows_for(Goal::Start), @"
    plan for client `default`, map `site`

    4 unchanged
    note: container/site.b is not there
    note: container/site.c is not started: it is bound to a container/site.b that is gone
    ");
}

#[test]
fn startup_leaves_what_is_there_as_it_is() {
    let edited = text().replace("d: {image: server}", "d: {image: server, user: other}");
    let mut world = with_stopped(&["site.d"]).edits(&edited);
    assert_snapshot!(world.shows_for(Goal::Startup), @"
    plan for client `default`, map `site`

      #  after    action                  reason
      1         + start container/site.d  stopped

    1 to start, 3 unchanged
    note: container/site.d differs and is left as it is: user: app → other
    ");
    assert_snapshot!(world.shows_for(Goal::Up), @"
    plan for client `default`, map `site`

      #  after    action                                    reason
      1         + create container/site.d (next)            user changed
                    user: app → other
      2  1      ~ rename container/site.d → prev            ″
      3  2      ~ rename container/site.d (next) → current  ″
      4  3      + start container/site.d                    ″
      5  4      + await container/site.d                    ″
      6  5      - remove container/site.d (prev)            ″

    1 to replace, 5 unchanged
    ");
}

#[test]
fn stop_ends_dependents_first() {
    let mut world = with_stopped(&["site.d"]);
    assert_snapshot!(world.shows_for(Goal::Stop), @"
    plan for client `default`, map `site`

      #  after    action                 reason
      1         - stop container/site.c  requested
      2  1      - stop container/site.b  requested
      3  2      - stop container/site.a  requested

    3 to stop, 0 unchanged
    ");
    world.request.policy.grace = Some(core::time::Duration::from_secs(1));
    world.request.policy.exclude.insert(key("site.c"));
    assert_snapshot!(world.asks_for("site.b").shows(), @"
    plan for client `default`, map `site`

      #  after    action                 reason
      1         - stop container/site.b  requested

    1 to stop, 0 unchanged
    ");
}

#[test]
fn remove_takes_what_does_not_run() {
    assert_snapshot!(with_stopped(&["site.a", "site.d"]).shows_for(Goal::Remove), @"
    plan for client `default`, map `site`

      #  after    action                   reason
      1         - remove container/site.a  requested
      2         - remove container/site.d  requested

    2 to remove, 0 unchanged
    note: container/site.b runs and is kept
    note: container/site.c runs and is kept
    ");
}

#[test]
fn down_of_persistent_containers() {
    let mut world = up(&text());
    world.request.policy.persistent = Persistent::Keep;
    assert_snapshot!(world.shows_for(Goal::Down), @"
    plan for client `default`, map `site`

      #  after    action                   reason
      1         - stop container/site.c    requested
      2  1      - remove container/site.c  ″
      3  1      - stop container/site.b    requested
      4  3      - remove container/site.b  ″
      5         - stop container/site.d    requested
      6  5      - remove container/site.d  ″

    3 to remove, 0 unchanged
    note: container/site.a is persistent and is kept
    note: network/site.n0 is kept: container site.a uses it
    ");
}

#[test]
fn down_with_volumes() {
    let mut world = up(&text());
    world.request.policy.volumes = AttachedVolumes::Remove;
    assert_snapshot!(world.shows_for(Goal::Down), @"
    plan for client `default`, map `site`

      #  after    action                   reason
      1         - stop container/site.c    requested
      2  1      - remove container/site.c  ″
      3  1      - stop container/site.b    requested
      4  3      - remove container/site.b  ″
      5  3      - stop container/site.a    requested
      6  5      - remove container/site.a  ″
      7  4,6    - remove network/site.n0   requested
      8  4,6    - remove volume/site.v2    requested
      9         - stop container/site.d    requested
     10  9      - remove container/site.d  ″

    6 to remove, 0 unchanged
    ");
    let guest = crate::fixture::mounting(
        "/data",
        map_planner::spec::MountSource::Volume(crate::fixture::volume("site.v2")),
    );
    world.engine.create_container("guest", &guest).unwrap();
    let kept = world.shows();
    assert!(kept.contains("note: volume/site.v2 is kept: container guest uses it"), "{kept}");
    assert!(!kept.contains("remove volume"), "{kept}");
    assert!(!world.asks_for("site.b").shows().contains("volume"), "a volume is its owner's");
}

#[test]
fn down_leaves_a_foreign_volume() {
    let mut world = wanted(&text());
    world.engine.create_volume("site.v2", &crate::fixture::volume_of("somebody"));
    world.converge().unwrap();
    world.request.policy.volumes = AttachedVolumes::Remove;
    let text = world.shows_for(Goal::Down);
    assert!(text.contains("note: volume/site.v2 was not created by dmap and is kept"), "{text}");
    assert!(!text.contains("remove volume"), "{text}");
}

#[test]
fn pull_of_missing_images_and_of_all() {
    let mut world = wanted(&text());
    world.engine.remove_tag(&image("store")).unwrap();
    assert_snapshot!(world.shows_for(Goal::Pull), @"
    plan for client `default`, map `site`

      #  after    action                   reason
      1         + pull image/store:latest  absent

    1 to pull, 1 unchanged
    ");
    assert_snapshot!(world.shows_for(Errand::Refresh), @"
    plan for client `default`, map `site`

      #  after    action                    reason
      1         + pull image/server:latest  requested
      2         + pull image/store:latest   absent

    2 to pull, 0 unchanged
    ");
    world.request.policy.pull = Pull::First;
    world.request.policy.company = Company::Nobody;
    assert_snapshot!(world.clone().asks_for("site.d").shows_for(Goal::Up), @"
    plan for client `default`, map `site`

      #  after    action                   reason
      1         + create container/site.d  absent
      2  1      + start container/site.d   ″

    1 to create, 0 unchanged
    note: image/server:latest is pulled first; a newer one can change this plan
    ");
    assert_snapshot!(world.asks_for("site.d").shows_for(Errand::Refresh), @"
    plan for client `default`, map `site`

      #  after    action                    reason
      1         + pull image/server:latest  requested

    1 to pull, 0 unchanged
    ");
}

#[test]
fn restart_takes_guests_with_it() {
    let mut world = up(&text()).asks_for("site.b");
    assert_snapshot!(world.shows_for(Errand::Restart), @"
    plan for client `default`, map `site`

      #  after    action                    reason
      1         ± restart container/site.b  requested
      2  1      ± restart container/site.c  follows container/site.b

    2 to restart, 0 unchanged
    ");
    world.request.policy.company = Company::Nobody;
    assert_snapshot!(world.shows(), @"
    plan for client `default`, map `site`

      #  after    action                    reason
      1         ± restart container/site.b  requested

    1 to restart, 0 unchanged
    note: container/site.c was not asked for, and is cut off from container/site.b
    ");
    let mut stopped = with_stopped(&["site.b"]).asks_for("site.c");
    assert_snapshot!(stopped.shows_for(Errand::Restart), @"
    plan for client `default`, map `site`

    0 unchanged
    note: container/site.c is not started: container/site.b is not ready for it
    ");
}

/// What could not be started again is not stopped, whatever the map says by now.
#[test]
fn a_guest_of_a_removed_container_is_not_restarted() {
    let text = site("  a: {image: server}\n  b: {image: server, network_mode: a}");
    let apart = site("  a: {image: server}\n  b: {image: server}");
    let mut world = up(&text).suffers(Damage::RemoveContainer("site.a".into())).edits(&apart);
    let restart = world.shows_for(Errand::Restart);
    assert!(!restart.contains("restart container/site.b"), "{restart}");
    world.engine.stop("site.b").unwrap();
    let start = world.shows_for(Goal::Start);
    assert!(!start.contains("start container/site.b"), "{start}");
    let startup = world.shows_for(Goal::Startup);
    assert!(startup.contains("create container/site.b (next)"), "{startup}");
}

#[test]
fn a_restart_needs_its_ports() {
    let text = site("  a: {image: server, exposes: [[80, 8080]]}");
    let mut world = up(&text).suffers(Damage::StopContainer("site.a".into()));
    world.engine.create_container("thief", &publishing("80", 8080)).unwrap();
    world.engine.start("thief").unwrap();
    assert_snapshot!(world.shows_for(Errand::Restart), @"refused: port 8080 (80/tcp), wanted by `site.a`, is held by container `thief`");
}

#[test]
fn signal_goes_to_what_runs() {
    assert_snapshot!(with_stopped(&["site.d"]).shows_for(Errand::Signal(Signal::HUP)), @"
    plan for client `default`, map `site`

      #  after    action                               reason
      1         ~ signal container/site.a with SIGHUP  requested
      2         ~ signal container/site.b with SIGHUP  requested
      3         ~ signal container/site.c with SIGHUP  requested

    3 to signal, 0 unchanged
    note: container/site.d does not run
    ");
}

#[test]
fn only_and_exclude() {
    let edited = text().replace("b: {image: server,", "b: {image: server, user: other,");
    let mut world = up(&text()).edits(&edited).asks_for("site.b");
    world.request.policy.company = Company::Nobody;
    assert_snapshot!(world.shows(), @"
    plan for client `default`, map `site`

      #  after    action                                    reason
      1         + create container/site.b (next)            user changed
                    user: app → other
      2  1      - stop container/site.b                     ″             outage begins
      3  2      ~ rename container/site.b → prev            ″
      4  3      ~ rename container/site.b (next) → current  ″
      5  4      + start container/site.b                    ″             outage ends (2 steps between)
      6  5      + await container/site.b                    ″
      7  6      - remove container/site.b (prev)            ″

    1 to replace, 2 unchanged
    note: container/site.c was not asked for, and is cut off from container/site.b
    ");
    world.request.policy.company = Company::Others;
    world.request.policy.exclude.extend([key("site.a"), key("site.c")]);
    world.engine.stop("site.a").unwrap();
    assert_snapshot!(world.shows(), @"
    plan for client `default`, map `site`

      #  after    action                                    reason
      1         + create container/site.b (next)            user changed
                    user: app → other
      2  1      - stop container/site.b                     ″             outage begins
      3  2      ~ rename container/site.b → prev            ″
      4  3      ~ rename container/site.b (next) → current  ″
      5  4      + start container/site.b                    ″             outage ends (2 steps between)
      6  5      + await container/site.b                    ″
      7  6      - remove container/site.b (prev)            ″

    1 to replace, 2 unchanged
    note: container/site.c was not asked for, and is cut off from container/site.b
    ");
    let mut alone = wanted(&text()).asks_for("site.c");
    alone.request.policy.company = Company::Nobody;
    assert_snapshot!(alone.shows(), @"refused: `site.c` needs `site.b`, which is left out and not ready for it");
}

#[test]
fn a_replacement_that_is_asked_for() {
    let mut world = up(&text()).asks_for("site.b");
    world.request.policy.replace.insert(key("site.b"));
    assert_snapshot!(world.shows(), @"
    plan for client `default`, map `site`

      #  after    action                                    reason
      1         + create container/site.b (next)            requested
      2  1      + create container/site.c (next)            follows container/site.b
      3  2      - stop container/site.c                     ″                         outage begins
      4  3      ~ rename container/site.c → prev            ″
      5  4      ~ rename container/site.c (next) → current  ″
      6  3      - stop container/site.b                     ″                         outage begins
      7  6      ~ rename container/site.b → prev            ″
      8  7      ~ rename container/site.b (next) → current  ″
      9  8      + start container/site.b                    ″                         outage ends (2 steps between)
     10  5,9    + start container/site.c                    ″                         outage ends (6 steps between)
     11  9      + await container/site.b                    ″
     12  11     - remove container/site.b (prev)            ″
     13  10     + await container/site.c                    ″
     14  13     - remove container/site.c (prev)            ″

    2 to replace, 3 unchanged
    ");
}

#[test]
fn images_of_persistent_containers() {
    let mut world = up(&text());
    let mut newer = crate::fixture::store();
    newer.labels.insert("version".into(), "2".into());
    world.engine.tag(image("store"), newer);
    let kept = world.shows();
    assert!(kept.contains("note: container/site.a differs and is left as it is: image"), "{kept}");
    world.request.policy.persistent_images = PersistentImages::Follow;
    let followed = world.shows();
    assert!(followed.contains("create container/site.a (next)"), "{followed}");
}

#[test]
fn limits_that_the_map_no_longer_sets() {
    let limited = text().replace("d: {image: server}", "d: {image: server, host_config: {mem_limit: 64m}}");
    let mut world = up(&limited).edits(&text());
    let reset = world.shows();
    assert!(reset.contains("mem_limit"), "{reset}");
    world.request.policy.limits = UnsetLimits::Keep;
    assert_snapshot!(world.shows(), @"
    plan for client `default`, map `site`

    6 unchanged
    note: container/site.d differs and is left as it is: option mem_limit: 64m → none
    ");
}

#[test]
fn orphans_are_named_and_removed_if_asked() {
    let text =
        site("  a: {image: server, attaches: v0, networks: [n0, n1]}\n  b: {image: server, networks: [n1]}");
    let rest = "name: site\nnetworks: {n0: {create_options: {ipam: {pools: [{subnet: 10.1.0.0/24}]}}}}\n\
                containers:\n  b: {image: server, networks: [n0]}";
    let mut world = up(&text).edits(rest);
    assert_snapshot!(world.clone().asks_for("site.b").shows(), @"
    plan for client `default`, map `site`

      #  after    action                                    reason
      1         + create container/site.b (next)            network-mode changed
                    network-mode: site.n1 → site.n0
      2  1      - stop container/site.b                     ″                     outage begins
      3  2      ~ rename container/site.b → prev            ″
      4  3      ~ rename container/site.b (next) → current  ″
      5  4      + start container/site.b                    ″                     outage ends (2 steps between)
      6  5      + await container/site.b                    ″
      7  6      - remove container/site.b (prev)            ″

    1 to replace, 1 unchanged
    note: network/site.n1 is dmap's own and no longer in the map
    note: volume/site.v0 is dmap's own and no longer in the map; it may hold data and stays
    note: container/site.a is dmap's own and no longer in the map
    ");
    world.request.policy.orphans = Orphans::Remove;
    assert_snapshot!(world.shows(), @"
    plan for client `default`, map `site`

      #  after    action                                    reason
      1         + create container/site.b (next)            network-mode changed
                    network-mode: site.n1 → site.n0
      2  1      - stop container/site.b                     ″                     outage begins
      3  2      ~ rename container/site.b → prev            ″
      4  3      ~ rename container/site.b (next) → current  ″
      5  4      + start container/site.b                    ″                     outage ends (2 steps between)
      6         - stop container/site.a                     no longer in the map
      7  6      - remove container/site.a                   ″
      8  5      + await container/site.b                    ″
      9  8      - remove container/site.b (prev)            ″
     10  7,9    - remove network/site.n1                    no longer in the map

    1 to replace, 2 to remove, 1 unchanged
    note: volume/site.v0 is dmap's own and no longer in the map; it may hold data and stays
    ");
    world.clone().obeys();
    assert_snapshot!(world.shows_for(Goal::Down), @"
    plan for client `default`, map `site`

      #  after    action                   reason
      1         - stop container/site.a    requested
      2  1      - remove container/site.a  ″
      3  2      - remove network/site.n0   requested
      4         - stop container/site.b    requested
      5  4      - remove container/site.b  ″
      6  2,5    - remove network/site.n1   requested

    4 to remove, 0 unchanged
    note: volume/site.v0 is dmap's own and no longer in the map; it may hold data and stays
    ");
}

/// An orphan whose port is wanted gives it up first; one that somebody else is bound to stays.
#[test]
fn what_orphans_hold() {
    let text = site("  a: {image: server, exposes: [[80, 8080]]}\n  c: {image: server, network_mode: a}");
    let rest = site("  b: {image: server, exposes: [[80, 8080]]}");
    let mut world = up(&text).edits(&rest);
    world.request.policy.orphans = Orphans::Remove;
    assert_snapshot!(world.shows(), @"
    plan for client `default`, map `site`

      #  after    action                   reason
      1         + create container/site.b  absent
      2         - stop container/site.c    no longer in the map
      3  2      - stop container/site.a    no longer in the map
      4  1,3    + start container/site.b   ″
      5  3      - remove container/site.a  ″
      6  2      - remove container/site.c  ″

    1 to create, 2 to remove, 0 unchanged
    ");
    world.clone().obeys();
    let rest = site("  c: {image: server}\n  d: {image: server}");
    let mut world = up(&text).edits(&rest).asks_for("site.d");
    world.request.policy.orphans = Orphans::Remove;
    assert_snapshot!(world.shows(), @"
    plan for client `default`, map `site`

      #  after    action                   reason
      1         + create container/site.d  absent
      2  1      + start container/site.d   ″

    1 to create, 0 unchanged
    note: container/site.a is kept: container site.c uses it
    note: container/site.a is dmap's own and no longer in the map
    ");
}

/// Who names a container that is to stop has said so; what comes along has not been named.
#[test]
fn what_takes_consent() {
    let asks = |world: &World| world.request.takes_consent(&world.plan().unwrap());
    let verbs: [(Verb, bool, bool); 7] = [
        (Goal::Stop.into(), true, true),
        (Errand::Restart.into(), true, true),
        (Errand::Signal(Signal::TERM).into(), true, false),
        (Goal::Down.into(), true, true),
        (Goal::Up.into(), false, false),
        (Goal::Create.into(), false, false),
        (Errand::Refresh.into(), false, false),
    ];
    for (verb, whole_map, with_company) in verbs {
        let mut world = up(&text());
        world.request.verb = verb;
        assert_eq!(asks(&world), whole_map, "{verb:?} of the whole map");
        assert_eq!(asks(&world.clone().asks_for("site.b")), with_company, "{verb:?} of b");
        let named = world.asks_for("site.d");
        assert_eq!(asks(&named), verb == Goal::Down.into(), "{verb:?} of d, which nobody needs");
    }
}

/// The engine reports a container that it starts again and again as running and restarting.
#[test]
fn what_restarts_counts_as_running() {
    use map_planner::engine::RunState;
    for (state, is_up) in [(RunState::Restarting, true), (RunState::Paused, true), (RunState::Created, false)]
    {
        assert_eq!(state.is_up(), is_up, "{state:?}");
    }
}
