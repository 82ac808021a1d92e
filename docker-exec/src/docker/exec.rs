//! Commands in containers that run.
//!
//! # Flow
//!
//! A command is created, started with its output attached, and looked at when that ends, for its exit code. An exit code
//! other than 0 is a failure, with the last that the command wrote.
//!
//! # Caveats
//!
//! The engine cannot end a command: one whose answer is not waited for goes on, and one that never ends is waited for
//! until the caller gives up.

use std::collections::VecDeque;
use std::time::Duration;

use hyper::Method;
use map_planner::spec::ExecSpec;
use serde::Deserialize;
use serde_json::json;

use super::again::again;
use super::cause::Cause;
use super::{DockerEngine, frames};
use crate::engine::Applied;
use crate::event::progress;

/// The time between the first two looks at a command; it doubles.
const GLANCE: Duration = Duration::from_millis(20);
/// The longest time between two looks.
const SLOWEST: Duration = Duration::from_secs(1);
/// How much of the end of a command's output is kept.
const KEPT: usize = 4096;

#[derive(Deserialize)]
struct Created {
    #[serde(rename = "Id")]
    id: String,
}

#[derive(Deserialize)]
struct Looked {
    #[serde(rename = "Running")]
    running: bool,
    #[serde(rename = "ExitCode")]
    exit_code: Option<i64>,
}

/// Runs a command
/// ([`ContainerExec`](https://docs.docker.com/reference/api/engine/version/v1.41/#tag/Exec/operation/ContainerExec),
/// `ExecStart`, `ExecInspect`).
pub(super) async fn exec(
    engine: &DockerEngine,
    container: &str,
    command: &ExecSpec,
) -> Result<Applied, Cause> {
    let mut body = json!({"AttachStdout": true, "AttachStderr": true, "Cmd": command.command});
    if let Some(user) = &command.user {
        body["User"] = json!(user);
    }
    let path = format!("/containers/{container}/exec");
    let created: Created = engine.pool.answer(Method::POST, &path, Some(&body)).await?;
    let id = created.id;
    let attached = json!({"Detach": false, "Tty": false});
    let start = format!("/exec/{id}/start");
    let mut tail = Tail::default();
    let work = async {
        let answer = engine.pool.call(Method::POST, &start, Some(&attached)).await?;
        frames::each(answer.into_body(), |_, bytes| tail.push(&bytes)).await
    };
    let lost = match work.await {
        Err(cause @ (Cause::Transport(_) | Cause::Broken(_))) => Some(cause),
        result => result.map(|()| None)?,
    };
    match exit_code(engine, &id, lost).await? {
        0 => Ok(Applied::Done),
        exit => Err(Cause::Ended { exit, output: tail.text() }),
    }
}

/// Returns how a command ended; one that closed its output may go on for a while. If its answer was lost, it may never
/// have been started: then it is tried again, and never otherwise.
async fn exit_code(engine: &DockerEngine, id: &str, mut lost: Option<Cause>) -> Result<i64, Cause> {
    let path = format!("/exec/{id}/json");
    let mut pause = GLANCE;
    loop {
        let looked: Result<Looked, Cause> = again(|| engine.pool.get(&path)).await;
        let looked = looked.map_err(|cause| Cause::LostCommand(Box::new(cause)))?;
        match (looked.running, looked.exit_code, lost) {
            (false, Some(exit), _) => return Ok(exit),
            (false, None, Some(lost)) => return Err(lost),
            (_, _, still) => lost = still,
        }
        tokio::time::sleep(pause).await;
        pause = (pause * 2).min(SLOWEST);
    }
}

/// The end of what was written.
#[derive(Debug, Default)]
struct Tail(VecDeque<u8>);

impl Tail {
    fn push(&mut self, bytes: &[u8]) {
        self.0.extend(bytes);
        self.0.drain(..self.0.len().saturating_sub(KEPT));
        if let Some(line) = String::from_utf8_lossy(bytes).lines().rev().find(|line| !line.trim().is_empty())
        {
            progress(line);
        }
    }

    fn text(self) -> String {
        let is_cut = self.0.len() == KEPT;
        let bytes: Vec<u8> = self.0.into();
        let text = String::from_utf8_lossy(&bytes);
        // The first line is not whole.
        let text = if is_cut { text.split_once('\n').map_or(&*text, |(_, rest)| rest) } else { &*text };
        text.trim_end().to_owned()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_end_of_the_output_is_kept_in_whole_lines() {
        let mut tail = Tail::default();
        tail.push(b"short\n");
        assert_eq!(tail.text(), "short");
        let mut tail = Tail::default();
        (0..1000).for_each(|line| tail.push(format!("line {line}\n").as_bytes()));
        let text = tail.text();
        assert!(text.starts_with("line ") && text.ends_with("line 999"), "{text}");
        assert!(text.len() <= KEPT && text.lines().count() > 400, "{}", text.len());
    }
}
