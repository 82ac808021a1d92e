//! The Markdown view, for the description or a comment of a pull request.

use alloc::borrow::ToOwned;
use alloc::collections::BTreeMap;
use alloc::format;
use alloc::string::{String, ToString};
use alloc::vec::Vec;
use core::fmt;

use container_map::ResourceKey;

use super::quote::visible;
use super::reason::{describe_note, describe_reason, describe_volume, details};
use super::words::{describe_action, settings, symbol};
use crate::overview::{Outage, Overview, Treatment, treatments};
use crate::plan::{Plan, Step};

/// A plan as Markdown: a line per resource, the steps and differences folded away.
pub(crate) struct Markdown<'a>(pub(crate) &'a Plan);

impl fmt::Display for Markdown<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let plan = self.0;
        writeln!(f, "### client {}, map {}\n", code(plan.client()), code(plan.map()))?;
        let overview = plan.overview();
        writeln!(f, "**{}**", overview.summary)?;
        if !plan.is_empty() {
            self.write_resources(f, &overview)?;
            folded(f, "Differences", &difference_lines(&overview))?;
            folded(f, &format!("Steps: {}", plan.steps().len()), &step_lines(plan.steps()))?;
        }
        if !(plan.notes().is_empty() && plan.anonymous_volumes().is_empty()) {
            writeln!(f)?;
        }
        let mut volumes = plan.anonymous_volumes().iter().map(describe_volume);
        volumes.try_for_each(|volume| writeln!(f, "- {}", escaped(&volume)))?;
        plan.notes().iter().try_for_each(|note| writeln!(f, "- note: {}", escaped(&describe_note(note))))
    }
}

impl Markdown<'_> {
    fn write_resources(&self, f: &mut fmt::Formatter<'_>, overview: &Overview) -> fmt::Result {
        let mut reasons: BTreeMap<ResourceKey, String> = BTreeMap::new();
        for step in self.0.steps().iter().filter(|step| !step.action.only_waits()) {
            reasons.entry(step.action.target()).or_insert_with(|| describe_reason(&step.reason));
        }
        writeln!(f, "\n| | resource | | reason | outage |\n|---|---|---|---|---|")?;
        for (key, treatment) in treatments(self.0) {
            let reason = reasons.get(&key).map(|reason| escaped(reason)).unwrap_or_default();
            let outages = overview.outages.iter();
            let outage =
                outages.filter(|outage| ResourceKey::from(outage.container.clone()) == key).map(outage_words);
            let outage: Vec<String> = outage.collect();
            let symbol = treatment_symbol(treatment);
            writeln!(
                f,
                "| `{symbol}` | {} | {} | {reason} | {} |",
                code(&key),
                treatment.as_str(),
                outage.join(", ")
            )?;
        }
        Ok(())
    }
}

fn treatment_symbol(treatment: Treatment) -> char {
    match treatment {
        Treatment::Pull | Treatment::Build | Treatment::Create | Treatment::Start => '+',
        Treatment::Replace | Treatment::Restart => '±',
        Treatment::Amend | Treatment::Signal => '~',
        Treatment::Stop | Treatment::Remove => '-',
    }
}

fn outage_words(outage: &Outage) -> String {
    match (outage.from, outage.to) {
        (from, to) if from == to => format!("step {from}"),
        (from, to) => format!("steps {from} to {to}, {} between", outage.between),
    }
}

/// Returns the differences, those made in the map apart from those made on the engine.
fn difference_lines(overview: &Overview) -> Vec<String> {
    let mut lines = Vec::new();
    for (title, found) in [
        ("Made in the map", &overview.changed),
        ("Made on the engine", &overview.drifted),
        ("Made nobody knows where", &overview.unexplained),
    ] {
        if found.is_empty() {
            continue;
        }
        lines.push(format!("{title}:\n"));
        for (key, differences) in found {
            let details = details(differences).into_iter();
            lines.extend(details.map(|detail| format!("- {}: {}", code(key), escaped(&detail))));
        }
        lines.push(String::new());
    }
    lines
}

fn step_lines(steps: &[Step]) -> Vec<String> {
    let mut lines = Vec::from(["| # | after | | step | reason |\n|--:|---|---|---|---|".to_owned()]);
    lines.extend(steps.iter().map(|step| {
        let after: Vec<String> = step.after.iter().map(ToString::to_string).collect();
        let settings = settings(&step.action);
        let settings = if settings.is_empty() { settings } else { format!(" ({})", escaped(&settings)) };
        let (symbol, words) = (symbol(&step.action), escaped(&describe_action(&step.action)));
        let reason = escaped(&describe_reason(&step.reason));
        format!("| {} | {} | `{symbol}` | {words}{settings} | {reason} |", step.id, after.join(", "))
    }));
    lines
}

fn folded(f: &mut fmt::Formatter<'_>, title: &str, lines: &[String]) -> fmt::Result {
    if lines.is_empty() {
        return Ok(());
    }
    writeln!(f, "\n<details><summary>{title}</summary>\n")?;
    lines.iter().try_for_each(|line| writeln!(f, "{line}"))?;
    writeln!(f, "\n</details>")
}

/// Keys and names hold nothing that Markdown reads, but for the backtick that none can have.
fn code(value: &impl ToString) -> String {
    format!("`{}`", value.to_string())
}

/// Returns a text of which Markdown, also in a cell of a table, takes nothing for itself.
fn escaped(text: &str) -> String {
    visible(text).chars().fold(String::new(), |mut escaped, c| {
        match c {
            '&' => escaped.push_str("&amp;"),
            '<' => escaped.push_str("&lt;"),
            '>' => escaped.push_str("&gt;"),
            '\\' | '`' | '*' | '_' | '[' | ']' | '|' | '~' | '#' | '@' => escaped.extend(['\\', c]),
            c => escaped.push(c),
        }
        escaped
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn texts_stay_texts() {
        for (text, expected) in [
            ("command: [\"a\"] → none", "command: \\[\"a\"\\] → none"),
            ("a|b</details>\n# c", "a\\|b&lt;/details&gt;\\\\n\\# c"),
        ] {
            assert_eq!(escaped(text), expected);
        }
    }
}
