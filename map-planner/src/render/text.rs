//! The text view: one line per step, in list order.

use alloc::borrow::ToOwned;
use alloc::collections::BTreeMap;
use alloc::format;
use alloc::string::{String, ToString};
use alloc::vec::Vec;
use core::fmt;

use container_map::ResourceKey;

use super::reason::{describe_note, describe_reason, describe_volume, details_of};
use super::width::{cut, wrapped};
use super::words::{describe_action, settings, symbol};
use crate::overview::{Outage, Overview, Summary, outages};
use crate::plan::{Plan, Step, StepId};
use crate::reason::Reason;

/// A plan as text.
pub(crate) struct Text<'a> {
    pub(crate) plan: &'a Plan,
    /// How many characters a line can have; none for as many as it takes.
    pub(crate) width: Option<usize>,
}

impl fmt::Display for Text<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let plan = self.plan;
        writeln!(f, "plan for client `{}`, map `{}`\n", plan.client(), plan.map())?;
        if !plan.is_empty() {
            self.write_steps(f, plan.steps())?;
            writeln!(f)?;
        }
        let Overview { summary, .. } = plan.overview();
        writeln!(f, "{summary}")?;
        if let Some(drift) = drift(&summary) {
            writeln!(f, "{drift}")?;
        }
        let volumes = plan.anonymous_volumes().iter().map(describe_volume);
        let notes = plan.notes().iter().map(|note| format!("note: {}", describe_note(note)));
        volumes.chain(notes).try_for_each(|text| {
            wrapped(&text, self.width, "", "      ").iter().try_for_each(|line| writeln!(f, "{line}"))
        })
    }
}

/// Says what of the differences nobody wrote into the map.
fn drift(summary: &Summary) -> Option<String> {
    let differences =
        |count| if count == 1 { "1 difference".to_owned() } else { format!("{count} differences") };
    match (summary.changed, summary.drifted) {
        (_, 0) => None,
        (0, drifted) => Some(format!("drift: {} made on the engine", differences(drifted))),
        (changed, drifted) => Some(format!(
            "drift: {} made on the engine, beside {changed} made in the map",
            differences(drifted)
        )),
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

/// How wide the reasons' column becomes at most: a longer reason pushes the remark of its own line alone.
const REASONS: usize = 32;

impl Text<'_> {
    fn write_steps(&self, f: &mut fmt::Formatter<'_>, steps: &[Step]) -> fmt::Result {
        let rows = rows(steps);
        let width = |cell: fn(&Row) -> &str, least: usize| {
            rows.iter().map(|row| cell(row).chars().count()).max().unwrap_or_default().max(least)
        };
        let id = width(|row| &row.id, 3);
        let after = width(|row| &row.after, 5);
        let action = width(|row| &row.action, 6);
        let reason = width(|row| &row.reason, 0).min(REASONS);
        writeln!(f, "{:>id$}  {:<after$}  {:<action$}  reason", "#", "after", "  action")?;
        let indent = format!("{:>id$}  {:<after$}      ", "", "");
        for row in &rows {
            let line = format!(
                "{:>id$}  {:<after$}  {:<action$}  {:<reason$}  {}",
                row.id, row.after, row.action, row.reason, row.remark
            );
            writeln!(f, "{}", cut(line.trim_end(), self.width))?;
            for detail in &row.details {
                let further = format!("{indent}  ");
                for line in wrapped(detail, self.width, &indent, &further) {
                    writeln!(f, "{line}")?;
                }
            }
        }
        Ok(())
    }
}

fn rows(steps: &[Step]) -> Vec<Row> {
    let outages = outages(steps);
    let remarks = remarks(&outages);
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
                action: format!("{} {}", symbol(&step.action), describe_action(&step.action)),
                reason: if repeated { "″".to_owned() } else { describe_reason(&step.reason) },
                remark: remarks.get(&step.id).cloned().unwrap_or_else(|| settings(&step.action)),
                details: if repeated { Vec::new() } else { details_of(&step.reason) },
            }
        })
        .collect()
}

fn after(step: &Step) -> String {
    let numbers: Vec<String> = step.after.iter().map(ToString::to_string).collect();
    numbers.join(",")
}

/// Returns what is said of the steps where outages begin and end; of a restart its symbol says it.
fn remarks(outages: &[Outage]) -> BTreeMap<StepId, String> {
    let lasting = outages.iter().filter(|outage| outage.from != outage.to);
    let ends = |outage: &Outage| match outage.between {
        0 => "outage ends".to_owned(),
        1 => "outage ends (1 step between)".to_owned(),
        between => format!("outage ends ({between} steps between)"),
    };
    lasting
        .flat_map(|outage| [(outage.from, "outage begins".to_owned()), (outage.to, ends(outage))])
        .collect()
}
