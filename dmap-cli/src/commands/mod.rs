//! What each command does.

mod apply;
mod build;
mod carry_out;
mod check;
mod cleanup;
mod config;
mod context;
mod explain;
mod graph;
mod interrupt;
mod plan;
mod record;
mod rollback;
mod run;
mod saved;
mod schema;
mod snapshot;
mod status;

use tokio::runtime::Builder;

use crate::args::{Args, Command, EngineCommand, MapCommand};
use crate::exit::Exit;
use crate::failure::Failure;
use crate::input::Input;
use crate::session::Session;
use crate::settings::Settings;
use crate::ui::Ui;

/// Carries out a command line.
///
/// # Errors
///
/// Whatever ends a command before its work is done.
pub(crate) fn run(args: &Args, ui: Ui) -> Result<Exit, Failure> {
    match &args.command {
        Command::Engine(command) => on_engines(args, command, ui),
        Command::Apply(saved) => waiting(Box::pin(saved::run(args, saved, ui))),
        Command::Map(MapCommand::Check(check)) => check::run(args, check, ui),
        Command::Map(MapCommand::Config(config)) => config::run(args, config, ui),
        Command::Map(MapCommand::Graph(graph)) => graph::run(args, graph, ui),
        Command::Map(MapCommand::Schema(schema)) => schema::run(schema, ui),
        Command::BuildImage(build) => waiting(Box::pin(build::run(args, build, ui))),
        Command::Context(command) => context::run(command, ui),
        Command::Cleanup(command) => waiting(cleanup::run(&args.common, command, ui)),
        Command::RemoveAll(all) => waiting(cleanup::remove_all(&args.common, all, ui)),
    }
}

fn on_engines(args: &Args, command: &EngineCommand, ui: Ui) -> Result<Exit, Failure> {
    let settings = Settings::new(&args.common, command)?;
    let input = Input::new(args)?;
    let project = input.project()?;
    let session = Session::open(&project, &input, settings)?;
    let session = match command {
        EngineCommand::Run(_) => session.beside_one()?,
        _ => session,
    };
    let session = match command {
        EngineCommand::Snapshot(_) => session,
        _ => session.with_contexts()?,
    };
    waiting(async {
        match command {
            EngineCommand::Plan(args) => plan::run(&session, args, ui).await,
            EngineCommand::Change(change) => apply::run(&session, change, ui).await,
            EngineCommand::Run(args) => run::run(&session, args, ui).await,
            EngineCommand::Status(args) => status::run(&session, args, ui).await,
            EngineCommand::Snapshot(args) => snapshot::run(&session, args, ui).await,
        }
    })
}

/// All waiting is for engines; one thread is enough for that.
fn waiting(work: impl Future<Output = Result<Exit, Failure>>) -> Result<Exit, Failure> {
    let runtime =
        Builder::new_current_thread().enable_all().build().map_err(|error| Failure::system(&error))?;
    let ended = runtime.block_on(work);
    // Who aborts does not wait for what still reads or writes.
    runtime.shutdown_background();
    ended
}
