//! The chore's side of a private engine: a guard whose end is the engine's end.
//!
//! The engine belongs to a *keeper*, a process of this same program that holds the read end of a pipe.
//! When the pipe closes, because the guard was dropped or because the chore died in whatever way, the keeper stops the
//! engine and removes what it left. So neither a panic nor Ctrl-C nor `kill -9` leaves an engine behind.

use std::io::Read as _;
use std::os::unix::process::CommandExt as _;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};

use super::keeper;
use crate::error::{Doing as _, Failure, Result};

/// A folder short enough for the path of a Unix socket (at most 107 bytes), whatever the workspace's own path is.
const BASE: &str = "/tmp";

/// A running private engine.
#[derive(Debug)]
pub(super) struct Private {
    keeper: Child,
    folder: PathBuf,
    /// Whether the engine has ever answered; one that has not was removed by its keeper at once.
    ready: bool,
}

impl Private {
    /// Starts a keeper with its engine and waits until the engine answers.
    pub(super) fn start() -> Result<Self> {
        let folder = fresh_folder()?;
        let program = if Path::new("/proc/self/exe").exists() {
            // Stays valid when cargo replaces the file while this program runs.
            PathBuf::from("/proc/self/exe")
        } else {
            std::env::current_exe().doing("find this program's own file")?
        };
        let keeper = Command::new(program)
            .args(["engine", keeper::WORD])
            .arg(&folder)
            .process_group(0)
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()
            .doing("start the keeper of a private engine")?;
        let mut private = Self { keeper, folder, ready: false };
        private.await_ready()?;
        Ok(private)
    }

    /// The address, as `DOCKER_HOST` takes it.
    pub(super) fn host(&self) -> String {
        keeper::host(&self.folder)
    }

    /// Waits for the keeper's word; the keeper has the deadline.
    fn await_ready(&mut self) -> Result {
        let mut word = vec![0; keeper::READY.len()];
        let stdout = self.keeper.stdout.as_mut();
        let read = stdout.map_or(Ok(()), |stdout| stdout.read_exact(&mut word));
        if read.is_ok() && word == keeper::READY.as_bytes() {
            self.ready = true;
            return Ok(());
        }
        Err(Failure::new("the private engine did not start; the reason is above"))
    }
}

impl Drop for Private {
    fn drop(&mut self) {
        drop(self.keeper.stdin.take());
        // The keeper has deadlines for everything it does, so this wait has an end.
        match self.keeper.wait() {
            _ if !self.ready => {}
            Ok(status) if status.success() => println!("removed the private engine"),
            Ok(_) | Err(_) => {
                eprintln!("warning: the private engine in {} left traces", self.folder.display());
            }
        }
    }
}

/// Makes a folder that nobody has.
fn fresh_folder() -> Result<PathBuf> {
    use std::os::unix::fs::DirBuilderExt as _;
    let process = std::process::id();
    let mut taken = String::new();
    for number in 0..100 {
        let folder = Path::new(BASE).join(format!("dmap-engine-{process}-{number}"));
        match std::fs::DirBuilder::new().mode(0o711).create(&folder) {
            Ok(()) => return Ok(folder),
            Err(error) => taken = error.to_string(),
        }
    }
    Err(Failure::new(format!("cannot make a folder for a private engine in {BASE}: {taken}")))
}
