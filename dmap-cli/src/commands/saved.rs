//! `dmap apply`

use std::collections::BTreeMap;

use container_map::{ClientConfig, ClientName, Project};
use docker_exec::Engine as _;
use map_planner::Plan;

use super::apply::{lease, release};
use super::carry_out::{CarriedOut, Ended, Work};
use super::{record, rollback};
use crate::args::{Args, SavedArgs};
use crate::exit::Exit;
use crate::failure::Failure;
use crate::input::{Credentials, Input, read_plans};
use crate::session::{Engines, takes_images};
use crate::settings::Hosts;
use crate::ui::{Consent, Ui};

/// Carries out saved plans, unless something they touch has changed since they were made.
///
/// # Errors
///
/// The file holds no plan, a secret cannot be read, an engine is not there or is another one, something has changed, or
/// the user does not want it.
pub(super) async fn run(args: &Args, saved: &SavedArgs, ui: Ui) -> Result<Exit, Failure> {
    let ui = ui.carrying_out(&saved.way)?;
    let plans = read_plans(&saved.plan)?;
    let moved = Input::moved_contexts(&plans)?;
    if !moved.is_empty() {
        return Err(out_of_date(moved, &saved.plan));
    }
    let input = Input::new(args)?;
    let project = if input.is_named() { Some(input.project()?) } else { None };
    let clients = clients(&plans, project.as_ref())?;
    let secrets = input.secrets_of(&plans)?;
    let engines = Engines::connect(clients.values(), &Hosts::new(&args.common), &secrets, ui).await?;
    let engines = engines.with_credentials(credentials(&plans, &clients, &input)?);
    for plan in &plans {
        still_holds(plan, &engines, &saved.plan).await?;
    }
    let asks = plans.iter().any(Plan::is_disruptive) && !saved.way.yes;
    let consent = if asks { Consent::Wanted } else { Consent::Given };
    ui.plans_made(&plans, saved.way.format.into(), &engines.requests(), consent)?;
    ui.consent(consent)?;
    plans.iter().filter(|plan| plan.is_empty()).for_each(|plan| ui.needless(plan));
    let again = format!("dmap plan --out {}", saved.plan);
    let mut exits = Vec::new();
    for plan in plans.iter().filter(|plan| !plan.is_empty()) {
        let exit = match carry_out(plan, &engines, saved, &again, ui).await {
            Err(failure) if plans.len() > 1 => ui.failure(&failure),
            exit => exit?,
        };
        exits.push(exit);
        if exit == Exit::Interrupted {
            break;
        }
    }
    Ok(Exit::of_all(&exits))
}

/// Carries out one plan while nobody else works on its map.
async fn carry_out(
    plan: &Plan,
    engines: &Engines,
    saved: &SavedArgs,
    again: &str,
    ui: Ui,
) -> Result<Exit, Failure> {
    let engine = engines.of(plan.client());
    let lease = lease(engine, plan.map(), plan.client(), &saved.way, ui).await?;
    let work = Work::new(engine, &lease, &saved.way, again, ui);
    let run = async {
        // Somebody may have been at work until now, and an answer can take long.
        still_holds(plan, engines, &saved.plan).await?;
        let Some(run) = work.carry_out(plan).await? else { return Ok(Ended::Aborted) };
        record::note_commands(engine, plan, &run.report, ui).await;
        if saved.no_rollback || run.exit == Exit::Interrupted {
            return Ok(Ended::Over(run.exit));
        }
        go_back(&work, plan, &run).await
    };
    match Box::pin(run).await {
        // Whether everything is over is not known, and who looks finds that this process is not there.
        Ok(Ended::Aborted) => Ok(Exit::Interrupted),
        Ok(Ended::Over(exit)) => {
            release(lease, ui).await;
            Ok(exit)
        }
        Err(failure) => {
            release(lease, ui).await;
            Err(failure)
        }
    }
}

/// Gives the predecessors of replacements that failed their places back. There may be no map, and the plan says enough.
async fn go_back(work: &Work<'_>, plan: &Plan, run: &CarriedOut) -> Result<Ended, Failure> {
    let unfinished = rollback::unfinished(plan, &run.report);
    if unfinished.is_empty() {
        return Ok(Ended::Over(run.exit));
    }
    let back = match work.engine.observe(&plan.scope()).await {
        Ok(state) => map_planner::restore(plan, &unfinished, &state).map_err(|error| Failure::plan(&error)),
        Err(error) => Err(Failure::engine(&error, plan.client())),
    };
    match back {
        Ok(back) => rollback::roll_back(work, &back, run.exit).await,
        // What failed was reported, and this comes on top of it.
        Err(failure) => {
            work.ui.failure(&failure);
            Ok(Ended::Over(run.exit))
        }
    }
}

/// Returns the clients that plans are for, by name. Only a project says where others than the default one are.
fn clients(plans: &[Plan], project: Option<&Project>) -> Result<BTreeMap<ClientName, ClientConfig>, Failure> {
    let mut found = BTreeMap::new();
    for name in plans.iter().map(Plan::client) {
        let client = match project {
            Some(project) => {
                project.client(name).cloned().ok_or_else(|| Failure::client(project, name.as_str()))?
            }
            None if *name == ClientName::default() => ClientConfig::default(),
            None => {
                let text = format!("the plan is for client `{name}`, and nothing says where that is");
                return Err(Failure::new(Exit::Invalid, text).hint(
                    "name the map with `--file FILE`, and with `--clients FILE` where the clients are",
                ));
            }
        };
        found.insert(name.clone(), client);
    }
    Ok(found)
}

/// Reads the passwords of clients whose plans pull images.
fn credentials(
    plans: &[Plan],
    clients: &BTreeMap<ClientName, ClientConfig>,
    input: &Input,
) -> Result<BTreeMap<ClientName, Credentials>, Failure> {
    let pulls = |plan: &&Plan| plan.steps().iter().any(|step| takes_images(&step.action));
    let mut found: BTreeMap<ClientName, Credentials> = BTreeMap::new();
    for plan in plans.iter().filter(pulls) {
        if let Some(client) = clients.get(plan.client()) {
            found.entry(client.name.clone()).or_default().extend(input.credentials(client, plan)?);
        }
    }
    Ok(found)
}

/// Looks at what a plan touches or relies on, and says what is not as it was.
async fn still_holds(plan: &Plan, engines: &Engines, file: &str) -> Result<(), Failure> {
    let state = engines.of(plan.client()).observe(&plan.scope()).await;
    let state = state.map_err(|error| Failure::engine(&error, plan.client()))?;
    let mut moved: Vec<String> = plan.moved(&state).map(|key| format!("{key} is not as it was")).collect();
    if plan.is_for_another(&state) {
        moved = vec![format!("client `{}` is another engine than the one it was made for", plan.client())];
    }
    if moved.is_empty() {
        return Ok(());
    }
    Err(out_of_date(moved, file))
}

fn out_of_date(moved: Vec<String>, file: &str) -> Failure {
    let text =
        "the plan is out of date: something it touches has changed since it was made; nothing was done";
    let failure = moved.into_iter().fold(Failure::new(Exit::Stale, text), Failure::note);
    failure.hint(format!("plan again with `dmap plan --out {file}`, which goes on from what is there now"))
}
