//! Runs other programs: echoes what is run as a `$ …` line and explains what failed.

use std::ffi::OsStr;
use std::io::Write as _;
use std::path::Path;
use std::process::{Command, Output, Stdio};

use crate::error::{Doing as _, Failure, Result};

/// A program to run, built up like [`Command`].
#[derive(Debug)]
pub(crate) struct Cmd {
    inner: Command,
    /// Variables that the echoed line shows in front of the program.
    shown: Vec<String>,
}

/// What a captured program left behind, whatever its exit code.
#[derive(Debug)]
pub(crate) struct Captured {
    /// The exit code; 255 when a signal ended the program.
    pub(crate) code: i32,
    /// Standard output.
    pub(crate) stdout: String,
    /// Standard error.
    pub(crate) stderr: String,
}

impl Cmd {
    /// A program without arguments.
    pub(crate) fn new(program: impl AsRef<OsStr>) -> Self {
        Self { inner: Command::new(program), shown: Vec::new() }
    }

    /// The cargo that runs this chore, in the workspace's root.
    pub(crate) fn cargo() -> Self {
        let program = std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into());
        Self::new(program).dir(crate::workspace::root())
    }

    /// Adds one argument.
    #[must_use]
    pub(crate) fn arg(mut self, argument: impl AsRef<OsStr>) -> Self {
        self.inner.arg(argument);
        self
    }

    /// Adds arguments.
    #[must_use]
    pub(crate) fn args<I: IntoIterator<Item = S>, S: AsRef<OsStr>>(mut self, arguments: I) -> Self {
        self.inner.args(arguments);
        self
    }

    /// Sets a variable that is not worth showing.
    #[must_use]
    pub(crate) fn env(mut self, name: &str, value: impl AsRef<OsStr>) -> Self {
        self.inner.env(name, value);
        self
    }

    /// Sets a variable and shows it in the echoed line.
    #[must_use]
    pub(crate) fn shown_env(mut self, name: &str, value: &str) -> Self {
        self.shown.push(format!("{name}={}", quoted(value)));
        self.env(name, value)
    }

    /// Hides an inherited variable from the program.
    #[must_use]
    pub(crate) fn without_env(mut self, name: &str) -> Self {
        self.inner.env_remove(name);
        self
    }

    /// Sets the working folder.
    #[must_use]
    pub(crate) fn dir(mut self, folder: impl AsRef<Path>) -> Self {
        self.inner.current_dir(folder);
        self
    }

    /// Echoes and runs the program with the terminal as its own; returns its exit code.
    pub(crate) fn code(mut self) -> Result<i32> {
        println!("$ {}", self.line());
        std::io::stdout().flush().doing("write to standard output")?;
        let status = self.inner.status().map_err(|error| self.not_started(&error))?;
        Ok(status.code().unwrap_or(255))
    }

    /// Echoes and runs the program; any exit code but 0 is a failure.
    pub(crate) fn run(self) -> Result {
        let line = self.line();
        match self.code()? {
            0 => Ok(()),
            code => Err(Failure::new(format!("`{line}` ended with exit code {code}"))),
        }
    }

    /// Echoes and runs the program, shows what it printed and returns it, whatever the exit code.
    pub(crate) fn transcript(self) -> Result<Captured> {
        println!("$ {}", self.line());
        let captured = self.capture()?;
        print!("{}{}", captured.stdout, captured.stderr);
        Ok(captured)
    }

    /// Runs the program silently and returns what it printed, whatever its exit code.
    pub(crate) fn capture(mut self) -> Result<Captured> {
        self.inner.stdin(Stdio::null());
        let output = self.inner.output().map_err(|error| self.not_started(&error))?;
        Ok(Captured::from(&output))
    }

    /// Runs the program silently and returns its trimmed standard output; failing is a failure.
    pub(crate) fn read(self) -> Result<String> {
        let line = self.line();
        let captured = self.capture()?;
        captured.success(&line)
    }

    /// Like [`Cmd::read`], with `input` as the program's standard input.
    pub(crate) fn read_with(mut self, input: &[u8]) -> Result<String> {
        let line = self.line();
        self.inner.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
        let mut child = self.inner.spawn().map_err(|error| self.not_started(&error))?;
        let written = child.stdin.take().map_or(Ok(()), |mut stdin| stdin.write_all(input));
        let output = child.wait_with_output().doing(format_args!("wait for `{line}`"))?;
        let text = Captured::from(&output).success(&line)?;
        written.doing(format_args!("write the input of `{line}`"))?;
        Ok(text)
    }

    /// The program as one could type it.
    fn line(&self) -> String {
        let program = Path::new(self.inner.get_program());
        let name = program.file_name().unwrap_or(program.as_os_str());
        let words = std::iter::once(name).chain(self.inner.get_args());
        let words = words.map(|word| quoted(&word.to_string_lossy()));
        self.shown.iter().cloned().chain(words).collect::<Vec<_>>().join(" ")
    }

    /// The failure of a program that could not even be started.
    fn not_started(&self, error: &std::io::Error) -> Failure {
        let program = self.inner.get_program().to_string_lossy();
        Failure::new(format!("cannot start `{program}`: {error}; is it installed and in PATH?"))
    }
}

impl Captured {
    /// The trimmed standard output of a program that succeeded.
    fn success(self, line: &str) -> Result<String> {
        if self.code == 0 {
            return Ok(self.stdout.trim_end().to_owned());
        }
        let said = if self.stderr.trim().is_empty() { &self.stdout } else { &self.stderr };
        Err(Failure::new(format!("`{line}` ended with exit code {}: {}", self.code, said.trim())))
    }
}

impl From<&Output> for Captured {
    fn from(output: &Output) -> Self {
        Self {
            code: output.status.code().unwrap_or(255),
            stdout: String::from_utf8_lossy(&output.stdout).into_owned(),
            stderr: String::from_utf8_lossy(&output.stderr).into_owned(),
        }
    }
}

/// Puts a word into quotes when a shell would otherwise split or change it.
fn quoted(word: &str) -> String {
    let plain = |c: char| c.is_ascii_alphanumeric() || "-_=/.:,@%+".contains(c);
    if !word.is_empty() && word.chars().all(plain) {
        return word.to_owned();
    }
    format!("'{}'", word.replace('\'', r"'\''"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_are_quoted_only_where_a_shell_needs_it() {
        for (word, expected) in
            [("a-b=/c", "a-b=/c"), ("%u %a", "'%u %a'"), ("", "''"), ("it's", r"'it'\''s'")]
        {
            assert_eq!(quoted(word), expected);
        }
    }

    #[test]
    fn failures_carry_the_line_the_code_and_what_was_said() {
        let failure =
            Cmd::new("sh").args(["-c", "echo broken >&2; exit 3"]).read().expect_err("it exits with 3");
        assert_eq!(failure.to_string(), "`sh -c 'echo broken >&2; exit 3'` ended with exit code 3: broken");
    }

    #[test]
    fn input_reaches_the_program() {
        let text = Cmd::new("cat").read_with(b"hello\n").expect("cat copies its input");
        assert_eq!(text, "hello");
    }

    #[test]
    fn a_missing_program_is_named() {
        let failure = Cmd::new("no-such-program-here").read().expect_err("there is no such program");
        assert!(failure.to_string().starts_with("cannot start `no-such-program-here`"), "{failure}");
    }
}
