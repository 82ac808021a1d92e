//! Puts a file or folder into an image: it is in the Dockerfile and in the context that is sent.
//! `cargo run -p docker-exec --example image_with_files -- FOLDER FILE [NAME [BASE [classic]]]`

use std::error::Error;

use docker_exec::{BuildRequest, Builder, CancellationToken, ConnectOptions, DockerEngine};
use dockerfile_builder::{Dockerfile, HostTree};

#[tokio::main(flavor = "current_thread")]
#[expect(clippy::print_stdout, reason = "an example shows what it does")]
async fn main() -> Result<(), Box<dyn Error>> {
    let mut words = std::env::args().skip(1);
    let (folder, file) = words
        .next()
        .zip(words.next())
        .ok_or("usage: image_with_files FOLDER FILE [NAME [BASE [classic]]]")?;
    let name = words.next().unwrap_or_else(|| "new_image".to_owned());
    let base = words.next().unwrap_or_else(|| "ubuntu:latest".to_owned());

    let engine = DockerEngine::connect(&ConnectOptions { host: std::env::var("DOCKER_HOST").ok() }).await?;
    let context = Dockerfile::from(base.as_str()).add_file(file.parse()?, "/var/lib/myfiles").context();
    let mut request = BuildRequest::new(context, HostTree::new(folder)).tag(name.parse()?);
    if words.next().is_some_and(|word| word == "classic") {
        request.builder = Some(Builder::Classic);
    }

    let built = engine.build(&request, &CancellationToken::new(), &mut ()).await?;
    println!("{}", built.image);
    Ok(())
}
