//! `binds`, `attaches` and `uses` as written (docker-map 2.4.1 to 2.4.3).

use alloc::vec::Vec;

use super::place::{Problems, Text};
use super::read::Fields;
use super::row::{Row, RowForm};
use crate::error::ViolationKind;
use crate::yaml::Node;

pub(crate) const BINDS: RowForm = RowForm {
    fields: Fields { what: "a bind", keys: &["name", "path", "host_path", "readonly", "propagation"] },
    most: 3,
    example: "`alias`, `alias: ro`, `/path: /host/path` or `/path: [/host/path, ro]`",
};
pub(crate) const ATTACHES: RowForm = RowForm {
    fields: Fields { what: "an attached volume", keys: &["name", "path", "readonly"] },
    most: 2,
    example: "`alias` or `alias: /path`",
};
pub(crate) const USES: RowForm = RowForm {
    fields: Fields { what: "a used volume or container", keys: &["name", "path", "readonly"] },
    most: 3,
    example: "`name`, `name: ro`, `name: /path` or `name: [/path, ro]`",
};

/// A host directory, by alias or by path.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct RawBind {
    /// The alias, or the path in the container if there is a host path.
    pub(crate) target: Text,
    pub(crate) host_path: Option<Text>,
    /// Whether it can be written to, and perhaps the propagation: `ro,rslave`.
    pub(crate) access: Option<Text>,
    pub(crate) propagation: Option<Text>,
}

/// A volume to own.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct RawAttach {
    pub(crate) name: Text,
    pub(crate) path: Option<Text>,
}

/// A volume or container to mount from.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct RawUse {
    pub(crate) name: Text,
    pub(crate) path: Option<Text>,
    pub(crate) access: Option<Text>,
}

/// Returns whether a text is meant as a path, not as an alias or a word.
pub(crate) fn looks_like_path(text: &str) -> bool {
    text.starts_with(['/', '.', '~'])
}

fn incomplete(row: &Row, problem: &'static str, form: RowForm, problems: &mut Problems) {
    problems.report(&row.place, ViolationKind::BadElement { problem, example: form.example });
}

pub(crate) fn binds(node: &Node, problems: &mut Problems) -> Vec<RawBind> {
    BINDS.read(node, problems, bind)
}

fn bind(mut row: Row, problems: &mut Problems) -> Option<RawBind> {
    let by_name = row.take(0, "name");
    let is_path = by_name.as_ref().is_some_and(|name| looks_like_path(name.as_str()));
    let by_path = if is_path { by_name.clone() } else { row.named("path") };
    let (target, host_path, access) = match (by_path, by_name) {
        (Some(path), _) => {
            let host_path = row.take(1, "host_path");
            if host_path.is_none() {
                incomplete(&row, "a path in the container needs a path on the host", BINDS, problems);
                return None;
            }
            (path, host_path, row.take(2, "readonly"))
        }
        (None, Some(name)) => {
            if row.cells.len() > 2 {
                incomplete(&row, "an alias takes no path here", BINDS, problems);
                return None;
            }
            (name, None, row.take(1, "readonly"))
        }
        (None, None) => {
            incomplete(&row, "a bind needs an alias or a path", BINDS, problems);
            return None;
        }
    };
    Some(RawBind { target, host_path, access, propagation: row.named("propagation") })
}

pub(crate) fn attaches(node: &Node, problems: &mut Problems) -> Vec<RawAttach> {
    ATTACHES.read(node, problems, attach)
}

fn attach(mut row: Row, problems: &mut Problems) -> Option<RawAttach> {
    let Some(name) = row.take(0, "name") else {
        incomplete(&row, "an attached volume needs a name", ATTACHES, problems);
        return None;
    };
    let read_only = row.named("readonly");
    if let Some(flag) = read_only.filter(|flag| !matches!(flag.as_str(), "false" | "rw")) {
        let problem = "an attached volume is always writable for its owner";
        problems.report(&flag.place, ViolationKind::BadElement { problem, example: ATTACHES.example });
    }
    // docker-map takes `alias: false` for an alias without a path of its own.
    let path = row.take(1, "path").filter(|path| path.as_str() != "false");
    Some(RawAttach { name, path })
}

pub(crate) fn uses(node: &Node, problems: &mut Problems) -> Vec<RawUse> {
    USES.read(node, problems, used)
}

fn used(mut row: Row, problems: &mut Problems) -> Option<RawUse> {
    let Some(name) = row.take(0, "name") else {
        incomplete(&row, "a used volume needs a name", USES, problems);
        return None;
    };
    let second_is_path = row.cells.len() > 2
        || row
            .cells
            .get(1)
            .is_some_and(|cell| cell.as_ref().is_some_and(|cell| looks_like_path(cell.as_str())));
    let (path, access) = if second_is_path {
        (row.take(1, "path"), row.take(2, "readonly"))
    } else {
        (row.named("path"), row.take(1, "readonly"))
    };
    Some(RawUse { name, path, access })
}
