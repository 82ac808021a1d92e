//! `dmap run`

use docker_exec::{After, RunEnd, RunError, RunOnce, Stops};
use map_planner::{OneOff, one_off};

use super::apply::{Order, Rollback, apply};
use super::interrupt::Interrupts;
use crate::args::RunArgs;
use crate::exit::Exit;
use crate::failure::Failure;
use crate::input::{self, Script, ScriptKind};
use crate::session::Session;
use crate::ui::{Passage, Ui};

/// What stands for the script's path in a command (docker-map's own).
const SCRIPT_PATH: &str = "{script_path}";

/// Runs something once, with all that a container of the map has.
///
/// # Errors
///
/// The script cannot be read, what the container needs is not there, or the engine does not run it.
pub(super) async fn run(session: &Session<'_>, args: &RunArgs, ui: Ui) -> Result<Exit, Failure> {
    let (deployment, key) =
        session.beside().expect("because the session of this command is beside one container");
    let script = args.script.as_ref().map(|path| Script::read(path, &args.script_dir)).transpose()?;
    let spec = one_off(deployment.map, deployment.client, key, what(args, script.as_ref()));
    let spec = spec.map_err(|error| Failure::plan(&error))?;
    let secrets = session.secrets()?;
    let engines = session.connect(&secrets, ui).await?;
    let plans = session.plans(&session.observe(&engines, ui).await?, &secrets)?;
    if plans.iter().any(|plan| !plan.is_empty()) {
        let order = Order { way: &args.way, rollback: Rollback::Restore, again: "dmap run" };
        // Standard output is the container's.
        let ui = ui.carrying_out(&args.way)?.aside();
        let exit = Box::pin(apply(session, order, ui)).await?;
        if exit != Exit::Done {
            ui.say("nothing was run: what it needs is not there");
            return Ok(exit);
        }
    }
    let (engine, me) = (engines.of(&deployment.client.name), input::holder());
    let failed = |error: RunError| Failure::run(&error, &deployment.client.name);
    if engine.clear_run(key, &me).await.map_err(failed)? {
        ui.say(format_args!("removed what an earlier run beside `{key}` left"));
    }
    let once = RunOnce {
        beside: key,
        spec: &spec,
        upload: script.as_ref().map(|script| &script.upload),
        timeout: args.timeout,
        after: if args.keep { After::Keep } else { After::Remove },
    };
    let stops = Stops::default();
    let mut interrupts = Interrupts::new().map_err(|error| Failure::system(&error))?;
    let stopping = async {
        interrupts.next().await;
        ui.say("interrupted: stopping the container; interrupt again to end it at once");
        stops.politely.cancel();
        interrupts.next().await;
        stops.at_once.cancel();
        std::future::pending::<()>().await;
    };
    let mut passage = Passage;
    let end = tokio::select! {
        end = engine.run_once(once, &me, &stops, &mut passage) => end.map_err(failed)?,
        () = stopping => return Ok(Exit::Interrupted),
    };
    Ok(exit(end, args, ui))
}

fn exit(end: RunEnd, args: &RunArgs, ui: Ui) -> Exit {
    match end {
        RunEnd::Exited(0) => Exit::Done,
        RunEnd::Exited(code) => Exit::OfContainer(u8::try_from(code).unwrap_or(u8::MAX)),
        RunEnd::TimedOut => {
            let after = args.timeout.unwrap_or_default().as_secs_f64();
            ui.say(format_args!("the container did not end within {after} s and was stopped"));
            Exit::TimedOut
        }
        RunEnd::Stopped => Exit::Interrupted,
    }
}

/// Returns what is run. A script that is a file is run by itself if nothing else is said.
fn what(args: &RunArgs, script: Option<&Script>) -> OneOff {
    let replace = |word: &String| match script {
        Some(script) => word.replace(SCRIPT_PATH, &script.path),
        None => word.clone(),
    };
    let command: Vec<String> = args.command.iter().map(replace).collect();
    let by_itself =
        script.filter(|script| script.kind == ScriptKind::File).map(|script| vec![script.path.clone()]);
    OneOff {
        command: if command.is_empty() { by_itself } else { Some(command) },
        entrypoint: args.entrypoint.as_ref().map(|line| line.0.iter().map(replace).collect()),
    }
}
