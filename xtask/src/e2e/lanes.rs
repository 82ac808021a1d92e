//! Runs tests side by side, each lane on an engine of its own.
//!
//! On one engine it is one scenario at a time: it counts endpoints wrongly when networks are used in parallel. But most of a
//! scenario is waiting, for containers that take their time to stop or to become healthy; so other engines do others
//! meanwhile.

use std::collections::VecDeque;
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::thread;
use std::time::Instant;

use super::Suite;
use super::found::Test;
use crate::engine::{Engine, is_root};
use crate::error::{Failure, Result};
use crate::fixtures;

/// How many private engines take part in what could as well be done on the one that is there.
const HELPERS: usize = 2;
/// How many tests it takes for one of them to be worth its start.
const WORTHWHILE: usize = 8;

/// The tests that are still to be run, and the names of those that failed.
#[derive(Debug, Default)]
struct Queue {
    waiting: Mutex<VecDeque<Test>>,
    failed: Mutex<Vec<String>>,
}

impl Queue {
    fn new(tests: Vec<Test>) -> Self {
        Self { waiting: Mutex::new(tests.into()), failed: Mutex::default() }
    }

    fn next(&self) -> Option<Test> {
        lock(&self.waiting).pop_front()
    }
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

/// What a lane runs its tests on.
#[derive(Debug, Clone, Copy)]
enum Place {
    /// The engine that is there, among whatever else is on it.
    Found,
    /// One made for this.
    Private,
    /// One made for this, with the images that a map from elsewhere names.
    Seeded,
}

/// Runs all tests: `alone` on a private engine that nobody else uses, the others wherever there is one. Goes on after failures,
/// and names them at the end.
pub(super) fn run(suite: &Suite, shared: Vec<Test>, alone: Vec<Test>) -> Result {
    let may_help = !suite.keep_failed && !suite.skip_private && is_root();
    let helpers = if may_help { (shared.len() / WORTHWHILE).min(HELPERS) } else { 0 };
    let (shared, alone) = (Queue::new(shared), Queue::new(alone));
    let found = || suite.lane(Place::Found, &shared);
    let helper = |number| if number < helpers { suite.lane(Place::Private, &shared) } else { Ok(()) };
    // Who has the tests that want to be alone helps with the others afterwards, whatever became of those.
    let first = || [suite.lane(Place::Seeded, &alone), helper(0)].into_iter().collect();
    let second = || helper(1);
    let lanes: [&(dyn Fn() -> Result + Sync); 1 + HELPERS] = [&found, &first, &second];
    let ended = thread::scope(|scope| {
        let lanes = lanes.map(|lane| scope.spawn(lane));
        lanes.map(|lane| lane.join().unwrap_or_else(|_| Err(Failure::new("a lane panicked"))))
    });
    ended.into_iter().collect::<Result>()?;
    let mut failed = lock(&shared.failed).clone();
    failed.append(&mut lock(&alone.failed));
    suite.explain(&failed)
}

impl Suite {
    /// Runs tests of a queue until it is empty; where it is so already, no engine is needed.
    fn lane(&self, place: Place, queue: &Queue) -> Result {
        if lock(&queue.waiting).is_empty() {
            return Ok(());
        }
        let engine = match place {
            Place::Found => Engine::find_or_start()?,
            Place::Private | Place::Seeded => Engine::start_private()?,
        };
        fixtures::make(&engine)?;
        if matches!(place, Place::Seeded) {
            fixtures::tag_as_seed(&engine)?;
        }
        let mut result = Ok(());
        while let Some(test) = queue.next() {
            let passed = self.test(&engine, &test);
            match passed {
                Ok(true) => {}
                Ok(false) => lock(&queue.failed).push(test.name),
                Err(failure) => {
                    result = Err(failure);
                    break;
                }
            }
        }
        // What is private goes as a whole.
        if engine.is_private() {
            return result;
        }
        if self.keep_failed && !lock(&queue.failed).is_empty() {
            println!("e2e: kept what the tests made; all of it has `{}` in its name or labels", self.prefix);
            return result;
        }
        let cleaned = self.clean(&engine);
        result.and(cleaned)
    }

    /// Runs one test and tells how it went.
    fn test(&self, engine: &Engine, test: &Test) -> Result<bool> {
        let begin = Instant::now();
        let ended = engine.aim(self.equip(test.command())).capture()?;
        let seconds = begin.elapsed().as_secs_f64();
        let (name, host) = (&test.name, engine.host());
        // A name that no test has runs none, and passes.
        if ended.code == 0 && ended.stdout.contains("1 passed") {
            println!("{seconds:6.1} s  ok      {name}");
            return Ok(true);
        }
        // At once, so that no other lane's line comes between.
        println!("{seconds:6.1} s  FAILED  {name} on {host}\n{}{}", ended.stdout, ended.stderr);
        Ok(false)
    }
}
