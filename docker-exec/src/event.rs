//! What can be watched while a plan is carried out.

use std::fmt;

use map_planner::{Step, StepId};
use tokio::sync::mpsc::UnboundedSender;
use tokio_util::sync::CancellationToken;

use crate::report::Outcome;

/// Something that happened.
#[derive(Debug)]
#[non_exhaustive]
pub enum Event<'a> {
    /// A step was handed to the engine.
    StepStarted {
        /// The step.
        step: &'a Step,
    },
    /// A step that takes long says how far it is.
    StepProgressed {
        /// The step.
        step: &'a Step,
        /// The engine's words.
        text: &'a str,
    },
    /// A step ended, or will never be started.
    StepFinished {
        /// The step.
        step: &'a Step,
        /// How.
        outcome: &'a Outcome,
    },
}

/// Somebody who watches. It is called between two answers of the engine and should not take long.
pub trait Observer {
    /// Takes notice of an event.
    fn notice(&mut self, event: Event<'_>);
}

/// Watches nothing.
impl Observer for () {
    fn notice(&mut self, _event: Event<'_>) {}
}

tokio::task_local! {
    // An engine knows no steps and a step knows no engine: whoever runs the step lends its progress line this way, so
    // that `Engine::apply` needs no parameter that most actions and all wrappers would only pass on.
    static PROGRESS: Progress;
}

/// Where the progress of one step goes, and who may end it.
#[derive(Clone)]
pub(crate) struct Progress {
    pub(crate) step: StepId,
    pub(crate) to: UnboundedSender<(StepId, String)>,
    /// Cancels the run that the step is of.
    pub(crate) cancel: CancellationToken,
}

impl Progress {
    /// Runs a step's work with its progress going here.
    pub(crate) async fn during<F: Future>(self, work: F) -> F::Output {
        PROGRESS.scope(self, work).await
    }
}

/// Returns what cancels the run that the present step is of.
pub(crate) fn cancellation() -> CancellationToken {
    PROGRESS.try_with(|line| line.cancel.clone()).unwrap_or_default()
}

/// Says how far the present step is; nobody may be listening.
pub(crate) fn progress(text: impl fmt::Display) {
    let _ = PROGRESS.try_with(|line| line.to.send((line.step, text.to_string())));
}
