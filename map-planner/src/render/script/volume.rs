//! Preparing a volume: through a container that is created and never started, as the executor does it.

use alloc::format;
use alloc::string::{String, ToString};
use alloc::vec::Vec;

use container_map::{ContainerPath, Ident, ImageRef, Mode, Owner, VolumeKey};

use super::super::quote::{csv, word};
use super::command::Command;
use crate::action::Depth;
use crate::label;

/// Where the container has the volume, beside the owner's path.
const CARRIED: &str = "/.dmap/v";

/// What is prepared, and how.
pub(super) struct Preparation<'a> {
    pub(super) volume: &'a VolumeKey,
    pub(super) image: &'a ImageRef,
    pub(super) at: &'a ContainerPath,
    pub(super) owner: Option<&'a Owner>,
    pub(super) mode: Option<&'a Mode>,
    pub(super) depth: Depth,
}

/// Returns the lines that prepare a volume.
pub(super) fn prepare(what: &Preparation<'_>) -> Vec<String> {
    match what.depth {
        Depth::Whole => whole(what),
        Depth::Top => {
            let name = label::look_name(what.volume);
            Vec::from([what.carrier(&name, false), what.rewrite("top", &name), remove(&name)])
        }
        Depth::WholeIfEmpty => {
            let name = label::look_name(what.volume);
            let mut lines = Vec::from([what.carrier(&name, false)]);
            lines.push(format!("if is_empty {}; then", word(&name)));
            lines.push(remove(&name));
            lines.extend(whole(what));
            lines.push("else".to_string());
            lines.extend([what.rewrite("top", &name), remove(&name), "fi".to_string()]);
            lines
        }
    }
}

/// The volume is filled from the image, where it is empty, when the container is created.
fn whole(what: &Preparation<'_>) -> Vec<String> {
    let name = label::carrier_name(what.volume);
    Vec::from([what.carrier(&name, true), what.rewrite("all", &name), remove(&name)])
}

fn remove(name: &str) -> String {
    Command::new("rm").switch("--volumes", Some(true)).argument(name).to_string()
}

impl Preparation<'_> {
    fn carrier(&self, name: &str, copies: bool) -> String {
        let source = format!("type=volume,source={}", self.volume);
        let here = copies.then(|| format!("{source},{}", csv(&format!("target={}", self.at))));
        let command = Command::new("create")
            .option("--name", Some(name))
            .option("--network", Some("none"))
            .option("--mount", here)
            .option("--mount", Some(format!("{source},target={CARRIED},volume-nocopy")))
            .pairs("--label", &label::carrier(self.volume))
            .argument(self.image);
        // An image may have no command, and the engine wants one even for a container that is never started.
        command.argument("dmap").to_string()
    }

    fn rewrite(&self, which: &str, name: &str) -> String {
        let ident = |ident: Option<&Ident>| match ident {
            None => "''".to_string(),
            Some(ident) => word(&ident.to_string()),
        };
        let user = ident(self.owner.map(|owner| &owner.user));
        let group = ident(self.owner.map(|owner| &owner.group));
        let mode = self.mode.map(ToString::to_string).unwrap_or_default();
        // YAML's way to write an octal number is none of tar's.
        let mode = word(mode.strip_prefix("0o").unwrap_or(&mode));
        format!("rewrite {which} {} {user} {group} {mode}", word(name))
    }
}
