//! `dmap`: says what a container map changes on a Docker engine, and changes it.

mod args;
mod commands;
mod deployment;
mod exit;
mod failure;
mod graph;
mod input;
mod session;
mod settings;
mod ui;
mod verb;

use std::process::ExitCode;

/// Plans are many small values that come and go; large ones take a fifth less time with this.
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

fn main() -> ExitCode {
    ui::announce_defects();
    let args = match args::Args::read() {
        Ok(args) => args,
        Err(error) => return ui::usage(&error).into(),
    };
    let ui = ui::Ui::new(args.common.color, args.common.verbose);
    commands::run(&args, ui).unwrap_or_else(|failure| ui.failure(&failure)).into()
}
