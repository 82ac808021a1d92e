//! Brings a map up: text → observe → plan → execute. `cargo run --example up -- MAP.yaml`

use std::collections::BTreeMap;
use std::error::Error;

use container_map::{ClientConfig, LoadOptions};
use docker_exec::{
    CancellationToken, ConnectOptions, DockerEngine, Engine, ExecuteOptions, OnFailure, execute,
};
use map_planner::{Goal, PlanInput, Policy, Request, Select, plan, scope};

#[tokio::main(flavor = "current_thread")]
#[expect(clippy::print_stdout, reason = "an example shows what it does")]
async fn main() -> Result<(), Box<dyn Error>> {
    let text = std::fs::read_to_string(std::env::args().nth(1).ok_or("usage: up MAP.yaml")?)?;
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
    println!("{}", plan.text());

    let options = ExecuteOptions {
        width: engine.info().width(),
        per_network: engine.info().per_network(),
        on_failure: OnFailure::GoOn,
        cancel: CancellationToken::new(),
    };
    let report = execute(&engine, &plan, &options, &mut ()).await;
    for (step, error) in report.failures() {
        println!("step {step}: {error}: {}", error.source().map(ToString::to_string).unwrap_or_default());
    }
    if report.is_success() { Ok(()) } else { Err("not everything was done".into()) }
}
