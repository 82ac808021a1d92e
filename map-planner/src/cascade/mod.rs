//! Pass 2: decides, dependencies first, what becomes of each container.
//!
//! A container is bound to *objects* (namespace owner, legacy links, volumes-from), not to names. So its fate depends on
//! which object stands for each of its dependencies when the plan is done.

mod binding;
mod mounts;
mod recover;
mod shared;
mod strategy;
mod weigh;

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
use crate::request::{Differences, Foreign, Ignored, Request, Rule, Target};
use crate::spec::NetworkModeSpec;
use crate::verdict::{ContainerVerdict, Fate, FinalObject, Successor, Verdicts};

use self::shared::{decide_image, decide_networks, decide_volumes};
use self::strategy::choose_orders;
pub(crate) use binding::{follows, outrun};
pub(crate) use mounts::Outlook;
pub(crate) use shared::decide_bases;
pub(crate) use weigh::{has_lost_owner, is_reachable, is_unchecked, lost_link, lost_network, needs_running};

/// Decides about the containers that are to be there or to run, given in an order with dependencies first.
///
/// Something else may be run beside them, which needs its image, networks and volumes.
pub(crate) fn decide(
    order: &[ContainerKey],
    beside: Option<&DesiredContainer>,
    desired: &DesiredState,
    engine: &EngineState,
    request: &Request,
    secrets: &BTreeMap<SecretSource, Secret>,
) -> Result<Verdicts, PlanError> {
    let mut verdicts = Verdicts::default();
    let (must_run, jobs) = (must_run(desired), desired.jobs());
    let linked = linked(order.iter().map(|key| &desired.containers[key]));
    for key in order {
        let wanted = &desired.containers[key];
        let (must_run, is_linked) = (must_run.contains(key), linked.contains(key));
        let is_job = jobs.contains(key);
        let judge = Judge { key, wanted, desired, engine, request, secrets, must_run, is_linked, is_job };
        let verdict = judge.judge(&mut verdicts)?;
        if matches!(verdict.fate, Fate::Make | Fate::Create | Fate::Replace { successor: Successor::New, .. })
        {
            decide_image(&wanted.spec.image, desired, engine, &mut verdicts);
        }
        verdicts.containers.insert(key.clone(), verdict);
    }
    choose_orders(order, desired, engine, &mut verdicts);
    let made_only = request.rule().target == Target::Exists;
    for (key, verdict) in verdicts.containers.iter().filter(|_| !made_only) {
        let commands = pending(key, &desired.containers[key], verdict, engine, request.policy.exec_check);
        verdicts.commands.insert(key.clone(), commands);
    }
    if let Some(beside) = beside {
        decide_image(&beside.spec.image, desired, engine, &mut verdicts);
    }
    // What stays as it is has its networks and volumes; only `up` looks at them.
    let counts = |verdict: &ContainerVerdict| match request.rule() {
        Rule { differences: Differences::Mended, .. } => true,
        Rule { target: Target::RunsIfThere, .. } => false,
        Rule { .. } => verdict.outcome == FinalObject::New || !verdict.endpoints.is_empty(),
    };
    let containers = order.iter().filter(|key| counts(&verdicts.containers[*key]));
    let containers = containers.map(|key| &desired.containers[key]);
    let containers: Vec<&DesiredContainer> = containers.chain(beside).collect();
    decide_networks(&containers, desired, engine, &mut verdicts)?;
    decide_volumes(&containers, desired, engine, request, &mut verdicts);
    Ok(verdicts)
}

/// Returns the containers that others cannot start without: owners of shared namespaces, targets of legacy links, and what
/// has to be healthy.
fn must_run(desired: &DesiredState) -> BTreeSet<ContainerKey> {
    let mut found = linked(desired.containers.values());
    for container in desired.containers.values() {
        if let NetworkModeSpec::Container(owner) = &container.spec.network {
            found.insert(owner.key.clone());
        }
        let healthy = container.waits.keys().filter(|(_, condition)| *condition == Condition::Healthy);
        found.extend(healthy.map(|(target, _)| target.clone()));
    }
    found
}

/// Returns the targets of the legacy links of containers.
fn linked<'a>(containers: impl Iterator<Item = &'a DesiredContainer>) -> BTreeSet<ContainerKey> {
    let links = containers.flat_map(|container| &container.spec.links);
    links.map(|link| link.container.key.clone()).collect()
}

/// What is at hand while the fate of one container is decided.
struct Judge<'a> {
    key: &'a ContainerKey,
    wanted: &'a DesiredContainer,
    desired: &'a DesiredState,
    engine: &'a EngineState,
    request: &'a Request,
    secrets: &'a BTreeMap<SecretSource, Secret>,
    /// Whether another container cannot start unless this one runs.
    must_run: bool,
    /// Whether another container that was asked for has a legacy link to it.
    is_linked: bool,
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
        if let Some(because) = self.left_alone(current, &verdicts.containers) {
            let key = self.key.clone().into();
            verdicts.notes.push(Note::Kept { key, because });
            return Ok(ContainerVerdict::untouched(current.map(|found| found.live.id.clone())));
        }
        let completed = self.ended_by_itself(&slots) && current.is_some_and(|found| self.is_completed(found));
        let (fate, reason) =
            if completed { (Fate::Keep, None) } else { self.fate(&recovery, current, &verdicts.containers) };
        // The object that stands for the container in the end, if it is there already.
        let remaining = match fate {
            Fate::Keep | Fate::Start | Fate::Restart | Fate::Bounce => current,
            Fate::Replace { successor: Successor::Waiting, .. } => slots.get(&Slot::Next),
            Fate::Replace { successor: Successor::New, .. } | Fate::Create | Fate::Make => None,
        };
        self.note(current, completed, verdicts);
        // A replacement needs the names. Otherwise they stay until the current container runs: they tell the next run
        // that this one was interrupted.
        let makes_new = matches!(fate, Fate::Replace { .. } | Fate::Create | Fate::Make);
        let (first, last) = match self.request.rule().target {
            Target::Exists => (BTreeSet::new(), BTreeSet::new()),
            _ if makes_new => (recovery.leftovers, BTreeSet::new()),
            _ => (BTreeSet::new(), recovery.leftovers),
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
        let mut comparison = compare(self.wanted, live, self.engine, self.secrets);
        self.weigh(&mut comparison, live);
        let misfit = if label::is_ours(&at.docker_name(), &live.labels) {
            if comparison.fixed.is_empty() {
                self.follows(live, decided).map(Reason::Follows).or_else(|| self.is_asked_for(slot))
            } else {
                Some(Reason::Differs(comparison.fixed.clone()))
            }
        } else if self.request.rule().target == Target::RunsIfThere {
            return Ok(None);
        } else if self.request.policy.foreign == Foreign::Adopt && slot != Slot::Next {
            Some(Reason::Adopted)
        } else {
            return Err(PlanError::Foreign { name: at.docker_name() });
        };
        let misfit = misfit.or_else(|| self.beyond_repair(live));
        Ok(Some(Candidate { live, comparison, misfit }))
    }

    fn follows(
        &self,
        live: &ObservedContainer,
        decided: &BTreeMap<ContainerKey, ContainerVerdict>,
    ) -> Option<ResourceKey> {
        let outlook = self.outlook(decided);
        match self.request.rule().differences {
            Differences::Mended => follows(self.wanted, live, outlook),
            // It can be started with other mounts, but not without who it is bound to.
            Differences::Ignored => binding::is_cut_off(self.wanted, live, outlook),
        }
    }

    /// A replacement that was asked for is begun at a container that stands alone: what stands beside another one is that
    /// replacement, interrupted.
    fn is_asked_for(&self, slot: Slot) -> Option<Reason> {
        let is_there = |slot| self.engine.container(&ContainerRef::new(self.key, slot)).is_some();
        let is_wished = self.request.rule().differences == Differences::Mended
            && self.request.policy.replace.contains(self.key);
        (is_wished && slot == Slot::Current && !is_there(Slot::Prev)).then_some(Reason::Requested)
    }

    /// Returns why a container is left as it is that is only started if it can be.
    fn left_alone(
        &self,
        current: Option<&Candidate<'_>>,
        decided: &BTreeMap<ContainerKey, ContainerVerdict>,
    ) -> Option<KeptBecause> {
        if self.request.rule().target != Target::RunsIfThere {
            return None;
        }
        let at = ContainerRef::current(self.key);
        let holder = self.engine.container(&at);
        // Whatever an interrupted run left beside it cannot have its name back.
        if holder.is_some_and(|live| !label::is_ours(&at.docker_name(), &live.labels)) {
            return Some(KeptBecause::Foreign);
        }
        let Some(current) = current else { return Some(KeptBecause::Absent) };
        let live = current.live;
        let runs = live.state.is_up() && !self.loses_namespace(live, decided) && current.misfit.is_none();
        if runs { None } else { self.hindrance(live, current.misfit.as_ref(), decided) }
    }

    /// Returns whether a container that runs shares a namespace that is gone, or goes because its owner starts anew.
    fn loses_namespace(
        &self,
        live: &ObservedContainer,
        decided: &BTreeMap<ContainerKey, ContainerVerdict>,
    ) -> bool {
        live.namespace_lost
            || match &self.wanted.spec.network {
                NetworkModeSpec::Container(owner) => {
                    decided.get(&owner.key).is_some_and(ContainerVerdict::starts)
                }
                NetworkModeSpec::Default | NetworkModeSpec::Network(_) | NetworkModeSpec::Foreign(_) => false,
            }
    }

    fn outlook<'b>(&'b self, decided: &'b BTreeMap<ContainerKey, ContainerVerdict>) -> Outlook<'b> {
        Outlook { desired: self.desired, engine: self.engine, decided }
    }

    fn beyond_repair(&self, live: &ObservedContainer) -> Option<Reason> {
        match live.state {
            RunState::Exited(exit) if live.has_run && self.request.policy.unrecoverable.contains(&exit) => {
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
        let makes = if self.request.rule().target == Target::Exists { Fate::Make } else { Fate::Create };
        let Some(current) = current else {
            return (makes, Some(Reason::Absent));
        };
        if makes == Fate::Make {
            return (Fate::Keep, None);
        }
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
        if let NetworkModeSpec::Container(owner) = &self.wanted.spec.network
            && self.loses_namespace(current.live, decided)
        {
            return (Fate::Restart, Some(Reason::Follows(owner.key.clone().into())));
        }
        // What runs since before something it follows is as it is.
        let outrun = match self.request.rule().differences {
            Differences::Mended => outrun(self.wanted, current.live, self.outlook(decided)),
            Differences::Ignored => None,
        };
        match outrun {
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
        if completed {
            verdicts.notes.push(Note::Kept { key: key.clone(), because: KeptBecause::Completed });
        }
        let mut ignored = current.comparison.ignored.clone();
        if self.request.policy.ignored == Ignored::Told {
            ignored.extend(current.comparison.unruly.iter().cloned());
        }
        if current.misfit.is_none() && !ignored.is_empty() {
            verdicts.notes.push(Note::Ignored { key: key.clone(), differences: ignored });
        }
        if self.request.rule().differences == Differences::Ignored {
            return;
        }
        if current.comparison.environment_unknown {
            verdicts.notes.push(Note::EnvironmentUnknown { key: key.clone() });
        }
        let sources = current.comparison.secrets_unknown.clone();
        if !sources.is_empty() {
            verdicts.notes.push(Note::SecretsUnknown { key: key.clone(), sources });
        }
    }
}
