//! The table of what is there.

use std::fmt;

use serde::Serialize;

use super::Ui;
use crate::args::Format;
use crate::failure::Failure;

/// One resource of a map.
#[derive(Debug, Serialize)]
pub(crate) struct Row {
    /// Its key.
    pub(crate) resource: String,
    /// What it is like now.
    pub(crate) state: String,
    /// What `up` would do with it; none where there is no plan.
    pub(crate) plan: Option<String>,
}

/// What is there, and what would become of it.
#[derive(Debug, Serialize)]
pub(crate) struct Table {
    /// The map's name.
    pub(crate) map: String,
    /// The resources.
    pub(crate) resources: Vec<Row>,
}

impl Ui {
    /// Prints what is there.
    ///
    /// # Errors
    ///
    /// Standard output takes no more.
    pub(crate) fn status(self, table: &Table, format: Format) -> Result<(), Failure> {
        match format {
            Format::Text => self.out(table),
            // A table of strings always has a JSON form.
            Format::Json => {
                let json = serde_json::to_string_pretty(table).unwrap_or_default();
                self.out(format_args!("{json}\n"))
            }
        }
    }
}

impl fmt::Display for Table {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let width = |header: &str, cell: fn(&Row) -> &str| {
            let cells = self.resources.iter().map(cell).chain([header]);
            cells.map(|cell| cell.chars().count()).max().unwrap_or_default()
        };
        let resource = width("resource", |row| &row.resource);
        let state = width("state", |row| &row.state);
        writeln!(f, "map `{}`\n", self.map)?;
        writeln!(f, "{:<resource$}  {:<state$}  plan", "resource", "state")?;
        for row in &self.resources {
            let plan = row.plan.as_deref().unwrap_or("?");
            writeln!(f, "{:<resource$}  {:<state$}  {plan}", row.resource, row.state)?;
        }
        Ok(())
    }
}
