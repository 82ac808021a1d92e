//! Restarts, signals and pulls: what is done because it was asked for.

use alloc::borrow::ToOwned;
use alloc::collections::{BTreeMap, BTreeSet};

use container_map::config::ExecPolicy;
use container_map::{ContainerKey, ImageRef, Signal};

use super::Draft;
use super::buildup::networks_of;
use super::holders::order_starts;
use super::prepare::{add_builds, platforms};
use crate::action::Action;
use crate::container_ref::ContainerRef;
use crate::desired::DesiredState;
use crate::engine::EngineState;
use crate::error::PlanError;
use crate::reason::Reason;
use crate::request::{Policy, RestartCommands};

/// A container that is restarted, and why.
#[derive(Debug)]
pub(crate) struct Again {
    pub(crate) key: ContainerKey,
    pub(crate) reason: Reason,
    /// The containers that are restarted before it, if they are.
    pub(crate) after: BTreeSet<ContainerKey>,
}

/// Emits restarts of containers that are given in order: one request each, so that an interruption leaves none
/// stopped.
///
/// # Errors
///
/// A port or fixed address that one needs is held by another container.
pub(crate) fn emit_restarts(
    again: &[Again],
    policy: &Policy,
    desired: &DesiredState,
    engine: &EngineState,
) -> Result<Draft, PlanError> {
    let mut draft = Draft::default();
    for Again { key, reason, after } in again {
        let container = ContainerRef::current(key);
        let live = engine.container(&container);
        let networks = live.map(networks_of).unwrap_or_default();
        let action = Action::RestartContainer { container, timeout: policy.grace };
        let node = draft.chain(key, action, reason.clone(), networks);
        for dependency in after {
            if let Some(running) = draft.runs.get(dependency).copied() {
                draft.wait(node, running);
            }
        }
        draft.runs.insert(key.clone(), node);
        if policy.restart_commands == RestartCommands::Run {
            run_commands(&mut draft, key, desired, reason);
        }
        // What runs has its ports and addresses already.
        if !live.is_some_and(|live| live.state.is_up()) {
            draft.starts.insert(key.clone(), node);
        }
    }
    let containers = again.iter().map(|again| (&again.key, &desired.containers[&again.key]));
    order_starts(&mut draft, engine, containers)?;
    Ok(draft)
}

/// Runs the commands that are for every start; what depends on the container comes after them.
fn run_commands(draft: &mut Draft, key: &ContainerKey, desired: &DesiredState, reason: &Reason) {
    let commands = desired.containers[key].commands.iter();
    for command in commands.filter(|command| command.policy == ExecPolicy::Restart) {
        let action = Action::Exec { container: ContainerRef::current(key), command: command.exec.clone() };
        let node = draft.chain(key, action, reason.clone(), BTreeSet::new());
        draft.runs.insert(key.clone(), node);
    }
}

/// Emits a signal to each container.
pub(crate) fn emit_signals(keys: &[ContainerKey], signal: Signal) -> Draft {
    let mut draft = Draft::default();
    for key in keys {
        let action = Action::KillContainer { container: ContainerRef::current(key), signal };
        draft.chain(key, action, Reason::Requested, BTreeSet::new());
    }
    draft
}

/// Emits builds that are given in order.
///
/// # Errors
///
/// The context of an image was not read.
pub(crate) fn emit_builds(
    images: impl Iterator<Item = (ImageRef, Reason)>,
    desired: &DesiredState,
) -> Result<Draft, PlanError> {
    let mut draft = Draft::default();
    add_builds(&mut draft, images, desired, &mut BTreeMap::new())?;
    Ok(draft)
}

/// Emits pulls.
pub(crate) fn emit_pulls<'a>(
    images: impl Iterator<Item = (&'a ImageRef, Reason)>,
    desired: &DesiredState,
) -> Draft {
    let mut draft = Draft::default();
    let platforms = platforms(desired);
    for (image, reason) in images {
        let platform = platforms.get(image).map(|platform| (*platform).to_owned());
        let action = Action::PullImage { image: image.clone(), platform };
        draft.add(action, reason, [], BTreeSet::new());
    }
    draft
}
