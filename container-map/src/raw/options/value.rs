//! How values of options are read, written and described.

use alloc::collections::{BTreeMap, BTreeSet};
use alloc::string::String;
use alloc::vec::Vec;

use crate::config::{CommandLine, Variable};
use crate::error::{ValueError, ViolationKind};
use crate::raw::command::{RawCommand, command, pairs};
use crate::raw::place::{Problems, Text};
use crate::raw::read::{entries, key, optional};
use crate::raw::secret::{SECRET, secret_source};
use crate::schema::Shape;
use crate::validate::{bad_value, boolean};
use crate::value::{Mapping, Value as Written};
use crate::yaml::{Node, Value};

/// A value that an option can have.
pub(crate) trait OptionValue: Sized {
    /// Reads it; none if the text says that nothing is set, or if it is no such value, which is reported.
    fn read(node: &Node, problems: &mut Problems) -> Option<Self>;

    /// Returns a text that is read as this value.
    fn write(&self) -> Written;

    /// Returns what the text can look like.
    fn shape() -> Shape;

    /// Reads several of them; one alone is a list of one.
    fn read_list(node: &Node, problems: &mut Problems) -> Vec<Self> {
        match &node.value {
            Value::List(items) => items.iter().filter_map(|item| Self::read(item, problems)).collect(),
            Value::Null => Vec::new(),
            Value::Text(_) | Value::Map(_) => Self::read(node, problems).into_iter().collect(),
        }
    }

    /// Returns what the text of several of them can look like.
    fn list_shape() -> Shape {
        Self::shape().or(Self::shape().list())
    }
}

impl<T: OptionValue> OptionValue for Option<T> {
    fn read(node: &Node, problems: &mut Problems) -> Option<Self> {
        T::read(node, problems).map(Some)
    }

    fn write(&self) -> Written {
        self.as_ref().map_or(Written::NULL, T::write)
    }

    fn shape() -> Shape {
        T::shape()
    }
}

impl<T: OptionValue> OptionValue for Vec<T> {
    fn read(node: &Node, problems: &mut Problems) -> Option<Self> {
        Some(T::read_list(node, problems))
    }

    fn write(&self) -> Written {
        Written::list(self.iter().map(T::write))
    }

    fn shape() -> Shape {
        T::list_shape()
    }
}

impl<T: OptionValue + Ord> OptionValue for BTreeSet<T> {
    fn read(node: &Node, problems: &mut Problems) -> Option<Self> {
        Some(T::read_list(node, problems).into_iter().collect())
    }

    fn write(&self) -> Written {
        Written::list(self.iter().map(T::write))
    }

    fn shape() -> Shape {
        T::list_shape()
    }
}

impl OptionValue for bool {
    fn read(node: &Node, problems: &mut Problems) -> Option<Self> {
        optional(node, "`true` or `false`", problems).and_then(|text| boolean(&text, problems))
    }

    fn write(&self) -> Written {
        (*self).into()
    }

    fn shape() -> Shape {
        Shape::Boolean
    }
}

impl OptionValue for String {
    fn read(node: &Node, problems: &mut Problems) -> Option<Self> {
        let text = optional(node, "a text", problems)?;
        is_plain(&text, problems).then_some(text.value).filter(|text| !text.is_empty())
    }

    fn write(&self) -> Written {
        Written::text(self.as_str())
    }

    fn shape() -> Shape {
        Shape::Text
    }
}

impl OptionValue for CommandLine {
    fn read(node: &Node, problems: &mut Problems) -> Option<Self> {
        command(node, problems).and_then(|command| words(&command, problems))
    }

    fn write(&self) -> Written {
        Written::list(self.0.iter().map(String::as_str).map(Written::text))
    }

    fn shape() -> Shape {
        String::list_shape()
    }
}

impl OptionValue for BTreeMap<String, String> {
    fn read(node: &Node, problems: &mut Problems) -> Option<Self> {
        Some(strings(&pairs(node, problems), problems))
    }

    fn write(&self) -> Written {
        Mapping(self.iter().map(|(name, value)| (name.clone().into(), value.write())).collect()).into()
    }

    fn shape() -> Shape {
        pairs_shape(Shape::Text.or_null())
    }
}

impl OptionValue for BTreeMap<String, Option<Variable>> {
    fn read(node: &Node, problems: &mut Problems) -> Option<Self> {
        let mut found = Vec::new();
        if let Value::Map(_) = &node.value {
            entries(node, "a mapping of variables", problems, |entry, problems| {
                let value = match entry.value.tag() {
                    Some(SECRET) => secret_source(&entry.value, problems).map(Variable::Secret),
                    _ => variable(optional(&entry.value, "a value", problems), problems),
                };
                found.push((key(entry), value));
            });
        } else {
            for (name, text) in pairs(node, problems) {
                found.push((name, variable(text, problems)));
            }
        }
        Some(named(found, "the name of a variable", problems))
    }

    fn write(&self) -> Written {
        let value = |value: &Option<Variable>| match value {
            Some(Variable::Text(text)) => Written::text(text.as_str()),
            Some(Variable::Secret(source)) => source.clone().into(),
            None => Written::NULL,
        };
        Mapping(self.iter().map(|(name, variable)| (name.clone().into(), value(variable))).collect()).into()
    }

    fn shape() -> Shape {
        pairs_shape(Shape::AnyOf(Vec::from([Shape::Text, Shape::Null, Shape::Defined("secret")])))
    }
}

fn pairs_shape(value: Shape) -> Shape {
    value.or_null().mapping().or(Shape::Text.list())
}

fn variable(text: Option<Text>, problems: &mut Problems) -> Option<Variable> {
    text.filter(|text| is_plain(text, problems)).map(|text| Variable::Text(text.value))
}

/// Reads a command; a line is split into words.
pub(crate) fn words(raw: &RawCommand, problems: &mut Problems) -> Option<CommandLine> {
    match raw {
        RawCommand::Words(words) => words
            .iter()
            .map(|word| is_plain(word, problems).then(|| word.value.clone()))
            .collect::<Option<Vec<String>>>()
            .map(CommandLine),
        RawCommand::Line(line) => {
            if !is_plain(line, problems) {
                return None;
            }
            let split = CommandLine::split(line.as_str());
            if split.is_none() {
                let what = "a command line: a quote is open, or it ends in a backslash";
                let source = ValueError::Other(line.value.clone(), what);
                bad_value(line, "a command line", source, problems);
            }
            split
        }
    }
}

/// Returns whether a text can be handed to a process; reports one that cannot.
fn is_plain(text: &Text, problems: &mut Problems) -> bool {
    let is_plain = !text.as_str().contains('\0');
    if !is_plain {
        let what = "a text for a process: it contains NUL";
        bad_value(text, what, ValueError::Other(text.value.clone(), what), problems);
    }
    is_plain
}

/// Returns names with values that are texts; one without a value has an empty one.
pub(crate) fn strings(raw: &[(Text, Option<Text>)], problems: &mut Problems) -> BTreeMap<String, String> {
    let mut value = |text: &Option<Text>| match text {
        Some(text) if is_plain(text, problems) => text.value.clone(),
        Some(_) | None => String::new(),
    };
    let found = raw.iter().map(|(name, text)| (name.clone(), value(text))).collect();
    named(found, "a name", problems)
}

/// Returns values by their names; reports bad names and repeated ones.
fn named<T>(found: Vec<(Text, T)>, what: &'static str, problems: &mut Problems) -> BTreeMap<String, T> {
    let mut values = BTreeMap::new();
    for (name, value) in found {
        if name.as_str().is_empty() || name.as_str().contains(['=', '\0']) {
            bad_value(&name, what, ValueError::Other(name.value.clone(), what), problems);
        } else if values.insert(name.value.clone(), value).is_some() {
            problems.report(&name.place, ViolationKind::Repeated { name: name.value });
        }
    }
    values
}
