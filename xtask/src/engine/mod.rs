//! Finds the Docker engine a chore works on, or starts a private one for as long as the chore runs.

mod install;
mod keeper;
mod ping;
mod private;

use std::path::Path;
use std::process::ExitCode;

pub(crate) use install::{ensure, find, is_root};

use crate::command::Cmd;
use crate::error::{Failure, Result};
use private::Private;

/// Where an engine listens unless told otherwise.
const DEFAULT_SOCKET: &str = "/var/run/docker.sock";
/// Tells the commands run on a private engine that nobody else's images can be hit.
const PRIVATE_MARK: &str = "DMAP_PRIVATE_ENGINE";

/// An engine that answers; a private one ends with this value.
#[derive(Debug)]
pub(crate) struct Engine {
    host: String,
    private: Option<Private>,
}

impl Engine {
    /// The engine of `DOCKER_HOST` or of the default socket, else a private one.
    pub(crate) fn find_or_start() -> Result<Self> {
        if let Some(engine) = Self::find()? {
            println!("using the engine at {}", engine.host);
            return Ok(engine);
        }
        println!("no engine at {DEFAULT_SOCKET} and no DOCKER_HOST: starting a private one");
        Self::start_private()
    }

    /// A fresh engine of our own: empty, in a network of its own, removed with this value.
    pub(crate) fn start_private() -> Result<Self> {
        install::private_engine_programs()?;
        let private = Private::start()?;
        println!("started a private engine at {}", private.host());
        Ok(Self { host: private.host(), private: Some(private) })
    }

    /// The engine that is already there, if any. A broken `DOCKER_HOST` is a failure, not a reason to look elsewhere.
    fn find() -> Result<Option<Self>> {
        let asked = std::env::var("DOCKER_HOST").ok().filter(|host| !host.is_empty());
        if let Some(host) = asked {
            ensure(&["docker"])?;
            let engine = Self { host, private: None };
            engine.version().map_err(|failure| {
                let host = &engine.host;
                Failure::new(format!(
                    "DOCKER_HOST is `{host}`: {failure}\nstart that engine, or unset DOCKER_HOST"
                ))
            })?;
            return Ok(Some(engine));
        }
        match ping::ping(Path::new(DEFAULT_SOCKET)) {
            Ok(()) => {
                ensure(&["docker"])?;
                Ok(Some(Self { host: format!("unix://{DEFAULT_SOCKET}"), private: None }))
            }
            Err(error) if error.kind() == std::io::ErrorKind::PermissionDenied => Err(Failure::new(format!(
                "cannot open {DEFAULT_SOCKET}: {error}; join the group `docker`, or set DOCKER_HOST to an engine you may use"
            ))),
            Err(_) => Ok(None),
        }
    }

    /// The address, as `DOCKER_HOST` takes it.
    pub(crate) fn host(&self) -> &str {
        &self.host
    }

    /// Whether nobody but the running chore uses this engine.
    pub(crate) fn is_private(&self) -> bool {
        self.private.is_some() || std::env::var(PRIVATE_MARK).is_ok_and(|mark| mark == "1")
    }

    /// The `docker` client, talking to this engine.
    pub(crate) fn docker(&self) -> Cmd {
        self.aim(Cmd::new("docker"))
    }

    /// Makes a program talk to this engine.
    pub(crate) fn aim(&self, program: Cmd) -> Cmd {
        let program = program.env("DOCKER_HOST", &self.host);
        if !self.is_private() {
            return program;
        }
        let program = program.env(PRIVATE_MARK, "1");
        ["DOCKER_TLS", "DOCKER_TLS_VERIFY", "DOCKER_CERT_PATH", "DOCKER_API_VERSION"]
            .into_iter()
            .fold(program, Cmd::without_env)
    }

    /// The engine's version, asked from the engine.
    fn version(&self) -> Result<String> {
        let format = "{{.Server.Version}} (API {{.Server.APIVersion}})";
        self.docker().args(["version", "--format", format]).read()
    }
}

/// `cargo xtask engine …`.
pub(crate) fn command(words: &[&str]) -> Result<ExitCode> {
    match words {
        [] => show().map(|()| ExitCode::SUCCESS),
        ["--private", "--", program, arguments @ ..] => run_privately(program, arguments),
        [keeper::WORD, folder] => keeper::keep(Path::new(folder)).map(|()| ExitCode::SUCCESS),
        _ => Err(Failure::usage("`engine` takes no words, or `--private -- CMD…`")),
    }
}

/// Prints where the engine is and what it is.
fn show() -> Result {
    let engine = Engine::find_or_start()?;
    println!("DOCKER_HOST={}", engine.host());
    println!("version {}", engine.version()?);
    if engine.is_private() {
        println!(
            "it is private and ends now; `cargo xtask engine --private -- CMD…` keeps one for a command"
        );
    }
    Ok(())
}

/// Runs a program on a fresh private engine and passes its exit code on.
fn run_privately(program: &str, arguments: &[&str]) -> Result<ExitCode> {
    let engine = Engine::start_private()?;
    let code = engine.aim(Cmd::new(program).args(arguments)).code()?;
    Ok(ExitCode::from(u8::try_from(code).unwrap_or(1)))
}
