//! Where the workspace is and what cargo says about it.

use std::path::{Path, PathBuf};

use serde_json::Value;

use crate::command::Cmd;
use crate::error::{Doing as _, Failure, Result};

/// The members of the workspace, in dependency order, as `ARCHITECTURE.md` lists them.
pub(crate) const CRATES: [&str; 6] =
    ["dockerfile-builder", "container-map", "map-planner", "docker-exec", "dmap-cli", "xtask"];

/// The folder of the workspace's manifest.
pub(crate) fn root() -> PathBuf {
    let manifest =
        std::env::var_os("CARGO_MANIFEST_DIR").unwrap_or_else(|| env!("CARGO_MANIFEST_DIR").into());
    let crate_folder = Path::new(&manifest);
    crate_folder.parent().unwrap_or(crate_folder).to_owned()
}

/// `cargo metadata` of the workspace with every feature on.
pub(crate) fn metadata() -> Result<Value> {
    let text = Cmd::cargo().args(["metadata", "--format-version=1", "--all-features"]).read()?;
    serde_json::from_str(&text).doing("read the answer of `cargo metadata`")
}

/// The folder cargo builds into.
pub(crate) fn target() -> Result<PathBuf> {
    let text = Cmd::cargo().args(["metadata", "--format-version=1", "--no-deps"]).read()?;
    let metadata: Value = serde_json::from_str(&text).doing("read the answer of `cargo metadata`")?;
    let folder = metadata["target_directory"].as_str();
    folder.map(PathBuf::from).ok_or_else(|| Failure::new("`cargo metadata` names no target folder"))
}

/// Builds the `dmap` binary and returns its path.
pub(crate) fn build_dmap() -> Result<PathBuf> {
    Cmd::cargo().args(["build", "--package", "dmap-cli"]).run()?;
    Ok(target()?.join("debug").join("dmap"))
}

/// Builds the `dmap` binary as people use it, optimised, and returns its path.
pub(crate) fn build_dmap_release() -> Result<PathBuf> {
    Cmd::cargo().args(["build", "--release", "--package", "dmap-cli"]).run()?;
    Ok(target()?.join("release").join("dmap"))
}

/// Builds an example of a crate, optimised, and returns its path. That is less to build than `dmap`.
pub(crate) fn build_example_release(package: &str, example: &str) -> Result<PathBuf> {
    Cmd::cargo().args(["build", "--release", "--package", package, "--example", example]).run()?;
    Ok(target()?.join("release").join("examples").join(example))
}
