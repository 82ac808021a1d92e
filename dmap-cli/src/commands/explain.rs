//! `dmap plan --explain`

use container_map::{ContainerKey, ResourceKey};
use map_planner::{EngineState, Explanation};

use crate::args::View;
use crate::deployment::Deployment;
use crate::exit::Exit;
use crate::failure::Failure;
use crate::input::Secrets;
use crate::session::Session;
use crate::ui::Ui;

/// Shows why something is kept, amended or replaced, for each client that has it.
///
/// # Errors
///
/// No map has anything of that name, or there is no plan.
pub(super) fn run(
    session: &Session<'_>,
    name: &str,
    view: View,
    states: &[EngineState],
    secrets: &Secrets,
    ui: Ui,
) -> Result<Exit, Failure> {
    if matches!(view, View::Script | View::Markdown) {
        return Err(
            Failure::new(Exit::Invalid, "an explanation is text or JSON").hint("leave `--format` out")
        );
    }
    let mut found: Vec<Explanation> = Vec::new();
    for (deployment, state) in session.deployments.iter().zip(states) {
        for key in keys(deployment, name) {
            found.extend(deployment.explain(&key, state, secrets)?);
        }
    }
    if found.is_empty() {
        let text = format!("the plan has no container, volume or network `{name}`");
        return Err(Failure::new(Exit::Invalid, text).hint(
            "`dmap status` lists what there is; what is planned for another client has no explanation here",
        ));
    }
    ui.explanations(&found, view)?;
    Ok(Exit::Done)
}

/// Returns what a name can stand for: a resource with its kind, or, without one, whatever has the name.
fn keys(deployment: &Deployment<'_>, name: &str) -> Vec<ResourceKey> {
    let map = deployment.map.name();
    let full = |name: &str| match name.strip_prefix(&format!("{map}.")) {
        Some(_) => name.to_owned(),
        None => format!("{map}.{name}"),
    };
    let (kinds, name): (&[&str], &str) = match name.split_once('/') {
        Some(("container", name)) => (&["container"], name),
        Some(("volume", name)) => (&["volume"], name),
        Some(("network", name)) => (&["network"], name),
        Some(_) | None => (&["container", "volume", "network"], name),
    };
    let mut found: Vec<ResourceKey> = Vec::new();
    for kind in kinds {
        found.extend(format!("{kind}/{}", full(name)).parse::<ResourceKey>());
        if *kind == "container" {
            found.extend(instances(deployment, name));
        }
    }
    found
}

/// Returns the containers of a configuration that has several.
fn instances(deployment: &Deployment<'_>, name: &str) -> Vec<ResourceKey> {
    let name = name.strip_prefix(&format!("{}.", deployment.map.name())).unwrap_or(name);
    let of = |key: &ContainerKey| key.config.as_str() == name && key.instance.is_some();
    deployment.containers().map(|(key, _)| key).filter(of).map(ResourceKey::from).collect()
}
