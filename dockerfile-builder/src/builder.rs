//! The chain of calls that makes a Dockerfile.

use crate::base::{Base, StageRef};
use crate::command::Command;
use crate::context::BuildContext;
use crate::dockerfile::{Dockerfile, Stage};
use crate::ending::Ending;
use crate::instruction::{
    AddFiles, CopyFiles, Exposed, Healthcheck, Instruction, Outside, Protocol, Run, Step, Value,
};
use crate::path::{ContextPath, ImagePath, SourcePath};
use crate::preamble::Preamble;

/// A Dockerfile under construction, begun by [`Dockerfile::from`].
///
/// Every method appends to the current stage and returns the builder.
/// The base is an argument of the constructor, so an instruction before the first `FROM` cannot be written:
///
/// ```compile_fail
/// # use dockerfile_builder::Dockerfile;
/// Dockerfile::run("true").from("alpine");
/// ```
///
/// Files that come from the host can be added together with the instruction that copies them; [`context`](Self::context)
/// then has both:
///
/// ```
/// # use dockerfile_builder::{Dockerfile, Encoding, MemoryTree};
/// let tree = MemoryTree::new().file("home/user/myfiles/a".parse()?, "a");
/// let context = Dockerfile::from("ubuntu").add_file("home/user/myfiles".parse()?, "/var/lib/myfiles").context();
/// let rendered = context.dockerfile().map(ToString::to_string);
/// assert_eq!(rendered.as_deref(), Some("FROM ubuntu\nADD home/user/myfiles /var/lib/myfiles\n"));
/// context.pack(&tree, Encoding::Plain, std::io::sink())?;
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, Debug)]
#[must_use = "a builder does nothing until `build` or `context` is called"]
pub struct DockerfileBuilder {
    preamble: Preamble,
    finished: Vec<Stage>,
    current: Stage,
    ending: Ending,
    files: Vec<Bundled>,
}

/// What is put into the context together with an instruction.
#[derive(Clone, Debug)]
enum Bundled {
    Source(SourcePath),
    Archive(SourcePath),
}

impl DockerfileBuilder {
    pub(crate) fn new(preamble: Preamble, base: Base) -> Self {
        let current = Stage::new(earlier_than(0, base));
        Self { preamble, finished: Vec::new(), current, ending: Ending::default(), files: Vec::new() }
    }

    /// Executes a command: a text goes to the shell, a list is executed as it is.
    pub fn run(self, run: impl Into<Run>) -> Self {
        self.step(Step::Run(run.into()))
    }

    /// Executes several commands, each in an instruction of its own.
    pub fn run_all<C: Into<Run>>(self, commands: impl IntoIterator<Item = C>) -> Self {
        commands.into_iter().fold(self, Self::run)
    }

    /// Executes several scripts in one instruction, each if the one before it succeeded.
    pub fn run_join<S: AsRef<str>>(self, scripts: impl IntoIterator<Item = S>) -> Self {
        let scripts: Vec<String> = scripts.into_iter().map(|script| script.as_ref().to_owned()).collect();
        self.run(scripts.join(" && "))
    }

    /// Copies a file, or the content of a directory, from the build context into the image.
    pub fn copy(self, from: impl Into<ContextPath>, to: impl Into<ImagePath>) -> Self {
        self.copy_with(CopyFiles::context([from.into()], to))
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
        self.copy_with(CopyFiles::elsewhere(Outside::Stage(stage), [from.into()], to))
    }

    /// Copies files with more to say about them.
    pub fn copy_with(self, copy: CopyFiles) -> Self {
        self.step(Step::Copy(copy))
    }

    /// Copies from the build context and unpacks the file if it is an archive.
    pub fn add(self, from: impl Into<ContextPath>, to: impl Into<ImagePath>) -> Self {
        self.add_with(AddFiles::context(from.into(), to))
    }

    /// Adds files from anywhere, with more to say about them.
    pub fn add_with(self, add: AddFiles) -> Self {
        self.step(Step::Add(add))
    }

    /// Adds a file or directory of the source tree, and puts it into the context at the same path.
    pub fn add_file(mut self, source: SourcePath, to: impl Into<ImagePath>) -> Self {
        let place = source.in_context();
        self.files.push(Bundled::Source(source));
        self.add(place, to)
    }

    /// As [`add_file`](Self::add_file), and removes at the end what was added: what only the build needs.
    pub fn add_file_for_build(mut self, source: SourcePath, to: impl Into<ImagePath>) -> Self {
        let to = to.into();
        self.ending.remove.push(to.clone());
        self.add_file(source, to)
    }

    /// Adds what is in a tar archive of the source tree to a directory, and puts its contents into the context.
    pub fn add_archive(mut self, source: SourcePath, to: impl Into<ImagePath>) -> Self {
        let place = source.in_context();
        self.files.push(Bundled::Archive(source));
        self.copy(place, to)
    }

    /// As [`add_archive`](Self::add_archive), and removes at the end what lies at these names in the directory; see
    /// [`top_level`](crate::top_level).
    pub fn add_archive_for_build<N: AsRef<str>>(
        mut self,
        source: SourcePath,
        to: impl Into<ImagePath>,
        names: impl IntoIterator<Item = N>,
    ) -> Self {
        let to = to.into();
        self.ending.remove.extend(names.into_iter().map(|name| to.join(name.as_ref())));
        self.add_archive(source, to)
    }

    /// Declares a variable of the build, which `--build-arg` sets.
    pub fn arg(self, name: impl Into<String>, default: Option<Value>) -> Self {
        self.step(Step::Arg { name: name.into(), default })
    }

    /// Sets an environment variable; a text is a literal value.
    pub fn env(self, name: impl Into<String>, value: impl Into<Value>) -> Self {
        self.step(Step::Env { name: name.into(), value: value.into() })
    }

    /// Attaches a label; a text is a literal value.
    pub fn label(self, name: impl Into<String>, value: impl Into<Value>) -> Self {
        self.step(Step::Label { name: name.into(), value: value.into() })
    }

    /// Says who looks after the image, in the label that stands for the `MAINTAINER` of old.
    pub fn maintainer(self, name: impl Into<Value>) -> Self {
        self.label("org.opencontainers.image.authors", name)
    }

    /// Sets the working directory.
    pub fn workdir(self, path: impl Into<ImagePath>) -> Self {
        self.step(Step::Workdir(path.into()))
    }

    /// Sets the user, as a name or number with an optional `:group`.
    pub fn user(self, user: impl Into<String>) -> Self {
        self.step(Step::User(user.into()))
    }

    /// Documents a port of TCP by its number, or what else is exposed.
    pub fn expose(self, port: impl Into<Exposed>) -> Self {
        self.step(Step::Expose(vec![port.into()]))
    }

    /// Documents a UDP port.
    pub fn expose_udp(self, port: u16) -> Self {
        self.expose(Exposed::port(port, Protocol::Udp))
    }

    /// Makes a directory a volume of each container. What is written there later in the build is lost.
    pub fn volume(self, path: impl Into<ImagePath>) -> Self {
        self.step(Step::Volume(vec![path.into()]))
    }

    /// Sets the program that containers execute.
    pub fn entrypoint(self, command: impl Into<Command>) -> Self {
        self.step(Step::Entrypoint(command.into()))
    }

    /// Sets the command, or the arguments of the entry point, that containers start with.
    pub fn cmd(self, command: impl Into<Command>) -> Self {
        self.step(Step::Cmd(command.into()))
    }

    /// Sets how an engine finds out whether a container is well.
    pub fn healthcheck(self, healthcheck: Healthcheck) -> Self {
        self.step(Step::Healthcheck(healthcheck))
    }

    /// Sets the signal that ends a container, as a name or number.
    pub fn stop_signal(self, signal: impl Into<String>) -> Self {
        self.step(Step::StopSignal(signal.into()))
    }

    /// Sets the program that executes scripts, with its arguments.
    pub fn shell<S: Into<String>>(self, program: impl IntoIterator<Item = S>) -> Self {
        self.step(Step::Shell(program.into_iter().map(Into::into).collect()))
    }

    /// Says what is done when another image is built on this one.
    pub fn on_build(self, step: Step) -> Self {
        let step = step.before(self.finished.len());
        self.push(Instruction::OnBuild(step))
    }

    /// Appends a step that was made elsewhere.
    pub fn step(self, step: Step) -> Self {
        let step = step.before(self.finished.len());
        self.push(Instruction::Step(step))
    }

    /// Adds a comment of one or many lines.
    pub fn comment(self, text: impl Into<String>) -> Self {
        self.push(Instruction::Comment(text.into()))
    }

    /// Adds an empty line.
    pub fn blank(self) -> Self {
        self.push(Instruction::Blank)
    }

    /// Adds lines as they are, for what has no method; nothing is checked or quoted.
    pub fn raw(self, lines: impl Into<String>) -> Self {
        self.push(Instruction::Raw(lines.into()))
    }

    /// Adds each line behind a keyword, as it is; an empty line stays empty.
    pub fn prefixed<S: AsRef<str>>(self, keyword: &str, lines: impl IntoIterator<Item = S>) -> Self {
        lines.into_iter().fold(self, |builder, line| match line.as_ref() {
            "" => builder.blank(),
            line => builder.raw(format!("{keyword} {line}")),
        })
    }

    /// Sets what the last stage ends with, whatever comes before; what was to be removed already still is.
    pub fn ending(mut self, ending: Ending) -> Self {
        let mut remove = std::mem::take(&mut self.ending.remove);
        remove.extend(ending.remove);
        self.ending = Ending { remove, ..ending };
        self
    }

    /// Sets the platform of the current stage, like `linux/arm64` or `$BUILDPLATFORM`; needs `BuildKit`.
    pub fn platform(mut self, platform: impl Into<String>) -> Self {
        self.current.set_platform(platform.into());
        self
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
    pub fn build(mut self) -> Dockerfile {
        self.ending.into_instructions().for_each(|instruction| self.current.push(instruction));
        Dockerfile::new(self.preamble, self.finished, self.current)
    }

    /// Returns the finished Dockerfile as a context, with the files and archives that were added.
    pub fn context(mut self) -> BuildContext {
        let files = std::mem::take(&mut self.files);
        let context = BuildContext::new(self.build());
        files.into_iter().fold(context, |context, bundled| match bundled {
            Bundled::Source(source) => {
                let place = source.in_context();
                context.add(source, place)
            }
            Bundled::Archive(source) => {
                let place = source.in_context();
                context.add_archive(source, place)
            }
        })
    }

    pub(crate) fn push(mut self, instruction: Instruction) -> Self {
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

    #[test]
    fn conveniences_of_docker_map() {
        let dockerfile = Dockerfile::from("busybox")
            .maintainer("Ops <ops@example.org>")
            .blank()
            .run_all(["mkdir /x", "touch /x/y"])
            .run_join(["mkdir /z", "touch /z/y"])
            .prefixed("ONBUILD", ["RUN a", "", "RUN b"])
            .comment("")
            .raw("ENV A=b \\\n    C=d")
            .build();
        insta::assert_snapshot!(dockerfile, @r#"
        FROM busybox
        LABEL org.opencontainers.image.authors="Ops <ops@example.org>"

        RUN mkdir /x
        RUN touch /x/y
        RUN mkdir /z && touch /z/y
        ONBUILD RUN a

        ONBUILD RUN b
        #
        ENV A=b \
            C=d
        "#);
    }

    #[test]
    fn added_files_are_in_the_context() -> Result<(), Box<dyn std::error::Error>> {
        let mut archive = tar::Builder::new(Vec::new());
        let mut header = tar::Header::new_gnu();
        header.set_size(0);
        archive.append_data(&mut header, "tool/run", std::io::empty())?;
        let tree = crate::MemoryTree::new()
            .file("my files/a".parse()?, "a")
            .file("tools.tar".parse()?, archive.into_inner()?);
        let names = crate::top_level(&tree, &"tools.tar".parse()?)?;
        let context = Dockerfile::from("busybox")
            .add_file_for_build("my files".parse()?, "/opt/my files")
            .add_archive_for_build("tools.tar".parse()?, "/", names)
            .ending(Ending { cmd: Some(["a"].into()), ..Ending::default() })
            .run("make")
            .context();
        let rendered = context.dockerfile().map(ToString::to_string).unwrap_or_default();
        insta::assert_snapshot!(rendered, @r#"
        FROM busybox
        ADD ["my files", "/opt/my files"]
        COPY tools.tar /
        RUN make
        RUN rm -R -f '/opt/my files' /tool
        CMD ["a"]
        "#);
        let places = context.entries(&tree).map(|entry| entry.map(|entry| entry.path.to_string()));
        let places = places.collect::<Result<Vec<_>, _>>()?;
        assert_eq!(
            places,
            ["Dockerfile", "my files", "my files/a", "tools.tar", "tools.tar/tool", "tools.tar/tool/run"]
        );
        Ok(())
    }
}
