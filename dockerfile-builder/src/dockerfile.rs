//! The Dockerfile and its text.

use std::collections::BTreeSet;
use std::{fmt, iter};

use crate::base::{Base, StageRef};
use crate::builder::DockerfileBuilder;
use crate::instruction::Instruction;
use crate::preamble::Preamble;
use crate::quote;

/// A Dockerfile: one stage or more, each with a base and instructions.
///
/// [`Display`](fmt::Display) renders the text that the engine reads.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Dockerfile {
    preamble: Preamble,
    earlier: Vec<Stage>,
    // Invariant: there is always a last stage, so a Dockerfile is never empty.
    // No comment comes before the first `FROM`, so none can be taken for a parser directive.
    last: Stage,
}

impl Dockerfile {
    /// Starts a Dockerfile on a base.
    ///
    /// ```
    /// # use dockerfile_builder::Dockerfile;
    /// let dockerfile = Dockerfile::from("alpine:3").run("apk add curl").cmd(["curl", "--help"]).build();
    /// assert_eq!(dockerfile.to_string(), "FROM alpine:3\nRUN apk add curl\nCMD [\"curl\", \"--help\"]\n");
    /// ```
    pub fn from(base: impl Into<Base>) -> DockerfileBuilder {
        Self::preamble().from(base)
    }

    /// Starts a Dockerfile with what stands above the first base.
    pub fn preamble() -> Preamble {
        Preamble::default()
    }

    pub(crate) fn new(preamble: Preamble, earlier: Vec<Stage>, last: Stage) -> Self {
        Self { preamble, earlier, last }
    }

    /// Returns the stages, of which there is at least one, in their order.
    pub fn stages(&self) -> impl Iterator<Item = &Stage> {
        self.earlier.iter().chain(iter::once(&self.last))
    }

    /// Returns the stages that a later stage refers to: only they need a name.
    fn referenced(&self) -> BTreeSet<StageRef> {
        self.stages().flat_map(Stage::references).collect()
    }
}

impl fmt::Display for Dockerfile {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.preamble.fmt(f)?;
        let referenced = self.referenced();
        for (index, stage) in self.stages().enumerate() {
            if index > 0 {
                writeln!(f)?;
            }
            let own = StageRef::new(index);
            f.write_str("FROM ")?;
            if let Some(platform) = &stage.platform {
                write!(f, "--platform={} ", quote::platform(platform))?;
            }
            write!(f, "{}", stage.base)?;
            if referenced.contains(&own) {
                write!(f, " AS {own}")?;
            }
            writeln!(f)?;
            for instruction in &stage.instructions {
                writeln!(f, "{instruction}")?;
            }
        }
        Ok(())
    }
}

/// One stage of a Dockerfile: what follows a `FROM`.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Stage {
    base: Base,
    platform: Option<String>,
    instructions: Vec<Instruction>,
}

impl Stage {
    pub(crate) fn new(base: Base) -> Self {
        Self { base, platform: None, instructions: Vec::new() }
    }

    pub(crate) fn push(&mut self, instruction: Instruction) {
        self.instructions.push(instruction);
    }

    pub(crate) fn set_platform(&mut self, platform: String) {
        self.platform = Some(platform);
    }

    /// Returns what the stage starts from.
    pub fn base(&self) -> &Base {
        &self.base
    }

    /// Returns the instructions in their order.
    pub fn instructions(&self) -> &[Instruction] {
        &self.instructions
    }

    fn references(&self) -> impl Iterator<Item = StageRef> {
        let base = match self.base {
            Base::Stage(stage) => Some(stage),
            Base::Scratch | Base::Image(_) => None,
        };
        let used = self.instructions.iter().flat_map(|instruction| match instruction {
            Instruction::Step(step) | Instruction::OnBuild(step) => step.stages(),
            Instruction::Comment(_) | Instruction::Blank | Instruction::Raw(_) => Vec::new(),
        });
        base.into_iter().chain(used)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_stages_that_are_used_have_names() {
        let builder = Dockerfile::from("golang").workdir("/src").run("go build");
        let compiler = builder.this_stage();
        let dockerfile = builder
            .stage("alpine")
            .stage("scratch")
            .copy_from(compiler, "/src/app", "/app")
            .stage(compiler)
            .build();
        assert_eq!(dockerfile.stages().count(), 4);
        insta::assert_snapshot!(dockerfile, @r"
        FROM golang AS stage-0
        WORKDIR /src
        RUN go build

        FROM alpine

        FROM scratch
        COPY --from=stage-0 /src/app /app

        FROM stage-0
        ");
    }

    #[test]
    fn a_stage_of_another_dockerfile_is_refused_by_the_engine() {
        let other = Dockerfile::from("a").stage("b").this_stage();
        let dockerfile = Dockerfile::from(other).copy_from(other, "/x", "/y").build();
        assert_eq!(dockerfile.to_string(), "FROM \u{fffd}\nCOPY --from=\u{fffd} /x /y\n");
    }
}
