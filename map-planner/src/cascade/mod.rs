//! Pass 2: decides, dependencies first, what becomes of each container.
//!
//! A container is bound to *objects* (namespace owner, legacy links, volumes-from), not to names. So its fate depends on
//! which object stands for each of its dependencies when the plan is done.

mod binding;
mod mounts;
mod recover;
mod shared;
mod strategy;

use alloc::collections::{BTreeMap, BTreeSet};
use alloc::vec::Vec;

use container_map::config::{RestartPolicy, UpdateOrder};
use container_map::{ContainerKey, ResourceKey, Secret, SecretSource};

use crate::action::Condition;
use crate::container_ref::{ContainerRef, Slot};
use crate::desired::{DesiredContainer, DesiredState};
use crate::diff::{Comparison, compare};
use crate::engine::{EngineState, ObservedContainer, RunState};
use crate::error::PlanError;
use crate::exec::pending;
use crate::label;
use crate::reason::{KeptBecause, Note, Reason};
use crate::request::{Foreign, Ignored, Policy};
use crate::spec::NetworkModeSpec;
use crate::verdict::{ContainerVerdict, Fate, FinalObject, Successor, Verdicts};

use self::shared::{decide_image, decide_networks, decide_volumes};
use self::strategy::choose_orders;
pub(crate) use binding::{follows, outrun};
pub(crate) use mounts::Outlook;

/// Decides about the containers of a goal `up`, given in an order with dependencies first.
///
/// Something else may be run beside them, which needs its image, networks and volumes.
pub(crate) fn decide(
    order: &[ContainerKey],
    beside: Option<&DesiredContainer>,
    desired: &DesiredState,
    engine: &EngineState,
    policy: &Policy,
    secrets: &BTreeMap<SecretSource, Secret>,
) -> Result<Verdicts, PlanError> {
    let mut verdicts = Verdicts::default();
    let (must_run, jobs) = (must_run(desired), desired.jobs());
    for key in order {
        let wanted = &desired.containers[key];
        let (must_run, is_job) = (must_run.contains(key), jobs.contains(key));
        let judge = Judge { key, wanted, desired, engine, policy, secrets, must_run, is_job };
        let verdict = judge.judge(&mut verdicts)?;
        if matches!(verdict.fate, Fate::Create | Fate::Replace { successor: Successor::New, .. }) {
            decide_image(&wanted.spec.image, engine, &mut verdicts);
        }
        verdicts.containers.insert(key.clone(), verdict);
    }
    choose_orders(order, desired, engine, &mut verdicts);
    for (key, verdict) in &verdicts.containers {
        let commands = pending(&desired.containers[key], verdict, engine, policy.exec_check);
        verdicts.commands.insert(key.clone(), commands);
    }
    if let Some(beside) = beside {
        decide_image(&beside.spec.image, engine, &mut verdicts);
    }
    let containers = order.iter().map(|key| &desired.containers[key]);
    let containers: Vec<&DesiredContainer> = containers.chain(beside).collect();
    decide_networks(&containers, desired, engine, &mut verdicts)?;
    decide_volumes(&containers, desired, engine, &mut verdicts);
    Ok(verdicts)
}

/// Returns the containers that others cannot start without: owners of shared namespaces, targets of legacy links, and what
/// has to be healthy.
fn must_run(desired: &DesiredState) -> BTreeSet<ContainerKey> {
    let mut found = BTreeSet::new();
    for container in desired.containers.values() {
        if let NetworkModeSpec::Container(owner) = &container.spec.network {
            found.insert(owner.key.clone());
        }
        found.extend(container.spec.links.iter().map(|link| link.container.key.clone()));
        let healthy = container.waits.iter().filter(|(_, condition)| *condition == Condition::Healthy);
        found.extend(healthy.map(|(target, _)| target.clone()));
    }
    found
}

/// What is at hand while the fate of one container is decided.
struct Judge<'a> {
    key: &'a ContainerKey,
    wanted: &'a DesiredContainer,
    desired: &'a DesiredState,
    engine: &'a EngineState,
    policy: &'a Policy,
    secrets: &'a BTreeMap<SecretSource, Secret>,
    /// Whether another container cannot start unless this one runs.
    must_run: bool,
    /// Whether others wait for its end.
    is_job: bool,
}

/// One slot's container and how it compares.
pub(crate) struct Candidate<'a> {
    pub(crate) live: &'a ObservedContainer,
    pub(crate) comparison: Comparison,
    /// Why it has to be another object, if it has to.
    pub(crate) misfit: Option<Reason>,
}

impl Judge<'_> {
    fn judge(&self, verdicts: &mut Verdicts) -> Result<ContainerVerdict, PlanError> {
        let slots = self.candidates(&verdicts.containers)?;
        let recovery = recover::settle(&slots);
        let current = recovery.current.and_then(|slot| slots.get(&slot));
        let completed = self.ended_by_itself(&slots) && current.is_some_and(|found| self.is_completed(found));
        let (fate, reason) =
            if completed { (Fate::Keep, None) } else { self.fate(&recovery, current, &verdicts.containers) };
        // The object that stands for the container in the end, if it is there already.
        let remaining = match fate {
            Fate::Keep | Fate::Start | Fate::Restart | Fate::Bounce => current,
            Fate::Replace { successor: Successor::Waiting, .. } => slots.get(&Slot::Next),
            Fate::Replace { successor: Successor::New, .. } | Fate::Create => None,
        };
        self.note(current, completed, verdicts);
        // A replacement needs the names. Otherwise they stay until the current container runs: they tell the next run
        // that this one was interrupted.
        let makes_new = matches!(fate, Fate::Replace { .. } | Fate::Create);
        let (first, last) = if makes_new {
            (recovery.leftovers, BTreeSet::new())
        } else {
            (BTreeSet::new(), recovery.leftovers)
        };
        Ok(ContainerVerdict {
            remove_first: first,
            remove_last: last,
            settle_from: recovery.current.filter(|slot| *slot != Slot::Current),
            fate,
            reason,
            limits: remaining.and_then(|found| found.comparison.limits.clone()),
            endpoints: remaining.map(|found| found.comparison.endpoints.clone()).unwrap_or_default(),
            outcome: remaining.map_or(FinalObject::New, |found| FinalObject::Existing(found.live.id.clone())),
        })
    }

    fn candidates(
        &self,
        decided: &BTreeMap<ContainerKey, ContainerVerdict>,
    ) -> Result<BTreeMap<Slot, Candidate<'_>>, PlanError> {
        let mut slots = BTreeMap::new();
        for slot in Slot::ALL {
            if let Some(candidate) = self.candidate(slot, decided)? {
                slots.insert(slot, candidate);
            }
        }
        Ok(slots)
    }

    fn candidate(
        &self,
        slot: Slot,
        decided: &BTreeMap<ContainerKey, ContainerVerdict>,
    ) -> Result<Option<Candidate<'_>>, PlanError> {
        let at = ContainerRef::new(self.key, slot);
        let Some(live) = self.engine.container(&at).filter(|live| live.state != RunState::Removing) else {
            return Ok(None);
        };
        let comparison = compare(self.wanted, live, self.engine, self.secrets);
        let misfit = if label::is_ours(&at.docker_name(), &live.labels) {
            if comparison.fixed.is_empty() {
                follows(self.wanted, live, self.outlook(decided)).map(Reason::Follows)
            } else {
                Some(Reason::Differs(comparison.fixed.clone()))
            }
        } else if self.policy.foreign == Foreign::Adopt && slot != Slot::Next {
            Some(Reason::Adopted)
        } else {
            return Err(PlanError::Foreign { name: at.docker_name() });
        };
        let misfit = misfit.or_else(|| self.beyond_repair(live));
        Ok(Some(Candidate { live, comparison, misfit }))
    }

    fn outlook<'b>(&'b self, decided: &'b BTreeMap<ContainerKey, ContainerVerdict>) -> Outlook<'b> {
        Outlook { desired: self.desired, engine: self.engine, decided }
    }

    fn beyond_repair(&self, live: &ObservedContainer) -> Option<Reason> {
        match live.state {
            RunState::Exited(exit) if live.has_run && self.policy.unrecoverable.contains(&exit) => {
                Some(Reason::Unrecoverable { exit })
            }
            RunState::Dead => Some(Reason::Unrecoverable { exit: -1 }),
            _ => None,
        }
    }

    fn fate(
        &self,
        recovery: &recover::Recovery,
        current: Option<&Candidate<'_>>,
        decided: &BTreeMap<ContainerKey, ContainerVerdict>,
    ) -> (Fate, Option<Reason>) {
        let Some(current) = current else {
            return (Fate::Create, Some(Reason::Absent));
        };
        if let Some(misfit) = &current.misfit {
            let successor = if recovery.next_fits { Successor::Waiting } else { Successor::New };
            return (Fate::Replace { successor, order: UpdateOrder::StopFirst }, Some(misfit.clone()));
        }
        if !current.live.state.is_up() {
            let reason = if recovery.current == Some(Slot::Current) && recovery.leftovers.is_empty() {
                Reason::Stopped
            } else {
                Reason::Leftover
            };
            return (Fate::Start, Some(reason));
        }
        if let NetworkModeSpec::Container(owner) = &self.wanted.spec.network {
            let owner_starts = decided.get(&owner.key).is_some_and(ContainerVerdict::starts);
            if owner_starts || current.live.namespace_lost {
                return (Fate::Restart, Some(Reason::Follows(owner.key.clone().into())));
            }
        }
        match outrun(self.wanted, current.live, self.outlook(decided)) {
            None => (Fate::Keep, None),
            // The name it is given meanwhile has to be free.
            Some(target) if recovery.current == Some(Slot::Next) || !recovery.leftovers.is_empty() => {
                (Fate::Restart, Some(Reason::Follows(target)))
            }
            Some(target) => (Fate::Bounce, Some(Reason::Follows(target))),
        }
    }

    /// What stands alone was not stopped in the middle of a replacement; nor was a job that took its predecessor's place.
    fn ended_by_itself(&self, slots: &BTreeMap<Slot, Candidate<'_>>) -> bool {
        let has_prev = slots.contains_key(&Slot::Prev);
        slots.contains_key(&Slot::Current) && !slots.contains_key(&Slot::Next) && (self.is_job || !has_prev)
    }

    /// A job that is done stays done, so that its map plans to nothing.
    fn is_completed(&self, current: &Candidate<'_>) -> bool {
        let live = current.live;
        // The policy of the map: another one on the engine is put right without starting it.
        let is_kept_running = match self.wanted.spec.host.restart_policy.unwrap_or_default() {
            // To be started again after a failure says that success is an end.
            RestartPolicy::No | RestartPolicy::OnFailure { .. } => false,
            RestartPolicy::Always | RestartPolicy::UnlessStopped => true,
        };
        (self.wanted.persistent || self.is_job)
            && live.has_reached(Condition::Completed)
            && !is_kept_running
            && !self.must_run
            && current.misfit.is_none()
    }

    fn note(&self, current: Option<&Candidate<'_>>, completed: bool, verdicts: &mut Verdicts) {
        let Some(current) = current else { return };
        let key = ResourceKey::from(self.key.clone());
        let mut ignored = current.comparison.ignored.clone();
        if self.policy.ignored == Ignored::Told {
            ignored.extend(current.comparison.unruly.iter().cloned());
        }
        if current.misfit.is_none() && !ignored.is_empty() {
            verdicts.notes.push(Note::Ignored { key: key.clone(), differences: ignored });
        }
        if current.comparison.environment_unknown {
            verdicts.notes.push(Note::EnvironmentUnknown { key: key.clone() });
        }
        let sources = current.comparison.secrets_unknown.clone();
        if !sources.is_empty() {
            verdicts.notes.push(Note::SecretsUnknown { key: key.clone(), sources });
        }
        if completed {
            verdicts.notes.push(Note::Kept { key, because: KeptBecause::Completed });
        }
    }
}
