//! What each command does.

mod apply;
mod down;
mod plan;
mod snapshot;
mod status;
mod up;

use tokio::runtime::Builder;

use crate::args::{Args, Command};
use crate::exit::Exit;
use crate::failure::Failure;
use crate::session::Session;
use crate::settings::Settings;
use crate::ui::Ui;

/// Carries out a command line.
///
/// # Errors
///
/// Whatever ends a command before its work is done.
pub(crate) fn run(args: Args, ui: Ui) -> Result<Exit, Failure> {
    let settings = Settings::new(&args)?;
    let session = Session::open(settings)?;
    // All waiting is for the engine; one thread is enough for that.
    let runtime =
        Builder::new_current_thread().enable_all().build().map_err(|error| Failure::system(&error))?;
    let ended = runtime.block_on(async {
        match args.command {
            Command::Plan(args) => plan::run(&session, &args, ui).await,
            Command::Up(args) => up::run(&session, &args, ui).await,
            Command::Down(args) => down::run(&session, &args, ui).await,
            Command::Status(args) => status::run(&session, &args, ui).await,
            Command::Snapshot(args) => snapshot::run(&session, &args, ui).await,
        }
    });
    // Who aborts does not wait for what still reads or writes.
    runtime.shutdown_background();
    ended
}
