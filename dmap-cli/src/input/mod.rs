//! What is read before anything is done: files of a project, variables, secrets, snapshots. Nothing else reads files.

mod contexts;
mod env_file;
mod files;
mod holder;
mod logins;
mod saved;
mod script;
mod secrets;
mod snapshot;
mod text;
mod variables;

use container_map::{
    ClientConfig, LoadOptions, Project, ProjectError, ProjectFiles, Variables, WrittenProject, load_project,
    read_project,
};

use self::files::{ProjectReader, Reach};
use map_planner::{Contexts, Plan};

use crate::args::{Args, FileArgs};
use crate::deployment::Deployment;
use crate::failure::Failure;

pub(crate) use self::files::STANDARD_INPUT;
pub(crate) use self::holder::holder;
pub(crate) use self::logins::logins;
pub(crate) use self::saved::{read_plans, save_plans};
pub(crate) use self::script::{Script, ScriptKind};
pub(crate) use self::secrets::{Credentials, Secrets, agent, read_secret};
pub(crate) use self::snapshot::{Recorded, RecordedDeployment, Snapshot};
pub(crate) use self::text::{NotUtf8, ReadError};

/// The map that is meant when none is named.
const DEFAULT_FILE: &str = "dmap.yaml";

/// What a project and its secrets are read from.
#[derive(Debug)]
pub(crate) struct Input {
    files: ProjectFiles,
    is_default: bool,
    reach: Reach,
    variables: Variables,
}

impl Input {
    /// Finds out what the arguments name, and reads the variables.
    ///
    /// # Errors
    ///
    /// A file of variables cannot be read, or has lines that set none.
    pub(crate) fn new(args: &Args) -> Result<Self, Failure> {
        let FileArgs { files, env_files } = args.files();
        let is_default = files.is_empty();
        let maps = if is_default { vec![DEFAULT_FILE.to_owned()] } else { files };
        Ok(Self {
            files: ProjectFiles { maps, clients: args.common.clients.clone() },
            is_default,
            reach: if args.common.include_anywhere { Reach::Anywhere } else { Reach::Project },
            variables: variables::variables(&env_files)?,
        })
    }

    /// Reads the project.
    ///
    /// # Errors
    ///
    /// A file cannot be read, or the project is not valid.
    pub(crate) fn project(&self) -> Result<Project, Failure> {
        let options = LoadOptions { variables: self.variables.clone(), ..LoadOptions::default() };
        self.read(|reader| load_project(&self.files, reader, &options))
    }

    /// Reads the maps of the project as they are written.
    ///
    /// # Errors
    ///
    /// A file cannot be read, or has something that no map has.
    pub(crate) fn written(&self) -> Result<WrittenProject, Failure> {
        self.read(|reader| read_project(&self.files, reader))
    }

    /// Reads the secrets that deployments need.
    ///
    /// # Errors
    ///
    /// Some cannot be read.
    pub(crate) fn secrets(&self, deployments: &[Deployment<'_>]) -> Result<Secrets, Failure> {
        secrets::secrets(deployments, &self.variables)
    }

    /// Reads the build contexts of what a deployment may have to build.
    ///
    /// # Errors
    ///
    /// One cannot be read.
    pub(crate) fn contexts(deployment: &Deployment<'_>) -> Result<Contexts, Failure> {
        contexts::contexts(deployment)
    }

    /// Says what of the contexts that plans build from is not as it was when they were made.
    ///
    /// # Errors
    ///
    /// One cannot be read.
    pub(crate) fn moved_contexts(plans: &[Plan]) -> Result<Vec<String>, Failure> {
        contexts::moved(plans)
    }

    /// Returns whether a project was named.
    pub(crate) fn is_named(&self) -> bool {
        !self.is_default || self.files.clients.is_some()
    }

    /// Reads the secrets that plans name.
    ///
    /// # Errors
    ///
    /// Some cannot be read.
    pub(crate) fn secrets_of(&self, plans: &[Plan]) -> Result<Secrets, Failure> {
        secrets::of_plans(plans, &self.variables)
    }

    /// Reads the passwords with which a client's engine pulls what a plan pulls and what its builds are based on: those
    /// that the client has, and for other registries those of `docker login`.
    ///
    /// # Errors
    ///
    /// Some cannot be read.
    pub(crate) fn credentials(&self, client: &ClientConfig, plan: &Plan) -> Result<Credentials, Failure> {
        let known = secrets::credentials(client, &self.variables)?;
        logins::completed(known, &contexts::registries(plan)?)
    }

    fn read<T>(
        &self,
        load: impl FnOnce(&mut ProjectReader<'_>) -> Result<T, Box<ProjectError>>,
    ) -> Result<T, Failure> {
        let mut reader = ProjectReader::new(&self.files, self.is_default, self.reach);
        load(&mut reader).map_err(|error| reader.into_failure().unwrap_or_else(|| Failure::project(*error)))
    }
}
