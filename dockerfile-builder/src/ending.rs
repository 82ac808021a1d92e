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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Dockerfile;

    #[test]
    fn the_order_is_fixed() {
        let ending = Ending {
            healthcheck: Some(Healthcheck::Check("true".into())),
            stop_signal: Some("SIGQUIT".to_owned()),
            labels: [("team", "\"ops\""), ("a", "b")]
                .map(|(name, value)| (name.to_owned(), value.into()))
                .into(),
            expose: vec![80.into(), 443.into()],
            cmd: Some(["ls", "/x"].into()),
            entrypoint: Some(["/bin/sh", "-c"].into()),
            shell: Some(["/bin/ash", "-ec"].map(str::to_owned).into()),
            workdir: Some("/srv".into()),
            user: Some("app".to_owned()),
            volumes: vec!["/x".into(), "/my data".into()],
            remove: vec!["/tmp/a".into(), "/tmp/my b".into()],
        };
        let builder = Dockerfile::from("build").stage("busybox").ending(ending).run("true");
        insta::assert_snapshot!(builder.build(), @r#"
        FROM build

        FROM busybox
        RUN true
        RUN rm -R -f /tmp/a '/tmp/my b'
        VOLUME ["/x", "/my data"]
        USER app
        WORKDIR /srv
        SHELL ["/bin/ash", "-ec"]
        ENTRYPOINT ["/bin/sh", "-c"]
        CMD ["ls", "/x"]
        EXPOSE 80 443
        LABEL a="b"
        LABEL team="\"ops\""
        STOPSIGNAL SIGQUIT
        HEALTHCHECK CMD true
        "#);
    }
}
