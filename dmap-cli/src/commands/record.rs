//! What is noted of a run, for the next one to tell who changed what.

use docker_exec::{DockerEngine, Engine as _, EngineError, Outcome, Report};
use map_planner::engine::Scope;
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
            amend(session, deployment, engines, done(plan, report), ui).await
        }
        Verb::Goal(_) | Verb::Errand(_) => Ok(()),
    };
    if noted.is_err() {
        ui.warn(NOT_NOTED);
    }
}

const NOT_NOTED: &str = "what was done could not be noted, so a later plan may not tell who changed what, and may run commands again";

/// Notes which commands a saved plan ran. What it changed in place is not noted: that takes the map, and only tells a later
/// plan in which words to speak of it.
pub(super) async fn note_commands(engine: &DockerEngine, plan: &Plan, report: &Report, ui: Ui) {
    if done(plan, report).any(|action| matches!(action, Action::Exec { .. }))
        && add_commands(engine, plan, report).await.is_err()
    {
        ui.warn(NOT_NOTED);
    }
}

async fn add_commands(engine: &DockerEngine, plan: &Plan, report: &Report) -> Result<(), EngineError> {
    let state = engine.observe(&Scope { record: true, ..plan.scope() }).await?;
    let record = state.record.clone().unwrap_or_default().with_commands(done(plan, report), &state);
    engine.note(plan.map(), &record).await
}

/// Returns what a run did.
fn done<'a>(plan: &'a Plan, report: &'a Report) -> impl Iterator<Item = &'a Action> {
    let done = report.outcomes.iter().filter(|(_, outcome)| outcome.is_success());
    done.filter_map(|(id, _)| plan.step(*id)).map(|step| &step.action)
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
