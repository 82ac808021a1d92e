//! What stands above the first `FROM`.

use std::fmt;

use crate::base::Base;
use crate::builder::DockerfileBuilder;
use crate::instruction::{Step, Value};
use crate::quote;

/// What stands above the first `FROM`: directives for the parser, and variables for the bases.
///
/// It is begun by [`Dockerfile::preamble`](crate::Dockerfile::preamble), and [`from`](Self::from) ends it. Nothing else can
/// stand here, and none of this below:
///
/// ```compile_fail
/// # use dockerfile_builder::Dockerfile;
/// Dockerfile::preamble().run("true");
/// ```
/// ```compile_fail
/// # use dockerfile_builder::Dockerfile;
/// Dockerfile::from("alpine").syntax("docker/dockerfile:1");
/// ```
/// ```
/// # use dockerfile_builder::Dockerfile;
/// let preamble = Dockerfile::preamble().syntax("docker/dockerfile:1").arg("TAG", Some("3".into()));
/// let dockerfile = preamble.from("alpine:${TAG}").run("true").build();
/// assert_eq!(
///     dockerfile.to_string(),
///     "# syntax=docker/dockerfile:1\nARG TAG=\"3\"\nFROM alpine:${TAG}\nRUN true\n"
/// );
/// ```
#[derive(Clone, PartialEq, Eq, Default, Debug)]
#[must_use = "a preamble is nothing without a stage"]
pub struct Preamble {
    pub(crate) syntax: Option<String>,
    pub(crate) check: Option<String>,
    pub(crate) args: Vec<(String, Option<Value>)>,
}

impl Preamble {
    /// Names the image of the frontend that reads the Dockerfile.
    pub fn syntax(mut self, image: impl Into<String>) -> Self {
        self.syntax = Some(image.into());
        self
    }

    /// Says which checks of the frontend count, like `skip=all` or `error=true`.
    pub fn check(mut self, checks: impl Into<String>) -> Self {
        self.check = Some(checks.into());
        self
    }

    /// Declares a variable that bases can use; `--build-arg` sets it.
    pub fn arg(mut self, name: impl Into<String>, default: Option<Value>) -> Self {
        self.args.push((name.into(), default));
        self
    }

    /// Begins the first stage.
    pub fn from(self, base: impl Into<Base>) -> DockerfileBuilder {
        DockerfileBuilder::new(self, base.into())
    }
}

impl fmt::Display for Preamble {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (name, value) in [("syntax", &self.syntax), ("check", &self.check)] {
            if let Some(value) = value {
                writeln!(f, "# {name}={}", quote::directive(value))?;
            }
        }
        for (name, default) in &self.args {
            let step = Step::Arg { name: name.clone(), default: default.clone() };
            writeln!(f, "{step}")?;
        }
        Ok(())
    }
}
