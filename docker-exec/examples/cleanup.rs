//! Removes all stopped containers: `cargo run -p docker-exec --example cleanup [-- --label NAME[=VALUE]]`
//!
//! What maps have stays, and so does what was never started. With a label, only containers that have it are meant.

use std::error::Error;

use docker_exec::{CancellationToken, ConnectOptions, ContainerRules, DockerEngine, LabelFilter, Stopping};

#[tokio::main(flavor = "current_thread")]
#[expect(clippy::print_stdout, reason = "an example shows what it does")]
async fn main() -> Result<(), Box<dyn Error>> {
    let words: Vec<String> = std::env::args().skip(1).collect();
    let mut rules = ContainerRules::stopped();
    match words.iter().map(String::as_str).collect::<Vec<_>>()[..] {
        [] => {}
        ["--label", label] => rules.labels.push(LabelFilter::new(label)),
        _ => return Err("usage: cleanup [--label NAME[=VALUE]]".into()),
    }

    let engine = DockerEngine::connect(&ConnectOptions { host: std::env::var("DOCKER_HOST").ok() }).await?;
    let chosen = rules.choose(&engine.containers().await?).chosen;
    let told = |container: &docker_exec::FoundContainer, result: Result<(), &docker_exec::EngineError>| {
        println!("{} {}", if result.is_ok() { "removed" } else { "kept" }, container.name);
    };
    let cleared = engine.remove_containers(chosen, Stopping::Never, &CancellationToken::new(), told).await;
    if cleared.failed.is_empty() { Ok(()) } else { Err("not everything was removed".into()) }
}
