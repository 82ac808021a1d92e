//! Measures `dmap` on an engine beside the bare calls that the same takes, and beside Compose where it is there: time,
//! and how long the containers are down that are replaced.

mod events;
mod program;
mod table;

use std::time::{Duration, SystemTime, UNIX_EPOCH};

use super::Folder;
use crate::engine::Engine;
use crate::error::{Doing as _, Failure, Result};
use crate::fixtures;
use program::Program;

/// The containers, all on one network.
const CONTAINERS: usize = 40;
/// How many things are done at once, by the calls and by dmap; Compose does as it likes.
const WIDTH: usize = 8;
/// How often all is measured unless another number is typed.
const ROUNDS: usize = 3;
/// What all containers run.
const IMAGE: &str = "dmap-fixture/nginx:latest";

/// What is measured, one after the other.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Stage {
    /// Nothing is there.
    Up,
    /// All is there.
    NoOp,
    /// One container is to be another one.
    One,
    /// Half of them are.
    Twenty,
    /// All is to go.
    Down,
}

impl Stage {
    const ALL: [Self; 5] = [Self::Up, Self::NoOp, Self::One, Self::Twenty, Self::Down];

    fn name(self) -> &'static str {
        match self {
            Self::Up => "cold up",
            Self::NoOp => "nothing to do",
            Self::One => "1 change",
            Self::Twenty => "20 changes",
            Self::Down => "down",
        }
    }

    /// How many containers it is about.
    fn count(self) -> usize {
        match self {
            Self::Up | Self::NoOp | Self::Down => CONTAINERS,
            Self::One => 1,
            Self::Twenty => 20,
        }
    }

    /// What a container's variable is from this stage on: a changed one has another value.
    fn value(self, container: usize) -> usize {
        match self {
            Self::Up | Self::NoOp => 1,
            Self::One => {
                if container < Self::One.count() {
                    2
                } else {
                    1
                }
            }
            Self::Twenty | Self::Down => {
                if container < Self::Twenty.count() {
                    3
                } else {
                    1
                }
            }
        }
    }
}

/// What one stage took with one program.
#[derive(Debug)]
struct Measured {
    program: &'static str,
    stage: Stage,
    wall: Duration,
    /// How long each container was down, from `die` to `start` in the engine's events.
    outages: Vec<Duration>,
}

/// `cargo xtask bench apply [ROUNDS]`.
pub(super) fn measure(words: &[&str]) -> Result {
    let rounds = match words {
        [] => ROUNDS,
        [rounds] => rounds.parse().map_err(|_| Failure::usage("`bench apply` takes a number of rounds"))?,
        _ => return Err(Failure::usage("`bench apply` takes a number of rounds, and nothing else")),
    };
    let engine = Engine::find_or_start()?;
    fixtures::make(&engine)?;
    let folder = Folder::make()?;
    let programs = program::all(&engine, &folder.0)?;
    let mut measured = Vec::new();
    for round in 1..=rounds {
        for program in &programs {
            println!("round {round} of {rounds}: {} …", program.name);
            if let Err(failure) = round_of(&engine, program, &mut measured) {
                // What is there is in the way of the next run.
                return Err(match program.run(Stage::Down) {
                    Ok(_) => failure,
                    Err(left) => Failure::new(format!("{failure}\nnot cleaned up: {left}")),
                });
            }
        }
    }
    let names: Vec<&str> = programs.iter().map(|program| program.name).collect();
    print!("\n{}", table::table(&names, &measured));
    Ok(())
}

/// Measures all stages with one program.
fn round_of(engine: &Engine, program: &Program, measured: &mut Vec<Measured>) -> Result {
    for stage in Stage::ALL {
        let since = now()?;
        let wall = program.run(stage)?.wall;
        let seen = events::seen(engine, since, now()?)?;
        measured.push(Measured { program: program.name, stage, wall, outages: events::outages(&seen) });
    }
    Ok(())
}

/// Returns the time, as the engine's events have it.
fn now() -> Result<Duration> {
    SystemTime::now().duration_since(UNIX_EPOCH).doing("read the clock")
}
