//! Runs that do not go as planned: failures, interruptions, other operators. Nothing is lost, and the next run goes on.

mod failure;
mod interrupt;
mod operators;
mod restart;

use std::process::{Child, Command, Stdio};
use std::thread;
use std::time::{Duration, Instant};

use crate::docker::{Ended, docker, ended, list, try_docker};
use crate::site::Site;

/// A `dmap` that runs beside the scenario.
pub(crate) struct Background(Child);

impl Background {
    /// Starts `dmap` on the map.
    #[track_caller]
    pub(crate) fn start(site: &Site, words: &[&str]) -> Self {
        let mut command = site.command(words);
        command.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::piped());
        Self(command.spawn().expect("dmap can be started"))
    }

    /// Sends it a signal.
    #[track_caller]
    pub(crate) fn signal(&self, name: &str) {
        let sent = ended(Command::new("kill").args(["-s", name, &self.0.id().to_string()]));
        assert_eq!(sent.code, 0, "{}", sent.text());
    }

    /// Waits until it has ended, and fails if that takes longer.
    #[track_caller]
    pub(crate) fn ended_within(mut self, site: &Site, limit: Duration) -> Ended {
        let deadline = Instant::now() + limit;
        let mut is_late = false;
        while self.0.try_wait().expect("a child can be waited for").is_none() && !is_late {
            is_late = Instant::now() > deadline;
            thread::sleep(Duration::from_millis(20));
        }
        if is_late {
            self.0.kill().expect("a child can be killed");
        }
        let ended = self.ended();
        site.note(&["beside"], &ended);
        assert!(!is_late, "it did not end within {limit:?}: {}", ended.text());
        ended
    }

    /// Waits until it has ended.
    #[track_caller]
    pub(crate) fn ended(self) -> Ended {
        let output = self.0.wait_with_output().expect("a child can be waited for");
        Ended {
            code: output.status.code().unwrap_or(-1),
            stdout: String::from_utf8_lossy(&output.stdout).into_owned(),
            stderr: String::from_utf8_lossy(&output.stderr).into_owned(),
        }
    }
}

/// The name of the lease on a map.
pub(crate) fn lease(site: &Site) -> String {
    format!("dmap-lease.{}", site.name)
}

/// Whether somebody has, or had, the lease on a map.
pub(crate) fn is_leased(site: &Site) -> bool {
    list("container").contains(&lease(site))
}

/// The state of a container in the engine's word; empty if it is not there.
pub(crate) fn status(site: &Site, name: &str) -> String {
    let found = try_docker(&["container", "inspect", "--format", "{{.State.Status}}", &site.full(name)]);
    if found.code == 0 { found.stdout.trim().to_owned() } else { String::new() }
}

/// The value of a container's variable.
#[track_caller]
pub(crate) fn variable(site: &Site, name: &str, variable: &str) -> String {
    let format = "{{range .Config.Env}}{{println .}}{{end}}";
    let listed = docker(&["container", "inspect", "--format", format, &site.full(name)]);
    let prefix = format!("{variable}=");
    listed.lines().find_map(|line| line.strip_prefix(&prefix)).unwrap_or_default().to_owned()
}
