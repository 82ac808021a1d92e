//! What goes wrong between dmap and an engine.

use std::error::Error as StdError;

use thiserror::Error;

/// An engine did not do what it was asked for.
///
/// The message says what was being done; why it failed is the source, in the engine's own words.
#[derive(Debug, Error)]
#[error("{doing}")]
pub struct EngineError {
    /// The family of causes.
    pub kind: Kind,
    doing: String,
    #[source]
    source: Option<Box<dyn StdError + Send + Sync>>,
}

/// The family of causes, found out once, where the answer arrives.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[non_exhaustive]
pub enum Kind {
    /// Something that is named does not exist: a container, network or image, or an image in its registry.
    NotFound,
    /// A name is taken, or an object is not in the state that the request needs.
    Conflict,
    /// A port, address, volume or network is held by somebody.
    InUse,
    /// The engine will not do it.
    Refused,
    /// Nobody answers.
    Unreachable,
    /// Somebody is there and does not answer, or a state is not reached, in time.
    TimedOut,
    /// Anything else.
    Other,
}

impl EngineError {
    /// Makes an error without a cause below it.
    pub fn new(kind: Kind, doing: impl Into<String>) -> Self {
        Self { kind, doing: doing.into(), source: None }
    }

    /// Gives the error its cause.
    #[must_use]
    pub fn because(self, source: impl Into<Box<dyn StdError + Send + Sync>>) -> Self {
        Self { source: Some(source.into()), ..self }
    }
}
