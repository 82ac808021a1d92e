//! The table of what is there.

use std::borrow::Cow;
use std::fmt;

use container_map::{ClientName, MapName};
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
    /// Whether it is a container that the map says is persistent.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    pub(crate) persistent: bool,
    /// What `up` would do with it; none where there is no plan.
    pub(crate) plan: Option<String>,
}

/// What is there of a map on a client, and what would become of it.
#[derive(Debug)]
pub(crate) struct Table {
    /// The client.
    pub(crate) client: ClientName,
    /// The map.
    pub(crate) map: MapName,
    /// The resources.
    pub(crate) resources: Vec<Row>,
}

/// The form of a table for programs.
#[derive(Debug, Serialize)]
struct Record<'a> {
    /// Left out where there is one table only.
    #[serde(skip_serializing_if = "Option::is_none")]
    client: Option<&'a ClientName>,
    map: &'a MapName,
    resources: &'a [Row],
}

/// The form of several tables for programs.
#[derive(Debug, Serialize)]
struct Records<'a> {
    deployments: Vec<Record<'a>>,
}

impl Ui {
    /// Prints what is there.
    ///
    /// # Errors
    ///
    /// Standard output takes no more.
    pub(crate) fn status(self, tables: &[Table], format: Format) -> Result<(), Failure> {
        match (format, tables) {
            (Format::Text, [table]) => self.out(format_args!("map `{}`\n\n{table}", table.map)),
            (Format::Text, _) => {
                let texts = tables
                    .iter()
                    .map(|table| format!("client `{}`, map `{}`\n\n{table}", table.client, table.map));
                self.out(texts.collect::<Vec<_>>().join("\n"))
            }
            (Format::Json, [table]) => self.json(&table.record(None)),
            (Format::Json, _) => {
                let deployments = tables.iter().map(|table| table.record(Some(&table.client)));
                self.json(&Records { deployments: deployments.collect() })
            }
        }
    }
}

impl Row {
    fn told(&self) -> Cow<'_, str> {
        if self.persistent {
            format!("{}, persistent", self.state).into()
        } else {
            self.state.as_str().into()
        }
    }
}

impl Table {
    fn record<'a>(&'a self, client: Option<&'a ClientName>) -> Record<'a> {
        Record { client, map: &self.map, resources: &self.resources }
    }
}

impl fmt::Display for Table {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let width = |header: &str, cell: fn(&Row) -> usize| {
            self.resources.iter().map(cell).chain([header.len()]).max().unwrap_or_default()
        };
        let resource = width("resource", |row| row.resource.chars().count());
        let state = width("state", |row| row.told().chars().count());
        writeln!(f, "{:<resource$}  {:<state$}  plan", "resource", "state")?;
        for row in &self.resources {
            let plan = row.plan.as_deref().unwrap_or("?");
            writeln!(f, "{:<resource$}  {:<state$}  {plan}", row.resource, row.told())?;
        }
        Ok(())
    }
}
