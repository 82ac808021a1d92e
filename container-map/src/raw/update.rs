//! `follow` and `update` as written, which docker-map does not have.

use alloc::vec::Vec;

use super::place::{Problems, Text};
use super::read::{Fields, optional};
use super::row::RowForm;
use crate::error::ViolationKind;
use crate::yaml::{Node, Value};

pub(crate) const FOLLOW: RowForm = RowForm {
    fields: Fields { what: "a container to follow", keys: &["container", "policy"] },
    most: 2,
    example: "`container: restart` or `[container, restart]`",
};
pub(crate) const UPDATE: Fields = Fields { what: "an update", keys: &["strategy", "batch"] };

/// A container that is depended on, and what is done when it changes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct RawFollow {
    pub(crate) container: Text,
    pub(crate) policy: Text,
}

/// How the containers of a configuration are replaced.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub(crate) struct RawUpdate {
    pub(crate) strategy: Option<Text>,
    pub(crate) batch: Option<Text>,
}

pub(super) fn follow(node: &Node, problems: &mut Problems) -> Vec<RawFollow> {
    FOLLOW.read(node, problems, |mut row, problems| {
        let (container, policy) = (row.take(0, "container"), row.take(1, "policy"));
        let found = container.zip(policy).map(|(container, policy)| RawFollow { container, policy });
        if found.is_none() {
            let problem = "a container to follow needs its name and a policy";
            let kind = ViolationKind::BadElement { problem, example: FOLLOW.example };
            problems.report(&row.place, kind);
        }
        found
    })
}

/// Reads a strategy alone, or what there is to say about one.
pub(super) fn update(node: &Node, problems: &mut Problems) -> Option<RawUpdate> {
    let mut update = RawUpdate::default();
    match &node.value {
        Value::Null => return None,
        Value::Map(_) => UPDATE.read(node, problems, |field, node, problems| match field {
            "strategy" => update.strategy = optional(node, "a strategy", problems),
            _ => update.batch = optional(node, "a number of instances", problems),
        }),
        Value::Text(_) | Value::List(_) => {
            update.strategy = optional(node, "a strategy, or a mapping of `strategy` and `batch`", problems);
        }
    }
    Some(update)
}
