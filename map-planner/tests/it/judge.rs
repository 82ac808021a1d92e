//! Runs a property over generated cases, and sees to it that it is not true for want of cases.

use std::cell::Cell;

use map_planner::Plan;
use proptest::test_runner::{Config, FileFailurePersistence, TestCaseError, TestRunner};

use crate::model::{Case, case};
use crate::text::text;
use crate::world::{Judgement, World};

/// What came of a case.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Ran {
    /// There was something to judge.
    Judged,
    /// There was nothing to do, or planning was refused for a good reason.
    Idle,
}

/// Checks a property of generated cases, of which at least a part has to be worth judging.
#[track_caller]
pub(crate) fn check(least_percent: u32, property: impl Fn(&Case) -> Judgement<Ran>) {
    let config = Config {
        source_file: Some(file!()),
        failure_persistence: Some(Box::new(FileFailurePersistence::WithSource("regressions"))),
        max_shrink_iters: 4000,
        ..Config::default()
    };
    let (judged, all) = (Cell::new(0u32), Cell::new(0u32));
    let outcome = TestRunner::new(config).run(&case(), |case| {
        all.set(all.get() + 1);
        match property(&case) {
            Ok(Ran::Judged) => judged.set(judged.get() + 1),
            Ok(Ran::Idle) => {}
            Err(problem) => return Err(TestCaseError::fail(explain(&case, &problem))),
        }
        Ok(())
    });
    if let Err(error) = outcome {
        panic!("{error}");
    }
    assert!(
        judged.get() * 100 >= all.get() * least_percent,
        "only {} of {} cases were worth judging",
        judged.get(),
        all.get()
    );
}

fn explain(case: &Case, problem: &str) -> String {
    let (old, new) = (text(&case.old), text(&case.new_map()));
    let new = if new == old { "the same\n".to_owned() } else { new };
    format!("{problem}\n--- old map\n{old}--- new map\n{new}---")
}

/// Checks a property of the world of each case, and of the plan that is made there.
#[track_caller]
pub(crate) fn check_plans(least_percent: u32, property: impl Fn(&Case, World, &Plan) -> Judgement<()>) {
    check(least_percent, |case| {
        let world = World::new(case)?;
        match world.plan() {
            Err(error) => world.expect_refusal(&error).map(|()| Ran::Idle),
            Ok(plan) if plan.is_empty() => Ok(Ran::Idle),
            Ok(plan) => property(case, world, &plan).map(|()| Ran::Judged),
        }
    });
}
