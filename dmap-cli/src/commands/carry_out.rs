//! One plan carried out, watched, interrupted and reported.

use std::cell::Cell;
use std::future::Future;
use std::num::NonZeroUsize;

use docker_exec::{CancellationToken, DockerEngine, ExecuteOptions, Lease, OnFailure, Report, execute};
use map_planner::Plan;

use super::interrupt::Interrupts;
use crate::args::WayArgs;
use crate::exit::Exit;
use crate::failure::Failure;
use crate::ui::{Progress, Ui};

/// Where and how plans are carried out.
#[derive(Debug)]
pub(super) struct Work<'a> {
    pub(super) engine: &'a DockerEngine,
    pub(super) lease: &'a Lease,
    pub(super) width: NonZeroUsize,
    pub(super) on_failure: OnFailure,
    /// The command, for those who are told to run it again.
    pub(super) again: &'a str,
    pub(super) ui: Ui,
}

/// A plan that was carried out, as far as it could.
#[derive(Debug)]
pub(super) struct CarriedOut {
    pub(super) report: Report,
    pub(super) exit: Exit,
}

/// How the work on a map ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Ended {
    /// Nothing is under way any more.
    Over(Exit),
    /// The user would wait no longer.
    Aborted,
}

impl<'a> Work<'a> {
    /// Says where and how plans are carried out.
    pub(super) fn new(
        engine: &'a DockerEngine,
        lease: &'a Lease,
        way: &WayArgs,
        again: &'a str,
        ui: Ui,
    ) -> Self {
        let width = way.parallel().map_or_else(|| engine.info().width(), NonZeroUsize::from);
        let on_failure = if way.fail_fast { OnFailure::Stop } else { OnFailure::GoOn };
        Self { engine, lease, width, on_failure, again, ui }
    }

    /// Carries out a plan and reports on it; none if the user would wait no longer.
    pub(super) async fn carry_out(&self, plan: &Plan) -> Result<Option<CarriedOut>, Failure> {
        let ui = self.ui;
        let cancel = CancellationToken::new();
        let options = ExecuteOptions {
            width: self.width,
            per_network: self.engine.info().per_network(),
            on_failure: self.on_failure,
            cancel: cancel.clone(),
        };
        ui.detail(format_args!("steps at once: {} at most", options.width));
        let mut interrupts = Interrupts::new().map_err(|error| Failure::system(&error))?;
        let mut progress = Progress::new(plan, ui);
        let voice = progress.voice();
        let interrupted = Cell::new(false);
        let interrupted_twice = async {
            interrupts.next().await;
            interrupted.set(true);
            cancel.cancel();
            voice.say("interrupted: waiting for what is under way; interrupt again to abort at once");
            interrupts.next().await;
        };
        // A run's state is large, and everything that waits for it would be larger.
        let run = Box::pin(execute(self.engine, plan, &options, &mut progress));
        let work = self.lease.during(&cancel, run);
        let Some(report) = finished(work, interrupted_twice, voice.go_on()).await else {
            progress.close();
            ui.aborted(&progress.under_way(), &progress.not_begun(plan), self.again);
            return Ok(None);
        };
        ui.report(plan, &report, progress.close(), self.again);
        let exit = if interrupted.get() { Exit::Interrupted } else { exit(&report) };
        if cancel.is_cancelled() && !interrupted.get() {
            ui.warn("somebody took the lock away, so nothing new was begun");
        }
        Ok(Some(CarriedOut { report, exit }))
    }
}

/// Returns the work's result, or none if one of the other futures ends first.
async fn finished<T>(
    work: impl Future<Output = T>,
    interrupted: impl Future<Output = ()>,
    beside: impl Future<Output = ()>,
) -> Option<T> {
    tokio::select! {
        biased;
        result = work => Some(result),
        () = interrupted => None,
        () = beside => None,
    }
}

fn exit(report: &Report) -> Exit {
    if report.is_success() {
        Exit::Done
    } else if report.applied_any() {
        Exit::Partly
    } else {
        Exit::Failed
    }
}
