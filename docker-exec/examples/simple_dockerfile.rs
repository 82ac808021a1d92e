//! Derives an image from another one, and gives it the tag `latest` too.
//! `cargo run -p docker-exec --example simple_dockerfile -- [NAME [BASE [classic]]]`

use std::error::Error;
use std::io::Write;

use docker_exec::{
    BuildEvent, BuildRequest, BuildWatcher, Builder, CancellationToken, ConnectOptions, DockerEngine,
};
use dockerfile_builder::{Dockerfile, MemoryTree};

#[tokio::main(flavor = "current_thread")]
#[expect(clippy::print_stdout, reason = "an example shows what it does")]
async fn main() -> Result<(), Box<dyn Error>> {
    let mut words = std::env::args().skip(1);
    let name = words.next().unwrap_or_else(|| "new_base_image".to_owned());
    let base = words.next().unwrap_or_else(|| "ubuntu:latest".to_owned());

    let engine = DockerEngine::connect(&ConnectOptions { host: std::env::var("DOCKER_HOST").ok() }).await?;
    let context = Dockerfile::from(base.as_str()).run("apt-get update").run("apt-get -y upgrade").context();
    // A name without a tag is `latest` already.
    let mut request = BuildRequest::new(context, MemoryTree::new()).tag(name.parse()?).latest();
    if words.next().is_some_and(|word| word == "classic") {
        request.builder = Some(Builder::Classic);
    }

    let built = engine.build(&request, &CancellationToken::new(), &mut Log).await?;
    println!("{}", built.image);
    Ok(())
}

/// Shows what the steps write.
struct Log;

impl BuildWatcher for Log {
    fn notice(&mut self, event: BuildEvent<'_>) {
        let mut out = std::io::stderr();
        // There is nobody to tell if that fails.
        let _ = match event {
            BuildEvent::StepStarted { step } => writeln!(out, "{}", step.name),
            BuildEvent::StepWrote { bytes, .. } => out.write_all(bytes),
            _ => Ok(()),
        };
    }
}
