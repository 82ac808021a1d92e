//! Why a resource is kept, amended or replaced: every attribute that is compared, with what it was compared to.

use alloc::collections::BTreeMap;
use alloc::string::String;
use alloc::vec::Vec;
use core::fmt;

use container_map::ResourceKey;
use serde::Serialize;

use crate::attribute::Attribute;
use crate::container_ref::{ContainerRef, Slot};
use crate::desired::DesiredState;
use crate::diff::{Noted, table};
use crate::error::PlanError;
use crate::overview::{Treatment, treatments};
use crate::plan::{Plan, StepId};
use crate::planner::{PlanInput, plan, prepared};
use crate::reason::{Note, Origin, Reason, Shown};
use crate::render;

/// Why a plan does with one resource what it does.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Explanation {
    /// The resource.
    pub key: ResourceKey,
    /// What happens to it; none if it stays as it is.
    pub treatment: Option<Treatment>,
    /// Why something happens to it.
    pub reason: Option<Reason>,
    /// The steps that touch it.
    pub steps: Vec<StepId>,
    /// What is compared, if it is there.
    pub compared: Vec<Compared>,
    /// What the plan says of it besides.
    pub notes: Vec<Note>,
}

/// One attribute, and what it was compared to.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Compared {
    /// The attribute.
    pub attribute: Attribute,
    /// Which one, where there are several: a variable, path, port, alias or network.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub item: Option<String>,
    /// What the map wants.
    pub wanted: Shown,
    /// What the engine has; none if it does not tell.
    pub live: Option<Shown>,
    /// What the object was made with, as far as its birth certificate tells.
    pub made_with: MadeWith,
    /// What comes of it.
    pub finding: Finding,
}

/// What an object was made with, beside what the map wants now. Birth certificates hold digests, no values.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum MadeWith {
    /// The same value.
    Same,
    /// Another value.
    Other,
    /// No value of the map's.
    Nothing,
    /// Nobody noted it: it can be amended, or the object has no birth certificate.
    Unknown,
}

/// What comes of comparing an attribute.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Finding {
    /// It is as wanted.
    AsWanted,
    /// The map was edited.
    Changed,
    /// The engine was.
    Drifted,
    /// The image's tag stands for another image now.
    TagMoved,
    /// It differs, and nothing tells why.
    Differs,
    /// It differs and is left alone.
    Ignored,
    /// One of the two values is not known.
    NotCompared,
}

impl From<Origin> for Finding {
    fn from(origin: Origin) -> Self {
        match origin {
            Origin::Changed => Self::Changed,
            Origin::Drifted => Self::Drifted,
            Origin::TagMoved => Self::TagMoved,
            Origin::Unknown => Self::Differs,
        }
    }
}

/// Explains what the plan for an input does with one resource; none if the plan has nothing to do
/// with it.
///
/// # Errors
///
/// There is no plan: see [`plan`].
pub fn explain(input: &PlanInput<'_>, key: &ResourceKey) -> Result<Option<Explanation>, PlanError> {
    let prepared = prepared(input)?;
    let (desired, plan) = (&prepared.desired, plan(input)?);
    let input = &PlanInput { engine: &prepared.engine, ..*input };
    let steps: Vec<_> = plan.steps().iter().filter(|step| step.action.target() == *key).collect();
    if steps.is_empty() && !plan.unchanged().contains(key) {
        return Ok(None);
    }
    Ok(Some(Explanation {
        key: key.clone(),
        treatment: treatments(&plan).get(key).copied(),
        reason: steps.iter().find(|step| !step.action.only_waits()).map(|step| step.reason.clone()),
        steps: steps.iter().map(|step| step.id).collect(),
        compared: compared(input, desired, key),
        notes: notes(&plan, key),
    }))
}

fn compared(input: &PlanInput<'_>, desired: &DesiredState, key: &ResourceKey) -> Vec<Compared> {
    let found = match key {
        ResourceKey::Container(key) => desired.containers.get(key).and_then(|wanted| {
            let mut slots = Slot::ALL.into_iter().map(|slot| ContainerRef::new(key, slot));
            let live = slots.find_map(|at| input.engine.container(&at))?;
            Some(table::container(wanted, live, input.engine, input.secrets))
        }),
        ResourceKey::Volume(key) => {
            let both = desired.volumes.get(key).zip(input.engine.volume(key));
            let noted = Noted::of_volume(input.engine, &key.docker_name());
            both.map(|(wanted, live)| table::volume(wanted, live, noted))
        }
        ResourceKey::Network(key) => {
            let both = desired.networks.get(key).zip(input.engine.networks_of(key).next());
            both.map(|(wanted, live)| table::network(wanted, live))
        }
        ResourceKey::Image(_) => None,
    };
    found.unwrap_or_default()
}

fn notes(plan: &Plan, wanted: &ResourceKey) -> Vec<Note> {
    plan.notes().iter().filter(|note| note.key() == Some(wanted)).cloned().collect()
}

impl Explanation {
    /// Returns it as text, in lines as long as it takes or for a terminal of so many columns.
    pub fn text(&self, width: Option<usize>) -> impl fmt::Display + '_ {
        render::Explained { explanation: self, width }
    }

    /// Returns how many attributes were found to be what.
    pub fn count(&self) -> BTreeMap<&'static str, usize> {
        self.compared.iter().fold(BTreeMap::new(), |mut count, compared| {
            *count.entry(compared.finding.as_str()).or_default() += 1;
            count
        })
    }
}

impl MadeWith {
    /// Returns the words for it.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Same => "the same",
            Self::Other => "another",
            Self::Nothing => "nothing",
            Self::Unknown => "",
        }
    }
}

impl Finding {
    /// Returns the words for it.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::AsWanted => "as wanted",
            Self::Changed => "changed in the map",
            Self::Drifted => "drifted",
            Self::TagMoved => "the tag moved",
            Self::Differs => "differs",
            Self::Ignored => "ignored",
            Self::NotCompared => "not compared",
        }
    }
}
