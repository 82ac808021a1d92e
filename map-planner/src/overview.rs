//! What a plan comes to: counts, outages, and the differences behind it, the map's edits apart from the engine's drift.

use alloc::collections::BTreeMap;
use alloc::vec::Vec;
use core::fmt;

use container_map::{ContainerKey, ResourceKey};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::action::Action;
use crate::container_ref::Slot;
use crate::plan::{Plan, Step, StepId};
use crate::reason::{Difference, Origin, Reason};

/// What a plan comes to. It follows from the steps, and is in a plan's file for programs that only want to know this.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Overview {
    /// How many resources are touched, by what happens to them.
    pub summary: Summary,
    /// Containers that run now and will not for a while.
    pub outages: Vec<Outage>,
    /// What differs because the map was edited, or because an image's tag stands for another image now.
    pub changed: BTreeMap<ResourceKey, Vec<Difference>>,
    /// What differs because the engine was changed behind the map's back.
    pub drifted: BTreeMap<ResourceKey, Vec<Difference>>,
    /// What differs for a reason that nothing tells.
    pub unexplained: BTreeMap<ResourceKey, Vec<Difference>>,
}

/// How many resources a plan touches, by what happens to them, and how many differences it puts right.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Summary {
    /// Images to pull.
    pub pull: usize,
    /// Images to build.
    #[serde(default)]
    pub build: usize,
    /// Resources to create.
    pub create: usize,
    /// Containers to replace.
    pub replace: usize,
    /// Containers to start.
    pub start: usize,
    /// Containers to restart.
    #[serde(default)]
    pub restart: usize,
    /// Containers to stop.
    #[serde(default)]
    pub stop: usize,
    /// Containers to send a signal.
    #[serde(default)]
    pub signal: usize,
    /// Resources to amend in place, or to finish what an interrupted run left.
    pub amend: usize,
    /// Resources to remove.
    pub remove: usize,
    /// Resources that are as wanted.
    pub unchanged: usize,
    /// Differences that come from edits of the map.
    pub changed: usize,
    /// Differences that come from changes of the engine.
    pub drifted: usize,
}

/// A time in which a container that runs now does not.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Outage {
    /// The container.
    pub container: ContainerKey,
    /// The step that ends it.
    pub from: StepId,
    /// The step after which it runs again; the same one if that is a restart.
    pub to: StepId,
    /// How many steps are listed between the two.
    pub between: u32,
}

/// What happens to one resource.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Treatment {
    /// It is pulled.
    Pull,
    /// It is built.
    Build,
    /// It is created.
    Create,
    /// A new one takes its place.
    Replace,
    /// It is started.
    Start,
    /// It stops and starts again.
    Restart,
    /// It is stopped.
    Stop,
    /// It gets a signal.
    Signal,
    /// It is amended in place, or what an interrupted run left of it is finished.
    Amend,
    /// It is removed.
    Remove,
}

impl Treatment {
    /// Returns the imperative for it.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Pull => "pull",
            Self::Build => "build",
            Self::Create => "create",
            Self::Replace => "replace",
            Self::Start => "start",
            Self::Restart => "restart",
            Self::Stop => "stop",
            Self::Signal => "signal",
            Self::Amend => "amend",
            Self::Remove => "remove",
        }
    }

    fn of(actions: &[&Action]) -> Self {
        let any = |wanted: fn(&Action) -> bool| actions.iter().any(|action| wanted(action));
        let creates = any(|a| {
            matches!(
                a,
                Action::CreateNetwork { .. } | Action::CreateVolume { .. } | Action::CreateContainer { .. }
            )
        });
        let starts = any(|a| matches!(a, Action::StartContainer { .. }));
        let removes = any(|a| {
            matches!(
                a,
                Action::RemoveNetwork { .. } | Action::RemoveVolume { .. } | Action::RemoveContainer { .. }
            )
        });
        let stops = any(|a| matches!(a, Action::StopContainer { .. }));
        // An interrupted replacement may have moved the container away already.
        let renames = any(|a| {
            matches!(a, Action::RenameContainer { to: Slot::Prev, .. })
                || matches!(a, Action::CreateContainer { container, .. } if container.slot == Slot::Next)
        });
        // It has another name while it is down, and is the same object.
        let bounces = stops && starts && !creates && !removes;
        if any(|a| matches!(a, Action::PullImage { .. })) {
            Self::Pull
        } else if any(|a| matches!(a, Action::BuildImage { .. })) {
            Self::Build
        } else if bounces {
            Self::Restart
        } else if renames && removes {
            Self::Replace
        } else if renames {
            Self::Amend
        } else if creates {
            Self::Create
        } else if starts {
            Self::Start
        } else if removes {
            Self::Remove
        } else if any(|a| matches!(a, Action::RestartContainer { .. })) {
            Self::Restart
        } else if any(|a| matches!(a, Action::KillContainer { .. })) {
            Self::Signal
        } else if stops {
            Self::Stop
        } else {
            Self::Amend
        }
    }
}

impl Overview {
    pub(crate) fn of(plan: &Plan) -> Self {
        let mut overview = Self {
            summary: Summary::default(),
            outages: outages(plan.steps()),
            changed: BTreeMap::new(),
            drifted: BTreeMap::new(),
            unexplained: BTreeMap::new(),
        };
        for step in plan.steps() {
            if let Reason::Differs(differences) = &step.reason {
                for difference in differences {
                    overview.note(step.action.target(), difference);
                }
            }
        }
        let count = |found: &BTreeMap<_, Vec<Difference>>| found.values().map(Vec::len).sum();
        overview.summary =
            Summary { changed: count(&overview.changed), drifted: count(&overview.drifted), ..summary(plan) };
        overview
    }

    /// Several steps can have one reason.
    fn note(&mut self, key: ResourceKey, difference: &Difference) {
        let found = match difference.origin {
            Origin::Changed | Origin::TagMoved => &mut self.changed,
            Origin::Drifted => &mut self.drifted,
            Origin::Unknown => &mut self.unexplained,
        };
        let known = found.entry(key).or_default();
        if !known.contains(difference) {
            known.push(difference.clone());
        }
    }
}

/// Returns what happens to each resource that a plan changes.
pub(crate) fn treatments(plan: &Plan) -> BTreeMap<ResourceKey, Treatment> {
    let mut touched: BTreeMap<ResourceKey, Vec<&Action>> = BTreeMap::new();
    for step in plan.steps().iter().filter(|step| !step.action.only_waits()) {
        touched.entry(step.action.target()).or_default().push(&step.action);
    }
    touched.into_iter().map(|(key, actions)| (key, Treatment::of(&actions))).collect()
}

fn summary(plan: &Plan) -> Summary {
    let mut summary = Summary { unchanged: plan.unchanged().len(), ..Summary::default() };
    for treatment in treatments(plan).values() {
        *match treatment {
            Treatment::Pull => &mut summary.pull,
            Treatment::Build => &mut summary.build,
            Treatment::Create => &mut summary.create,
            Treatment::Replace => &mut summary.replace,
            Treatment::Start => &mut summary.start,
            Treatment::Restart => &mut summary.restart,
            Treatment::Stop => &mut summary.stop,
            Treatment::Signal => &mut summary.signal,
            Treatment::Amend => &mut summary.amend,
            Treatment::Remove => &mut summary.remove,
        } += 1;
    }
    summary
}

/// What is stopped for good has no outage: it is meant to be gone.
pub(crate) fn outages(steps: &[Step]) -> Vec<Outage> {
    let mut down: BTreeMap<&ContainerKey, StepId> = BTreeMap::new();
    let mut outages = Vec::new();
    let outage = |container: &ContainerKey, from: StepId, to: StepId| {
        let between = to.0.saturating_sub(from.0).saturating_sub(1);
        Outage { container: container.clone(), from, to, between }
    };
    for step in steps {
        match &step.action {
            Action::StopContainer { container, .. } if container.slot != Slot::Next => {
                down.insert(&container.key, step.id);
            }
            Action::StartContainer { container, .. } => {
                let began = down.remove(&container.key);
                outages.extend(began.map(|from| outage(&container.key, from, step.id)));
            }
            Action::RestartContainer { container, .. } => {
                outages.push(outage(&container.key, step.id, step.id));
            }
            _ => {}
        }
    }
    outages.sort_by_key(|outage| outage.from);
    outages
}

impl fmt::Display for Summary {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let parts = [
            (self.pull, "to pull"),
            (self.build, "to build"),
            (self.create, "to create"),
            (self.replace, "to replace"),
            (self.start, "to start"),
            (self.restart, "to restart"),
            (self.stop, "to stop"),
            (self.signal, "to signal"),
            (self.amend, "to amend"),
            (self.remove, "to remove"),
        ];
        for (count, what) in parts.into_iter().filter(|(count, _)| *count > 0) {
            write!(f, "{count} {what}, ")?;
        }
        write!(f, "{} unchanged", self.unchanged)
    }
}
