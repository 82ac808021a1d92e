//! What is under way: a line per running step on a terminal, a line per finished step elsewhere.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt;
use std::io::IsTerminal as _;
use std::time::{Duration, Instant};

use docker_exec::{Event, Observer, Outcome};
use indicatif::{MultiProgress, ProgressBar, ProgressStyle};
use map_planner::{Action, Plan, Step, StepId};

use super::Ui;
use super::plan::Words;

/// How often a running step's line moves.
const TICK: Duration = Duration::from_millis(120);

/// Watches a plan being carried out.
#[derive(Debug)]
pub(crate) struct Progress {
    total: usize,
    begun: BTreeSet<StepId>,
    running: BTreeMap<StepId, Running>,
    voice: Voice,
}

#[derive(Debug)]
struct Running {
    words: String,
    since: Instant,
    bar: Option<ProgressBar>,
}

/// Prints lines, above the moving ones if there are any.
#[derive(Debug, Clone)]
pub(crate) struct Voice {
    ui: Ui,
    bars: Option<MultiProgress>,
}

impl Voice {
    /// Prints a line to standard error.
    pub(crate) fn say(&self, text: impl fmt::Display) {
        match &self.bars {
            Some(bars) => bars.suspend(|| self.ui.say(text)),
            None => self.ui.say(text),
        }
    }
}

impl Progress {
    /// Watches a plan of so many steps.
    pub(crate) fn new(total: usize, ui: Ui) -> Self {
        let bars = std::io::stderr().is_terminal().then(MultiProgress::new);
        Self { total, begun: BTreeSet::new(), running: BTreeMap::new(), voice: Voice { ui, bars } }
    }

    /// Returns something that others can print lines with meanwhile.
    pub(crate) fn voice(&self) -> Voice {
        self.voice.clone()
    }

    /// Takes the moving lines away and returns what was under way.
    pub(crate) fn stop(&mut self) -> Vec<String> {
        let running = std::mem::take(&mut self.running);
        running
            .into_values()
            .map(|step| {
                if let Some(bar) = step.bar {
                    bar.finish_and_clear();
                }
                step.words
            })
            .collect()
    }

    /// Returns the steps of a plan that were not begun, in words.
    pub(crate) fn not_begun(&self, plan: &Plan) -> Vec<String> {
        let left = plan.steps().iter().filter(|step| !self.begun.contains(&step.id));
        left.map(|step| Words(step).to_string()).collect()
    }

    fn start(&mut self, step: &Step) {
        let words = Words(step).to_string();
        let bar = self.voice.bars.as_ref().map(|bars| {
            let style = ProgressStyle::with_template("{spinner} {prefix} … {wide_msg} {elapsed}")
                .unwrap_or_else(|_| ProgressStyle::default_spinner());
            let bar = bars.add(ProgressBar::new_spinner().with_style(style).with_prefix(words.clone()));
            bar.enable_steady_tick(TICK);
            bar
        });
        // A pull can take minutes, and without a moving line nobody would know.
        if bar.is_none() && matches!(step.action, Action::PullImage { .. }) {
            self.voice.say(format_args!("{} {words} …", self.number(step.id)));
        }
        self.begun.insert(step.id);
        self.running.insert(step.id, Running { words, since: Instant::now(), bar });
    }

    fn finish(&mut self, step: &Step, outcome: &Outcome) {
        let running = self.running.remove(&step.id);
        let took = running.as_ref().map_or(Duration::ZERO, |running| running.since.elapsed()).as_secs_f64();
        if let Some(bar) = running.and_then(|running| running.bar) {
            bar.finish_and_clear();
        }
        let ended = match outcome {
            Outcome::Done => format!("done ({took:.1}s)"),
            Outcome::AlreadyDone => format!("was so already ({took:.1}s)"),
            Outcome::Failed(_) => format!("failed ({took:.1}s)"),
            Outcome::Skipped { because } => format!("skipped: step {because} failed"),
            // The closing line says how many there are.
            Outcome::Cancelled => return,
        };
        self.voice.say(format_args!("{} {} … {ended}", self.number(step.id), Words(step)));
    }

    /// Returns a step's number beside the number of steps, as wide for the first as for the last.
    fn number(&self, id: StepId) -> String {
        let width = self.total.to_string().len();
        format!("[{:>width$}/{}]", id.0, self.total)
    }
}

impl Observer for Progress {
    fn notice(&mut self, event: Event<'_>) {
        match event {
            Event::StepStarted { step } => self.start(step),
            Event::StepProgressed { step, text } => {
                if let Some(bar) = self.running.get(&step.id).and_then(|running| running.bar.as_ref()) {
                    bar.set_message(text.to_owned());
                }
            }
            Event::StepFinished { step, outcome } => self.finish(step, outcome),
            _ => {}
        }
    }
}
