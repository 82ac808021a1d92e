//! `dmap up`

use super::apply::{Order, Rollback, apply};
use crate::args::UpArgs;
use crate::exit::Exit;
use crate::failure::Failure;
use crate::session::Session;
use crate::ui::Ui;

/// Makes the engine as the map says.
///
/// # Errors
///
/// An engine is not there, there is no plan, or the user does not want it.
pub(super) async fn run(session: &Session<'_>, args: &UpArgs, ui: Ui) -> Result<Exit, Failure> {
    let rollback = if args.no_rollback { Rollback::Leave } else { Rollback::Restore };
    apply(session, Order { way: &args.apply.way, rollback, again: "dmap up" }, ui).await
}
