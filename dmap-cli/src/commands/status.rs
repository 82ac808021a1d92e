//! `dmap status`

use std::collections::BTreeSet;

use container_map::ResourceKey;
use map_planner::engine::{RunState, VolumeTop};
use map_planner::{Action, ContainerRef, EngineState, Note, Plan, Reason, Select, describe_reason};

use crate::args::StatusArgs;
use crate::deployment::Deployment;
use crate::exit::Exit;
use crate::failure::Failure;
use crate::session::Session;
use crate::ui::{Row, Table, Ui};

/// Shows what is there, and what `up` would do with it.
///
/// # Errors
///
/// A secret cannot be read, or an engine is not there. If only a plan fails, the table is shown nevertheless.
pub(super) async fn run(session: &Session<'_>, args: &StatusArgs, ui: Ui) -> Result<Exit, Failure> {
    let secrets = session.secrets()?;
    let states = session.states(&secrets, ui).await?;
    let mut tables = Vec::new();
    let mut failed = None;
    for (deployment, state) in session.deployments.iter().zip(&states) {
        let plan = session.plan(deployment, state, &secrets);
        tables.push(table(deployment, state, plan.as_ref().ok()));
        failed = failed.or(plan.err());
    }
    ui.status(&tables, args.format)?;
    failed.map_or(Ok(Exit::Done), Err)
}

fn table(deployment: &Deployment<'_>, state: &EngineState, plan: Option<&Plan>) -> Table {
    let mut resources: Vec<Row> = resources(deployment, plan)
        .iter()
        .map(|key| Row {
            resource: key.to_string(),
            state: found(key, state),
            persistent: is_persistent(key, deployment),
            plan: plan.map(|plan| intent(key, plan)),
        })
        .collect();
    resources.extend(plan.into_iter().flat_map(Plan::notes).filter_map(orphan));
    Table { client: deployment.client.name.clone(), map: deployment.map.name().clone(), resources }
}

/// Returns what the map has of what was asked for on the client: containers, then volumes, then networks.
fn resources(deployment: &Deployment<'_>, plan: Option<&Plan>) -> Vec<ResourceKey> {
    let map = deployment.map;
    // Without a scope there is no plan either, and nothing says what is not for this client.
    let scope = deployment.scope().ok();
    let volumes = map.containers().keys().flat_map(|config| map.attached(config)).map(|volume| volume.key);
    let volumes = volumes
        .filter(|key| scope.as_ref().is_none_or(|scope| scope.volumes.contains_key(key)))
        .map(ResourceKey::from);
    let networks = map.networks().keys().map(|network| map.network_key(network));
    let networks = networks
        .filter(|key| !key.is_preset() && scope.as_ref().is_none_or(|scope| scope.networks.contains(key)))
        .map(ResourceKey::from);
    let containers = deployment.containers().map(|(key, _)| ResourceKey::from(key));
    let all: Vec<ResourceKey> = containers.chain(volumes).chain(networks).collect();
    let (Select::Only(chosen), Some(plan)) = (&deployment.request.select, plan) else {
        return all;
    };
    // What a target needs, the plan knows.
    let near: BTreeSet<ResourceKey> = plan
        .steps()
        .iter()
        .map(|step| step.action.target())
        .chain(plan.unchanged().iter().cloned())
        .chain(chosen.iter().cloned().map(ResourceKey::from))
        .collect();
    all.into_iter().filter(|key| near.contains(key)).collect()
}

fn is_persistent(key: &ResourceKey, deployment: &Deployment<'_>) -> bool {
    let config = match key {
        ResourceKey::Container(key) => deployment.map.containers().get(&key.config),
        ResourceKey::Volume(_) | ResourceKey::Network(_) | ResourceKey::Image(_) => None,
    };
    config.is_some_and(|config| config.persistent)
}

fn found(key: &ResourceKey, state: &EngineState) -> String {
    let there = |is_there: bool| if is_there { "present" } else { "absent" }.to_owned();
    match key {
        ResourceKey::Container(key) => match state.container(&ContainerRef::current(key)) {
            None => "absent".to_owned(),
            Some(container) => match container.state {
                RunState::Created => "created".to_owned(),
                RunState::Running => "running".to_owned(),
                RunState::Paused => "paused".to_owned(),
                RunState::Restarting => "restarting".to_owned(),
                RunState::Exited(code) => format!("exited ({code})"),
                RunState::Dead => "dead".to_owned(),
                RunState::Removing => "removing".to_owned(),
            },
        },
        ResourceKey::Volume(key) => match state.volume(key).map(|volume| volume.top) {
            Some(Some(VolumeTop { mode, owner: Some(owner) })) => format!("present, {owner} {mode:o}"),
            Some(Some(VolumeTop { mode, owner: None })) => format!("present, {mode:o}"),
            volume => there(volume.is_some()),
        },
        ResourceKey::Network(key) => there(state.networks_of(key).next().is_some()),
        ResourceKey::Image(image) => there(state.tags.contains_key(image)),
    }
}

/// Returns what a plan does with a resource, in words.
fn intent(key: &ResourceKey, plan: &Plan) -> String {
    let steps: Vec<_> = plan.steps().iter().filter(|step| step.action.target() == *key).collect();
    let Some(first) = steps.first() else {
        return "unchanged".to_owned();
    };
    let any = |wanted: fn(&Action) -> bool| steps.iter().any(|step| wanted(&step.action));
    let creates = any(|action| {
        matches!(
            action,
            Action::CreateContainer { .. } | Action::CreateNetwork { .. } | Action::CreateVolume { .. }
        )
    });
    let word = if any(|action| matches!(action, Action::RenameContainer { .. })) {
        "to be replaced"
    } else if creates {
        "to be created"
    } else if any(|action| matches!(action, Action::StartContainer { .. })) {
        "to be started"
    } else if any(|action| matches!(action, Action::PrepareVolume { .. })) {
        "to be prepared"
    } else if any(|action| matches!(action, Action::RemoveContainer { .. } | Action::RemoveNetwork { .. })) {
        "to be removed"
    } else {
        "to be amended"
    };
    match first.reason {
        // The column before says so.
        Reason::Absent => word.to_owned(),
        ref reason => format!("{word}: {}", describe_reason(reason)),
    }
}

/// Returns what is left of something that the map no longer has.
fn orphan(note: &Note) -> Option<Row> {
    match note {
        Note::Orphaned { key } => Some(Row {
            resource: key.to_string(),
            state: "present".to_owned(),
            persistent: false,
            plan: Some("left alone: no longer in the map".to_owned()),
        }),
        _ => None,
    }
}
