//! The keeper of a private engine: starts `dockerd`, waits for its pipe to close, stops it and tidies up.
//!
//! The engine has a network namespace of its own (so its bridge, its addresses and its firewall rules meet nobody
//! else's) and a mount namespace of its own (so its mounts end with it, and host folders that a map makes below
//! `/var/lib` never reach the machine).

use std::fs::File;
use std::io::{Read as _, Write as _};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use super::ping::ping;
use crate::command::Cmd;
use crate::error::{Doing as _, Failure, Result};

/// The word of the command line that makes this program a keeper.
pub(super) const WORD: &str = "--keep";
/// What the keeper says when its engine answers.
pub(super) const READY: &str = "ready\n";

/// How long an engine may take to start.
const START: Duration = Duration::from_mins(1);
/// How long an engine may take to stop after a polite request.
const STOP: Duration = Duration::from_secs(30);
/// How long left-over processes and mounts may take to go.
const SETTLE: Duration = Duration::from_secs(10);
/// The pause between two looks.
const PAUSE: Duration = Duration::from_millis(20);

/// Hides the machine's `/var/lib` from the engine, then becomes the engine.
const IN_OWN_MOUNTS: &str = r#"mount -t tmpfs -o mode=755 dmap-engine /var/lib && exec "$0" "$@""#;

/// The address of the engine in `folder`.
pub(super) fn host(folder: &Path) -> String {
    format!("unix://{}", socket(folder).display())
}

/// Keeps an engine in `folder` until standard input closes.
pub(super) fn keep(folder: &Path) -> Result {
    let mut kept = Kept { folder: folder.to_owned(), namespace: None, daemon: None };
    let started = kept.start();
    if started.is_ok() {
        let mut stdout = std::io::stdout();
        let said = stdout.write_all(READY.as_bytes()).and_then(|()| stdout.flush());
        if said.is_ok() {
            // Nothing is ever written to the pipe: this ends when its other end closes.
            let _ = std::io::stdin().read(&mut [0]);
        }
    }
    let removed = kept.remove();
    started.and(removed)
}

/// What has to go again.
struct Kept {
    folder: PathBuf,
    namespace: Option<String>,
    daemon: Option<Child>,
}

impl Kept {
    /// Makes the namespace and starts the engine, with the plainest storage driver if the default one does not work.
    fn start(&mut self) -> Result {
        let name = self.folder.file_name().unwrap_or_default().to_string_lossy().into_owned();
        Cmd::new("ip").args(["netns", "add", &name]).read()?;
        self.namespace = Some(name.clone());
        in_namespace(&name).args(["ip", "link", "set", "lo", "up"]).read()?;
        std::fs::write(self.folder.join("daemon.json"), "{}\n").doing("write the engine's configuration")?;
        match self.start_daemon(&name, &[]) {
            Ok(()) => Ok(()),
            Err(first) => self.start_daemon(&name, &["--storage-driver", "vfs"]).map_err(|second| {
                Failure::new(format!("{second}\nbefore that, with the default storage driver: {first}"))
            }),
        }
    }

    /// Starts the engine and waits until it answers.
    fn start_daemon(&mut self, namespace: &str, options: &[&str]) -> Result {
        let log = self.folder.join("dockerd.log");
        let out = File::create(&log).doing(format_args!("write {}", log.display()))?;
        let err = out.try_clone().doing("share the engine's log")?;
        let inside = |name: &str| self.folder.join(name);
        // Not `ip netns exec`: it remounts /sys, which hides the control groups from the engine.
        let daemon = Command::new("nsenter")
            .arg(format!("--net=/var/run/netns/{namespace}"))
            .args(["unshare", "--mount", "sh", "-c", IN_OWN_MOUNTS, "dockerd", "--config-file"])
            .arg(inside("daemon.json"))
            .arg("--data-root")
            .arg(inside("root"))
            .arg("--exec-root")
            .arg(inside("exec"))
            .arg("--pidfile")
            .arg(inside("pid"))
            .args(["--host", &host(&self.folder)])
            .args(options)
            .stdin(Stdio::null())
            .stdout(out)
            .stderr(err)
            .spawn()
            .doing("start `dockerd`")?;
        let daemon = self.daemon.insert(daemon);
        let deadline = Instant::now() + START;
        while ping(&socket(&self.folder)).is_err() {
            let ended = daemon.try_wait().doing("look after `dockerd`")?;
            if ended.is_some() || Instant::now() > deadline {
                self.stop_daemon();
                return Err(Failure::new(format!(
                    "`dockerd` did not come up; its last lines:\n{}",
                    tail(&log)
                )));
            }
            std::thread::sleep(PAUSE);
        }
        Ok(())
    }

    /// Stops the engine and removes its folder and its namespace.
    fn remove(&mut self) -> Result {
        self.remove_containers();
        self.stop_daemon();
        if let Some(name) = self.namespace.take() {
            Cmd::new("ip").args(["netns", "delete", &name]).read()?;
        }
        let deadline = Instant::now() + SETTLE;
        loop {
            match std::fs::remove_dir_all(&self.folder) {
                Err(error) if self.folder.exists() && Instant::now() > deadline => {
                    return Err(error).doing(format_args!("remove {}", self.folder.display()));
                }
                Err(_) if self.folder.exists() => std::thread::sleep(PAUSE),
                _ => return Ok(()),
            }
        }
    }

    /// Removes the engine's containers, so that stopping it need not wait for them.
    fn remove_containers(&self) {
        let docker = || Cmd::new("docker").env("DOCKER_HOST", host(&self.folder));
        // An engine that no longer answers is ended the hard way below.
        let ids = docker().args(["ps", "--all", "--quiet"]).read().unwrap_or_default();
        if !ids.is_empty() {
            let _ = docker().args(["rm", "--force", "--volumes"]).args(ids.lines()).read();
        }
    }

    /// Ends the engine: politely, then not; and then whatever of it is still running.
    fn stop_daemon(&mut self) {
        if let Some(mut daemon) = self.daemon.take() {
            signal("TERM", daemon.id());
            let deadline = Instant::now() + STOP;
            while matches!(daemon.try_wait(), Ok(None)) && Instant::now() < deadline {
                std::thread::sleep(PAUSE);
            }
            // Both are no-ops for a process that has ended.
            let _ = daemon.kill();
            let _ = daemon.wait();
        }
        let deadline = Instant::now() + SETTLE;
        while Instant::now() < deadline {
            let left = processes_of(&self.folder);
            if left.is_empty() {
                return;
            }
            for process in left {
                signal("KILL", process);
            }
            std::thread::sleep(PAUSE);
        }
    }
}

/// The engine's socket.
fn socket(folder: &Path) -> PathBuf {
    folder.join("sock")
}

/// A command inside a network namespace.
fn in_namespace(name: &str) -> Cmd {
    Cmd::new("nsenter").arg(format!("--net=/var/run/netns/{name}"))
}

/// Sends a signal to one process; one that is gone already is fine.
fn signal(name: &str, process: u32) {
    let _ = Cmd::new("sh").args(["-c", &format!("kill -{name} {process}")]).capture();
}

/// The processes an engine started (its containerd, its shims): their command lines name the engine's folder.
fn processes_of(folder: &Path) -> Vec<u32> {
    let needle = format!("{}/exec", folder.display());
    let entries = std::fs::read_dir("/proc").into_iter().flatten().flatten();
    let numbers = entries.filter_map(|entry| entry.file_name().to_str()?.parse().ok());
    let named = |process: &u32| {
        let line = std::fs::read(format!("/proc/{process}/cmdline")).unwrap_or_default();
        String::from_utf8_lossy(&line).split('\0').any(|word| word.starts_with(&needle))
    };
    numbers.filter(named).collect()
}

/// The last lines of a log.
fn tail(log: &Path) -> String {
    let text = std::fs::read_to_string(log).unwrap_or_default();
    let lines: Vec<&str> = text.lines().collect();
    lines[lines.len().saturating_sub(15)..].join("\n")
}
