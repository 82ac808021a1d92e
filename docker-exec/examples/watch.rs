//! Another front end: brings a map up and says what happens, from a stream of events read in a task of its own. The
//! first Ctrl-C ends the run in good order. `cargo run --example watch -- MAP.yaml`

use std::collections::BTreeMap;
use std::error::Error;
use std::time::Instant;

use container_map::{ClientConfig, LoadOptions};
use docker_exec::{
    CancellationToken, ConnectOptions, DockerEngine, End, Engine, ExecuteOptions, Notice, Notices, OnFailure,
    execute, notices,
};
use map_planner::{Goal, Plan, PlanInput, Policy, Request, Select, plan, scope};

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), Box<dyn Error>> {
    let text = std::fs::read_to_string(std::env::args().nth(1).ok_or("usage: watch MAP.yaml")?)?;
    let map = container_map::load(&text, LoadOptions::default())?;
    let client = ClientConfig::default();
    let request = Request { verb: Goal::Up.into(), select: Select::All, policy: Policy::default() };

    let engine = DockerEngine::connect(&ConnectOptions { host: std::env::var("DOCKER_HOST").ok() }).await?;
    let state = engine.observe(&scope(&map, &client, &request)?).await?;
    let secrets = BTreeMap::new();
    let input = PlanInput {
        map: &map,
        client: &client,
        engine: &state,
        request: &request,
        secrets: &secrets,
        contexts: &map_planner::Contexts::new(),
    };
    let plan = plan(&input)?;

    let cancel = CancellationToken::new();
    let options = ExecuteOptions {
        width: engine.info().width(),
        per_network: engine.info().per_network(),
        on_failure: OnFailure::GoOn,
        cancel: cancel.clone(),
    };
    let (mut teller, notices) = notices();
    let work = async {
        let report = execute(&engine, &plan, &options, &mut teller).await;
        // The stream ends with its last teller.
        drop(teller);
        report
    };
    let cancelling = async {
        let _ = tokio::signal::ctrl_c().await;
        cancel.cancel();
        std::future::pending::<()>().await;
    };
    let report = tokio::select! {
        (report, ()) = async { tokio::join!(work, show(&plan, notices)) } => report,
        () = cancelling => unreachable!("because it goes on for ever"),
    };
    if report.is_success() { Ok(()) } else { Err("not everything was done".into()) }
}

/// Says what happens, with the time since the beginning.
#[expect(clippy::print_stdout, reason = "an example shows what it does")]
async fn show(plan: &Plan, mut notices: Notices) {
    let began = Instant::now();
    while let Some(notice) = notices.next().await {
        let (id, what) = match notice {
            Notice::Started { step } => (step, "begun".to_owned()),
            Notice::Progressed { step, text } => (step, text),
            Notice::Finished { step, end: End::Done } => (step, "done".to_owned()),
            Notice::Finished { step, end: End::AlreadyDone } => (step, "was so already".to_owned()),
            Notice::Finished { step, end: End::Failed { doing, causes, .. } } => {
                (step, format!("failed {doing}: {}", causes.join(": ")))
            }
            Notice::Finished { step, end: End::Skipped { because } } => {
                (step, format!("skipped because of {because}"))
            }
            Notice::Finished { step, end: End::Cancelled } => (step, "not begun".to_owned()),
            _ => continue,
        };
        let Some(action) = plan.step(id).map(|step| &step.action) else { continue };
        let after = began.elapsed().as_secs_f64();
        println!("{after:7.3} {id} {} {}: {what}", action.verb(), action.target());
    }
}
