//! The chores of the dmap workspace: `cargo xtask --help` lists them.
#![allow(clippy::print_stdout, clippy::print_stderr, reason = "a chore talks to the person who runs it")]

mod bench;
mod ci;
mod command;
mod demo;
mod e2e;
mod engine;
mod error;
mod fixtures;
mod labelled;
mod tidy;
mod usage;
mod workspace;

use std::process::ExitCode;

use error::{Failure, Result};

fn main() -> ExitCode {
    let words: Vec<String> = std::env::args().skip(1).collect();
    let words: Vec<&str> = words.iter().map(String::as_str).collect();
    run(&words).unwrap_or_else(|failure| {
        eprintln!("error: {failure}");
        ExitCode::from(failure.code())
    })
}

/// Runs the chore that the first word names; only `engine --private -- CMD` has exit codes of its own.
fn run(words: &[&str]) -> Result<ExitCode> {
    let (chore, rest) = words.split_first().ok_or_else(|| Failure::usage("no command given"))?;
    // What follows `--` belongs to another program.
    let mut own = words.iter().take_while(|word| **word != "--");
    if *chore == "help" || own.any(|word| matches!(*word, "--help" | "-h")) {
        print!("{}", usage::TEXT);
        return Ok(ExitCode::SUCCESS);
    }
    match *chore {
        "engine" => return engine::command(rest),
        "fixtures" => fixtures::command(rest)?,
        "e2e" => e2e::command(rest)?,
        "demo" => demo::command(rest)?,
        "tidy" => tidy::command(rest)?,
        "ci" => ci::command(rest)?,
        "bench" => bench::command(rest)?,
        "bless" => ci::bless(rest)?,
        other => return Err(Failure::usage(format_args!("no command is named `{other}`"))),
    }
    Ok(ExitCode::SUCCESS)
}
