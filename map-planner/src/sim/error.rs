//! What an engine refuses.

use alloc::string::String;

use thiserror::Error;

/// Why the engine did not do what it was asked for.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub enum SimError {
    /// There is nothing of this name (404).
    #[error("no such {what}: {name}")]
    NotFound {
        /// What was looked for.
        what: &'static str,
        /// Its name or identifier.
        name: String,
    },
    /// The name belongs to something else (409).
    #[error("the {what} name {name} is taken")]
    NameTaken {
        /// What was to get the name.
        what: &'static str,
        /// The name.
        name: String,
    },
    /// Several networks have the name.
    #[error("network {name} is ambiguous: {count} found")]
    Ambiguous {
        /// The name.
        name: String,
        /// How many there are.
        count: usize,
    },
    /// A container uses it (409, 403).
    #[error("{what} {name} is in use by {by}")]
    InUse {
        /// What is in use.
        what: &'static str,
        /// Its name.
        name: String,
        /// The container's name.
        by: String,
    },
    /// A port or an address of another running container (500).
    #[error("{what} is already allocated to {by}")]
    Held {
        /// The port or address.
        what: String,
        /// The container's name.
        by: String,
    },
    /// A container that has to run does not.
    #[error("container {name} is not running")]
    NotRunning {
        /// Its name.
        name: String,
    },
    /// The request contradicts itself or the state of the object (400, 403, 409).
    #[error("{name}: {why}")]
    Refused {
        /// The object.
        name: String,
        /// Why not.
        why: &'static str,
    },
}

impl SimError {
    pub(super) fn not_found(what: &'static str, name: impl Into<String>) -> Self {
        Self::NotFound { what, name: name.into() }
    }

    pub(super) fn refused(name: impl Into<String>, why: &'static str) -> Self {
        Self::Refused { name: name.into(), why }
    }
}
