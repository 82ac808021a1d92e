//! `dmap status`

use std::collections::BTreeSet;

use container_map::ResourceKey;
use map_planner::engine::{RunState, VolumeTop};
use map_planner::{Action, ContainerRef, EngineState, Note, Plan, Reason, Select, describe_reason};

use crate::args::StatusArgs;
use crate::exit::Exit;
use crate::failure::Failure;
use crate::session::Session;
use crate::ui::{Row, Table, Ui};

/// Shows what is there, and what `up` would do with it.
///
/// # Errors
///
/// The engine is not there. If only the plan fails, the table is shown nevertheless.
pub(super) async fn run(session: &Session, args: &StatusArgs, ui: Ui) -> Result<Exit, Failure> {
    let state = session.state(ui).await?;
    let plan = session.plan(&state);
    let known = plan.as_ref().ok();
    let mut resources: Vec<Row> = resources(session, known)
        .iter()
        .map(|key| Row {
            resource: key.to_string(),
            state: found(key, &state),
            plan: known.map(|plan| intent(key, plan)),
        })
        .collect();
    resources.extend(known.into_iter().flat_map(Plan::notes).filter_map(orphan));
    ui.status(&Table { map: session.map.name().to_string(), resources }, args.format)?;
    plan.map(|_| Exit::Done)
}

/// Returns what the map has of what was asked for: containers, then volumes, then networks.
fn resources(session: &Session, plan: Option<&Plan>) -> Vec<ResourceKey> {
    let map = &session.map;
    let all: Vec<ResourceKey> = {
        let containers = map.keys().map(ResourceKey::from);
        let volumes = map.containers().keys().flat_map(|config| map.attached(config));
        let networks = map.networks().keys().map(|network| map.network_key(network));
        containers
            .chain(volumes.map(|volume| volume.key.into()))
            .chain(networks.filter(|key| !key.is_preset()).map(ResourceKey::from))
            .collect()
    };
    let (Select::Only(chosen), Some(plan)) = (&session.request.select, plan) else {
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

/// Returns what is left of a container that the map no longer has.
fn orphan(note: &Note) -> Option<Row> {
    match note {
        Note::Orphaned { name } => Some(Row {
            resource: format!("container/{name}"),
            state: "present".to_owned(),
            plan: Some("left alone: no longer in the map".to_owned()),
        }),
        _ => None,
    }
}
