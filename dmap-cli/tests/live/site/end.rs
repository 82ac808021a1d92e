//! The end of a scenario: what it leaves in the artifacts, and that it leaves nothing else.

use std::path::PathBuf;
use std::{env, fs};

use super::{Site, is_anonymous};
use crate::docker::{exists, inspect_all, list, text, try_docker};

impl Site {
    /// Removes everything that belongs to the scenario, also the volumes nobody named.
    pub(super) fn clean(&self) {
        self.remember_volumes();
        let containers = self.objects("container");
        let mut volumes: Vec<String> = self.anonymous.borrow().iter().cloned().collect();
        remove(&["container", "rm", "--force", "--volumes"], &containers);
        // The lease of a run that was killed, and the record.
        let kept = ["lease", "record"].map(|what| format!("dmap-{what}.{}", self.name));
        remove(
            &["container", "rm"],
            &kept.into_iter().filter(|name| exists("container", name)).collect::<Vec<_>>(),
        );
        // The image of nothing that they were of, if nobody else uses it.
        try_docker(&["image", "prune", "--all", "--force", "--filter", "label=dmap.nothing"]);
        remove(&["network", "rm"], &self.objects("network"));
        volumes.extend(self.objects("volume"));
        volumes.retain(|name| exists("volume", name));
        remove(&["volume", "rm"], &volumes);
        let tags = list("image");
        let tag = format!(":{}", self.name);
        remove(&["image", "rm"], &tags.into_iter().filter(|image| image.ends_with(&tag)).collect::<Vec<_>>());
    }

    /// Takes down which volumes that nobody named the scenario's containers have: they outlive them without a trace.
    pub(super) fn remember_volumes(&self) {
        let mounted = inspect_all("container", &self.objects("container"));
        let mounts = mounted.iter().filter_map(|found| found["Mounts"].as_array()).flatten();
        let names = mounts.map(|mount| text(&mount["Name"])).filter(|name| is_anonymous(name));
        self.anonymous.borrow_mut().extend(names);
    }

    /// Keeps what explains a failure: the engine's view of the scenario, and what dmap said.
    pub(super) fn keep_artifacts(&self) {
        let Ok(artifacts) = env::var("DMAP_E2E_ARTIFACTS") else {
            return;
        };
        let folder = PathBuf::from(artifacts).join(&self.name);
        let keep = |name: &str, content: String| fs::write(folder.join(name), content);
        let _ = fs::create_dir_all(&folder);
        let _ = keep("dmap.txt", self.transcript.borrow().clone());
        let _ = keep("dmap.yaml", fs::read_to_string(self.map()).unwrap_or_default());
        let _ = keep("docker-ps.txt", try_docker(&["ps", "--all", "--no-trunc"]).stdout);
        for kind in ["container", "volume", "network"] {
            for name in self.objects(kind) {
                let _ = keep(&format!("{kind}-{name}.json"), try_docker(&[kind, "inspect", &name]).text());
                if kind == "container" {
                    let _ = keep(&format!("log-{name}.txt"), try_docker(&["logs", &name]).text());
                }
            }
        }
    }
}

fn remove(command: &[&str], names: &[String]) {
    if !names.is_empty() {
        let names: Vec<&str> = names.iter().map(String::as_str).collect();
        try_docker(&[command, &names].concat());
    }
}
