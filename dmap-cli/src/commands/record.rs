//! What is noted of a run, for the next one to tell who changed what.

use docker_exec::{Outcome, Report};
use map_planner::{Action, Effect, Errand, Goal, Persistent, Plan, Select, Verb};

use crate::deployment::Deployment;
use crate::failure::Failure;
use crate::session::{Engines, Session};
use crate::ui::Ui;

/// Notes what a run changed in place and which commands it ran, and forgets everything about a map that was taken down. A
/// run is no worse for it if that fails.
pub(super) async fn note(
    session: &Session<'_>,
    deployment: &Deployment<'_>,
    engines: &Engines,
    plan: &Plan,
    report: &Report,
    ui: Ui,
) {
    let request = &deployment.request;
    let policy = &request.policy;
    let leaves_some = !policy.exclude.is_empty() || policy.persistent == Persistent::Keep;
    let noted = match request.verb {
        Verb::Goal(Goal::Down) if request.select == Select::All && report.is_success() && !leaves_some => {
            let forgotten = engines.of(&deployment.client.name).forget(deployment.map.name()).await;
            forgotten.map_err(|error| Failure::engine(&error, &deployment.client.name))
        }
        Verb::Goal(_) | Verb::Errand(Errand::Restart) if amended(plan, report) => {
            let done = report.outcomes.iter().filter(|(_, outcome)| outcome.is_success());
            let done = done.filter_map(|(id, _)| plan.step(*id)).map(|step| &step.action);
            amend(session, deployment, engines, done, ui).await
        }
        Verb::Goal(_) | Verb::Errand(_) => Ok(()),
    };
    if noted.is_err() {
        ui.warn(
            "what was done could not be noted, so a later plan may not tell who changed what, and may run commands again",
        );
    }
}

/// Returns whether a run changed what is no part of an object's birth.
fn amended(plan: &Plan, report: &Report) -> bool {
    let done = report.outcomes.iter().filter(|(_, outcome)| matches!(outcome, Outcome::Done));
    done.filter_map(|(id, _)| plan.step(*id)).any(|step| {
        step.action.effect() == Effect::Amend && !matches!(step.action, Action::RenameContainer { .. })
    })
}

async fn amend(
    session: &Session<'_>,
    deployment: &Deployment<'_>,
    engines: &Engines,
    done: impl Iterator<Item = &Action>,
    ui: Ui,
) -> Result<(), Failure> {
    let whole = deployment.whole();
    let state = session.state_of(&whole, engines, ui).await?;
    let record = map_planner::note(whole.map, whole.client, &state).map_err(|error| Failure::plan(&error))?;
    let record = record.with_commands(done, &state);
    if state.record.as_ref() == Some(&record) {
        return Ok(());
    }
    let noted = engines.of(&deployment.client.name).note(whole.map.name(), &record).await;
    noted.map_err(|error| Failure::engine(&error, &deployment.client.name))
}
