//! The boundary: everything that is asked of an engine goes through two methods.

use std::future::Future;

use map_planner::engine::Scope;
use map_planner::{Action, EngineState};

use crate::error::EngineError;

/// Something that can be looked at and changed.
///
/// Whatever a caller wants to come in between (dry run, logging, injected faults, simulation) is a wrapper of these two
/// methods.
pub trait Engine {
    /// Returns what the engine has, as far as the scope asks for it. Nothing is changed.
    fn observe(&self, scope: &Scope) -> impl Future<Output = Result<EngineState, EngineError>> + Send;

    /// Does one action. An action that was done before and is asked for again is not an error where the engine's answer
    /// proves that it is done.
    fn apply(&self, action: &Action) -> impl Future<Output = Result<Applied, EngineError>> + Send;
}

/// How an action ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Applied {
    /// It changed the engine.
    Done,
    /// The engine was so already.
    AlreadyDone,
}
