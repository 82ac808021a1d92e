//! How containers are replaced, and what those that depend on them do meanwhile.

use std::collections::BTreeSet;
use std::fmt::Write;

use insta::assert_snapshot;
use map_planner::sim::Damage;
use map_planner::{Action, Goal, StepId, VolumeFate};

use crate::story::{site, up};
use crate::world::{World, all};

/// The new one is ready before the old one stops, and has its name by then.
#[test]
fn the_successor_starts_first() {
    let text = |user: &str| {
        site(&format!(
            "  web: {{image: server, user: {user}, healthcheck: check, networks: [[n0, [www]]], update: start-first}}"
        ))
    };
    let world = up(&text("one")).edits(&text("two"));
    assert_snapshot!(world.shows(), @"
    plan for client `default`, map `site`

      #  after    action                                      reason
      1         + create container/site.web (next)            user changed
                    user: one → two
      2  1      + start container/site.web (next)             ″
      3  2      + await container/site.web (next)             ″
      4  3      ~ rename container/site.web → prev            ″
      5  4      ~ rename container/site.web (next) → current  ″
      6  5      - stop container/site.web (prev)              ″
      7  6      - remove container/site.web (prev)            ″

    1 to replace, 1 unchanged
    ");
    world.obeys();
}

/// An interrupted run goes on from wherever it was.
#[test]
fn a_start_first_replacement_was_interrupted() {
    let text = |user: &str| site(&format!("  web: {{image: server, user: {user}, update: start-first}}"));
    for steps in 1..=7 {
        let world = up(&text("one")).edits(&text("two")).cut_after(steps);
        if steps == 2 {
            assert_snapshot!(world.shows(), @"
            plan for client `default`, map `site`

              #  after    action                                      reason
              1         + await container/site.web (next)             user changed
                            user: one → two
              2  1      ~ rename container/site.web → prev            user changed
                            user: one → two
              3  2      ~ rename container/site.web (next) → current  ″
              4  3      - stop container/site.web (prev)              ″
              5  4      - remove container/site.web (prev)            ″

            1 to replace, 0 unchanged
            ");
        }
        if steps == 4 {
            assert_snapshot!(world.shows(), @"
            plan for client `default`, map `site`

              #  after    action                                      reason
              1         ~ rename container/site.web (next) → current  left by an interrupted run
              2  1      - stop container/site.web (prev)              ″
              3  2      - remove container/site.web (prev)            ″

            1 to remove, 0 unchanged
            ");
        }
        world.obeys();
        up(&text("one")).edits(&text("two")).cut_after(steps).edits(&text("one")).obeys();
        let stop_first = text("two").replace(", update: start-first", "");
        up(&text("one")).edits(&text("two")).cut_after(steps).edits(&stop_first).obeys();
    }
}

/// Where two cannot run at once, the plan says why.
#[test]
fn what_cannot_start_first_stops_first() {
    let start_first = [
        "exposes: [[80, 8080]]",
        "networks: [[n0, [], [], 10.1.0.9]]",
        "network_mode: host",
        "network_mode: base",
        "shares: /data",
        "attaches: v3",
        "binds: {/etc/app: /srv/app}",
        "persistent: true",
        "create_options: {mac_address: '02:42:ac:11:00:02'}",
    ];
    let mut notes = String::new();
    for fields in start_first {
        let text = |user: &str| {
            let web = format!("{{image: server, user: {user}, {fields}, update: start-first}}");
            site(&format!("  base: {{image: server}}\n  web: {web}"))
        };
        let world = up(&text("2000")).edits(&text("3000"));
        let shown = world.shows();
        let note = shown.lines().find(|line| line.contains("stops before")).unwrap_or("no note");
        writeln!(notes, "{fields}: {note}").unwrap();
        world.obeys();
    }
    assert_snapshot!(notes, @"
    exposes: [[80, 8080]]: note: container/site.web stops before its successor starts: port 80/tcp is published on the host
    networks: [[n0, [], [], 10.1.0.9]]: note: container/site.web stops before its successor starts: it has a fixed address
    network_mode: host: note: container/site.web stops before its successor starts: it has the network of the host
    network_mode: base: note: container/site.web stops before its successor starts: it shares a network with container/site.base
    shares: /data: note: container/site.web stops before its successor starts: nothing else writes to what it has at /data
    attaches: v3: note: container/site.web stops before its successor starts: nothing else writes to what it has at /srv/data
    binds: {/etc/app: /srv/app}: note: container/site.web stops before its successor starts: nothing else writes to what it has at /etc/app
    persistent: true: note: container/site.web stops before its successor starts: it is persistent or a job
    create_options: {mac_address: '02:42:ac:11:00:02'}: note: container/site.web stops before its successor starts: it has a fixed address
    ");
}

/// A volume that others write to as well, or one that is renewed, keeps nobody from starting first.
#[test]
fn what_is_not_exclusive_does_not_matter() {
    for fields in
        ["uses: v3", "shares: /data, anonymous_volumes: renew", "binds: [[/etc/app, [/srv/app, ro]]]"]
    {
        let text = |user: &str| {
            let web = format!("{{image: server, user: {user}, {fields}, update: start-first}}");
            site(&format!("  base: {{image: server, attaches: v3}}\n  web: {web}"))
        };
        let world = up(&text("one")).edits(&text("two"));
        let shown = world.shows();
        let at = |words: &str| shown.find(words).unwrap_or_else(|| panic!("{words} in\n{shown}"));
        assert!(at("start container/site.web (next)") < at("stop container/site.web (prev)"), "{shown}");
        world.obeys();
    }
}

/// Returns a map with three instances that have a health check.
fn three(user: &str, update: &str) -> String {
    let check = "healthcheck: check";
    site(&format!("  web: {{image: server, instances: [a, b, c], user: {user}, {check}, update: {update}}}"))
}

/// Instances take turns, and each is healthy before the next one stops.
#[test]
fn instances_roll() {
    let world = up(&three("one", "rolling")).edits(&three("two", "rolling"));
    assert_snapshot!(world.shows(), @"
    plan for client `default`, map `site`

      #  after    action                                        reason
      1         + create container/site.web.a (next)            user changed
                    user: one → two
      2         + create container/site.web.b (next)            user changed
                    user: one → two
      3         + create container/site.web.c (next)            user changed
                    user: one → two
      4  1      - stop container/site.web.a                     ″             outage begins
      5  4      ~ rename container/site.web.a → prev            ″
      6  5      ~ rename container/site.web.a (next) → current  ″
      7  6      + start container/site.web.a                    ″             outage ends (2 steps between)
      8  7      + await container/site.web.a                    ″
      9  2,8    - stop container/site.web.b                     ″             outage begins
     10  9      ~ rename container/site.web.b → prev            ″
     11  10     ~ rename container/site.web.b (next) → current  ″
     12  11     + start container/site.web.b                    ″             outage ends (2 steps between)
     13  12     + await container/site.web.b                    ″
     14  3,13   - stop container/site.web.c                     ″             outage begins
     15  14     ~ rename container/site.web.c → prev            ″
     16  15     ~ rename container/site.web.c (next) → current  ″
     17  16     + start container/site.web.c                    ″             outage ends (2 steps between)
     18  8      - remove container/site.web.a (prev)            ″
     19  13     - remove container/site.web.b (prev)            ″
     20  17     + await container/site.web.c                    ″
     21  20     - remove container/site.web.c (prev)            ″

    3 to replace, 0 unchanged
    ");
    world.obeys();
}

#[test]
fn instances_start_first_in_batches() {
    let update = "{strategy: start-first, batch: 2}";
    let world = up(&three("one", update)).edits(&three("two", update));
    assert_snapshot!(world.shows(), @"
    plan for client `default`, map `site`

      #  after    action                                        reason
      1         + create container/site.web.a (next)            user changed
                    user: one → two
      2         + create container/site.web.b (next)            user changed
                    user: one → two
      3         + create container/site.web.c (next)            user changed
                    user: one → two
      4  1      + start container/site.web.a (next)             ″
      5  2      + start container/site.web.b (next)             ″
      6  4      + await container/site.web.a (next)             ″
      7  5      + await container/site.web.b (next)             ″
      8  3,6,7  + start container/site.web.c (next)             ″
      9  6      ~ rename container/site.web.a → prev            ″
     10  9      ~ rename container/site.web.a (next) → current  ″
     11  10     - stop container/site.web.a (prev)              ″
     12  7      ~ rename container/site.web.b → prev            ″
     13  12     ~ rename container/site.web.b (next) → current  ″
     14  13     - stop container/site.web.b (prev)              ″
     15  11     - remove container/site.web.a (prev)            ″
     16  14     - remove container/site.web.b (prev)            ″
     17  8      + await container/site.web.c (next)             ″
     18  17     ~ rename container/site.web.c → prev            ″
     19  18     ~ rename container/site.web.c (next) → current  ″
     20  19     - stop container/site.web.c (prev)              ″
     21  20     - remove container/site.web.c (prev)            ″

    3 to replace, 0 unchanged
    ");
    world.obeys();
}

/// One that was begun and is not healthy keeps the others from being replaced.
#[test]
fn a_batch_was_interrupted() {
    let world = up(&three("one", "rolling")).edits(&three("two", "rolling")).cut_after(8);
    let world = world.suffers(Damage::LoseHealth("site.web.a".into()));
    assert_snapshot!(world.shows(), @"
    plan for client `default`, map `site`

      #  after    action                                        reason
      1         + await container/site.web.a                    left by an interrupted run
      2  1      - stop container/site.web.b                     user changed                outage begins
                    user: one → two
      3  2      ~ rename container/site.web.b → prev            ″
      4  3      ~ rename container/site.web.b (next) → current  ″
      5  4      + start container/site.web.b                    ″                           outage ends (2 steps between)
      6  5      + await container/site.web.b                    ″
      7  6      - stop container/site.web.c                     user changed                outage begins
                    user: one → two
      8  7      ~ rename container/site.web.c → prev            ″
      9  8      ~ rename container/site.web.c (next) → current  ″
     10  9      + start container/site.web.c                    ″                           outage ends (2 steps between)
     11  1      - remove container/site.web.a (prev)            left by an interrupted run
     12  6      - remove container/site.web.b (prev)            ″
     13  10     + await container/site.web.c                    ″
     14  13     - remove container/site.web.c (prev)            ″

    2 to replace, 1 to remove, 0 unchanged
    ");
    world.obeys();
}

/// What follows stops before what it follows and starts after it; what does not is left alone.
#[test]
fn followers_of_a_dependency() {
    let text = |user: &str| {
        let web =
            |name: &str, rest: &str| format!("  {name}: {{image: server, networks: n0, links: db{rest}}}\n");
        site(&format!(
            "  db: {{image: server, networks: n0, user: {user}}}\n{}{}{}{}",
            web("left", ", follow: {db: leave}"),
            web("made", ", follow: {db: recreate}"),
            web("other", ""),
            web("started", ", follow: {db: restart}, persistent: true"),
        ))
    };
    let world = up(&text("one")).edits(&text("two"));
    assert_snapshot!(world.shows(), @"
    plan for client `default`, map `site`

      #  after    action                                          reason
      1         + create container/site.db (next)                 user changed
                    user: one → two
      2  1      + create container/site.made (next)               follows container/site.db
      3  2      - stop container/site.made                        ″                          outage begins
      4  3      ~ rename container/site.made → prev               ″
      5  4      ~ rename container/site.made (next) → current     ″
      6  1      ~ rename container/site.started → prev            follows container/site.db
      7  6      - stop container/site.started (prev)              ″                          outage begins
      8  3,7    - stop container/site.db                          ″                          outage begins
      9  8      ~ rename container/site.db → prev                 ″
     10  9      ~ rename container/site.db (next) → current       ″
     11  10     + start container/site.db                         ″                          outage ends (2 steps between)
     12  5,11   + start container/site.made                       ″                          outage ends (8 steps between)
     13  11     + start container/site.started (prev)             ″                          outage ends (5 steps between)
     14  13     ~ rename container/site.started (prev) → current  ″
     15  11     + await container/site.db                         ″
     16  15     - remove container/site.db (prev)                 ″
     17  12     + await container/site.made                       ″
     18  17     - remove container/site.made (prev)               ″

    2 to replace, 1 to restart, 3 unchanged
    ");
    world.obeys();
    // They follow too if they were not asked for, and also a dependency that somebody else restarted.
    let world = up(&text("one")).edits(&text("two")).asks_for("site.db");
    let shown = world.shows();
    assert!(shown.contains("stop container/site.started (prev)"), "{shown}");
    world.obeys();
    let world = up(&text("one")).suffers(Damage::RestartContainer("site.db".into()));
    assert_snapshot!(world.shows(), @"
    plan for client `default`, map `site`

      #  after    action                                          reason
      1         ~ rename container/site.made → prev               follows container/site.db
      2  1      - stop container/site.made (prev)                 ″                          outage begins
      3  2      + start container/site.made (prev)                ″                          outage ends
      4  3      ~ rename container/site.made (prev) → current     ″
      5         ~ rename container/site.started → prev            follows container/site.db
      6  5      - stop container/site.started (prev)              ″                          outage begins
      7  6      + start container/site.started (prev)             ″                          outage ends
      8  7      ~ rename container/site.started (prev) → current  ″

    2 to restart, 4 unchanged
    ");
    world.obeys();
}

/// What cannot be replaced for want of an image stops nobody, not even what follows those that follow it.
#[test]
fn nothing_stops_before_its_dependency_can_be_replaced() {
    let text = |image: &str| {
        site(&format!(
            "  db: {{image: {image}}}\n  app: {{image: server, start: db, follow: {{db: restart}}}}\n  \
             web: {{image: server, start: app, follow: {{app: restart}}}}"
        ))
    };
    let world = up(&text("server")).edits(&text("nowhere"));
    let plan = world.plan().unwrap();
    let mut failed = vec![plan.steps()[0].id];
    assert!(matches!(plan.steps()[0].action, Action::PullImage { .. }));
    for step in &plan.steps()[1..] {
        if step.after.iter().any(|after| failed.contains(after)) {
            failed.push(step.id);
        }
    }
    assert_eq!(failed.len(), plan.steps().len(), "{}", plan.text());
}

/// Each anonymous volume of what is replaced or removed is named, with what becomes of it.
#[test]
fn anonymous_volumes_are_named() {
    let text = |user: &str, rest: &str| {
        site(&format!(
            "  a: {{image: store, shares: [/x], user: {user}{rest}}}\n  b: {{image: server, uses: a}}"
        ))
    };
    let fates = |world: &World| {
        let plan = world.plan().unwrap();
        let fates = plan.anonymous_volumes().iter();
        fates.map(|found| (found.container.to_string(), found.path.clone(), found.fate)).collect::<Vec<_>>()
    };
    let of_a =
        |fate| ["/var/lib/store", "/x"].map(|path| ("site.a".to_owned(), path.to_owned(), fate)).to_vec();
    let kept = up(&text("2000", "")).edits(&text("3000", ""));
    assert_eq!(fates(&kept), of_a(VolumeFate::Kept));
    assert!(kept.shows().contains(" at /x of container/site.a: kept\n"), "{}", kept.shows());
    let renews = ", anonymous_volumes: renew";
    let renewed = up(&text("2000", renews)).edits(&text("3000", renews));
    assert_eq!(fates(&renewed), of_a(VolumeFate::Renewed));
    let before = renewed.engine.volume_names();
    let mut after = renewed.clone();
    after.converge().unwrap();
    assert!(before.is_subset(&after.engine.volume_names()), "no volume is removed");
    assert_eq!(after.engine.volume_names().len(), before.len() + 2);
    renewed.obeys();
    let mut down = up(&text("2000", ""));
    down.request = all(Goal::Down);
    assert_eq!(fates(&down), of_a(VolumeFate::Left));
}

/// What is replaced itself stops only when everything that it depends on can be replaced too (R4).
#[test]
fn nothing_stops_before_what_it_depends_on_can_be_replaced() {
    let text = |user: &str| {
        let it = |name: &str, rest: &str| format!("  {name}: {{image: server, user: {user}{rest}}}\n");
        site(&format!(
            "{}{}{}",
            it("a", ""),
            it("b", ", start: [[a, started]]"),
            it("c", ", start: [[b, started]]")
        ))
    };
    let world = up(&text("one")).edits(&text("two"));
    let plan = world.plan().unwrap();
    let node = |wanted: &dyn Fn(&Action) -> bool| {
        plan.steps().iter().find(|step| wanted(&step.action)).map(|step| step.id).unwrap()
    };
    let created = |name: &str| {
        node(
            &|action| matches!(action, Action::CreateContainer { container, .. } if container.key.docker_name() == name),
        )
    };
    let stopped = |name: &str| {
        node(
            &|action| matches!(action, Action::StopContainer { container, .. } if container.key.docker_name() == name),
        )
    };
    let waits = |step: StepId, for_step: StepId| {
        let (mut open, mut seen) = (vec![step], BTreeSet::new());
        while let Some(id) = open.pop() {
            if seen.insert(id) {
                open.extend(&plan.step(id).unwrap().after);
            }
        }
        seen.contains(&for_step)
    };
    for (stops, ready) in
        [("site.b", "site.a"), ("site.c", "site.b"), ("site.c", "site.a"), ("site.a", "site.c")]
    {
        assert!(waits(stopped(stops), created(ready)), "{stops} stops early: {}", plan.text());
    }
    world.obeys();
}
