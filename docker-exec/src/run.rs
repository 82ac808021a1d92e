//! Carries out a plan: ready steps side by side, as far as the width and the networks allow.
//!
//! # Guarantees
//!
//! - A step is started only after every step it names in `after` was done.
//! - A step that was started is waited for, whatever else fails and also when the run is cancelled; except one that only
//!   waits itself, which is given up then.
//! - A failed step keeps only those from starting that come after it, directly or not; all others too if
//!   [`OnFailure::Stop`] is asked for.
//! - A container is stopped only when what leads to its start can follow at once, as far as that is known, and what an
//!   outage waits for goes before everything else.
//! - Of the other steps that could be started, those go first that need room in a network, then the one with the longest
//!   chain of steps behind it.
//! - Every step gets one outcome, and one [`Event::StepFinished`].
//!
//! # Assumptions
//!
//! The plan's edges are complete: every order they allow is valid (`Plan::check`, and the planner's properties).

mod handover;
mod schedule;

use std::num::NonZeroUsize;

use futures_util::StreamExt;
use futures_util::stream::FuturesUnordered;
use map_planner::{Plan, Step};
use tokio::sync::mpsc;
use tokio_util::sync::CancellationToken;

use crate::engine::{Applied, Engine};
use crate::event::{Event, Observer, Progress, Told};
use crate::report::{Outcome, Report};
use schedule::Schedule;

/// How a plan is carried out.
#[derive(Debug, Clone)]
pub struct ExecuteOptions {
    /// How many steps are under way at once at most that keep the engine at work. Of those that take as long as a
    /// container or a registry does (stops, pulls), twice as many are, unless it is one; those that only wait are not
    /// counted.
    pub width: NonZeroUsize,
    /// How many steps that touch endpoints of the same network are under way at once at most; none for no limit.
    /// Engines before 28.2 lose count of a network's endpoints when it is more than two. A start or stop does not count any
    /// more once the engine has told of its endpoint, nor does a stop while the container takes its time.
    pub per_network: Option<NonZeroUsize>,
    /// What becomes of the other steps when one fails.
    pub on_failure: OnFailure,
    /// Cancels the run: what is under way is finished or, if it is a build, ended; nothing new is started.
    pub cancel: CancellationToken,
}

/// What becomes of the other steps when one fails.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum OnFailure {
    /// Those that do not come after it go on.
    #[default]
    GoOn,
    /// Nothing new is started; what is under way is finished.
    Stop,
}

/// Carries out a plan and says what became of each step. It knows no action: it only follows the edges.
pub async fn execute<E: Engine>(
    engine: &E,
    plan: &Plan,
    options: &ExecuteOptions,
    observer: &mut dyn Observer,
) -> Report {
    run(engine, plan.steps(), options, observer).await
}

async fn run<E: Engine>(
    engine: &E,
    steps: &[Step],
    options: &ExecuteOptions,
    observer: &mut dyn Observer,
) -> Report {
    let (to, mut progress) = mpsc::unbounded_channel();
    let mut schedule = Schedule::new(steps, options);
    let mut running = FuturesUnordered::new();
    let mut cancelled = options.cancel.is_cancelled();
    loop {
        while let Some(step) = (!cancelled).then(|| schedule.take_next()).flatten() {
            observer.notice(Event::StepStarted { step });
            let line = Progress { step: step.id, to: to.clone(), cancel: options.cancel.clone() };
            running.push(async move { (step, attempt(engine, step, line, &options.cancel).await) });
        }
        if running.is_empty() {
            break;
        }
        tokio::select! {
            biased;
            Some((id, told)) = progress.recv() => {
                let Some(step) = schedule.step(id) else { continue };
                match told {
                    Told::Words(text) => observer.notice(Event::StepProgressed { step, text: &text }),
                    Told::Leaves(network) => schedule.leave_early(step, &network),
                    Told::Rests => schedule.rest(step),
                }
            }
            Some((step, outcome)) = running.next() => schedule.finish(step, outcome, observer),
            () = options.cancel.cancelled(), if !cancelled => cancelled = true,
        }
    }
    schedule.close(observer)
}

/// Does one step. One that only waits is given up when the run is cancelled, and a build ends itself then.
async fn attempt<E: Engine>(engine: &E, step: &Step, line: Progress, cancel: &CancellationToken) -> Outcome {
    let work = line.during(engine.apply(&step.action));
    let result =
        if step.action.only_waits() { cancel.run_until_cancelled(work).await } else { Some(work.await) };
    match result {
        Some(Ok(Applied::Done)) => Outcome::Done,
        Some(Ok(Applied::AlreadyDone)) => Outcome::AlreadyDone,
        Some(Err(_)) if step.action.can_be_ended() && cancel.is_cancelled() => Outcome::Cancelled,
        Some(Err(error)) => Outcome::Failed(error),
        None => Outcome::Cancelled,
    }
}

#[cfg(test)]
mod tests;
