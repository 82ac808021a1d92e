//! `dmap plan`

use std::collections::BTreeSet;

use container_map::ClientName;
use map_planner::Plan;

use super::explain;
use crate::args::{PlanArgs, View};
use crate::exit::Exit;
use crate::failure::Failure;
use crate::input;
use crate::session::Session;
use crate::ui::Ui;

/// A script is run against one engine.
fn one_engine(plans: &[Plan]) -> Result<(), Failure> {
    let clients: BTreeSet<&ClientName> = plans.iter().map(Plan::client).collect();
    if clients.len() <= 1 {
        return Ok(());
    }
    let text = format!("a script is for one client, and the plans are for {}", clients.len());
    Err(Failure::new(Exit::Invalid, text).hint("choose one with `--client NAME`"))
}

/// Shows what a command would do.
///
/// # Errors
///
/// A secret cannot be read, an engine is not there, or there is no plan.
pub(super) async fn run(session: &Session<'_>, args: &PlanArgs, ui: Ui) -> Result<Exit, Failure> {
    let secrets = session.secrets()?;
    if let Some(name) = &args.explain {
        let states = session.states(&secrets, ui).await?;
        return explain::run(session, name, args.format, &states, &secrets, ui);
    }
    let plans = session.plans(&session.states(&secrets, ui).await?, &secrets)?;
    if args.format == View::Script {
        one_engine(&plans)?;
    }
    if let Some(path) = &args.out {
        input::save_plans(path, &plans)?;
    }
    ui.plans(&plans, args.format)?;
    let is_empty = plans.iter().all(Plan::is_empty);
    Ok(if args.detailed_exitcode && !is_empty { Exit::Changes } else { Exit::Done })
}
