//! The daemon of the private engine that a scenario is run on: it can be stopped, and another one started in its place.

use std::ffi::OsString;
use std::fs::{self, File};
use std::io::Write as _;
use std::os::unix::ffi::OsStringExt as _;
use std::path::PathBuf;
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};
use std::{env, thread};

use crate::docker::{Ended, ended, try_docker};

/// How long an engine may take to end, or to answer.
const PATIENCE: Duration = Duration::from_mins(2);

/// The engine's daemon, by its folder and process.
pub(crate) struct Daemon {
    folder: PathBuf,
    process: String,
}

/// What becomes the engine's daemon when it is told to begin. It is in the namespaces of the one before already, which
/// end with their last process.
pub(crate) struct Successor {
    folder: PathBuf,
    child: Child,
}

impl Daemon {
    /// The daemon that `DOCKER_HOST` leads to.
    #[track_caller]
    pub(crate) fn here() -> Self {
        assert_eq!(env::var("DMAP_PRIVATE_ENGINE").as_deref(), Ok("1"), "this needs an engine of its own");
        let host = env::var("DOCKER_HOST").expect("a private engine has an address");
        let socket = PathBuf::from(host.strip_prefix("unix://").expect("it is a Unix socket"));
        let folder = socket.parent().expect("the socket is in a folder").to_owned();
        let process = fs::read_to_string(folder.join("pid")).expect("the daemon notes its process");
        Self { folder, process: process.trim().to_owned() }
    }

    /// A folder that the engine sees.
    pub(crate) fn folder(&self) -> &PathBuf {
        &self.folder
    }

    /// Runs a program that sees the mounts that the engine sees.
    #[track_caller]
    pub(crate) fn beside(&self, words: &[&str]) -> Ended {
        ended(Command::new("nsenter").args(["--target", &self.process, "--mount"]).args(words))
    }

    /// Ends the daemon by a signal, and returns what is to come after it.
    #[track_caller]
    pub(crate) fn ended_by(self, signal: &str) -> Successor {
        let line = fs::read(format!("/proc/{}/cmdline", self.process)).expect("the daemon runs");
        let words = line.split(|byte| *byte == 0).filter(|word| !word.is_empty());
        let log = || {
            let file = File::options().append(true).open(self.folder.join("dockerd.log"));
            Stdio::from(file.expect("the daemon has a log"))
        };
        let mut child = Command::new("nsenter")
            .args(["--target", &self.process, "--mount", "--net", "sh", "-c", r#"read go && exec "$0" "$@""#])
            .args(words.map(|word| OsString::from_vec(word.to_vec())))
            .stdin(Stdio::piped())
            .stdout(log())
            .stderr(log())
            .spawn()
            .expect("nsenter can be started");
        let inside = format!("/proc/{}/ns/mnt", child.id());
        let target = fs::read_link(format!("/proc/{}/ns/mnt", self.process)).expect("the daemon runs");
        within("it is in the namespaces", || fs::read_link(&inside).is_ok_and(|found| found == target));
        let sent = ended(Command::new("kill").args(["-s", signal, &self.process]));
        assert_eq!(sent.code, 0, "{}", sent.text());
        within("the daemon has ended", || {
            // Its keeper asks for its end when the tests are over; until then something of it is left.
            let found = fs::read_to_string(format!("/proc/{}/stat", self.process)).unwrap_or_default();
            found.rsplit_once(") ").is_none_or(|(_, state)| state.starts_with('Z'))
        });
        assert!(child.try_wait().expect("it can be looked after").is_none(), "the successor waits");
        Successor { folder: self.folder, child }
    }
}

impl Successor {
    /// Runs a program that sees the mounts that it will see.
    #[track_caller]
    pub(crate) fn beside(&self, words: &[&str]) -> Ended {
        let process = self.child.id().to_string();
        ended(Command::new("nsenter").args(["--target", &process, "--mount"]).args(words))
    }

    /// Lets it begin, and waits until the engine answers.
    #[track_caller]
    pub(crate) fn begins(mut self) {
        // One that was killed left notes of processes, of which something is left.
        for note in ["pid", "exec/containerd/containerd.pid"] {
            let _ = fs::remove_file(self.folder.join(note));
        }
        let mut stdin = self.child.stdin.take().expect("it is piped");
        stdin.write_all(b"go\n").expect("it waits for this");
        within("the engine answers", || try_docker(&["version"]).code == 0);
    }
}

/// Waits until a check holds.
#[track_caller]
fn within(what: &str, mut holds: impl FnMut() -> bool) {
    let deadline = Instant::now() + PATIENCE;
    while !holds() {
        assert!(Instant::now() < deadline, "{what}: not within {} s", PATIENCE.as_secs());
        thread::sleep(Duration::from_millis(20));
    }
}
