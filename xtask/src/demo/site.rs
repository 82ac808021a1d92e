//! The demo's place on the machine and on the engine: made sure to be free before, and cleared afterwards.

use std::path::{Path, PathBuf};

use crate::command::{Captured, Cmd};
use crate::engine::Engine;
use crate::error::{Doing as _, Failure, Result};
use crate::labelled::{self, Labelled};
use crate::workspace;

/// The example map, from the workspace's root.
const MAP: &str = "dmap-cli/examples/site/dmap.yaml";
/// What the names of all its objects begin with.
const NAMES: &str = "demo.";
/// The host folders of the map. The demo makes them itself, so that they are not root's.
const FOLDER: &str = "/tmp/dmap-demo";
const HOST_FOLDERS: [&str; 4] = ["config/nginx", "config/uwsgi", "config/app", "data/app"];
/// The file in `FOLDER` that says on which engine an unfinished demo has left objects.
const MARK: &str = "engine";

/// The engine with nothing of the demo on it, and the program to show.
pub(super) struct Site<'a> {
    engine: &'a Engine,
    program: PathBuf,
}

impl<'a> Site<'a> {
    /// Makes sure that the names are free and makes the host folders.
    pub(super) fn prepare(engine: &'a Engine, program: PathBuf) -> Result<Self> {
        let site = Self { engine, program };
        site.clear_unfinished()?;
        site.refuse_foreign()?;
        for folder in HOST_FOLDERS {
            let folder = Path::new(FOLDER).join(folder);
            std::fs::create_dir_all(&folder).doing(format_args!("make {}", folder.display()))?;
        }
        std::fs::write(Path::new(FOLDER).join(MARK), engine.host()).doing(format_args!("mark {FOLDER}"))?;
        Ok(site)
    }

    /// Removes what the demo made: nothing else has the names, as `prepare` has seen to.
    pub(super) fn clean(&self) -> Result {
        let objects = self.own_objects()?;
        for Labelled { kind, name, .. } in &objects {
            println!("removing {kind} {name}");
        }
        labelled::remove(self.engine, &objects)?;
        std::fs::remove_dir_all(FOLDER).doing(format_args!("remove {FOLDER}"))
    }

    /// Runs `dmap` on the example map, expects an exit code, and returns what it printed.
    pub(super) fn dmap(&self, words: &[&str], expected: i32) -> Result<String> {
        let dmap = Cmd::new(&self.program).dir(workspace::root()).args(["-f", MAP]).args(words);
        let Captured { code, stdout, .. } = self.engine.aim(dmap).transcript()?;
        if code == expected {
            return Ok(stdout);
        }
        Err(Failure::new(format!(
            "expected `dmap {}` to end with {expected}, it ended with {code}",
            words.join(" ")
        )))
    }

    /// Runs `docker`, which has to succeed, and returns what it printed.
    pub(super) fn docker(&self, words: &[&str]) -> Result<String> {
        let Captured { code, stdout, .. } = self.engine.docker().args(words).transcript()?;
        if code == 0 {
            return Ok(stdout);
        }
        Err(Failure::new(format!("`docker {}` ended with exit code {code}", words.join(" "))))
    }

    /// The run state of a container.
    pub(super) fn state(&self, name: &str) -> Result<String> {
        self.inspect(name, "{{.State.Status}}")
    }

    /// The engine's id of a container.
    pub(super) fn container_id(&self, name: &str) -> Result<String> {
        self.inspect(name, "{{.Id}}")
    }

    /// The names of the containers that look like the demo's, whoever made them.
    pub(super) fn containers(&self) -> Result<Vec<String>> {
        self.named(&["container", "ls", "--all", "--format", "{{.Names}}"])
    }

    /// One fact about a container.
    fn inspect(&self, name: &str, format: &str) -> Result<String> {
        self.engine.docker().args(["container", "inspect", "--format", format, name]).read()
    }

    /// The names in a list of the engine's that begin like the demo's.
    fn named(&self, list: &[&str]) -> Result<Vec<String>> {
        let listed = self.engine.docker().args(list).read()?;
        Ok(listed.lines().filter(|name| name.starts_with(NAMES)).map(str::to_owned).collect())
    }

    /// The objects that dmap made for the demo's map.
    fn own_objects(&self) -> Result<Vec<Labelled>> {
        labelled::find(self.engine, labelled::KEY, |_, key| is_of_demo(key))
    }

    /// Removes what an interrupted demo left on this engine; the mark in its folder tells its objects from anybody's.
    fn clear_unfinished(&self) -> Result {
        if !Path::new(FOLDER).exists() {
            return Ok(());
        }
        let marked = std::fs::read_to_string(Path::new(FOLDER).join(MARK)).unwrap_or_default();
        if marked != self.engine.host() {
            // Whatever is there was never started on this engine: only the folder is stale.
            return std::fs::remove_dir_all(FOLDER)
                .doing(format_args!("remove {FOLDER}, left by another demo"));
        }
        println!("an earlier demo was interrupted; removing what it left");
        self.clean()
    }

    /// Fails when anything has a name that the map would use.
    fn refuse_foreign(&self) -> Result {
        let mut taken = self.containers()?;
        taken.extend(self.named(&["volume", "ls", "--format", "{{.Name}}"])?);
        taken.extend(self.named(&["network", "ls", "--format", "{{.Name}}"])?);
        taken.sort();
        taken.dedup();
        if taken.is_empty() {
            return Ok(());
        }
        Err(Failure::new(format!(
            "the demo's names are taken by objects it did not make: {}; remove or rename them, or set DOCKER_HOST \
             to another engine (`cargo xtask engine --private -- cargo xtask demo` makes one)",
            taken.join(", ")
        )))
    }
}

/// Whether a `dmap.key` is one of the demo's map.
fn is_of_demo(key: &str) -> bool {
    let (_, name) = key.split_once('/').unwrap_or_default();
    name == NAMES.trim_end_matches('.') || name.starts_with(NAMES)
}

#[cfg(test)]
mod tests {
    use super::is_of_demo;

    #[test]
    fn keys_of_other_maps_are_not_the_demos() {
        assert!(is_of_demo("container/demo.nginx") && is_of_demo("volume/demo.uwsgi_socket"));
        assert!(
            !is_of_demo("container/demonstration.nginx")
                && !is_of_demo("demo")
                && !is_of_demo("container/x.demo.")
        );
    }
}
