//! Properties of the public interface.
#![allow(clippy::unwrap_used, reason = "a test that cannot go on has failed")]

mod fuzz;
mod host;
mod ignore;
mod pack;
mod render;
mod round_trip;
mod shell;
