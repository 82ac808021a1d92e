//! What the classic builder says, and what it leaves.

use std::time::Duration;

use hyper::Method;
use map_planner::engine::Moment;
use serde::Deserialize;

use crate::docker::DockerEngine;
use crate::docker::again::again;
use crate::docker::cause::Cause;
use crate::output::Stream;

/// How the classic builder writes what goes to standard error.
const RED: &str = "\u{1b}[91m";
const PLAIN: &str = "\u{1b}[0m";
/// The length of the identifiers that it names.
const SHORT: usize = 12;
/// The time between two looks at what has to go.
const PAUSE: Duration = Duration::from_millis(100);

/// What it says.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Said<'a> {
    /// A step begins.
    Step { number: usize, words: &'a str },
    /// The present step was done before.
    Cached,
    /// The present step runs in this container.
    Container(&'a str),
    /// The present step came to this image.
    Image(&'a str),
    /// All is done.
    Finished,
    /// Nothing that is of interest.
    Nothing,
    /// A container wrote something.
    Output(Stream, &'a str),
}

/// Reads what it says. A container can write the same words, so nothing can depend on them that does harm.
pub(super) fn said(text: &str) -> Said<'_> {
    let line = text.trim_end_matches('\n');
    if let Some((number, words)) = line.strip_prefix("Step ").and_then(step) {
        return Said::Step { number, words };
    }
    if let Some(arrow) = line.strip_prefix(" ---> ") {
        if arrow == "Using cache" {
            return Said::Cached;
        }
        if let Some(id) = arrow.strip_prefix("Running in ").filter(|id| is_id(id)) {
            return Said::Container(id);
        }
        if is_id(arrow) {
            return Said::Image(arrow);
        }
    }
    if line.strip_prefix("Successfully built ").is_some_and(is_id) {
        return Said::Finished;
    }
    let is_nothing = line.strip_prefix("Removing intermediate container ").is_some_and(is_id)
        || line.starts_with("Successfully tagged ")
        || line.is_empty();
    if is_nothing {
        return Said::Nothing;
    }
    match text.strip_prefix(RED) {
        Some(text) => Said::Output(Stream::Err, text.strip_suffix(PLAIN).unwrap_or(text)),
        None => Said::Output(Stream::Out, text),
    }
}

/// Reads `2/7 : RUN make`.
fn step(text: &str) -> Option<(usize, &str)> {
    let (place, words) = text.split_once(" : ")?;
    let (number, total) = place.split_once('/')?;
    total.parse::<usize>().ok()?;
    Some((number.parse().ok()?, words))
}

fn is_id(text: &str) -> bool {
    text.len() == SHORT && text.bytes().all(|byte| byte.is_ascii_digit() || (b'a'..=b'f').contains(&byte))
}

/// What a build made on its way, in its own words.
#[derive(Debug, Default)]
pub(super) struct Traces {
    container: Option<String>,
    images: Vec<String>,
    is_old: bool,
}

impl Traces {
    pub(super) fn container(&mut self, id: &str) {
        self.container = Some(id.to_owned());
    }

    /// Says that the next image was there before.
    pub(super) fn next_is_old(&mut self) {
        self.is_old = true;
    }

    pub(super) fn image(&mut self, id: &str) {
        if !std::mem::take(&mut self.is_old) {
            self.images.push(id.to_owned());
        }
    }
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Clock {
    #[serde(default)]
    system_time: String,
}

/// Returns what the engine's clock says
/// ([`SystemInfo`](https://docs.docker.com/reference/api/engine/version/v1.41/#tag/System/operation/SystemInfo)).
pub(super) async fn now(engine: &DockerEngine) -> Result<Option<Moment>, Cause> {
    let clock: Clock = again(|| engine.pool.get("/info")).await?;
    Ok(Moment::read(&clock.system_time))
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Image {
    #[serde(default)]
    repo_tags: Option<Vec<String>>,
    #[serde(default)]
    created: String,
}

/// Waits until a build's last container is gone, which the engine removes when nobody listens any more, and removes the
/// images that the build made.
///
/// What a build says can be a container's output. So a container is only waited for, and an image is removed only if it
/// has no name, was made since the build began, and if nothing is made from it, which the engine refuses.
pub(super) async fn clear(engine: &DockerEngine, traces: &Traces, since: Option<&Moment>) {
    if let Some(id) = &traces.container {
        while engine.pool.status(Method::GET, &format!("/containers/{id}/json")).await.is_ok() {
            tokio::time::sleep(PAUSE).await;
        }
    }
    for id in traces.images.iter().rev() {
        let found = engine.pool.find::<Image>(&format!("/images/{id}/json")).await;
        let Ok(Some(image)) = found else { continue };
        let has_name = image.repo_tags.is_some_and(|tags| !tags.is_empty());
        let created = Moment::read(&image.created);
        if !has_name && since.is_some() && created.as_ref() >= since {
            // What is in use stays: it is somebody's by now.
            let _ = engine.pool.status(Method::DELETE, &format!("/images/{id}?noprune=1")).await;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_the_builder_says_is_told_from_output() {
        for (text, expect) in [
            ("Step 2/7 : RUN make : all", Said::Step { number: 2, words: "RUN make : all" }),
            (" ---> Using cache\n", Said::Cached),
            (" ---> Running in 0123456789ab\n", Said::Container("0123456789ab")),
            (" ---> 0123456789ab\n", Said::Image("0123456789ab")),
            ("Removing intermediate container 0123456789ab\n", Said::Nothing),
            ("\n", Said::Nothing),
            ("Successfully built 0123456789ab\n", Said::Finished),
            ("Successfully tagged app:latest\n", Said::Nothing),
            ("out\n", Said::Output(Stream::Out, "out\n")),
            ("\u{1b}[91merr\n\u{1b}[0m", Said::Output(Stream::Err, "err\n")),
            (" ---> ../../containers\n", Said::Output(Stream::Out, " ---> ../../containers\n")),
            ("Step by step\n", Said::Output(Stream::Out, "Step by step\n")),
        ] {
            assert_eq!(said(text), expect, "{text:?}");
        }
    }
}
