//! Problems for programs: editors, and checks of changes.

use container_map::Source;
use serde::Serialize;

use super::Ui;
use crate::failure::{Failure, Problem};

/// The problems of a project.
#[derive(Debug, Serialize)]
struct Records<'a> {
    problems: Vec<Record<'a>>,
    /// How many more there are.
    omitted: usize,
}

/// One problem. What there is none of is null.
#[derive(Debug, Serialize)]
struct Record<'a> {
    code: Option<&'a str>,
    message: &'a str,
    path: Option<&'a str>,
    file: Option<&'a str>,
    line: Option<usize>,
    column: Option<usize>,
    help: Option<&'a str>,
}

impl Ui {
    /// Prints the problems of a project.
    ///
    /// # Errors
    ///
    /// Standard output takes no more.
    pub(crate) fn problems(
        self,
        sources: &[Source],
        problems: &[Problem],
        omitted: usize,
    ) -> Result<(), Failure> {
        let record = |problem| record(sources, problem);
        self.json(&Records { problems: problems.iter().map(record).collect(), omitted })
    }
}

fn record<'a>(sources: &'a [Source], problem: &'a Problem) -> Record<'a> {
    let place = problem.place.as_ref();
    let file = place.map(|place| &sources[place.source]).or(match sources {
        [only] => Some(only),
        _ => None,
    });
    Record {
        code: problem.code,
        message: &problem.message,
        path: problem.field.as_deref(),
        file: file.map(|source| source.path.as_str()),
        line: place.map(|place| place.line),
        column: place.map(|place| place.column),
        help: problem.help.as_deref(),
    }
}
