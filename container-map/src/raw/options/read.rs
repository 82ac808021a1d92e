//! From options as written to values.

use alloc::format;
use alloc::string::String;

use super::names::Name;
use super::{RawOption, RawOptions};
use crate::config::{CreateOptions, HostOptions, OptionTable};
use crate::error::{ValueError, ViolationKind};
use crate::raw::place::Problems;
use crate::raw::read::optional;
use crate::validate::bad_value;
use crate::yaml::{Node, Value};

/// What an option sets.
#[derive(Debug, Default)]
pub(crate) struct Options {
    pub(crate) create: CreateOptions,
    pub(crate) host: HostOptions,
}

impl Options {
    fn set(&mut self, option: &RawOption, problems: &mut Problems) {
        match option.name {
            Name::Create(name) => self.create.read(name, &option.node, problems),
            Name::Host(name) if option.written == "cpus" => {
                if let Some(node) = billionths(&option.node, problems) {
                    self.host.read(name, &node, problems);
                }
            }
            Name::Host(name) => self.host.read(name, &option.node, problems),
            Name::Key(_) | Name::HostConfig | Name::Refused(_) => {}
        }
    }

    fn is_same(&self, name: Name, other: &Self) -> bool {
        match name {
            Name::Create(name) => self.create.is_same(name, &other.create),
            Name::Host(name) => self.host.is_same(name, &other.host),
            Name::Key(_) | Name::HostConfig | Name::Refused(_) => true,
        }
    }
}

impl RawOptions {
    /// Reads all options but those that say what a key of the configuration says.
    ///
    /// One that stands in several places, or under several names, has to say the same in each.
    pub(crate) fn values(&self, problems: &mut Problems) -> Options {
        let mut options = Options::default();
        for (position, option) in self.0.iter().enumerate() {
            let before = self.0.iter().take(position).find(|before| before.name == option.name);
            let Some(before) = before else {
                options.set(option, problems);
                continue;
            };
            let mut again = Options::default();
            again.set(option, problems);
            if !options.is_same(option.name, &again) {
                problems.here(&option.node.span, twice(option, before));
            }
        }
        options
    }
}

/// Returns that an option is set to two values.
pub(super) fn twice(option: &RawOption, before: &RawOption) -> ViolationKind {
    let name = |option: &RawOption| -> String { format!("{}.{}", option.section.as_str(), option.written) };
    let first_line = before.node.span.line();
    ViolationKind::OptionTwice { first: name(before), second: name(option), first_line }
}

/// Reads a decimal number of processors, as `docker run --cpus` does, and returns it in billionths.
fn billionths(node: &Node, problems: &mut Problems) -> Option<Node> {
    let text = optional(node, "a number of processors", problems)?;
    let (whole, fraction) = text.as_str().split_once('.').unwrap_or((text.as_str(), ""));
    let is_number = |text: &str| text.bytes().all(|byte| byte.is_ascii_digit());
    let digits = format!("{whole}{fraction:0<9}");
    let fits = (1..=9).contains(&whole.len()) && fraction.len() <= 9 && is_number(&digits);
    if !fits {
        let what = "a number of processors as `1.5`";
        bad_value(&text, what, ValueError::Other(text.value.clone(), what), problems);
        return None;
    }
    let mut node = node.clone();
    node.value = Value::Text(digits);
    Some(node)
}
