//! The command of `RUN`, `ENTRYPOINT` and `CMD`.

use std::fmt;

use crate::quote;

/// What an instruction executes, with or without a shell.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Command {
    /// A script for the shell of the image, of one or many lines, which reaches the shell to the letter.
    ///
    /// A text that the shell form of an instruction cannot carry (several lines, a here-document, a backslash at the
    /// end, a leading `--`) is rendered as an explicit call of `/bin/sh -c`.
    Shell(String),
    /// A program and its arguments, passed as they are; an empty list clears what the base image had set.
    Exec(Vec<String>),
}

impl From<&str> for Command {
    /// Reads a text as a script for the shell.
    fn from(script: &str) -> Self {
        Self::Shell(script.to_owned())
    }
}

impl From<String> for Command {
    /// Reads a text as a script for the shell.
    fn from(script: String) -> Self {
        Self::Shell(script)
    }
}

impl<S: Into<String>, const N: usize> From<[S; N]> for Command {
    /// Reads a list as a program and its arguments.
    fn from(arguments: [S; N]) -> Self {
        Self::Exec(arguments.into_iter().map(Into::into).collect())
    }
}

impl From<Vec<String>> for Command {
    /// Reads a list as a program and its arguments.
    fn from(arguments: Vec<String>) -> Self {
        Self::Exec(arguments)
    }
}

impl fmt::Display for Command {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Shell(script) => f.write_str(&quote::script(script)),
            Self::Exec(arguments) => f.write_str(&quote::list(arguments)),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lists_are_exec_and_texts_are_shell() {
        assert_eq!(Command::from("ls /x"), Command::Shell("ls /x".to_owned()));
        assert_eq!(Command::from(["ls", "/x"]), Command::Exec(vec!["ls".to_owned(), "/x".to_owned()]));
        assert_eq!(Command::from(["ls", "/my x"]).to_string(), r#"["ls", "/my x"]"#);
        assert_eq!(Command::from(Vec::new()).to_string(), "[]");
    }
}
