//! What `up` and `down` have in common: look, plan, show, ask, carry out, report.

use std::future::Future;
use std::io;
use std::num::NonZeroUsize;
use std::time::Instant;

use docker_exec::{CancellationToken, DockerEngine, ExecuteOptions, OnFailure, Report, execute};
use map_planner::Plan;

use crate::args::ApplyArgs;
use crate::exit::Exit;
use crate::failure::Failure;
use crate::session::{Engines, Session};
use crate::ui::{Progress, Ui};

/// Carries out what a session asks for.
pub(super) async fn apply(
    session: &Session<'_>,
    args: &ApplyArgs,
    again: &str,
    ui: Ui,
) -> Result<Exit, Failure> {
    let secrets = session.secrets()?;
    let engines = session.connect(&secrets, ui).await?;
    let plans = session.plans(&session.observe(&engines, ui).await?, &secrets)?;
    let engines = engines.with_credentials(session.credentials(&plans)?);
    ui.plans(&plans, args.format)?;
    if plans.iter().any(Plan::is_disruptive) && !args.yes {
        ui.consent()?;
        // An answer can take long, and it was given to these plans.
        if session.plans(&session.observe(&engines, ui).await?, &secrets)? != plans {
            let text = "the engine has changed meanwhile; nothing was done";
            return Err(Failure::new(Exit::Failed, text).hint(format!("run `{again}` again")));
        }
    }
    carry_out_all(session, &engines, &plans, args, again, ui).await
}

/// Carries out one plan after the other. They need nothing of each other, so one that fails keeps no other from being
/// tried.
async fn carry_out_all(
    session: &Session<'_>,
    engines: &Engines,
    plans: &[Plan],
    args: &ApplyArgs,
    again: &str,
    ui: Ui,
) -> Result<Exit, Failure> {
    let mut left = session.deployments.iter().zip(plans).filter(|(_, plan)| !plan.is_empty());
    let mut exits = Vec::new();
    while let Some((deployment, plan)) = left.next() {
        if plans.len() > 1 {
            ui.say(format_args!("{deployment}:"));
        }
        let exit = carry_out(engines.of(deployment), plan, args, again, ui).await?;
        exits.push(exit);
        if exit == Exit::Interrupted {
            left.for_each(|(deployment, _)| ui.say(format_args!("{deployment}: not begun")));
            break;
        }
    }
    Ok(Exit::of_all(&exits))
}

async fn carry_out(
    engine: &DockerEngine,
    plan: &Plan,
    args: &ApplyArgs,
    again: &str,
    ui: Ui,
) -> Result<Exit, Failure> {
    let began = Instant::now();
    let cancel = CancellationToken::new();
    let options = ExecuteOptions {
        width: args.parallel().map_or_else(|| engine.info().width(), NonZeroUsize::from),
        per_network: engine.info().per_network(),
        on_failure: OnFailure::GoOn,
        cancel: cancel.clone(),
    };
    ui.detail(format_args!("steps at once: {} at most", options.width));
    let mut interrupts = Interrupts::new().map_err(|error| Failure::system(&error))?;
    let mut progress = Progress::new(plan.steps().len(), ui);
    let voice = progress.voice();
    let second_interrupt = async {
        interrupts.next().await;
        cancel.cancel();
        voice.say("interrupted: waiting for what is under way; interrupt again to abort at once");
        interrupts.next().await;
    };
    let work = execute(engine, plan, &options, &mut progress);
    if let Some(report) = finished(work, second_interrupt).await {
        ui.report(plan, &report, began.elapsed(), again);
        Ok(exit(&report, cancel.is_cancelled()))
    } else {
        ui.aborted(&progress.stop(), again);
        Ok(Exit::Interrupted)
    }
}

/// Returns the work's result, or none if the other future ends first.
async fn finished<T>(work: impl Future<Output = T>, other: impl Future<Output = ()>) -> Option<T> {
    tokio::select! {
        biased;
        result = work => Some(result),
        () = other => None,
    }
}

fn exit(report: &Report, interrupted: bool) -> Exit {
    if interrupted {
        Exit::Interrupted
    } else if report.is_success() {
        Exit::Done
    } else if report.applied_any() {
        Exit::Partly
    } else {
        Exit::Failed
    }
}

/// The user's wish to stop: Ctrl-C, or a polite request to end.
struct Interrupts {
    #[cfg(unix)]
    term: tokio::signal::unix::Signal,
    #[cfg(unix)]
    int: tokio::signal::unix::Signal,
}

impl Interrupts {
    #[cfg(unix)]
    fn new() -> io::Result<Self> {
        use tokio::signal::unix::{SignalKind, signal};

        Ok(Self { term: signal(SignalKind::terminate())?, int: signal(SignalKind::interrupt())? })
    }

    #[cfg(unix)]
    async fn next(&mut self) {
        tokio::select! {
            _ = self.term.recv() => {}
            _ = self.int.recv() => {}
        }
    }

    #[cfg(not(unix))]
    fn new() -> io::Result<Self> {
        Ok(Self {})
    }

    #[cfg(not(unix))]
    async fn next(&mut self) {
        if tokio::signal::ctrl_c().await.is_err() {
            std::future::pending::<()>().await;
        }
    }
}
