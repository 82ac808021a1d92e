//! Containers that start only when others are ready.

use insta::assert_snapshot;
use map_planner::sim::{Damage, SimImage};
use map_planner::{Action, Goal, Verb};

use crate::fixture::{image, work};
use crate::story::{site, up, wanted};

const SITE: &str = "  db: {image: server, healthcheck: 'pg_isready'}
  migrate: {image: work, start: [[db, healthy]]}
  web: {image: server, start: [[migrate, completed], [db, healthy]]}
  proxy: {image: server, start: web}";

#[test]
fn everything_is_new() {
    let world = wanted(&site(SITE));
    assert_snapshot!(world.shows(), @"
    plan for client `default`, map `site`

      #  after    action                                        reason
      1         + create container/site.db                      absent
      2         + create container/site.migrate                 absent
      3         + create container/site.proxy                   absent
      4         + create container/site.web                     absent
      5  1      + start container/site.db                       ″
      6  5      + await container/site.db until healthy         container/site.migrate waits for it
      7  2,6    + start container/site.migrate                  ″
      8  7      + await container/site.migrate until completed  container/site.web waits for it
      9  4,8    + start container/site.web                      ″
     10  9      + await container/site.web                      container/site.proxy waits for it
     11  3,10   + start container/site.proxy                    ″

    4 to create, 0 unchanged
    ");
    world.obeys();
}

/// What runs as wanted is not waited for, and a job that is done is not begun again.
#[test]
fn nothing_to_wait_for() {
    let world = up(&site(SITE)).suffers(Damage::StopContainer("site.proxy".into()));
    assert_snapshot!(world.shows(), @"
    plan for client `default`, map `site`

      #  after    action                      reason
      1         + start container/site.proxy  stopped

    1 to start, 3 unchanged
    note: container/site.migrate has ended with success and is not started again
    ");
    world.obeys();
}

/// What is not ready yet is waited for only by what is started.
#[test]
fn health_is_not_known_yet() {
    let world = up(&site(SITE)).suffers(Damage::LoseHealth("site.db".into()));
    assert!(world.plan().unwrap().is_empty());
    let world = world.suffers(Damage::StopContainer("site.web".into()));
    assert_snapshot!(world.shows(), @"
    plan for client `default`, map `site`

      #  after    action                                 reason
      1         + await container/site.db until healthy  container/site.web waits for it
      2  1      + start container/site.web               stopped

    1 to start, 3 unchanged
    note: container/site.migrate has ended with success and is not started again
    ");
    world.obeys();
}

/// A new image is a new job. Who waited for the old one goes on running, and who is replaced anyway runs until it is done.
#[test]
fn a_job_is_replaced() {
    let mut world = up(&site(SITE));
    let newer = SimImage { user: "newer".into(), ..work(0) };
    world.engine.tag(image("work"), newer);
    assert_snapshot!(world.shows(), @"
    plan for client `default`, map `site`

      #  after    action                                          reason
      1         + create container/site.migrate (next)            image: the tag moved
                    image: 06eddd3a2d46 → c96c43d8be00
      2  1      ~ rename container/site.migrate → prev            ″
      3  2      ~ rename container/site.migrate (next) → current  ″
      4  3      + start container/site.migrate                    ″
      5  4      + await container/site.migrate                    ″
      6  5      - remove container/site.migrate (prev)            ″

    1 to replace, 3 unchanged
    ");
    let world = world.edits(&site(&SITE.replace("web: {image: server", "web: {image: server, user: me")));
    assert_snapshot!(world.shows(), @"
    plan for client `default`, map `site`

      #  after    action                                          reason
      1         + create container/site.migrate (next)            image: the tag moved
                    image: 06eddd3a2d46 → c96c43d8be00
      2         + create container/site.web (next)                user changed
                    user: app → me
      3  1      ~ rename container/site.migrate → prev            ″
      4  3      ~ rename container/site.migrate (next) → current  ″
      5  4      + start container/site.migrate                    ″
      6  5      + await container/site.migrate                    ″
      7  6      + await container/site.migrate until completed    container/site.web waits for it
      8  2,7    - stop container/site.web                         ″                                outage begins
      9  8      ~ rename container/site.web → prev                ″
     10  9      ~ rename container/site.web (next) → current      ″
     11  10     + start container/site.web                        ″                                outage ends (2 steps between)
     12  7      - remove container/site.migrate (prev)            ″
     13  11     + await container/site.web                        ″
     14  13     - remove container/site.web (prev)                ″

    2 to replace, 2 unchanged
    ");
    world.obeys();
}

/// A job that failed is tried again.
#[test]
fn a_job_failed() {
    let mut world = wanted(&site(SITE));
    world.engine.tag(image("work"), work(1));
    let plan = world.plan().unwrap();
    let failed = plan.steps().iter().find(|step| world.engine.apply(&step.action).is_err()).unwrap();
    assert!(failed.action.only_waits());
    assert_snapshot!(world.shows(), @"
    plan for client `default`, map `site`

      #  after    action                                        reason
      1         + start container/site.migrate                  stopped
      2  1      + await container/site.migrate until completed  container/site.web waits for it
      3  2      + start container/site.web                      stopped
      4  3      + await container/site.web                      container/site.proxy waits for it
      5  4      + start container/site.proxy                    stopped

    3 to start, 1 unchanged
    ");
}

/// What has to be healthy has to run, also if it once ended with success.
#[test]
fn what_has_to_be_healthy_is_not_done() {
    let text = "  db: {image: store, persistent: true, healthcheck: 'true'}\n  web: {image: server, start: [[db, healthy]]}";
    let world = up(&site(text)).suffers(Damage::StopContainer("site.db".into()));
    assert_snapshot!(world.shows(), @"
    plan for client `default`, map `site`

      #  after    action                   reason
      1         + start container/site.db  stopped

    1 to start, 1 unchanged
    ");
    world.obeys();
}

/// A predecessor that an interrupted run left is kept until its successor is ready.
#[test]
fn a_replacement_waits_too() {
    let edited = SITE.replace("pg_isready'}", "pg_isready', user: me}").replace("migrate, completed], [", "");
    let world = up(&site(&SITE.replace("migrate, completed], [", "")))
        .suffers(Damage::StopContainer("site.web".into()));
    let world = world.edits(&site(&edited));
    assert_snapshot!(world.shows(), @"
    plan for client `default`, map `site`

      #  after    action                                     reason
      1         + create container/site.db (next)            user changed
                    user: app → me
      2  1      - stop container/site.db                     ″                                outage begins
      3  2      ~ rename container/site.db → prev            ″
      4  3      ~ rename container/site.db (next) → current  ″
      5  4      + start container/site.db                    ″                                outage ends (2 steps between)
      6  5      + await container/site.db                    ″
      7  6      + await container/site.db until healthy      container/site.web waits for it
      8  7      + start container/site.web                   stopped
      9  7      - remove container/site.db (prev)            ″

    1 to replace, 1 to start, 2 unchanged
    ");
    world.obeys();
}

/// Each waits as long as it says. Who waits less long than others has a step of its own: if that fails, nothing else does.
#[test]
fn each_has_its_own_deadline() {
    let text = "  db: {image: server, healthcheck: 'true'}
  hasty: {image: server, start: [[db, healthy, 30s]]}
  patient: {image: server, start: {db: [healthy, 10m]}}
  usual: {image: server, start: {db: healthy}}
  same: {image: server, start: [{container: db, condition: healthy, within: 30}]}";
    let world = wanted(&site(text));
    let plan = world.plan().unwrap();
    let seconds = |step: &map_planner::Step| match &step.action {
        Action::AwaitContainer { within, .. } => Some(within.as_secs()),
        _ => None,
    };
    let before = |name: &str| -> Vec<u64> {
        let starts = |step: &&map_planner::Step| {
            let container = step.action.container().map(ToString::to_string);
            matches!(step.action, Action::StartContainer { .. }) && container.as_deref() == Some(name)
        };
        let start = plan.steps().iter().find(starts).unwrap();
        start.after.iter().filter_map(|id| seconds(plan.step(*id).unwrap())).collect()
    };
    assert_eq!(before("site.hasty"), [30]);
    assert_eq!(before("site.same"), [30]);
    assert_eq!(before("site.patient"), [600]);
    // Its health check gives up after four times thirty seconds of pause and as many of waiting.
    assert_eq!(before("site.usual"), [240]);
    let waits: Vec<_> = plan.steps().iter().filter(|step| seconds(step).is_some()).collect();
    assert_eq!(waits.len(), 3, "{}", plan.text());
    for wait in &waits {
        assert!(!wait.after.iter().any(|id| waits.iter().any(|other| other.id == *id)), "{}", plan.text());
    }
    world.obeys();
}

/// A predecessor is kept until its successor is ready, and not because somebody waited for that too short a time.
#[test]
fn a_deadline_that_passed_does_not_keep_a_predecessor() {
    let text = "  db: {image: server, healthcheck: 'true'}
  hasty: {image: server, start: [[db, healthy, 1s]]}
  usual: {image: server, start: {db: healthy}}";
    let world = up(&site(text)).suffers(Damage::StopContainer("site.hasty".into()));
    let world = world.suffers(Damage::StopContainer("site.usual".into()));
    let world = world.edits(&site(&text.replace("'true'}", "'true', user: me}")));
    assert_snapshot!(world.shows(), @"
    plan for client `default`, map `site`

      #  after    action                                     reason
      1         + create container/site.db (next)            user changed
                    user: app → me
      2  1      - stop container/site.db                     ″                                 outage begins
      3  2      ~ rename container/site.db → prev            ″
      4  3      ~ rename container/site.db (next) → current  ″
      5  4      + start container/site.db                    ″                                 outage ends (2 steps between)
      6  5      + await container/site.db                    ″
      7  6      + await container/site.db until healthy      container/site.hasty waits for it
      8  7      + start container/site.hasty                 stopped
      9  6      + await container/site.db until healthy      container/site.usual waits for it
     10  9      + start container/site.usual                 stopped
     11  9      - remove container/site.db (prev)            ″

    1 to replace, 2 to start, 0 unchanged
    ");
    world.obeys();
}

/// A verb that leaves what is there as it is cannot wait for a check that the map got since: it would never pass.
#[test]
fn what_is_left_without_its_check_only_has_to_run() {
    let world = up(&site("  db: {image: server}"));
    let text = "  db: {image: server, healthcheck: 'true'}
  web: {image: server, start: [[db, healthy]]}";
    let mut world = world.edits(&site(text));
    world.request.verb = Verb::Goal(Goal::Startup);
    assert_snapshot!(world.shows(), @r#"
    plan for client `default`, map `site`

      #  after    action                     reason
      1         + create container/site.web  absent
      2  1      + start container/site.web   ″

    1 to create, 1 unchanged
    note: container/site.db differs and is left as it is: healthcheck: none → {"test":["CMD-SHELL","true"]}
    note: container/site.db stays without the health check that the map wants: others start once it runs
    "#);
    world.clone().obeys();
    let mut world = world.suffers(Damage::StopContainer("site.db".into()));
    assert_snapshot!(world.shows(), @r#"
    plan for client `default`, map `site`

      #  after    action                     reason
      1         + create container/site.web  absent
      2         + start container/site.db    stopped
      3  2      + await container/site.db    container/site.web waits for it
      4  1,3    + start container/site.web   ″

    1 to create, 1 to start, 0 unchanged
    note: container/site.db differs and is left as it is: healthcheck: none → {"test":["CMD-SHELL","true"]}
    note: container/site.db stays without the health check that the map wants: others start once it runs
    "#);
    world.clone().obeys();
    // Whoever mends it gets the check, and waits for that.
    world.request.verb = Verb::Goal(Goal::Up);
    assert!(world.shows().contains("await container/site.db until healthy"), "{}", world.shows());
    world.obeys();
}
