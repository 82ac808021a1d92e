//! The text view: one line per step, in list order.

use alloc::borrow::ToOwned;
use alloc::collections::{BTreeMap, BTreeSet};
use alloc::format;
use alloc::string::{String, ToString};
use alloc::vec::Vec;
use core::fmt;

use container_map::{ContainerKey, ResourceKey};

use super::reason::{describe_note, describe_reason, details};
use crate::action::{Action, Condition, Depth, Effect};
use crate::container_ref::{ContainerRef, Slot};
use crate::plan::{Plan, Step, StepId};
use crate::reason::Reason;

/// A plan as text.
pub(crate) struct Text<'a>(pub(crate) &'a Plan);

impl fmt::Display for Text<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let plan = self.0;
        writeln!(f, "plan for client `{}`, map `{}`\n", plan.client(), plan.map())?;
        if !plan.is_empty() {
            write_steps(f, plan.steps())?;
            writeln!(f)?;
        }
        writeln!(f, "{}", plan.summary())?;
        plan.notes().iter().try_for_each(|note| writeln!(f, "note: {}", describe_note(note)))
    }
}

struct Row {
    id: String,
    after: String,
    action: String,
    reason: String,
    remark: String,
    details: Vec<String>,
}

fn write_steps(f: &mut fmt::Formatter<'_>, steps: &[Step]) -> fmt::Result {
    let rows = rows(steps);
    let width = |cell: fn(&Row) -> &str, least: usize| {
        rows.iter().map(|row| cell(row).chars().count()).max().unwrap_or_default().max(least)
    };
    let id = width(|row| &row.id, 3);
    let after = width(|row| &row.after, 5);
    let action = width(|row| &row.action, 6);
    let reason = width(|row| &row.reason, 0).min(32);
    writeln!(f, "{:>id$}  {:<after$}  {:<action$}  reason", "#", "after", "  action")?;
    for row in &rows {
        let line = format!(
            "{:>id$}  {:<after$}  {:<action$}  {:<reason$}  {}",
            row.id, row.after, row.action, row.reason, row.remark
        );
        writeln!(f, "{}", line.trim_end())?;
        for detail in &row.details {
            writeln!(f, "{:>id$}  {:<after$}      {detail}", "", "")?;
        }
    }
    Ok(())
}

fn rows(steps: &[Step]) -> Vec<Row> {
    let outages = outages(steps);
    let mut last: BTreeMap<ResourceKey, &Reason> = BTreeMap::new();
    steps
        .iter()
        .map(|step| {
            let target = step.action.target();
            let repeated = last.get(&target) == Some(&&step.reason);
            // Waiting in between does not make the reason of what goes on a new one.
            if !step.action.only_waits() {
                last.insert(target, &step.reason);
            }
            Row {
                id: step.id.to_string(),
                after: after(step),
                action: action(&step.action),
                reason: if repeated { "″".to_owned() } else { describe_reason(&step.reason) },
                remark: remark(step, &outages),
                details: if repeated { Vec::new() } else { details(&step.reason) },
            }
        })
        .collect()
}

fn after(step: &Step) -> String {
    let numbers: Vec<String> = step.after.iter().map(ToString::to_string).collect();
    numbers.join(",")
}

fn action(action: &Action) -> String {
    let symbol = match action.effect() {
        Effect::Stop if matches!(action, Action::RestartContainer { .. }) => '±',
        Effect::Prepare | Effect::Start => '+',
        Effect::Amend => '~',
        Effect::Stop | Effect::Destroy => '-',
    };
    let target = match action.container() {
        Some(container) => format!("container/{}{}", container.key, slot(container)),
        None => action.target().to_string(),
    };
    let rest = match action {
        Action::RenameContainer { to, .. } => match to {
            Slot::Current => " → current".to_owned(),
            Slot::Next => " → next".to_owned(),
            Slot::Prev => " → prev".to_owned(),
        },
        Action::ConnectNetwork { network, .. } => format!(" to network/{network}"),
        Action::DisconnectNetwork { network, .. } => format!(" from network/{network}"),
        Action::AwaitContainer { until: until @ (Condition::Healthy | Condition::Completed), .. } => {
            format!(" until {}", until.as_str())
        }
        _ => String::new(),
    };
    format!("{symbol} {} {target}{rest}", action.verb())
}

fn slot(container: &ContainerRef) -> &'static str {
    match container.slot {
        Slot::Current => "",
        Slot::Next => " (next)",
        Slot::Prev => " (prev)",
    }
}

/// Where a container that runs now is stopped, and where it runs again.
struct Outages {
    begins: BTreeSet<StepId>,
    ends: BTreeSet<StepId>,
}

fn outages(steps: &[Step]) -> Outages {
    let mut down: BTreeSet<&ContainerKey> = BTreeSet::new();
    let mut outages = Outages { begins: BTreeSet::new(), ends: BTreeSet::new() };
    for step in steps {
        match &step.action {
            Action::StopContainer { container, .. } if container.slot == Slot::Current => {
                down.insert(&container.key);
                outages.begins.insert(step.id);
            }
            Action::StartContainer { container, .. } if down.remove(&container.key) => {
                outages.ends.insert(step.id);
            }
            _ => {}
        }
    }
    // What is stopped for good has no outage: it is meant to be gone.
    for step in steps {
        if let Action::StopContainer { container, .. } = &step.action
            && down.contains(&container.key)
        {
            outages.begins.remove(&step.id);
        }
    }
    outages
}

fn remark(step: &Step, outages: &Outages) -> String {
    if outages.begins.contains(&step.id) {
        return "outage begins".to_owned();
    }
    if outages.ends.contains(&step.id) {
        return "outage ends".to_owned();
    }
    let Action::PrepareVolume { owner, mode, depth, .. } = &step.action else {
        return String::new();
    };
    let mut parts: Vec<String> = Vec::new();
    parts.extend(owner.as_ref().map(|owner| format!("owner {owner}")));
    parts.extend(mode.as_ref().map(|mode| format!("mode {mode}")));
    match depth {
        Depth::Whole => {}
        Depth::WholeIfEmpty => parts.push("files only if it is empty".to_owned()),
        Depth::Top => parts.push("directory only".to_owned()),
    }
    parts.join(", ")
}
