//! Measures the `dmap` command on large maps and contexts, and on an engine; it judges nothing, a person reads the figures.

mod apply;
mod context;
mod map;
mod measure;
mod plan;
mod report;
mod sink;

use std::path::{Path, PathBuf};

use crate::error::{Doing as _, Failure, Result};
use crate::workspace;
use measure::Run;
use report::Row;

/// The sizes to measure, in containers; 20 000 are a map of about 10 MB.
const SIZES: [usize; 4] = [2_000, 4_000, 10_000, 20_000];
/// What is measured: reading and checking, and printing all that the map means.
const COMMANDS: [&[&str]; 2] = [&["check"], &["config", "--resolved"]];
/// How often, after one run that only warms the caches.
const RUNS: usize = 5;

/// `cargo xtask bench WHAT`.
pub(crate) fn command(words: &[&str]) -> Result {
    match words {
        ["load"] => load(),
        ["context"] => context::run(),
        ["plan"] => plan::measure(),
        ["apply", rest @ ..] => apply::measure(rest),
        [] => Err(Failure::usage("`bench` needs what to measure: `load`, `plan`, `apply` or `context`")),
        [first, ..] => Err(Failure::usage(format_args!("nothing to measure is named `{first}`"))),
    }
}

/// Measures how long `dmap` takes to load maps of several sizes, and how much memory.
fn load() -> Result {
    let dmap = workspace::build_dmap_release()?;
    let folder = Folder::make()?;
    let mut rows = Vec::new();
    for containers in SIZES {
        let text = map::text(containers);
        let file = folder.0.join(format!("{containers}.yaml"));
        std::fs::write(&file, &text).doing(format_args!("write {}", file.display()))?;
        for command in COMMANDS {
            println!("dmap {} on {containers} containers …", command.join(" "));
            let runs = runs(&dmap, command, &file)?;
            rows.push(Row { command: command.join(" "), containers, bytes: text.len(), runs });
        }
    }
    print!("\n{}", report::table(&rows));
    Ok(())
}

/// Runs a command on a file, and once more before to warm the caches.
fn runs(dmap: &Path, command: &[&str], file: &Path) -> Result<Vec<Run>> {
    let words = || command.iter().map(AsRef::as_ref).chain(["-f".as_ref(), file.as_os_str()]);
    measure::run(dmap, words())?;
    (0..RUNS).map(|_| measure::run(dmap, words())).collect()
}

/// A folder for maps or a context, removed in the end.
struct Folder(PathBuf);

impl Folder {
    /// Makes the folder.
    fn make() -> Result<Self> {
        let folder = std::env::temp_dir().join(format!("xtask-bench-{}", std::process::id()));
        std::fs::create_dir(&folder).doing(format_args!("make {}", folder.display()))?;
        Ok(Self(folder))
    }
}

impl Drop for Folder {
    fn drop(&mut self) {
        if let Err(error) = std::fs::remove_dir_all(&self.0) {
            eprintln!("warning: cannot remove {}: {error}", self.0.display());
        }
    }
}
