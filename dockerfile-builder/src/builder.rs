//! The chain of calls that makes a Dockerfile.

use crate::base::{Base, StageRef};
use crate::command::Command;
use crate::dockerfile::{Dockerfile, Stage};
use crate::instruction::{Instruction, Protocol};
use crate::path::{ContextPath, ImagePath};

/// A Dockerfile under construction, begun by [`Dockerfile::from`].
///
/// Every method appends to the current stage and returns the builder.
/// The base is an argument of the constructor, so an instruction before the first `FROM` cannot be written.
#[derive(Clone, Debug)]
#[must_use = "a builder does nothing until `build` is called"]
pub struct DockerfileBuilder {
    finished: Vec<Stage>,
    current: Stage,
}

impl DockerfileBuilder {
    pub(crate) fn new(base: Base) -> Self {
        let base = earlier_than(0, base);
        Self { finished: Vec::new(), current: Stage::new(base) }
    }

    /// Executes a command: a text goes to the shell, a list is executed as it is.
    pub fn run(self, command: impl Into<Command>) -> Self {
        self.push(Instruction::Run(command.into()))
    }

    /// Copies a file, or the content of a directory, from the build context into the image.
    pub fn copy(self, from: impl Into<ContextPath>, to: impl Into<ImagePath>) -> Self {
        self.push(Instruction::Copy { from: from.into(), to: to.into() })
    }

    /// Copies a file, or the content of a directory, from an earlier stage.
    ///
    /// ```
    /// # use dockerfile_builder::Dockerfile;
    /// let build = Dockerfile::from("golang").run("go build -o /app .");
    /// let built = build.this_stage();
    /// let dockerfile = build.stage("scratch").copy_from(built, "/app", "/app").build();
    /// # assert!(dockerfile.to_string().ends_with("COPY --from=stage-0 /app /app\n"));
    /// ```
    pub fn copy_from(self, stage: StageRef, from: impl Into<ImagePath>, to: impl Into<ImagePath>) -> Self {
        let stage = stage.before(self.finished.len());
        self.push(Instruction::CopyFrom { stage, from: from.into(), to: to.into() })
    }

    /// Copies from the build context and unpacks the file if it is an archive.
    pub fn add(self, from: impl Into<ContextPath>, to: impl Into<ImagePath>) -> Self {
        self.push(Instruction::Add { from: from.into(), to: to.into() })
    }

    /// Sets an environment variable to a literal value.
    pub fn env(self, name: impl Into<String>, value: impl Into<String>) -> Self {
        self.push(Instruction::Env { name: name.into(), value: value.into() })
    }

    /// Attaches a label with a literal value.
    pub fn label(self, name: impl Into<String>, value: impl Into<String>) -> Self {
        self.push(Instruction::Label { name: name.into(), value: value.into() })
    }

    /// Sets the working directory.
    pub fn workdir(self, path: impl Into<ImagePath>) -> Self {
        self.push(Instruction::Workdir(path.into()))
    }

    /// Sets the user, as a name or number with an optional `:group`.
    pub fn user(self, user: impl Into<String>) -> Self {
        self.push(Instruction::User(user.into()))
    }

    /// Documents a TCP port.
    pub fn expose(self, port: u16) -> Self {
        self.push(Instruction::Expose { port, protocol: Protocol::Tcp })
    }

    /// Documents a UDP port.
    pub fn expose_udp(self, port: u16) -> Self {
        self.push(Instruction::Expose { port, protocol: Protocol::Udp })
    }

    /// Sets the program that containers execute.
    pub fn entrypoint(self, command: impl Into<Command>) -> Self {
        self.push(Instruction::Entrypoint(command.into()))
    }

    /// Sets the command, or the arguments of the entry point, that containers start with.
    pub fn cmd(self, command: impl Into<Command>) -> Self {
        self.push(Instruction::Cmd(command.into()))
    }

    /// Adds a comment of one or many lines.
    pub fn comment(self, text: impl Into<String>) -> Self {
        self.push(Instruction::Comment(text.into()))
    }

    /// Ends the current stage and begins the next one on its own base.
    pub fn stage(mut self, base: impl Into<Base>) -> Self {
        let next = Stage::new(earlier_than(self.finished.len() + 1, base.into()));
        self.finished.push(std::mem::replace(&mut self.current, next));
        self
    }

    /// Returns a reference to the current stage, for use in later ones.
    pub fn this_stage(&self) -> StageRef {
        StageRef::new(self.finished.len())
    }

    /// Returns the finished Dockerfile.
    pub fn build(self) -> Dockerfile {
        Dockerfile::new(self.finished, self.current)
    }

    fn push(mut self, instruction: Instruction) -> Self {
        self.current.push(instruction);
        self
    }
}

fn earlier_than(index: usize, base: Base) -> Base {
    match base {
        Base::Stage(stage) => Base::Stage(stage.before(index)),
        Base::Scratch | Base::Image(_) => base,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_call_renders_as_one_instruction() -> Result<(), crate::PathError> {
        let dockerfile = Dockerfile::from("busybox")
            .comment("Everything the builder can say.")
            .label("org.example.team", "\"ops\" & co")
            .label("with blank", "x")
            .env("GREETING", "it's $5\\day")
            .run("mkdir /x && touch /x/y")
            .run(["chown", "app", "/my dir"])
            .run("set -e\nfor i in 1 2; do\n  echo $i\ndone")
            .workdir("/var/lib/my site")
            .copy(ContextPath::try_from("./conf//app.ini")?, "etc/")
            .add(ContextPath::try_from("my data.tar")?, "/opt")
            .user("app:app")
            .expose(80)
            .expose_udp(53)
            .entrypoint("exec /bin/app")
            .cmd(Vec::new())
            .build();
        insta::assert_snapshot!(dockerfile, @r#"
        FROM busybox
        # Everything the builder can say.
        LABEL org.example.team="\"ops\" & co"
        LABEL "with blank"="x"
        ENV GREETING="it's \$5\\day"
        RUN mkdir /x && touch /x/y
        RUN ["chown", "app", "/my dir"]
        RUN ["/bin/sh", "-c", "set -e\nfor i in 1 2; do\n  echo $i\ndone"]
        WORKDIR "/var/lib/my site"
        COPY conf/app.ini etc/
        ADD ["my data.tar", "/opt"]
        USER app:app
        EXPOSE 80
        EXPOSE 53/udp
        ENTRYPOINT exec /bin/app
        CMD []
        "#);
        Ok(())
    }
}
