//! What a person or a program sees while a plan is carried out.
//!
//! A `Track` knows what is under way; four views show it: lines that move, lines that stay, lines of JSON, and nothing.
//! All times are read here.

mod live;
mod plain;
mod stream;
mod track;

use std::cell::RefCell;
use std::fmt;
use std::rc::Rc;
use std::time::{Duration, Instant};

use docker_exec::{Event, MeasuredOutage, Observer, Outages, Outcome};
use indicatif::{ProgressBar, ProgressDrawTarget, ProgressStyle};
use map_planner::{Plan, Step};
use serde::Serialize;

pub(super) use self::live::{Paint, Room};
use self::plain::Heartbeat;
use self::stream::Line;
use self::track::Track;
use super::{Shown, Ui, terminal_room};

/// How often the moving lines move.
const PERIOD: Duration = Duration::from_millis(100);

/// Returns the JSON Schema of the lines for programs.
pub(crate) fn progress_schema() -> impl Serialize {
    stream::schema()
}

/// Watches a plan being carried out.
#[derive(Debug)]
pub(crate) struct Progress(Rc<RefCell<Scene>>);

/// Prints lines, above the moving ones if there are any, and keeps these moving.
#[derive(Debug, Clone)]
pub(crate) struct Voice(Rc<RefCell<Scene>>);

/// What was measured while a plan was carried out.
#[derive(Debug)]
pub(crate) struct Measured {
    pub(crate) took: Duration,
    pub(crate) outages: Vec<MeasuredOutage>,
}

#[derive(Debug)]
struct Scene {
    began: Instant,
    track: Track,
    outages: Outages,
    view: View,
    ui: Ui,
}

#[derive(Debug)]
enum View {
    /// A bar of any number of lines: they are drawn in one go.
    Live {
        bar: ProgressBar,
        drawn: Vec<String>,
        paint: Paint,
    },
    Plain(Heartbeat),
    Json,
    Quiet,
}

impl View {
    fn of(ui: Ui) -> Self {
        match ui.shown {
            Shown::Live => {
                let style = ProgressStyle::with_template("{msg}")
                    .unwrap_or_else(|_| ProgressStyle::default_spinner());
                let bar = ProgressBar::with_draw_target(None, ProgressDrawTarget::stderr()).with_style(style);
                Self::Live { bar, drawn: Vec::new(), paint: ui.paint() }
            }
            Shown::Plain => Self::Plain(Heartbeat::default()),
            Shown::Json => Self::Json,
            Shown::Quiet => Self::Quiet,
        }
    }
}

impl Voice {
    /// Prints a line to standard error.
    pub(crate) fn say(&self, text: impl fmt::Display) {
        self.0.borrow().say(text);
    }

    /// Keeps the moving lines moving, and says now and then what is under way; it never ends.
    pub(crate) async fn go_on(&self) {
        let mut ticks = tokio::time::interval(PERIOD);
        loop {
            ticks.tick().await;
            self.0.borrow_mut().tick();
        }
    }
}

impl Progress {
    /// Watches a plan.
    pub(crate) fn new(plan: &Plan, ui: Ui) -> Self {
        let scene = Scene {
            began: Instant::now(),
            track: Track::new(plan.steps()),
            outages: Outages::new(plan),
            view: View::of(ui),
            ui,
        };
        if matches!(scene.view, View::Json) {
            ui.line(Line::begin(plan).text());
        }
        Self(Rc::new(RefCell::new(scene)))
    }

    /// Returns something that others can print lines with meanwhile.
    pub(crate) fn voice(&self) -> Voice {
        Voice(Rc::clone(&self.0))
    }

    /// Takes the moving lines away, sums up for programs, and returns what was measured.
    pub(crate) fn close(&self) -> Measured {
        self.0.borrow().close()
    }

    /// Returns what is under way, in words.
    pub(crate) fn under_way(&self) -> Vec<String> {
        self.0.borrow().track.under_way().into_iter().map(|step| step.words.clone()).collect()
    }

    /// Returns the steps of a plan that were not begun, in words.
    pub(crate) fn not_begun(&self, plan: &Plan) -> Vec<String> {
        self.0.borrow().track.not_begun(plan)
    }
}

impl Observer for Progress {
    fn notice(&mut self, event: Event<'_>) {
        let mut scene = self.0.borrow_mut();
        scene.outages.notice(&event, Instant::now());
        match event {
            Event::StepStarted { step } => scene.start(step),
            Event::StepProgressed { step, text } => scene.progress(step, text),
            Event::StepFinished { step, outcome } => scene.finish(step, outcome),
            _ => {}
        }
    }
}

impl Scene {
    fn now(&self) -> Duration {
        self.began.elapsed()
    }

    fn say(&self, text: impl fmt::Display) {
        match &self.view {
            View::Live { bar, .. } => bar.suspend(|| self.ui.say(text)),
            View::Plain(_) | View::Json | View::Quiet => self.ui.say(text),
        }
    }

    fn start(&mut self, step: &Step) {
        let now = self.now();
        self.track.start(step, now);
        match &self.view {
            View::Plain(_) => {
                if let Some(line) = plain::begun(step, self.track.total) {
                    self.say(line);
                }
            }
            View::Json => self.ui.line(Line::start(step, now).text()),
            View::Live { .. } | View::Quiet => {}
        }
    }

    fn progress(&mut self, step: &Step, text: &str) {
        self.track.progress(step, text);
        if let (View::Json, Some(line)) = (&self.view, Line::progress(step, text, self.now())) {
            self.ui.line(line.text());
        }
    }

    fn finish(&mut self, step: &Step, outcome: &Outcome) {
        let now = self.now();
        let (took, over) = self.track.finish(step, outcome, now);
        match &self.view {
            View::Live { bar, paint, .. } => {
                let line = over.and_then(|over| live::over(&over, terminal_room().width, *paint));
                if let Some(line) = line {
                    bar.println(line);
                }
            }
            View::Plain(_) => {
                if let Some(line) = plain::ended(step, outcome, took, self.track.total) {
                    self.say(line);
                }
            }
            View::Json => self.ui.line(Line::end(step, outcome, took, now).text()),
            View::Quiet => {}
        }
    }

    fn tick(&mut self) {
        let now = self.now();
        match &mut self.view {
            View::Live { bar, drawn, paint } => {
                let lines = live::lines(&self.track, now, terminal_room(), *paint);
                if lines != *drawn {
                    bar.set_message(lines.join("\n"));
                    *drawn = lines;
                }
            }
            View::Plain(heartbeat) => {
                if let Some(line) = heartbeat.line(&self.track, now) {
                    self.ui.say(line);
                }
            }
            View::Json | View::Quiet => {}
        }
    }

    fn close(&self) -> Measured {
        let (took, outages) = (self.now(), self.outages.until(Instant::now()));
        match &self.view {
            View::Live { bar, .. } => bar.finish_and_clear(),
            View::Json => {
                let (total, under_way) = (self.track.total, self.track.under_way().len());
                let line = Line::summary(self.track.count, total, under_way, outages.clone(), took);
                self.ui.line(line.text());
            }
            View::Plain(_) | View::Quiet => {}
        }
        Measured { took, outages }
    }
}
