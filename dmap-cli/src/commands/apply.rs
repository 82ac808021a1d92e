//! What all verbs that change engines do: look, plan, show, ask, carry out, report.

use std::time::Duration;

use container_map::{ClientName, MapName};
use docker_exec::{DockerEngine, Lease, LeaseError, Others};
use map_planner::{EngineState, Plan};

use super::carry_out::{Ended, Work};
use super::{record, rollback};
use crate::args::{ChangeCommand, WayArgs};
use crate::deployment::Deployment;
use crate::exit::Exit;
use crate::failure::Failure;
use crate::input::{self, Secrets};
use crate::session::{Engines, Session};
use crate::ui::{Consent, Ui};

/// What becomes of replacements that fail.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Rollback {
    /// The predecessors take their places again.
    Restore,
    /// They stay as they are.
    Leave,
}

/// What was asked for.
#[derive(Debug, Clone, Copy)]
pub(super) struct Order<'a> {
    pub(super) way: &'a WayArgs,
    pub(super) rollback: Rollback,
    /// The command, for those who are told to run it again.
    pub(super) again: &'a str,
}

/// Carries out what a command asks for.
///
/// # Errors
///
/// A secret cannot be read, an engine is not there, there is no plan, or the user does not want it.
pub(super) async fn run(session: &Session<'_>, command: &ChangeCommand, ui: Ui) -> Result<Exit, Failure> {
    let rollback = match command {
        ChangeCommand::Up(up) if !up.no_rollback => Rollback::Restore,
        _ => Rollback::Leave,
    };
    let order = Order { way: &command.apply().way, rollback, again: command.name() };
    let ui = ui.carrying_out(order.way)?;
    if let Some(first) = session.first() {
        match pull(&first, order, ui).await? {
            Exit::Done => {}
            failed => return Ok(failed),
        }
    }
    apply(session, order, ui).await
}

/// Pulls the images of what is asked for. What follows from them shows afterwards, and is the plan that is printed.
async fn pull(session: &Session<'_>, order: Order<'_>, ui: Ui) -> Result<Exit, Failure> {
    let secrets = session.secrets()?;
    let engines = session.connect(&secrets, ui).await?;
    let plans = session.plans(&session.observe(&engines, ui).await?, &secrets)?;
    let engines = engines.with_credentials(session.credentials(&plans)?);
    let order = Order { rollback: Rollback::Leave, ..order };
    Run { session, engines: &engines, secrets: &secrets, order, ui }.all(&plans).await
}

/// Carries out what a session asks for.
pub(super) async fn apply(session: &Session<'_>, order: Order<'_>, ui: Ui) -> Result<Exit, Failure> {
    let secrets = session.secrets()?;
    let engines = session.connect(&secrets, ui).await?;
    let states = session.observe(&engines, ui).await?;
    let plans = session.plans(&states, &secrets)?;
    let engines = engines.with_credentials(session.credentials(&plans)?);
    let mut both = session.deployments.iter().zip(&plans);
    let asks = both.any(|(deployment, plan)| deployment.request.takes_consent(plan)) && !order.way.yes;
    let consent = if asks { Consent::Wanted } else { Consent::Given };
    ui.plans_made(&plans, order.way.format.into(), &engines.requests(), consent)?;
    ui.consent(consent)?;
    let run = Run { session, engines: &engines, secrets: &secrets, order, ui };
    run.clear_leases(&states, &plans).await;
    plans.iter().filter(|plan| plan.is_empty()).for_each(|plan| ui.needless(plan));
    run.all(&plans).await
}

/// Makes sure that nobody else works on a map.
pub(super) async fn lease(
    engine: &DockerEngine,
    map: &MapName,
    client: &ClientName,
    way: &WayArgs,
    ui: Ui,
) -> Result<Lease, Failure> {
    let me = input::holder();
    let at_once = if way.break_lock { Others::Break } else { Others::Wait(Duration::ZERO) };
    let lease = match (engine.lease(map, &me, at_once).await, way.lock_timeout) {
        (Err(LeaseError::Held(holder)), Some(patience)) if !patience.is_zero() => {
            let error = LeaseError::Held(holder);
            ui.say(format_args!("waiting: {error}"));
            engine.lease(map, &me, Others::Wait(patience)).await
        }
        (lease, _) => lease,
    };
    lease.map_err(|error| Failure::lease(&error, client))
}

/// Lets others work on the map again.
pub(super) async fn release(lease: Lease, ui: Ui) {
    if lease.release().await.is_err() {
        ui.warn("the lock could not be released; others wait for some seconds before they go on");
    }
}

/// The carrying out of plans, and what it takes.
struct Run<'a> {
    session: &'a Session<'a>,
    engines: &'a Engines,
    secrets: &'a Secrets,
    order: Order<'a>,
    ui: Ui,
}

impl Run<'_> {
    /// Removes what killed runs left where nothing else is to be done. It is in nobody's way.
    async fn clear_leases(&self, states: &[EngineState], plans: &[Plan]) {
        for ((deployment, state), plan) in self.session.deployments.iter().zip(states).zip(plans) {
            if plan.is_empty() && state.leased {
                let engine = self.engines.of(&deployment.client.name);
                let _ = engine.clear_lease(deployment.map.name(), &input::holder()).await;
            }
        }
    }

    /// Carries out one plan after the other. They need nothing of each other, so one that fails keeps no other from being
    /// tried.
    async fn all(&self, plans: &[Plan]) -> Result<Exit, Failure> {
        let deployments = &self.session.deployments;
        let mut left = deployments.iter().zip(plans).filter(|(_, plan)| !plan.is_empty());
        let mut exits = Vec::new();
        while let Some((deployment, plan)) = left.next() {
            if plans.len() > 1 {
                self.ui.say(format_args!("{deployment}:"));
            }
            let exit = match Box::pin(self.one(deployment, plan)).await {
                Err(failure) if plans.len() > 1 => self.ui.failure(&failure),
                exit => exit?,
            };
            exits.push(exit);
            if exit == Exit::Interrupted {
                left.for_each(|(deployment, _)| self.ui.say(format_args!("{deployment}: not begun")));
                break;
            }
        }
        Ok(Exit::of_all(&exits))
    }

    /// Carries out one plan while nobody else works on the map.
    async fn one(&self, deployment: &Deployment<'_>, shown: &Plan) -> Result<Exit, Failure> {
        let engine = self.engines.of(&deployment.client.name);
        let lease =
            lease(engine, deployment.map.name(), &deployment.client.name, self.order.way, self.ui).await?;
        let ended = Box::pin(self.with_lease(deployment, shown, &lease)).await;
        match ended {
            // Whether everything is over is not known, and who looks finds that this process is not there.
            Ok(Ended::Aborted) => return Ok(Exit::Interrupted),
            Ok(Ended::Over(_)) | Err(_) => {
                release(lease, self.ui).await;
            }
        }
        ended.map(|ended| match ended {
            Ended::Over(exit) => exit,
            Ended::Aborted => Exit::Interrupted,
        })
    }

    async fn with_lease(
        &self,
        deployment: &Deployment<'_>,
        shown: &Plan,
        lease: &Lease,
    ) -> Result<Ended, Failure> {
        let Self { session, engines, secrets, order, ui } = self;
        // Somebody may have been at work until now, and an answer can take long.
        let plan = session.plan_anew(deployment, engines, secrets, *ui).await?;
        if plan != *shown {
            if deployment.request.takes_consent(&plan) && !order.way.yes {
                let text = "the engine has changed meanwhile; nothing was done";
                return Err(Failure::new(Exit::Failed, text).hint(format!("run `{}` again", order.again)));
            }
            ui.plan_instead(&plan, order.way.format.into())?;
        }
        let engine = engines.of(&deployment.client.name);
        let work = Work::new(engine, lease, order.way, order.again, *ui);
        let Some(run) = work.carry_out(&plan).await? else { return Ok(Ended::Aborted) };
        record::note(session, deployment, engines, &plan, &run.report, *ui).await;
        if run.exit != Exit::Interrupted && order.rollback == Rollback::Restore {
            let unfinished = rollback::unfinished(&plan, &run.report);
            if !unfinished.is_empty() {
                let back = deployment.restoring(unfinished);
                return match session.plan_anew(&back, engines, secrets, *ui).await {
                    Ok(plan) => rollback::roll_back(&work, &plan, run.exit).await,
                    // What failed was reported, and this comes on top of it.
                    Err(failure) => {
                        ui.failure(&failure);
                        Ok(Ended::Over(run.exit))
                    }
                };
            }
        }
        Ok(Ended::Over(run.exit))
    }
}
