//! Packs a folder: `cargo run --release -p dockerfile-builder --example pack -- DIR write|both|digest`
//!
//! `write` writes the archive to standard output, `both` says its digest as well, and `digest` writes nothing. This is what
//! `cargo xtask bench context` measures.

use std::env;
use std::error::Error;
use std::fs::File;
use std::io::{self, Write};
use std::os::fd::AsFd;

use dockerfile_builder::{BuildContext, ContextPath, Encoding, HostTree, SourcePath};

fn main() -> Result<(), Box<dyn Error>> {
    let words: Vec<String> = env::args().skip(1).collect();
    let [folder, what] = words.as_slice() else { return Err("usage: pack DIR write|both|digest".into()) };
    let context = BuildContext::of_directory(SourcePath::root(), ContextPath::dockerfile());
    let tree = HostTree::new(folder);
    // Not through the buffer of standard output, which would copy everything once more.
    let out = || io::stdout().as_fd().try_clone_to_owned().map(File::from);
    let digest = match what.as_str() {
        "write" => return Ok(context.write(&tree, Encoding::Plain, out()?)?),
        "both" => context.pack(&tree, Encoding::Plain, out()?)?,
        "digest" => context.digest(&tree)?,
        _ => return Err(format!("`{what}` is not `write`, `both` or `digest`").into()),
    };
    writeln!(io::stderr(), "{digest}")?;
    Ok(())
}
