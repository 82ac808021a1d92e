//! Exec commands: when they are run, and when they are not run again.

use insta::assert_snapshot;
use map_planner::engine::ObservedProcess;
use map_planner::sim::Damage;
use map_planner::spec::ExecSpec;
use map_planner::{Action, Errand, ExecCheck, Goal, PlanFile, RestartCommands};

use crate::fixture::{engine, key, kind, spec};
use crate::story::{site, up, wanted};
use crate::world::{World, all};

const APP: &str = "  a: {image: server, exec_commands: [[seed, root, initial], [[warm, 'a b'], app]]}\n";

/// A container that depends on `a`.
const WEB: &str = "  b: {image: server, start: [a]}\n";

/// Returns the commands that a world's plan runs, and why.
fn runs(world: &World) -> Vec<String> {
    let plan = world.plan().unwrap();
    let run = plan.steps().iter().filter_map(|step| match &step.action {
        Action::Exec { container, command } => Some(format!("{container}: {command} ({:?})", step.reason)),
        _ => None,
    });
    run.collect()
}

#[test]
fn they_come_after_the_start_and_before_dependents() {
    assert_snapshot!(wanted(&site(&format!("{APP}{WEB}"))).shows(), @"
    plan for client `default`, map `site`

      #  after    action                             reason
      1         + create container/site.a            absent
      2         + create container/site.b            absent
      3  1      + start container/site.a             ″
      4  3      ~ exec container/site.a: seed        ″
      5  4      ~ exec container/site.a: warm 'a b'  ″
      6  5      + await container/site.a             container/site.b waits for it
      7  2,6    + start container/site.b             ″

    2 to create, 0 unchanged
    ");
    wanted(&site(&format!("{APP}{WEB}"))).obeys();
}

#[test]
fn they_are_part_of_the_format() {
    let plan = wanted(&site(APP)).plan().unwrap();
    let json = PlanFile::new(vec![plan]).to_json();
    let exec = json.find("\"action\": \"exec\"").unwrap();
    assert_snapshot!(json[exec..].split("\"reason\"").next().unwrap(), @r#"
    "action": "exec",
              "container": "site.a",
              "command": {
                "command": [
                  "seed"
                ],
                "user": "root"
              },
    "#);
}

#[test]
fn what_was_run_is_not_run_again() {
    assert_eq!(runs(&up(&site(APP))), [""; 0]);
}

/// An initial command belongs to the container, the others to each of its runs, whoever started it.
#[test]
fn after_a_restart_the_others_are_run_again() {
    let world = up(&site(APP)).suffers(Damage::RestartContainer("site.a".to_owned()));
    assert_eq!(runs(&world), ["site.a: warm 'a b' (NotRun)"]);
    world.obeys();
    let stopped = up(&site(APP)).suffers(Damage::StopContainer("site.a".to_owned()));
    assert_eq!(runs(&stopped), ["site.a: warm 'a b' (Stopped)"]);
    stopped.obeys();
}

/// A restart leaves them to the next run, unless it is asked to run them.
#[test]
fn a_restart_runs_them_if_that_is_asked() {
    let mut world = up(&site(&format!("{APP}{WEB}")));
    world.request.verb = Errand::Restart.into();
    assert_eq!(runs(&world), [""; 0]);
    world.request.policy.restart_commands = RestartCommands::Run;
    assert_snapshot!(world.shows(), @"
    plan for client `default`, map `site`

      #  after    action                             reason
      1         ± restart container/site.a           requested
      2  1      ~ exec container/site.a: warm 'a b'  ″
      3  2      ± restart container/site.b           requested

    2 to restart, 0 unchanged
    ");
    let plan = world.plan().unwrap();
    assert_eq!(world.apply(&plan), Ok(()));
    world.request = all(Goal::Up);
    assert!(world.plan().unwrap().is_empty(), "{}", world.shows());
}

#[test]
fn in_a_new_container_all_are_run() {
    let edited = up(&site(APP)).edits(&site(&APP.replace("server,", "server, user: other,")));
    assert_snapshot!(edited.shows(), @"
    plan for client `default`, map `site`

      #  after    action                                    reason
      1         + create container/site.a (next)            user changed
                    user: app → other
      2  1      - stop container/site.a                     ″             outage begins
      3  2      ~ rename container/site.a → prev            ″
      4  3      ~ rename container/site.a (next) → current  ″
      5  4      + start container/site.a                    ″             outage ends (2 steps between)
      6  5      ~ exec container/site.a: seed               ″
      7  6      ~ exec container/site.a: warm 'a b'         ″
      8  7      + await container/site.a                    ″
      9  8      - remove container/site.a (prev)            ″

    1 to replace, 0 unchanged
    ");
    edited.obeys();
}

#[test]
fn a_changed_command_is_run_and_its_neighbour_is_not() {
    let edited = up(&site(APP)).edits(&site(&APP.replace("seed", "plant")));
    assert_snapshot!(edited.shows(), @"
    plan for client `default`, map `site`

      #  after    action                        reason
      1         ~ exec container/site.a: plant  not run there yet

    1 to amend, 0 unchanged
    ");
    edited.obeys();
    let policy = up(&site(APP)).edits(&site(&APP.replace("initial", "restart")));
    assert_eq!(runs(&policy), [""; 0], "when it is run again says nothing about what was done");
    let moved = up(&site(APP)).edits(&site(&APP.replace("'a b'], app", "'a b'], root")));
    assert_eq!(runs(&moved).len(), 1);
}

/// The one loss: without the record they are run once more, and nothing else changes.
#[test]
fn without_the_record_they_are_run_once_more() {
    let mut world = up(&site(&format!("{APP}{WEB}")));
    world.engine.note(None);
    assert_eq!(runs(&world), ["site.a: seed (NotRun)", "site.a: warm 'a b' (NotRun)"]);
    assert_eq!(world.plan().unwrap().steps().len(), 2);
}

#[test]
fn an_interrupted_run_is_gone_on_with() {
    let text = site(&format!("{APP}{WEB}"));
    let world = wanted(&text).cut_after(4);
    assert_eq!(runs(&world), ["site.a: warm 'a b' (NotRun)"], "{}", wanted(&text).shows());
}

/// A successor that starts beside its predecessor has its commands run there, and once.
#[test]
fn a_successor_that_starts_first_is_made_ready_before_it_takes_over() {
    let text = APP.replace("server,", "server, update: start-first,");
    let edited = up(&site(&text)).edits(&site(&text.replace("server,", "server, user: other,")));
    assert_snapshot!(edited.shows(), @"
    plan for client `default`, map `site`

      #  after    action                                    reason
      1         + create container/site.a (next)            user changed
                    user: app → other
      2  1      + start container/site.a (next)             ″
      3  2      ~ exec container/site.a (next): seed        ″
      4  3      ~ exec container/site.a (next): warm 'a b'  ″
      5  4      + await container/site.a (next)             ″
      6  5      ~ rename container/site.a → prev            ″
      7  6      ~ rename container/site.a (next) → current  ″
      8  7      - stop container/site.a (prev)              ″
      9  8      - remove container/site.a (prev)            ″

    1 to replace, 0 unchanged
    ");
    edited.obeys();
}

/// Nothing can be run in what has ended.
#[test]
fn what_ended_is_left_alone() {
    let job = "  a: {image: store, persistent: true, exec_commands: seed}\n";
    let stopped = up(&site(job)).suffers(Damage::StopContainer("site.a".to_owned()));
    assert_eq!(stopped.plan().unwrap().steps().len(), 0, "{}", stopped.shows());
}

fn checked(mut world: World, check: ExecCheck, line: &str) -> Vec<String> {
    world.request.policy.exec_check = check;
    let process = ObservedProcess { uid: 33, user: "app".to_owned(), line: line.to_owned() };
    world.engine.spawn("site.a", vec![process]).unwrap();
    runs(&world)
}

/// A process says more than the record does; commands for the first start leave none behind.
#[test]
fn processes_are_looked_at_when_that_is_asked() {
    let missing = ["site.a: warm 'a b' (NoProcess)"];
    for (check, line, expect) in [
        (ExecCheck::Off, "other", &[][..]),
        (ExecCheck::Full, "other", &missing),
        (ExecCheck::Full, "sh warm a b", &missing),
        (ExecCheck::Full, "warm a b", &[]),
        (ExecCheck::Partial, "sh warm a b", &[]),
        (ExecCheck::Partial, "other", &missing),
    ] {
        assert_eq!(checked(up(&site(APP)), check, line), expect, "{check:?} {line}");
    }
    let mut lost = up(&site(APP));
    lost.engine.note(None);
    assert_eq!(checked(lost, ExecCheck::Full, "warm a b"), ["site.a: seed (NotRun)"]);
}

/// A list of processes costs a request, so it is asked for only where it is looked at.
#[test]
fn processes_are_in_the_scope_only_then() {
    let mut world = wanted(&site(&format!("{APP}{WEB}")));
    assert!(world.scope().processes.is_empty());
    world.request.policy.exec_check = ExecCheck::Full;
    assert_eq!(world.scope().processes, [key("site.a")].into());
}

#[test]
fn a_command_needs_a_container_that_runs() {
    let mut engine = engine();
    engine.create_container("site.web", &spec()).unwrap();
    let command = ExecSpec { command: vec!["seed".into()], user: None };
    assert_eq!(kind(engine.exec("site.web", &command)), "not running");
    engine.start("site.web").unwrap();
    assert_eq!(engine.exec("site.web", &command), Ok(()));
    assert_eq!(engine.executed("site.web"), [(engine.last_start("site.web"), command)]);
}
