//! Plans, and steps in a few words.

use std::fmt::{self, Write as _};

use anstyle::{AnsiColor, Style};
use map_planner::{Action, Effect, Plan, PlanFile, Slot, Step};

use super::Ui;
use crate::args::Format;
use crate::failure::Failure;

impl Ui {
    /// Prints plans.
    ///
    /// # Errors
    ///
    /// Standard output takes no more.
    pub(crate) fn plans(self, plans: &[Plan], format: Format) -> Result<(), Failure> {
        match format {
            Format::Text => {
                let texts: Vec<String> = plans.iter().map(text).collect();
                self.out(texts.join("\n"))
            }
            Format::Json => self.out(PlanFile::new(plans.to_vec()).to_json()),
        }
    }
}

fn text(plan: &Plan) -> String {
    if plan.is_empty() { format!("{}nothing to do\n", plan.text()) } else { coloured(plan) }
}

/// Returns the text view with each step's line in the colour of its effect. The view itself knows no colours.
fn coloured(plan: &Plan) -> String {
    let mut text = String::new();
    let mut steps = plan.steps().iter().peekable();
    for line in plan.text().to_string().lines() {
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

fn style(effect: Effect) -> Style {
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
