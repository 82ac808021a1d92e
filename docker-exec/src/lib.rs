//! Observes a Docker engine and applies plans to it.
//!
//! This is the only crate that talks to an engine, and it decides nothing: what is to be done is a
//! [`Plan`](map_planner::Plan), what is there is an [`EngineState`](map_planner::EngineState), and everything that could
//! be decided on the way is a field of an action or of [`ExecuteOptions`].
//!
//! # Flow
//!
//! [`DockerEngine::connect`] agrees on a version of the API. [`Engine::observe`] takes the snapshot that a
//! [`Scope`](map_planner::engine::Scope) asks for. [`execute`] hands the steps of a plan to [`Engine::apply`], ready ones
//! side by side, and returns a [`Report`]. `examples/up.rs` is the whole way in thirty lines.
//!
//! # Another front end
//!
//! Nothing is printed here. Whoever wants to show what goes on has an [`Observer`] called for every [`Event`] in the task
//! that executes, or reads [`notices`], a stream of the same as values, in any other. [`Outages`] measures how long each
//! container was down, by the caller's clock. A [`CancellationToken`] in the options ends a run in good order.
//! `examples/watch.rs` is such a front end.
//!
//! # Housekeeping
//!
//! [`DockerEngine::containers`] and [`DockerEngine::images`] list what is there, [`ContainerRules`] and [`ImageRules`]
//! choose from it, and [`DockerEngine::remove_containers`] and [`DockerEngine::remove_images`] remove what was chosen.
//! `examples/cleanup.rs` removes all stopped containers.
//!
//! # Guarantees
//!
//! - A step is started only when all steps before it are done; one that was started is waited for, whatever happens,
//!   unless it only waits itself.
//! - A failure keeps only its dependents from starting. Every step has an outcome in the report.
//! - An answer of the engine that proves that something is so already counts as done, so that an answer that was lost on
//!   the way does no harm.
//! - Containers are removed only when they are stopped, and never with their anonymous volumes.
//! - Values of environment variables are in no error and in no event. Secrets are blotted out in what the engine or a
//!   container writes.
//!
//! # Assumptions
//!
//! - Plans are valid in every order that their edges allow.
//! - Nobody else works on the same map meanwhile; a [`Lease`] sees to that. Names, not identifiers, say what is meant, so an object that was
//!   replaced after the snapshot is taken for the one that was seen; compare fingerprints before applying a saved plan.
//!
//! # Caveats
//!
//! - Cancelling does not interrupt: a pull or a container that is slow to stop is waited for.
//! - There is no transaction. After a failure or an interruption, observe and plan again: the new plan goes on from
//!   what is there.
//! - Nothing is read from the environment; the caller says where the engine is.

mod build;
mod docker;
mod engine;
mod error;
mod event;
mod housekeeping;
mod lease;
mod notice;
mod outage;
mod output;
mod report;
mod run;
mod source;

pub use build::{
    BuildError, BuildEvent, BuildRequest, BuildStep, BuildWatcher, Builder, Built, FailedStep, StepEnd,
};
pub use docker::{
    After, Cleared, ConnectOptions, Credential, DockerEngine, EngineInfo, Lease, Requests, RunEnd, RunError,
    RunOnce, Stopping, Stops, Upload, UploadEntry, UploadKind, registry_name,
};
pub use engine::{Applied, Engine};
pub use error::{EngineError, Kind};
pub use event::{Event, Observer};
pub use housekeeping::{
    Belonging, Choice, ContainerRules, FoundContainer, FoundImage, ImageRules, LabelFilter, NamePattern,
    OldTags, Reach, Spared, SparedImage,
};
pub use lease::{Holder, LeaseError, Others};
pub use notice::{End, Notice, Notices, Teller, notices};
pub use outage::{MeasuredOutage, Outages};
pub use output::{Reader, Stream};
pub use report::{Outcome, Report};
pub use run::{ExecuteOptions, OnFailure, execute};
pub use source::BuildSource;
pub use tokio_util::sync::CancellationToken;
