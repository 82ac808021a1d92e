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
/// The engine is not there, or there is no plan.
pub(super) async fn run(session: &Session, args: &PlanArgs, ui: Ui) -> Result<Exit, Failure> {
    let plan = session.plan(&session.state(ui).await?)?;
    ui.plan(&plan, args.format)?;
    Ok(if args.detailed_exitcode && !plan.is_empty() { Exit::Changes } else { Exit::Done })
}
