//! Packs the context of a small derived image and prints its digest and size.

use std::error::Error;
use std::io::{self, Write};

use dockerfile_builder::{BuildContext, Dockerfile, Encoding, MemoryTree};

fn main() -> Result<(), Box<dyn Error>> {
    let dockerfile =
        Dockerfile::from("ubuntu:latest").run("apt-get update").run("apt-get -y upgrade").build();

    let mut archive = Vec::new();
    let digest = BuildContext::new(dockerfile).pack(&MemoryTree::new(), Encoding::Plain, &mut archive)?;

    writeln!(io::stdout(), "{digest} {} bytes", archive.len())?;
    Ok(())
}
