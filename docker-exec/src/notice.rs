//! Events as values, for somebody who watches from another task or thread.

use std::error::Error as _;
use std::pin::Pin;
use std::task::{Context, Poll};

use futures_util::Stream;
use map_planner::StepId;
use tokio::sync::mpsc::{UnboundedReceiver, UnboundedSender, unbounded_channel};

use crate::error::{EngineError, Kind};
use crate::event::{Event, Observer};
use crate::report::Outcome;

/// An [`Event`] that lends nothing. What the step does is in the plan.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum Notice {
    /// A step was handed to the engine.
    Started {
        /// The step.
        step: StepId,
    },
    /// A step that takes long says how far it is.
    Progressed {
        /// The step.
        step: StepId,
        /// The engine's words, or the last line of what a command wrote.
        text: String,
    },
    /// A step ended, or will never be started.
    Finished {
        /// The step.
        step: StepId,
        /// How.
        end: End,
    },
}

/// An [`Outcome`] with its error in words. The error itself is in the report.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum End {
    /// It was done.
    Done,
    /// The engine was so already.
    AlreadyDone,
    /// The engine did not do it.
    Failed {
        /// The family of causes.
        kind: Kind,
        /// What was being done.
        doing: String,
        /// Why it failed, the nearest cause first.
        causes: Vec<String>,
    },
    /// It was not tried, because a step before it was not done.
    Skipped {
        /// The step that failed.
        because: StepId,
    },
    /// It was not tried, because the run was cancelled before its turn.
    Cancelled,
}

impl From<&Outcome> for End {
    fn from(outcome: &Outcome) -> Self {
        match outcome {
            Outcome::Done => Self::Done,
            Outcome::AlreadyDone => Self::AlreadyDone,
            Outcome::Failed(error) => {
                Self::Failed { kind: error.kind, doing: error.to_string(), causes: causes(error) }
            }
            Outcome::Skipped { because } => Self::Skipped { because: *because },
            Outcome::Cancelled => Self::Cancelled,
        }
    }
}

fn causes(error: &EngineError) -> Vec<String> {
    let mut causes = Vec::new();
    let mut next = error.source();
    while let Some(cause) = next {
        causes.push(cause.to_string());
        next = cause.source();
    }
    causes
}

/// Makes an observer and the stream of what it is told. Nothing is dropped and nobody waits: a reader that is slow finds
/// everything later, and one that is gone is not missed.
pub fn notices() -> (Teller, Notices) {
    let (to, from) = unbounded_channel();
    (Teller(to), Notices(from))
}

/// An observer that passes everything on.
#[derive(Debug, Clone)]
pub struct Teller(UnboundedSender<Notice>);

impl Observer for Teller {
    fn notice(&mut self, event: Event<'_>) {
        let notice = match event {
            Event::StepStarted { step } => Notice::Started { step: step.id },
            Event::StepProgressed { step, text } => {
                Notice::Progressed { step: step.id, text: text.to_owned() }
            }
            Event::StepFinished { step, outcome } => {
                Notice::Finished { step: step.id, end: End::from(outcome) }
            }
        };
        // Nobody has to listen.
        let _ = self.0.send(notice);
    }
}

/// What happens, as it happens. It ends when all its tellers are gone.
#[derive(Debug)]
pub struct Notices(UnboundedReceiver<Notice>);

impl Notices {
    /// Waits for the next one; none when there will be none.
    pub async fn next(&mut self) -> Option<Notice> {
        self.0.recv().await
    }
}

impl Stream for Notices {
    type Item = Notice;

    fn poll_next(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Option<Notice>> {
        self.0.poll_recv(context)
    }
}
