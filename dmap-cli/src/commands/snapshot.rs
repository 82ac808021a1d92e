//! `dmap snapshot`

use crate::args::SnapshotArgs;
use crate::exit::Exit;
use crate::failure::Failure;
use crate::session::Session;
use crate::ui::Ui;

/// Prints what is known of the engine, as far as `up` would look.
///
/// # Errors
///
/// The engine is not there.
pub(super) async fn run(session: &Session, args: &SnapshotArgs, ui: Ui) -> Result<Exit, Failure> {
    let mut state = session.state(ui).await?;
    if args.with_env {
        ui.warn("the snapshot holds the values of environment variables; look before you pass it on");
    } else {
        state = state.without_environment_values();
    }
    let json = serde_json::to_string_pretty(&state).map_err(|error| Failure::output(&error.into()))?;
    ui.out(format_args!("{json}\n"))?;
    Ok(Exit::Done)
}
