//! Compares a container map with a Docker engine and plans the way from one to the other.
//!
//! The planner is one pure function: [`plan`] takes a [`ContainerMap`](container_map::ContainerMap), a snapshot of the
//! engine ([`EngineState`]) and a [`Request`], and returns a [`Plan`]. It works in three passes:
//!
//! 1. **diff** compares what the map wants (`DesiredState`) with every object the engine has, each by itself;
//! 2. **cascade** decides, dependencies first, what becomes of each container: what an interrupted run left, and what is
//!    bound to an object that will be another one;
//! 3. **emit** lowers the verdicts to steps with edges, and a linearisation puts them in the order with the shortest
//!    outages.
//!
//! # Guarantees
//!
//! - Same input, same plan, to the byte. No clock, environment, randomness or logging.
//! - Every order of the steps that the edges allow is valid.
//! - When all steps of a goal are done, planning it again gives an empty plan; after any part of them, planning again leads to the
//!   same end.
//! - Volumes are removed only where the request says so, and what dmap did not create is not touched.
#![no_std]

extern crate alloc;
#[cfg(test)]
extern crate std;

mod action;
mod anonymous;
mod attribute;
pub mod build;
mod cascade;
mod check;
mod container_ref;
mod desired;
mod diff;
mod emit;
pub mod engine;
mod error;
mod exec;
mod explain;
pub mod label;
mod leftover;
mod limits;
mod linearise;
mod one_off;
mod orphan;
mod overview;
mod plan;
mod planner;
mod reason;
mod render;
mod request;
#[cfg(feature = "sim")]
pub mod sim;
pub mod spec;
mod verdict;

pub use action::{Action, Condition, Depth, Effect, Pace};
pub use anonymous::{AnonymousVolume, VolumeFate};
pub use attribute::{Attribute, Remedy};
pub use build::{ContextDigest, ContextDigestError, Contexts, DesiredBuild, ReadContext};
pub use check::Flaw;
pub use container_ref::{ContainerRef, Slot};
pub use desired::{DesiredContainer, DesiredState, DesiredVolume};
pub use engine::EngineState;
pub use error::PlanError;
pub use exec::DesiredCommand;
pub use explain::{Compared, Explanation, Finding, MadeWith, explain};
pub use limits::{Limits, Processes};
pub use one_off::{OneOff, OneOffSpec, one_off};
pub use overview::{Outage, Overview, Summary, Treatment};
pub use plan::{Plan, PlanFile, PlanFormat, Step, StepId};
pub use planner::{PlanInput, note, plan, restore, scope};
pub use reason::{Difference, KeptBecause, Note, Obstacle, Origin, Reason, Shown};
pub use render::{describe_action, describe_reason};
pub use request::{
    AttachedVolumes, Builds, Company, Errand, ExecCheck, FailedReplacement, Foreign, Goal, Ignored, Orphans,
    Persistent, PersistentImages, Policy, Pull, Readiness, Request, RestartCommands, Select, UnsetLimits,
    Verb,
};
