//! Saved plans: written by `dmap plan --out`, read by `dmap apply`.

use std::fs;
use std::path::Path;

use map_planner::{Plan, PlanFile};
use serde::Deserialize;

use super::STANDARD_INPUT;
use super::text::{read_file, read_standard_input};
use crate::failure::Failure;

/// What the name of every version of the format begins with.
const FORMAT: &str = "dmap-plan/";

/// What can be said of a file before it is understood.
#[derive(Deserialize)]
struct Form {
    format: String,
}

/// Reads saved plans. Whoever edits a file gets no plan that breaks its own rules.
///
/// # Errors
///
/// The file cannot be read, is no plan, is one of a newer dmap, or was edited into something that cannot be done.
pub(crate) fn read_plans(path: &str) -> Result<Vec<Plan>, Failure> {
    let text = if path == STANDARD_INPUT { read_standard_input() } else { read_file(path.as_ref()) };
    let text = text.map_err(|error| Failure::unreadable("plan", path.as_ref(), &error))?;
    serde_json::from_str::<PlanFile>(&text).map(|file| file.plans).map_err(|error| {
        match serde_json::from_str::<Form>(&text) {
            // The present format's own errors are about the rest of the file.
            Ok(form) if form.format.starts_with(FORMAT) && !is_known(&form.format) => {
                Failure::newer_plan(path.as_ref(), &form.format)
            }
            _ => Failure::bad_plan(path.as_ref(), &error),
        }
    })
}

fn is_known(format: &str) -> bool {
    serde_json::from_value::<map_planner::PlanFormat>(format.into()).is_ok()
}

/// Saves plans.
///
/// # Errors
///
/// The file cannot be written.
pub(crate) fn save_plans(path: &Path, plans: &[Plan]) -> Result<(), Failure> {
    let text = PlanFile::new(plans.to_vec()).to_json();
    fs::write(path, text).map_err(|error| Failure::unwritable(path, &error))
}
