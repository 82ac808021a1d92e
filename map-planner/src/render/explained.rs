//! An explanation as text: what happens and why, then a table of what was compared.

use alloc::borrow::ToOwned;
use alloc::format;
use alloc::string::{String, ToString};
use alloc::vec::Vec;
use core::fmt::{self, Write as _};

use super::quote::visible;
use super::reason::{describe_note, describe_reason, shown};
use super::width::{cut, wrapped};
use crate::attribute::Attribute;
use crate::explain::{Compared, Explanation};
use crate::overview::Treatment;

/// An explanation as text.
pub(crate) struct Explained<'a> {
    pub(crate) explanation: &'a Explanation,
    /// How many characters a line can have; none for as many as it takes.
    pub(crate) width: Option<usize>,
}

impl fmt::Display for Explained<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Explanation { key, treatment, reason, steps, compared, notes } = self.explanation;
        let reason =
            reason.as_ref().map(|reason| format!(": {}", describe_reason(reason))).unwrap_or_default();
        self.line(f, &format!("{key} {}{reason}", fate(*treatment)))?;
        if !steps.is_empty() {
            let steps: Vec<String> = steps.iter().map(ToString::to_string).collect();
            self.line(f, &format!("steps: {}", steps.join(", ")))?;
        }
        notes.iter().try_for_each(|note| self.line(f, &format!("note: {}", describe_note(note))))?;
        if compared.is_empty() {
            return Ok(());
        }
        writeln!(f)?;
        let rows: Vec<[String; 5]> =
            core::iter::once(HEAD.map(str::to_owned)).chain(compared.iter().map(cells)).collect();
        self.write_table(f, &rows)?;
        let counts: Vec<String> =
            self.explanation.count().into_iter().map(|(what, count)| format!("{count} {what}")).collect();
        writeln!(f, "\n{}", counts.join(", "))
    }
}

const HEAD: [&str; 5] = ["attribute", "the map wants", "the engine has", "made with", "finding"];
/// How wide the columns of values become on a terminal.
const VALUES: usize = 32;

impl Explained<'_> {
    fn line(&self, f: &mut fmt::Formatter<'_>, text: &str) -> fmt::Result {
        wrapped(text, self.width, "", "  ").iter().try_for_each(|line| writeln!(f, "{line}"))
    }

    fn write_table(&self, f: &mut fmt::Formatter<'_>, rows: &[[String; 5]]) -> fmt::Result {
        let width = |column: usize| {
            let widest = rows.iter().map(|row| row[column].chars().count()).max().unwrap_or_default();
            if (1..=2).contains(&column) && self.width.is_some() { widest.min(VALUES) } else { widest }
        };
        let widths: [usize; 5] = core::array::from_fn(width);
        for row in rows {
            let mut line = String::from(" ");
            for (cell, width) in row.iter().zip(widths) {
                let cell = shortened(cell, width);
                // Writing to a string cannot fail.
                let _ = write!(line, " {cell:<width$} ");
            }
            writeln!(f, "{}", cut(line.trim_end(), self.width))?;
        }
        Ok(())
    }
}

fn shortened(cell: &str, width: usize) -> String {
    if cell.chars().count() <= width {
        return cell.to_owned();
    }
    let kept: String = cell.chars().take(width.saturating_sub(1)).collect();
    format!("{kept}…")
}

fn fate(treatment: Option<Treatment>) -> &'static str {
    match treatment {
        None => "is kept as it is",
        Some(Treatment::Pull) => "is pulled",
        Some(Treatment::Build) => "is built",
        Some(Treatment::Create) => "is created",
        Some(Treatment::Replace) => "is replaced",
        Some(Treatment::Start) => "is started",
        Some(Treatment::Restart) => "is restarted",
        Some(Treatment::Stop) => "is stopped",
        Some(Treatment::Signal) => "gets a signal",
        Some(Treatment::Amend) => "is amended in place",
        Some(Treatment::Remove) => "is removed",
    }
}

fn cells(compared: &Compared) -> [String; 5] {
    let Compared { attribute, item, wanted, live, made_with, finding } = compared;
    let name = match item {
        Some(item) => format!("{attribute} {}", visible(item)),
        None => attribute.to_string(),
    };
    let live = match (live, attribute) {
        (Some(live), _) => shown(live),
        (None, Attribute::Environment) => "(not recorded)".to_owned(),
        (None, _) => "(not told)".to_owned(),
    };
    [name, shown(wanted), live, made_with.as_str().to_owned(), finding.as_str().to_owned()]
}
