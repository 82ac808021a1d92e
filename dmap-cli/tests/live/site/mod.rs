//! One scenario's own place: a map with a name of its own, a folder, and everything that carries the name.

mod end;

use std::cell::RefCell;
use std::collections::BTreeSet;
use std::fmt::Write as _;
use std::net::TcpListener;
use std::path::PathBuf;
use std::process::Command;
use std::{env, fs, thread};

use tempfile::TempDir;

use crate::docker::{Ended, docker, ended, list};

/// The repository of the test images.
pub(crate) const REPOSITORY: &str = "dmap-fixture";

/// A scenario's map and what belongs to it. Its end removes every object that has its name in front; before that, a
/// failed scenario leaves in the artifacts what explains it.
pub(crate) struct Site {
    /// The map's name, with the run's prefix in front.
    pub(crate) name: String,
    folder: TempDir,
    /// Every dmap command and its answer.
    transcript: RefCell<String>,
    /// The volumes nobody named that the containers had after these commands.
    anonymous: RefCell<BTreeSet<String>>,
}

impl Site {
    /// A place for a scenario; nothing of its name is there before.
    #[track_caller]
    pub(crate) fn new(scenario: &str) -> Self {
        let prefix = env::var("DMAP_E2E_PREFIX").expect("DMAP_E2E_PREFIX is set; run `cargo xtask e2e`");
        Self::named(format!("{prefix}-{scenario}"))
    }

    /// A place for a map whose name is given.
    #[track_caller]
    pub(crate) fn named(name: String) -> Self {
        let folder = tempfile::Builder::new().prefix(&name).tempdir().expect("a temporary folder");
        let site = Self { name, folder, transcript: RefCell::default(), anonymous: RefCell::default() };
        for kind in ["container", "volume", "network"] {
            assert_eq!(site.objects(kind), Vec::<String>::new(), "the names of the scenario are free");
        }
        site
    }

    /// Writes the map: its name and the repository of the test images, then this.
    #[track_caller]
    pub(crate) fn write(&self, map: &str) {
        self.write_exactly(&format!("name: {}\nrepository: {REPOSITORY}\n{map}\n", self.name));
    }

    /// Writes the map as it is given.
    #[track_caller]
    pub(crate) fn write_exactly(&self, map: &str) {
        fs::write(self.map(), map).expect("the map can be written");
    }

    /// The file of the map.
    pub(crate) fn map(&self) -> PathBuf {
        self.folder.path().join("dmap.yaml")
    }

    /// The path of something in the scenario's folder.
    pub(crate) fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    /// Makes a folder for a map to bind.
    #[track_caller]
    pub(crate) fn host_folder(&self, name: &str) -> String {
        let path = self.path(name);
        fs::create_dir_all(&path).expect("the folder can be made");
        path.display().to_string()
    }

    /// The engine's name of one of the map's containers, volumes or networks.
    pub(crate) fn full(&self, name: &str) -> String {
        format!("{}.{name}", self.name)
    }

    /// `dmap` on the map, not yet run.
    pub(crate) fn command(&self, words: &[&str]) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_dmap"));
        command.current_dir(self.folder.path()).arg("-f").arg(self.map()).args(words);
        command
    }

    /// Runs `dmap` on the map.
    #[track_caller]
    pub(crate) fn dmap(&self, words: &[&str]) -> Ended {
        let ended = ended(&mut self.command(words));
        self.note(words, &ended);
        self.remember_volumes();
        let text = ended.text();
        assert!(!text.contains("panicked at") && !text.contains("stack backtrace"), "no panic: {text}");
        ended
    }

    /// Adds a command and its answer to what is kept of a failed scenario.
    pub(crate) fn note(&self, words: &[&str], ended: &Ended) {
        let Ended { code, stdout, stderr } = ended;
        let words = words.join(" ");
        let _ =
            writeln!(self.transcript.borrow_mut(), "$ dmap {words}\n{stdout}{stderr}(exit code {code})\n");
    }

    /// Runs `dmap` on the map and expects an exit code.
    #[track_caller]
    pub(crate) fn dmap_ends(&self, words: &[&str], code: i32) -> Ended {
        let ended = self.dmap(words);
        assert_eq!(ended.code, code, "exit code of dmap {}:\n{}", words.join(" "), ended.text());
        ended
    }

    /// Brings targets up, or the whole map.
    #[track_caller]
    pub(crate) fn up(&self, targets: &[&str]) {
        self.dmap_ends(&[&["up", "--yes"], targets].concat(), 0);
    }

    /// Takes targets down, or the whole map.
    #[track_caller]
    pub(crate) fn down(&self, targets: &[&str]) {
        self.dmap_ends(&[&["down", "--yes"], targets].concat(), 0);
    }

    /// The names of the objects that belong to the scenario, dmap's own about the map included.
    #[track_caller]
    pub(crate) fn objects(&self, kind: &str) -> Vec<String> {
        let is_ours = |name: &String| {
            let helped = ["dmap-prep.", "dmap-run."].into_iter().find_map(|helper| name.strip_prefix(helper));
            let rest = helped.unwrap_or(name).strip_prefix(&self.name);
            rest.is_some_and(|rest| rest.is_empty() || rest.starts_with(['.', '-']))
        };
        list(kind).into_iter().filter(is_ours).collect()
    }
}

impl Drop for Site {
    fn drop(&mut self) {
        if thread::panicking() {
            self.keep_artifacts();
            if env::var_os("DMAP_E2E_KEEP").is_some() {
                return;
            }
        }
        self.clean();
    }
}

/// Whether a volume's name is one that the engine made up.
pub(crate) fn is_anonymous(name: &str) -> bool {
    name.len() == 64 && name.bytes().all(|byte| byte.is_ascii_hexdigit())
}

/// A port that nobody listens on now.
#[track_caller]
pub(crate) fn free_port() -> u16 {
    let listener = TcpListener::bind(("0.0.0.0", 0)).expect("a port is free");
    listener.local_addr().expect("it is bound").port()
}

/// Gives a test image a tag of the scenario's own and returns the reference a map uses.
#[track_caller]
pub(crate) fn tag(site: &Site, image: &str, version: &str) -> String {
    let reference = format!("{image}:{}", site.name);
    docker(&["tag", &format!("{REPOSITORY}/{image}:{version}"), &format!("{REPOSITORY}/{reference}")]);
    reference
}
