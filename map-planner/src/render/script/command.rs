//! One `docker` command, quoted.

use alloc::collections::BTreeMap;
use alloc::format;
use alloc::string::{String, ToString};
use alloc::vec::Vec;
use core::fmt;

use super::super::quote::word;

/// How long a command may be and still be one line, in characters.
const LINE: usize = 100;

/// A `docker` command: a subcommand, options, then arguments.
#[derive(Debug, Clone)]
pub(super) struct Command {
    /// What is set for this command alone, ready to be written.
    variables: Vec<String>,
    subcommand: &'static str,
    /// Options with their values, and then arguments, quoted.
    parts: Vec<String>,
}

impl Command {
    pub(super) fn new(subcommand: &'static str) -> Self {
        Self { variables: Vec::new(), subcommand, parts: Vec::new() }
    }

    /// Gives the command a variable in its environment. The value is part of the script's text, and quoted already.
    pub(super) fn with_variable(mut self, name: &str, value: &str) -> Self {
        self.variables.push(format!("{name}={value}"));
        self
    }

    /// Adds an option if there is a value for it.
    pub(super) fn option(mut self, name: &str, value: Option<impl ToString>) -> Self {
        self.parts.extend(value.map(|value| format!("{name} {}", word(&value.to_string()))));
        self
    }

    /// Adds an option whose value is part of the script's text, and quoted already.
    pub(super) fn quoted_option(mut self, name: &str, value: &str) -> Self {
        self.parts.push(format!("{name} {value}"));
        self
    }

    /// Adds an option for each value that is part of the script's text, and quoted already.
    pub(super) fn quoted_options(self, name: &str, values: impl IntoIterator<Item = String>) -> Self {
        values.into_iter().fold(self, |command, value| command.quoted_option(name, &value))
    }

    /// Adds an option for each value.
    pub(super) fn options(self, name: &str, values: impl IntoIterator<Item = impl ToString>) -> Self {
        values.into_iter().fold(self, |command, value| command.option(name, Some(value)))
    }

    /// Adds an option for each entry, as `key=value`.
    pub(super) fn pairs<K: ToString, V: ToString>(self, name: &str, entries: &BTreeMap<K, V>) -> Self {
        self.options(
            name,
            entries.iter().map(|(key, value)| format!("{}={}", key.to_string(), value.to_string())),
        )
    }

    /// Adds an option that is either on or off, if that is said.
    pub(super) fn switch(mut self, name: &str, on: Option<bool>) -> Self {
        self.parts.extend(on.map(|on| if on { name.to_string() } else { format!("{name}=false") }));
        self
    }

    /// Adds arguments that are part of the script's text, and quoted already.
    pub(super) fn quoted_argument(mut self, text: &str) -> Self {
        self.parts.push(text.to_string());
        self
    }

    /// Adds an argument.
    pub(super) fn argument(mut self, argument: &(impl ToString + ?Sized)) -> Self {
        self.parts.push(word(&argument.to_string()));
        self
    }
}

impl fmt::Display for Command {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for variable in &self.variables {
            write!(f, "{variable} ")?;
        }
        write!(f, "docker {}", self.subcommand)?;
        let length: usize = self.parts.iter().map(|part| part.chars().count() + 1).sum();
        let between = if length > LINE { " \\\n  " } else { " " };
        self.parts.iter().try_for_each(|part| write!(f, "{between}{part}"))
    }
}
