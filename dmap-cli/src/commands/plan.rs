//! `dmap plan`

use crate::args::PlanArgs;
use crate::exit::Exit;
use crate::failure::Failure;
use crate::session::Session;
use crate::ui::Ui;

/// Shows what `up` would do.
///
/// # Errors
///
/// A secret cannot be read, an engine is not there, or there is no plan.
pub(super) async fn run(session: &Session<'_>, args: &PlanArgs, ui: Ui) -> Result<Exit, Failure> {
    let secrets = session.secrets()?;
    let plans = session.plans(&session.states(&secrets, ui).await?, &secrets)?;
    ui.plans(&plans, args.format)?;
    let is_empty = plans.iter().all(map_planner::Plan::is_empty);
    Ok(if args.detailed_exitcode && !is_empty { Exit::Changes } else { Exit::Done })
}
