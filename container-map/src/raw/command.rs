//! Commands, health checks, users and network modes as written (docker-map 2.4.6, 2.4.8 and 2.4.9).

use alloc::format;
use alloc::vec::Vec;

use super::place::{Place, Placed, Problems, Text};
use super::read::{Fields, entries, key, optional, text, texts, wrong_type};
use crate::error::ViolationKind;
use crate::yaml::{Node, Value};

/// Names with values, in order.
pub(crate) type Pairs = Vec<(Text, Option<Text>)>;

pub(crate) const EXEC: Fields = Fields { what: "an exec command", keys: &["cmd", "user", "policy"] };
const EXEC_EXAMPLE: &str = "`command line`, `[command line, user]` or `{cmd: …, user: …, policy: initial}`";
pub(crate) const HEALTHCHECK: Fields =
    Fields { what: "a health check", keys: &["test", "interval", "timeout", "retries", "start_period"] };

/// A command line, or its words.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum RawCommand {
    Line(Text),
    Words(Vec<Text>),
}

impl RawCommand {
    fn says_something(&self) -> bool {
        match self {
            Self::Line(line) => !line.as_str().trim().is_empty(),
            Self::Words(words) => !words.is_empty(),
        }
    }
}

/// A command to run in a container.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct RawExec {
    pub(crate) command: RawCommand,
    pub(crate) user: Option<Text>,
    pub(crate) policy: Option<Text>,
}

/// A health check; without a test it is disabled.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub(crate) struct RawHealthcheck {
    pub(crate) test: Option<RawCommand>,
    pub(crate) interval: Option<Text>,
    pub(crate) timeout: Option<Text>,
    pub(crate) retries: Option<Text>,
    pub(crate) start_period: Option<Text>,
}

/// Reads names with values: a mapping, or a list of `NAME=value`; a name alone has no value.
pub(crate) fn pairs(node: &Node, problems: &mut Problems) -> Pairs {
    let mut found = Pairs::new();
    if let Value::List(_) = node.value {
        for entry in texts(node, "a list of `NAME=value`", problems) {
            let (name, value) = match entry.as_str().split_once('=') {
                Some((name, value)) => (name, Some(value)),
                None => (entry.as_str(), None),
            };
            let placed = |value: &str| Placed { value: value.into(), place: entry.place.clone() };
            found.push((placed(name), value.map(placed)));
        }
        return found;
    }
    entries(node, "a mapping of names to values", problems, |entry, problems| {
        let value = optional(&entry.value, "a value", problems);
        found.push((key(entry), value));
    });
    found
}

pub(crate) fn command(node: &Node, problems: &mut Problems) -> Option<RawCommand> {
    match &node.value {
        Value::List(_) => Some(RawCommand::Words(texts(node, "a list of words", problems))),
        _ => optional(node, "a command line or a list of words", problems).map(RawCommand::Line),
    }
}

pub(crate) fn exec_commands(node: &Node, problems: &mut Problems) -> Vec<RawExec> {
    let mut found = Vec::new();
    match &node.value {
        Value::List(items) => {
            for item in items {
                found.extend(exec(item, problems));
            }
        }
        // A command of this name alone would be run by a user called as the command that is meant.
        Value::Map(entries) if EXEC.is_element(entries) || EXEC.starts(entries) => {
            found.extend(exec(node, problems));
        }
        Value::Map(_) => entries(node, EXEC.what, problems, |entry, problems| {
            let user = user(&entry.value, problems);
            found.push(RawExec { command: RawCommand::Line(key(entry)), user, policy: None });
        }),
        Value::Null | Value::Text(_) => found.extend(command(node, problems).map(plain)),
    }
    found
}

fn plain(command: RawCommand) -> RawExec {
    RawExec { command, user: None, policy: None }
}

fn exec(item: &Node, problems: &mut Problems) -> Option<RawExec> {
    let (mut found, mut who, mut policy) = (None, None, None);
    let mut set = |field: &str, node: &Node, problems: &mut Problems| match field {
        "cmd" => found = command(node, problems),
        "user" => who = user(node, problems),
        _ => policy = optional(node, "`restart` or `initial`", problems),
    };
    match &item.value {
        Value::List(cells) if cells.len() <= EXEC.keys.len() => {
            EXEC.keys.iter().zip(cells).for_each(|(field, cell)| set(field, cell, problems));
        }
        Value::Map(_) => EXEC.read(item, problems, set),
        Value::Text(_) => set("cmd", item, problems),
        Value::List(_) | Value::Null => {}
    }
    let Some(command) = found.filter(RawCommand::says_something) else {
        let problem = "this is not an exec command";
        problems.here(&item.span, ViolationKind::BadElement { problem, example: EXEC_EXAMPLE });
        return None;
    };
    Some(RawExec { command, user: who, policy })
}

/// Reads a user; docker-map takes a list of user and group as well.
pub(crate) fn user(node: &Node, problems: &mut Problems) -> Option<Text> {
    let Value::List(items) = &node.value else {
        return optional(node, "a user", problems);
    };
    let parts = texts(node, "a user and a group", problems);
    if let ([user, group], 2) = (parts.as_slice(), items.len()) {
        let value = format!("{}:{}", user.as_str(), group.as_str());
        return Some(Placed { value, place: user.place.clone() });
    }
    wrong_type(node, "a user, or a list of user and group", problems);
    None
}

pub(crate) fn healthcheck(node: &Node, problems: &mut Problems) -> Option<RawHealthcheck> {
    let mut check = RawHealthcheck::default();
    // Nothing is no check; docker-map's documentation says so.
    let mut has_test = matches!(node.value, Value::Null);
    let mut set = |field: &str, node: &Node, problems: &mut Problems| {
        let mut value = || optional(node, "a text", problems);
        match field {
            "interval" => check.interval = value(),
            "timeout" => check.timeout = value(),
            "retries" => check.retries = value(),
            "start_period" => check.start_period = value(),
            _ => {
                has_test = true;
                check.test = command(node, problems);
            }
        }
    };
    match &node.value {
        // Switched off, not a command that always fails.
        Value::Text(text) if text == "false" => has_test = true,
        Value::Text(_) => set("test", node, problems),
        Value::List(cells) if is_command(cells) => set("test", node, problems),
        Value::List(cells) if cells.len() <= HEALTHCHECK.keys.len() => {
            HEALTHCHECK.keys.iter().zip(cells).for_each(|(field, cell)| set(field, cell, problems));
        }
        Value::Map(_) => HEALTHCHECK.read(node, problems, set),
        Value::List(_) | Value::Null => {}
    }
    if !has_test {
        let example = "`test: command line`, or `test: NONE` for no check";
        let problem = "this health check has no test";
        problems.here(&node.span, ViolationKind::BadElement { problem, example });
        return None;
    }
    Some(check)
}

/// Returns whether a list is the words of a test alone: docker-map takes the second one for a duration.
fn is_command(cells: &[Node]) -> bool {
    let text = |position: usize| match cells.get(position).map(|cell| &cell.value) {
        Some(Value::Text(text)) => Some(text.as_str()),
        Some(Value::Null | Value::List(_) | Value::Map(_)) | None => None,
    };
    let is_duration =
        |text: &str| text.is_empty() || text.starts_with(|c: char| c.is_ascii_digit() || c == '$');
    matches!(text(0), Some("CMD" | "CMD-SHELL"))
        || text(0).and(text(1)).is_some_and(|second| !is_duration(second))
}

/// Reads the target of `network_mode`; nothing disables networking, as in docker-map.
pub(crate) fn network_mode(node: &Node, problems: &mut Problems) -> Option<Text> {
    let placed = |value| Some(Placed { value, place: Place::new(&node.span) });
    match &node.value {
        Value::Null => placed("none".into()),
        Value::List(items) => {
            let part = |item| optional(item, "a configuration and its instance", problems);
            let parts: Vec<Option<Text>> = items.iter().map(part).collect();
            match parts.as_slice() {
                [Some(config), Some(instance)] => {
                    placed(format!("{}.{}", config.as_str(), instance.as_str()))
                }
                [Some(config), None] => placed(config.value.clone()),
                _ => {
                    wrong_type(node, "a configuration, or a list of it and its instance", problems);
                    None
                }
            }
        }
        _ => text(node, "a network mode", problems),
    }
}
