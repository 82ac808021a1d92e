//! Calls of programs, and sequences of them.

use std::fmt;

use crate::command::Command;

/// Returns a text as one word of a shell, in quotes where it needs them.
///
/// ```
/// # use dockerfile_builder::shell::quoted;
/// assert_eq!([quoted("a.b/c"), quoted("a b"), quoted("it's"), quoted("")], ["a.b/c", "'a b'", "'it'\\''s'", "''"]);
/// ```
pub fn quoted(text: &str) -> String {
    // Braces, tildes and equals signs mean something at some places in some shells.
    let is_plain = |c: char| c.is_ascii_alphanumeric() || "_-./:,@%+".contains(c);
    if !text.is_empty() && text.chars().all(is_plain) {
        text.to_owned()
    } else {
        format!("'{}'", text.replace('\'', r"'\''"))
    }
}

/// A call of a program.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Call {
    program: String,
    options: Vec<String>,
    arguments: Vec<String>,
    unless: Option<Box<Call>>,
}

impl Call {
    /// Returns a call without arguments.
    pub fn new(program: impl Into<String>) -> Self {
        Self { program: program.into(), options: Vec::new(), arguments: Vec::new(), unless: None }
    }

    /// Adds an option, like `-v` or `--verbose`.
    #[must_use]
    pub fn option(mut self, name: impl Into<String>) -> Self {
        self.options.push(name.into());
        self
    }

    /// Adds an option with its value, as two words.
    #[must_use]
    pub fn option_with(self, name: impl Into<String>, value: impl Into<String>) -> Self {
        self.option(name).option(value)
    }

    /// Adds an argument, which comes after all options and is not taken for one.
    #[must_use]
    pub fn argument(mut self, argument: impl Into<String>) -> Self {
        self.arguments.push(argument.into());
        self
    }

    /// Adds arguments.
    #[must_use]
    pub fn arguments<S: Into<String>>(self, arguments: impl IntoIterator<Item = S>) -> Self {
        arguments.into_iter().fold(self, Self::argument)
    }

    /// Makes the call only if another one fails.
    #[must_use]
    pub fn unless(mut self, other: Self) -> Self {
        self.unless = Some(Box::new(other));
        self
    }

    /// Returns this call and what comes after it, if it succeeds.
    pub fn then(self, next: impl Into<Script>) -> Script {
        Script::from(self).then(next)
    }
}

impl fmt::Display for Call {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if let Some(unless) = &self.unless {
            // In braces, as `&&` and `||` have the same precedence.
            write!(f, "{{ {unless} || ")?;
        }
        f.write_str(&quoted(&self.program))?;
        self.options.iter().try_for_each(|option| write!(f, " {}", quoted(option)))?;
        if self.arguments.iter().any(|argument| argument.starts_with('-')) {
            f.write_str(" --")?;
        }
        self.arguments.iter().try_for_each(|argument| write!(f, " {}", quoted(argument)))?;
        if self.unless.is_some() { f.write_str("; }") } else { Ok(()) }
    }
}

/// Calls that are made one after the other, as long as they succeed.
#[derive(Clone, PartialEq, Eq, Default, Debug)]
pub struct Script {
    calls: Vec<Call>,
}

impl Script {
    /// Returns this and what comes after it.
    #[must_use]
    pub fn then(mut self, next: impl Into<Self>) -> Self {
        self.calls.extend(next.into().calls);
        self
    }

    /// Returns the calls, to be made one by one.
    pub fn calls(&self) -> &[Call] {
        &self.calls
    }
}

impl From<Call> for Script {
    fn from(call: Call) -> Self {
        Self { calls: vec![call] }
    }
}

impl FromIterator<Call> for Script {
    fn from_iter<I: IntoIterator<Item = Call>>(calls: I) -> Self {
        Self { calls: calls.into_iter().collect() }
    }
}

impl fmt::Display for Script {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (index, call) in self.calls.iter().enumerate() {
            if index > 0 {
                f.write_str(" && ")?;
            }
            call.fmt(f)?;
        }
        Ok(())
    }
}

impl From<Call> for Command {
    fn from(call: Call) -> Self {
        Self::Shell(call.to_string())
    }
}

impl From<Script> for Command {
    fn from(script: Script) -> Self {
        Self::Shell(script.to_string())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn arguments_are_not_taken_for_options() {
        let call = Call::new("touch").option("-c").argument("-x").argument("y z");
        assert_eq!(call.to_string(), "touch -c -- -x 'y z'");
    }

    #[test]
    fn a_condition_does_not_reach_beyond_its_call() {
        let made = Call::new("mkdir").argument("a").unless(Call::new("test").option_with("-d", "a"));
        let script = Call::new("false").then(made).then(Call::new("true"));
        assert_eq!(script.to_string(), "false && { test -d a || mkdir a; } && true");
        assert_eq!(script.calls().len(), 3);
    }
}
