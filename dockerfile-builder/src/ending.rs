//! What is decided while a Dockerfile is made and written at its end.

use std::collections::BTreeMap;

use crate::command::Command;
use crate::instruction::{Exposed, Healthcheck, Instruction, Run, Step, Value};
use crate::path::ImagePath;
use crate::shell::{self, Depth};

/// What the last stage ends with, always in the order of these fields.
///
/// The user and the working directory are those of containers; no `RUN` above is affected.
///
/// ```
/// # use dockerfile_builder::{Dockerfile, Ending};
/// let ending = Ending { cmd: Some(["ls", "/x"].into()), user: Some("app".to_owned()), ..Ending::default() };
/// let dockerfile = Dockerfile::from("busybox").ending(ending).run("touch /x").build();
/// assert_eq!(dockerfile.to_string(), "FROM busybox\nRUN touch /x\nUSER app\nCMD [\"ls\", \"/x\"]\n");
/// ```
#[derive(Clone, PartialEq, Eq, Default, Debug)]
pub struct Ending {
    /// Files and directories that are removed: what the build needed and containers do not. Their size stays in the layer
    /// that brought them.
    pub remove: Vec<ImagePath>,
    /// The volumes of containers.
    pub volumes: Vec<ImagePath>,
    /// The user of containers.
    pub user: Option<String>,
    /// The working directory of containers.
    pub workdir: Option<ImagePath>,
    /// The program that executes scripts.
    pub shell: Option<Vec<String>>,
    /// The program that containers execute.
    pub entrypoint: Option<Command>,
    /// The command, or the arguments of the entry point.
    pub cmd: Option<Command>,
    /// The ports that containers listen on.
    pub expose: Vec<Exposed>,
    /// The labels.
    pub labels: BTreeMap<String, Value>,
    /// The signal that ends a container.
    pub stop_signal: Option<String>,
    /// How an engine finds out whether a container is well.
    pub healthcheck: Option<Healthcheck>,
}

impl Ending {
    /// Returns the instructions, in their order.
    pub(crate) fn into_instructions(self) -> impl Iterator<Item = Instruction> {
        let remove = (!self.remove.is_empty()).then(|| {
            let paths = self.remove.iter().map(ImagePath::as_str);
            Step::Run(Run::from(shell::rm(Depth::Whole, paths).option("-f")))
        });
        let volumes = (!self.volumes.is_empty()).then_some(Step::Volume(self.volumes));
        let expose = (!self.expose.is_empty()).then_some(Step::Expose(self.expose));
        let labels = self.labels.into_iter().map(|(name, value)| Step::Label { name, value });
        let before = [
            remove,
            volumes,
            self.user.map(Step::User),
            self.workdir.map(Step::Workdir),
            self.shell.map(Step::Shell),
            self.entrypoint.map(Step::Entrypoint),
            self.cmd.map(Step::Cmd),
            expose,
        ];
        let after = [self.stop_signal.map(Step::StopSignal), self.healthcheck.map(Step::Healthcheck)];
        let steps = before.into_iter().flatten().chain(labels).chain(after.into_iter().flatten());
        steps.map(Instruction::Step)
    }
}
