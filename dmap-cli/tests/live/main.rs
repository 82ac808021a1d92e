//! Scenarios on a real engine: what is promised holds for the state of the engine, not only for what `dmap` prints.
//!
//! Each test is one obligation, in steps of a command and the state that is observed after it. `checks` is the
//! vocabulary. A scenario owns what carries its name ([`site::Site`]), never waits for a fixed time, and removes what
//! it made. `cargo xtask e2e` runs them, one at a time.
#![allow(clippy::unwrap_used, reason = "a scenario that cannot go on has failed")]

mod checks;
mod docker;
mod host;
mod private;
mod site;
mod state;

mod agreement;
mod bad_input;
mod build;
mod build_map;
mod cleanup;
mod compare;
mod damage;
mod disk;
mod down;
mod engine_rules;
mod hundreds;
mod kill;
mod options;
mod prepared;
mod record;
mod registry;
mod requests;
mod run;
mod script;
mod secret;
mod seed;
mod start;
mod strategy;
mod trouble;
mod unmodified;
mod verbs;
