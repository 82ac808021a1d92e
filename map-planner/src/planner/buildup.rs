//! Goals that make containers be there or run.

use alloc::boxed::Box;
use alloc::collections::BTreeSet;
use alloc::vec::Vec;

use container_map::{ContainerKey, ImageRef, ResourceKey};

use super::{Circle, Outline, PlanInput, meant};
use crate::cascade::{Outlook, decide, decide_bases, follows, is_reachable, needs_running, outrun};
use crate::container_ref::{ContainerRef, Slot};
use crate::desired::{DesiredContainer, DesiredState};
use crate::emit::{Besides, emit_restore, emit_up};
use crate::engine::{EngineState, ObservedContainer};
use crate::error::PlanError;
use crate::label::{self, Helper};
use crate::leftover::{carriers, is_prepared};
use crate::orphan::{needs, orphans};
use crate::reason::{KeptBecause, Note};
use crate::request::{Builds, Differences, Orphans, Pull, Reach, Select, Target};
use crate::spec::NetworkModeSpec;
use crate::verdict::{ContainerVerdict, Fate, FinalObject, ImageVerdict, Verdicts};

pub(super) fn outline(input: &PlanInput<'_>, desired: &DesiredState) -> Result<Outline, PlanError> {
    let PlanInput { engine, request, .. } = *input;
    let circle = Circle::new(desired, request);
    let mut path = meant(desired, request);
    let beside = match &request.select {
        Select::Needs(key) => path.take(key).and_then(|key| desired.containers.get(&key)),
        Select::All | Select::Only(_) => None,
    };
    let (order, mut verdicts, left) = loop {
        let order = circle.in_order(&path);
        let verdicts = decide(&order, beside, desired, engine, request, input.secrets)?;
        let (come, stay) = followers(input, &path, desired, &verdicts);
        if come.is_empty() {
            break (order, verdicts, stay);
        }
        path.extend(circle.with_company(come));
    };
    nothing_is_left_out(&order, desired, engine, &verdicts)?;
    decide_bases(desired, engine, &mut verdicts)?;
    may_be_built(request.policy.builds, &verdicts)?;
    let removed = match (request.policy.orphans, request.rule().differences) {
        (Orphans::Remove, Differences::Mended) => orphans(input.map.name(), input.client, engine, desired),
        (Orphans::Name, _) | (Orphans::Remove, Differences::Ignored) => BTreeSet::new(),
    };
    let mut notes = core::mem::take(&mut verdicts.notes);
    notes.extend(left);
    if request.policy.pull == Pull::First {
        let images: BTreeSet<_> = order.iter().map(|key| &desired.containers[key].spec.image).collect();
        let is_pulled =
            |image: &&ImageRef| engine.tags.contains_key(*image) && !desired.builds.contains_key(*image);
        let here = images.into_iter().filter(is_pulled);
        notes.extend(here.map(|image| Note::PulledFirst { key: image.clone().into() }));
    }
    let besides = Besides {
        readiness: request.policy.readiness,
        needs: needs(removed.iter(), input.map),
        orphans: removed,
        leftovers: leftovers(input, desired),
    };
    let draft = emit_up(&order, desired, engine, &verdicts, &besides, &mut notes)?;
    Ok(Outline { draft, looked_at: looked_at(&verdicts), notes })
}

/// Returns the helpers that interrupted runs left and that nobody needs any more. What the map wants to be prepared is
/// finished by whoever needs it.
fn leftovers(input: &PlanInput<'_>, desired: &DesiredState) -> BTreeSet<Helper> {
    let PlanInput { engine, request, .. } = *input;
    if request.select != Select::All || request.rule().differences != Differences::Mended {
        return BTreeSet::new();
    }
    let is_over = |helper: &Helper| match helper {
        Helper::Carrier(volume) | Helper::Look(volume) => !is_prepared(volume, desired, engine),
        Helper::Run(_) => false,
    };
    carriers(input.map.name(), input.client, engine).into_iter().filter(is_over).collect()
}

/// Gives the predecessors their places back. Only what was asked for is touched: whatever else an interrupted run left is
/// finished by the next one.
pub(super) fn restore(input: &PlanInput<'_>, desired: &DesiredState) -> Outline {
    let circle = Circle::new(desired, input.request);
    let draft = emit_restore(circle.dag.order(), &circle.selected(), &desired.dependency_map(), input.engine);
    Outline { draft, ..Outline::default() }
}

/// Returns containers that were not asked for and would be cut off from an object that is replaced or started anew:
/// leaving them alone would break them. One whose own replacement was interrupted is finished too: it may have been begun
/// for that reason, and its outage lasts. Those that stay nevertheless, because the request says so, are noted.
fn followers(
    input: &PlanInput<'_>,
    path: &BTreeSet<ContainerKey>,
    desired: &DesiredState,
    verdicts: &Verdicts,
) -> (BTreeSet<ContainerKey>, Vec<Note>) {
    let PlanInput { engine, request, .. } = *input;
    let rule = request.rule();
    let outlook = Outlook { desired, engine, decided: &verdicts.containers };
    let (mut come, mut stay) = (BTreeSet::new(), Vec::new());
    // Nothing that only exists afterwards, or is only started, takes the place of what somebody is bound to.
    let others =
        desired.containers.iter().filter(|(key, _)| !path.contains(*key) && rule.target == Target::Runs);
    for (key, wanted) in others {
        let ours = |slot| {
            let at = ContainerRef::new(key, slot);
            engine.container(&at).filter(|live| label::is_ours(&at.docker_name(), &live.labels))
        };
        let mut bound = wanted.bindings().into_iter().chain(wanted.follows.keys());
        let bound_to = bound.find(|target| path.contains(*target));
        let is_cut_off = |live: &&ObservedContainer| {
            live.state.is_up()
                && (loses_namespace(wanted, live, verdicts)
                    || follows(wanted, live, outlook).is_some()
                    || (rule.differences == Differences::Mended && outrun(wanted, live, outlook).is_some()))
        };
        let cut_off_from = bound_to.filter(|_| ours(Slot::Current).as_ref().is_some_and(is_cut_off));
        let is_unfinished = ours(Slot::Next).is_some() || ours(Slot::Prev).is_some();
        let may_come = rule.reach != Reach::Nobody && !request.policy.exclude.contains(key);
        match cut_off_from {
            Some(_) if may_come => drop(come.insert(key.clone())),
            None if may_come && is_unfinished => drop(come.insert(key.clone())),
            Some(other) => {
                let because = KeptBecause::NotAskedFor { cut_off_from: other.clone().into() };
                stay.push(Note::Kept { key: key.clone().into(), because });
            }
            None => {}
        }
    }
    (come, stay)
}

fn loses_namespace(wanted: &DesiredContainer, live: &ObservedContainer, verdicts: &Verdicts) -> bool {
    let NetworkModeSpec::Container(owner) = &wanted.spec.network else {
        return false;
    };
    live.namespace_lost || verdicts.containers.get(&owner.key).is_some_and(ContainerVerdict::starts)
}

/// What nobody decides about has to be there already for those that are bound to it.
fn nothing_is_left_out(
    order: &[ContainerKey],
    desired: &DesiredState,
    engine: &EngineState,
    verdicts: &Verdicts,
) -> Result<(), PlanError> {
    for key in order {
        let (wanted, verdict) = (&desired.containers[key], &verdicts.containers[key]);
        let live = |target: &ContainerKey| engine.container(&ContainerRef::current(target));
        let is_made = verdict.outcome == FinalObject::New && verdict.fate != Fate::Keep;
        let absent = wanted.bindings().into_iter().find(|target| is_made && live(target).is_none());
        let is_up = |target: &&ContainerKey| {
            live(target).is_some_and(|live| live.state.is_up() && is_reachable(wanted, target, live))
        };
        let is_missing = |target: &&ContainerKey| !verdicts.containers.contains_key(*target);
        let resting = needs_running(wanted)
            .into_iter()
            .filter(|_| verdict.starts())
            .find(|key| is_missing(key) && !is_up(key));
        if let Some(needs) = absent.filter(is_missing).or(resting) {
            let (container, needs) = (Box::new(key.clone()), Box::new(needs.clone()));
            return Err(PlanError::LeftOut { container, needs });
        }
    }
    Ok(())
}

/// Returns an error if an image would have to be built and must not be.
fn may_be_built(builds: Builds, verdicts: &Verdicts) -> Result<(), PlanError> {
    let mut built = verdicts.images.iter().filter(|(_, verdict)| **verdict == ImageVerdict::Build);
    match built.next() {
        Some((image, _)) if builds == Builds::Never => Err(PlanError::NotBuilt { image: image.clone() }),
        Some(_) | None => Ok(()),
    }
}

fn looked_at(verdicts: &Verdicts) -> BTreeSet<ResourceKey> {
    let containers = verdicts.containers.keys().cloned().map(ResourceKey::from);
    let networks = verdicts.networks.keys().cloned().map(ResourceKey::from);
    let volumes = verdicts.volumes.keys().cloned().map(ResourceKey::from);
    containers.chain(networks).chain(volumes).collect()
}
