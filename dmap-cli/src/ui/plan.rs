//! Plans, and steps in a few words.

use std::collections::BTreeMap;
use std::fmt::{self, Write as _};

use anstyle::{AnsiColor, Style};
use container_map::ClientName;
use docker_exec::Requests;
use map_planner::{Action, Effect, Explanation, Plan, PlanFile, Slot, Step};

use serde::Serialize;

use super::{Consent, Progress, Ui, terminal_width};
use crate::args::View;
use crate::failure::Failure;

impl Ui {
    /// Prints plans, and how much was asked of the engines for them: in JSON, and where more is to be said. A question
    /// needs its plan, also where plans are not shown.
    ///
    /// # Errors
    ///
    /// Standard output takes no more.
    pub(crate) fn plans_made(
        self,
        plans: &[Plan],
        view: View,
        requests: &BTreeMap<ClientName, Requests>,
        consent: Consent,
    ) -> Result<(), Failure> {
        for (client, requests) in requests {
            self.detail(format_args!("asked of client `{client}`: {requests}"));
        }
        match view {
            View::Json => self.json(&Made { file: PlanFile::new(plans.to_vec()), requests }),
            View::Text | View::Script | View::Markdown if self.shows_plans() => self.plans(plans, view),
            View::Text | View::Script | View::Markdown => match consent {
                Consent::Wanted => self.aside().plans(plans, view),
                Consent::Given => Ok(()),
            },
        }
    }

    /// Prints a plan that takes the place of one that was shown.
    ///
    /// # Errors
    ///
    /// Standard output takes no more.
    pub(crate) fn plan_instead(self, plan: &Plan, view: View) -> Result<(), Failure> {
        if !self.shows_plans() && view == View::Text {
            return Ok(());
        }
        self.say("the engine has changed meanwhile; this is what there is to do now:");
        self.plans(std::slice::from_ref(plan), view)
    }

    /// Says that there is nothing to do, where the plan was not shown.
    pub(crate) fn needless(self, plan: &Plan) {
        if !self.shows_plans() {
            Progress::new(plan, self).close();
            self.say("nothing to do");
        }
    }

    /// Prints explanations.
    ///
    /// # Errors
    ///
    /// Standard output takes no more.
    pub(crate) fn explanations(self, explanations: &[Explanation], view: View) -> Result<(), Failure> {
        if view == View::Json {
            return self.json(&explanations);
        }
        let width = terminal_width();
        let texts = explanations.iter().map(|explanation| explanation.text(width).to_string());
        self.out(texts.collect::<Vec<_>>().join("\n"))
    }

    /// Prints plans.
    ///
    /// # Errors
    ///
    /// Standard output takes no more.
    pub(crate) fn plans(self, plans: &[Plan], view: View) -> Result<(), Failure> {
        let joined = |view: &dyn Fn(&Plan) -> String| plans.iter().map(view).collect::<Vec<_>>().join("\n");
        match view {
            View::Text => {
                let width = terminal_width();
                self.out(joined(&|plan| text(plan, width)))
            }
            View::Json => self.out(PlanFile::new(plans.to_vec()).to_json()),
            View::Script => self.out(joined(&|plan| plan.script().to_string())),
            View::Markdown => self.out(joined(&|plan| plan.markdown().to_string())),
        }
    }
}

/// Plans as a program sees them that carries them out.
#[derive(Serialize)]
struct Made<'a> {
    #[serde(flatten)]
    file: PlanFile,
    /// How much each client's engine was asked until now.
    requests: &'a BTreeMap<ClientName, Requests>,
}

fn text(plan: &Plan, width: Option<usize>) -> String {
    let text = match width {
        Some(width) => plan.text_within(width).to_string(),
        None => plan.text().to_string(),
    };
    if plan.is_empty() { format!("{text}nothing to do\n") } else { coloured(plan, &text) }
}

/// Returns the text view with each step's line in the colour of its effect. The view itself knows no colours.
fn coloured(plan: &Plan, view: &str) -> String {
    let mut text = String::new();
    let mut steps = plan.steps().iter().peekable();
    for line in view.lines() {
        let number = line.split_whitespace().next().and_then(|word| word.parse::<u32>().ok());
        match steps.next_if(|step| Some(step.id.0) == number) {
            Some(step) => {
                let style = style(step.action.effect());
                let _ = writeln!(text, "{style}{line}{style:#}");
            }
            None => {
                let _ = writeln!(text, "{line}");
            }
        }
    }
    text
}

pub(super) fn style(effect: Effect) -> Style {
    let color = match effect {
        Effect::Prepare | Effect::Start => AnsiColor::Green,
        Effect::Amend => AnsiColor::Yellow,
        Effect::Stop | Effect::Destroy => AnsiColor::Red,
    };
    color.on_default()
}

/// A step in a few words: `create container/site.web (next)`.
#[derive(Debug)]
pub(super) struct Words<'a>(pub(super) &'a Step);

impl fmt::Display for Words<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let action = &self.0.action;
        write!(f, "{} {}", action.verb(), action.target())?;
        if let Some(slot) = action.container().and_then(|container| named(container.slot)) {
            write!(f, " ({slot})")?;
        }
        match action {
            Action::RenameContainer { to, .. } => write!(f, " → {}", named(*to).unwrap_or("current")),
            Action::ConnectNetwork { network, .. } => write!(f, " to network/{network}"),
            Action::DisconnectNetwork { network, .. } => write!(f, " from network/{network}"),
            Action::Exec { command, .. } => write!(f, ": {command}"),
            _ => Ok(()),
        }
    }
}

/// Returns the word for a slot that is not a container's usual one.
fn named(slot: Slot) -> Option<&'static str> {
    match slot {
        Slot::Current => None,
        Slot::Next => Some("next"),
        Slot::Prev => Some("prev"),
    }
}
