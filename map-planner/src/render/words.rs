//! Steps in words, the same in every view.

use alloc::borrow::ToOwned;
use alloc::collections::BTreeSet;
use alloc::format;
use alloc::string::{String, ToString};
use alloc::vec::Vec;

use container_map::ImageRef;
use container_map::config::{BuildConfig, DockerfileSource};

use crate::action::{Action, Condition, Depth, Effect};
use crate::build::ContextDigest;
use crate::container_ref::{ContainerRef, Slot};

/// Returns the symbol of what an action means: `+` makes or starts, `~` amends, `-` ends or removes, `±` does both.
pub(super) fn symbol(action: &Action) -> char {
    match action.effect() {
        Effect::Stop if matches!(action, Action::RestartContainer { .. }) => '±',
        Effect::Stop if matches!(action, Action::KillContainer { .. }) => '~',
        Effect::Prepare | Effect::Start => '+',
        Effect::Amend => '~',
        Effect::Stop | Effect::Destroy => '-',
    }
}

/// Returns an action in a few words: `create container/site.web (next)`.
pub fn describe_action(action: &Action) -> String {
    let target = match (action, action.container()) {
        (Action::RemoveHelper { helper }, _) => format!("container {}", helper.docker_name()),
        (_, Some(container)) => format!("container/{}{}", container.key, slot(container)),
        (_, None) => action.target().to_string(),
    };
    let rest = match action {
        Action::RenameContainer { to, .. } => match to {
            Slot::Current => " → current".to_owned(),
            Slot::Next => " → next".to_owned(),
            Slot::Prev => " → prev".to_owned(),
        },
        Action::KillContainer { signal, .. } => format!(" with {signal}"),
        Action::ConnectNetwork { network, .. } => format!(" to network/{network}"),
        Action::DisconnectNetwork { network, .. } => format!(" from network/{network}"),
        Action::AwaitContainer { until: until @ (Condition::Healthy | Condition::Completed), .. } => {
            format!(" until {}", until.as_str())
        }
        Action::Exec { command, .. } => format!(": {command}"),
        _ => String::new(),
    };
    format!("{} {target}{rest}", action.verb())
}

fn slot(container: &ContainerRef) -> &'static str {
    match container.slot {
        Slot::Current => "",
        Slot::Next => " (next)",
        Slot::Prev => " (prev)",
    }
}

/// Returns what an image is built from.
fn source(build: &BuildConfig, context: &ContextDigest, pulls: &BTreeSet<ImageRef>) -> String {
    let from = match (&build.context, &build.dockerfile) {
        (Some(folder), DockerfileSource::File(file)) => format!("from {folder}, {file}"),
        (Some(folder), DockerfileSource::Inline(_)) => format!("from {folder}"),
        (None, _) => "from the map alone".to_owned(),
    };
    let target = build.target.as_ref().map(|target| format!(", stage {target}")).unwrap_or_default();
    let from = format!("{from}{target}, context {}", context.short());
    pulls.iter().fold(from, |text, base| format!("{text}, {base} pulled before"))
}

/// Returns what an action sets that its words do not say; empty for most.
pub(super) fn settings(action: &Action) -> String {
    let (owner, mode, depth) = match action {
        Action::PrepareVolume { owner, mode, depth, .. } => (owner, mode, depth),
        Action::BuildImage { build, context, pulls, .. } => return source(build, context, pulls),
        _ => return String::new(),
    };
    let mut parts: Vec<String> = Vec::new();
    parts.extend(owner.as_ref().map(|owner| format!("owner {owner}")));
    parts.extend(mode.as_ref().map(|mode| format!("mode {mode}")));
    match depth {
        Depth::Whole => {}
        Depth::WholeIfEmpty => parts.push("files only if it is empty".to_owned()),
        Depth::Top => parts.push("directory only".to_owned()),
    }
    parts.join(", ")
}
