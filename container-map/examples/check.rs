//! Checks a map, and prints what is wrong with it, or its canonical form as JSON.
//!
//! `cargo run -p container-map --example check < map.yaml`

use std::error::Error;
use std::io::Read;
use std::process::ExitCode;

use container_map::{LoadError, LoadOptions, Variables, load};

#[expect(clippy::print_stdout, reason = "an example shows what it does")]
fn main() -> Result<ExitCode, Box<dyn Error>> {
    let mut text = String::new();
    std::io::stdin().read_to_string(&mut text)?;
    // The crate reads no environment: what variables stand for is up to its caller.
    let variables: Variables = std::env::vars().collect();
    match load(&text, LoadOptions { variables, ..LoadOptions::default() }) {
        Ok(map) => {
            println!("{}", serde_json::to_string_pretty(&map.document())?);
            Ok(ExitCode::SUCCESS)
        }
        Err(LoadError::Invalid(violations)) => {
            for violation in &violations {
                println!("{violation}");
                if let Some(help) = violation.help() {
                    println!("  help: {help}");
                }
            }
            Ok(ExitCode::FAILURE)
        }
        Err(error @ LoadError::Syntax(_)) => Err(error.into()),
    }
}
