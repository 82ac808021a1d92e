//! Pass 3: lowers verdicts to steps and the edges between them.
//!
//! Five rules give the edges; together they make every order valid that respects them:
//!
//! - **R1** Teardown is ordered by what the engine reports, build-up by what the map wants.
//! - **R2** Steps on the same resource form a chain.
//! - **R3** A container is built after what it needs, a resource is torn down after what holds it.
//! - **R4** Nothing is stopped before everything that can exist beside it is ready.
//! - **R5** A container starts after whoever holds its ports and addresses has stopped.

mod buildup;
mod down;
mod draft;
mod errand;
mod holders;
mod keep;
mod leftover;
mod orphan;
mod prepare;
mod restore;
mod rolling;
mod teardown;
mod waits;

pub(crate) use buildup::{Besides, emit_up};
pub(crate) use down::{Ending, emit_down, emit_network_removal, emit_volume_removal};
pub(crate) use draft::{Draft, Node};
pub(crate) use errand::{Again, emit_builds, emit_pulls, emit_restarts, emit_signals};
pub(crate) use leftover::{finish_preparation, remove_helpers, remove_runs};
pub(crate) use restore::emit_restore;
pub(crate) use teardown::bound_to;
