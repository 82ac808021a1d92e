//! The crate against a scripted engine (what becomes of each kind of answer) and against a simulated one.
#![expect(clippy::unwrap_used, reason = "a test that cannot go on fails")]

mod answers;
mod build;
mod commands;
mod connecting;
mod faults;
mod filling;
mod housekeeping;
mod lost;
mod nothing;
mod observing;
mod run_once;
mod simulated;
mod stub;
mod waiting;
