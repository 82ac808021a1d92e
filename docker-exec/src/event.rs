//! What can be watched while a plan is carried out.

use std::fmt;

use container_map::NetworkKey;
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

/// What a step says while it is under way.
#[derive(Debug)]
pub(crate) enum Told {
    /// How far it is, for people.
    Words(String),
    /// It is over with the endpoints of a network.
    Leaves(NetworkKey),
    /// It does not touch an endpoint of any network for a while.
    Rests,
}

/// Where the progress of one step goes, and who may end it.
#[derive(Debug, Clone)]
pub(crate) struct Progress {
    pub(crate) step: StepId,
    pub(crate) to: UnboundedSender<(StepId, Told)>,
    /// Cancels the run that the step is of.
    pub(crate) cancel: CancellationToken,
}

impl Progress {
    /// Runs a step's work with its progress going here.
    pub(crate) async fn during<F: Future>(self, work: F) -> F::Output {
        PROGRESS.scope(self, work).await
    }

    /// Returns where the progress of the present step goes, if somebody runs one.
    pub(crate) fn present() -> Option<Self> {
        PROGRESS.try_with(Self::clone).ok()
    }

    /// Says that the step is over with the endpoints of a network.
    pub(crate) fn leave(&self, network: NetworkKey) {
        self.tell(Told::Leaves(network));
    }

    /// Nobody may be listening any more.
    fn tell(&self, told: Told) {
        let _ = self.to.send((self.step, told));
    }
}

/// Returns what cancels the run that the present step is of.
pub(crate) fn cancellation() -> CancellationToken {
    PROGRESS.try_with(|line| line.cancel.clone()).unwrap_or_default()
}

/// Says how far the present step is.
pub(crate) fn progress(text: impl fmt::Display) {
    let _ = PROGRESS.try_with(|line| line.tell(Told::Words(text.to_string())));
}

/// Says that the present step does not touch an endpoint of any network for a while.
pub(crate) fn rest() {
    let _ = PROGRESS.try_with(|line| line.tell(Told::Rests));
}
