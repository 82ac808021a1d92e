//! `dmap down`

use super::apply::{Order, Rollback, apply};
use crate::args::DownArgs;
use crate::exit::Exit;
use crate::failure::Failure;
use crate::session::Session;
use crate::ui::Ui;

/// Stops and removes containers, and with the whole map its networks.
///
/// # Errors
///
/// An engine is not there, there is no plan, or the user does not want it.
pub(super) async fn run(session: &Session<'_>, args: &DownArgs, ui: Ui) -> Result<Exit, Failure> {
    let rollback = Rollback::Leave;
    apply(session, Order { way: &args.apply.way, rollback, again: "dmap down" }, ui).await
}
