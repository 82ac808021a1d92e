//! The script view: a POSIX shell script of `docker` commands that reaches the same state.
//!
//! # Caveats
//!
//! - Nothing checks whether the engine is still as it was when the plan was made.
//! - The docker command cannot say everything that its API can: an entrypoint of several words, a health check that is
//!   run without a shell. What is lost is said at the step.
//! - An image is built from its context as it is when the script runs.
//! - The script holds the values of environment variables, as the plan's file does. Secrets are read when it runs.

mod build;
mod command;
mod container;
mod host;
mod secrets;
mod volume;

use alloc::collections::BTreeSet;
use alloc::format;
use alloc::string::{String, ToString};
use alloc::vec::Vec;
use core::fmt;
use core::time::Duration;

use container_map::Signal;
use container_map::config::Ipam;

use self::command::Command;
use self::secrets::Secrets;
use super::quote::{visible, word};
use super::reason::describe_reason;
use super::words::{describe_action, settings};
use crate::action::{Action, Condition};
use crate::container_ref::ContainerRef;
use crate::limits::{Limits, Processes};
use crate::plan::{Plan, Step};
use crate::spec::{EndpointSpec, EnvValue, NetworkSpec, VolumeSpec};

/// A plan as a script.
pub(crate) struct Script<'a>(pub(crate) &'a Plan);

/// A function that some commands need.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Function {
    Await,
    CommandOf,
    Rewrite,
    StopWith,
}

impl Function {
    fn text(self) -> &'static str {
        match self {
            Self::Await => include_str!("await.sh"),
            Self::CommandOf => include_str!("command_of.sh"),
            Self::Rewrite => include_str!("rewrite.sh"),
            Self::StopWith => include_str!("stop_with.sh"),
        }
    }

    fn of(action: &Action) -> Option<Self> {
        match action {
            Action::AwaitContainer { .. } => Some(Self::Await),
            Action::CreateContainer { spec, .. } if container::takes_command(spec) => Some(Self::CommandOf),
            Action::PrepareVolume { .. } => Some(Self::Rewrite),
            Action::StopContainer { signal: Some(_), .. } => Some(Self::StopWith),
            _ => None,
        }
    }
}

impl fmt::Display for Script<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let plan = self.0;
        let secrets = Secrets::of(plan);
        let functions: BTreeSet<Function> =
            plan.steps().iter().filter_map(|step| Function::of(&step.action)).collect();
        write_header(f, plan, &secrets, &functions)?;
        write!(f, "\nset -eu\n{secrets}")?;
        functions.iter().try_for_each(|function| write!(f, "\n{}", function.text()))?;
        plan.steps().iter().try_for_each(|step| write_step(f, step, &secrets))
    }
}

fn write_header(
    f: &mut fmt::Formatter<'_>,
    plan: &Plan,
    secrets: &Secrets,
    functions: &BTreeSet<Function>,
) -> fmt::Result {
    writeln!(f, "#!/bin/sh")?;
    writeln!(f, "# What dmap planned for client `{}`, map `{}`.", plan.client(), plan.map())?;
    writeln!(f, "#")?;
    writeln!(f, "# Nothing here checks whether the engine is still as it was when this was planned;")?;
    writeln!(f, "# `dmap plan --out FILE` and `dmap apply FILE` do.")?;
    if plan.steps().iter().any(|step| has_values(&step.action)) {
        writeln!(f, "# It holds the values that the map gives to environment variables.")?;
    }
    writeln!(f, "#")?;
    writeln!(f, "# Needed: docker, with DOCKER_HOST or a context that names the client's engine")?;
    if functions.contains(&Function::Rewrite) {
        writeln!(f, "# Needed: GNU tar, and room for the files of the prepared volumes in TMPDIR")?;
    }
    secrets
        .sources()
        .try_for_each(|source| writeln!(f, "# Needed: secret from {}", visible(&source.to_string())))
}

/// Returns whether an action gives a container variables whose values the plan holds.
fn has_values(action: &Action) -> bool {
    let Action::CreateContainer { spec, .. } = action else { return false };
    spec.environment.values().flatten().any(|value| matches!(value, EnvValue::Text(_)))
}

fn write_step(f: &mut fmt::Formatter<'_>, step: &Step, secrets: &Secrets) -> fmt::Result {
    let words = describe_action(&step.action);
    writeln!(f, "\n# {} {words}: {}", step.id, visible(&describe_reason(&step.reason)))?;
    let settings = settings(&step.action);
    if !settings.is_empty() {
        writeln!(f, "# {}", visible(&settings))?;
    }
    commands(&step.action, secrets).iter().try_for_each(|line| writeln!(f, "{line}"))
}

/// Returns the lines that do what an action does.
fn commands(action: &Action, secrets: &Secrets) -> Vec<String> {
    let one = |command: Command| Vec::from([command.to_string()]);
    match action {
        Action::PullImage { image, platform } => {
            one(Command::new("pull").option("--platform", platform.as_ref()).argument(image))
        }
        Action::BuildImage { image, build, context, bases, pulls } => {
            build::build(image, build, context, bases, pulls)
        }
        Action::CreateNetwork { network, spec } => one(create_network(&network.docker_name(), spec)),
        Action::RemoveNetwork { network } => one(Command::new("network rm").argument(network)),
        Action::ConnectNetwork { network, container, endpoint } => {
            let command = place(Command::new("network connect"), "--alias", endpoint);
            let command = command.pairs("--driver-opt", &endpoint.driver_options);
            one(command.argument(network).argument(container))
        }
        Action::DisconnectNetwork { network, container } => {
            one(Command::new("network disconnect").argument(network).argument(container))
        }
        Action::CreateVolume { volume, spec } => one(create_volume(&volume.docker_name(), spec)),
        Action::PrepareVolume { volume, image, at, owner, mode, depth } => {
            volume::prepare(&volume::Preparation {
                volume,
                image,
                at,
                owner: owner.as_ref(),
                mode: mode.as_ref(),
                depth: *depth,
            })
        }
        Action::CreateContainer { container, spec } => container::create(container, spec, secrets),
        Action::UpdateContainer { container, limits } => one(update(container, limits)),
        Action::StartContainer { container, settle } => start(container, *settle),
        Action::StopContainer { container, signal: Some(signal), timeout } => {
            Vec::from([stop_with(container, *signal, *timeout)])
        }
        Action::StopContainer { container, signal: None, timeout } => {
            one(Command::new("stop").option("-t", timeout.map(|time| time.as_secs())).argument(container))
        }
        Action::KillContainer { container, signal } => one(kill(container, *signal)),
        Action::RemoveVolume { volume } => one(Command::new("volume rm").argument(volume)),
        Action::RestartContainer { container, timeout } => {
            one(Command::new("restart").option("-t", timeout.map(|time| time.as_secs())).argument(container))
        }
        Action::RenameContainer { container, to } => {
            let to = ContainerRef::new(&container.key, *to);
            one(Command::new("rename").argument(container).argument(&to))
        }
        Action::AwaitContainer { container, until, within, steady } => {
            Vec::from([wait(container, *until, *within, steady.unwrap_or(STEADY))])
        }
        Action::Exec { container, command } => {
            let exec = Command::new("exec").option("--user", command.user.as_ref()).argument(container);
            one(command.command.iter().fold(exec, Command::argument))
        }
        Action::RemoveContainer { container } => one(Command::new("rm").argument(container)),
        Action::RemoveHelper { helper } => {
            one(Command::new("rm").switch("--volumes", Some(true)).argument(&helper.docker_name()))
        }
    }
}

fn wait(container: &ContainerRef, until: Condition, within: Duration, steady: Duration) -> String {
    let (within, steady) = (whole_seconds(within), whole_seconds(steady));
    format!("await {} {within} {steady} {}", until.as_str(), word(&container.docker_name()))
}

fn start(container: &ContainerRef, settle: Option<Duration>) -> Vec<String> {
    let mut lines = Vec::from([Command::new("start").argument(container).to_string()]);
    lines.extend(
        settle.filter(|pause| !pause.is_zero()).map(|pause| format!("sleep {}", whole_seconds(pause))),
    );
    lines
}

fn kill(container: &ContainerRef, signal: Signal) -> Command {
    Command::new("kill").option("--signal", Some(signal)).argument(container)
}

/// The command of the engine takes -1 for no limit of processes.
fn update(container: &ContainerRef, limits: &Limits) -> Command {
    let unlimited = match limits.processes {
        Processes::Kept => None,
        Processes::Unlimited => Some(-1),
    };
    host::options(Command::new("update"), &limits.options)
        .option("--pids-limit", unlimited)
        .argument(container)
}

/// The engine's own time between a stop signal and the kill, in seconds.
const ENGINE_GRACE: u64 = 10;

fn stop_with(container: &ContainerRef, signal: Signal, timeout: Option<Duration>) -> String {
    let seconds = timeout.map_or(ENGINE_GRACE, whole_seconds);
    format!("stop_with {} {seconds} {}", word(&signal.to_string()), word(&container.docker_name()))
}

/// How long a container goes on running to count as started, where a step does not say: a shell looks once a second.
const STEADY: Duration = Duration::from_secs(1);

/// A shell waits for whole seconds.
fn whole_seconds(time: Duration) -> u64 {
    time.as_secs() + u64::from(time.subsec_nanos() > 0)
}

fn create_network(name: &str, spec: &NetworkSpec) -> Command {
    let mut command = Command::new("network create")
        .option("--driver", Some(&spec.driver))
        .pairs("--opt", &spec.options)
        .switch("--internal", spec.internal.then_some(true))
        .switch("--ipv6", spec.enable_ipv6)
        .switch("--attachable", spec.attachable);
    if let Some(ipam) = &spec.ipam {
        command = addresses(command, ipam);
    }
    command.pairs("--label", &spec.labels).argument(name)
}

fn addresses(command: Command, ipam: &Ipam) -> Command {
    let command = command.option("--ipam-driver", ipam.driver.as_ref()).pairs("--ipam-opt", &ipam.options);
    ipam.pools.iter().fold(command, |command, pool| {
        command
            .option("--subnet", Some(&pool.subnet))
            .option("--ip-range", pool.ip_range.as_ref())
            .option("--gateway", pool.gateway.as_ref())
            .pairs("--aux-address", &pool.aux_addresses)
    })
}

fn create_volume(name: &str, spec: &VolumeSpec) -> Command {
    Command::new("volume create")
        .option("--driver", Some(&spec.driver))
        .pairs("--opt", &spec.options)
        .pairs("--label", &spec.labels)
        .argument(name)
}

/// Adds a place in a network; for an alias, creating and connecting have two words.
fn place(command: Command, alias: &str, endpoint: &EndpointSpec) -> Command {
    let links = endpoint.links.iter().map(|(alias, target)| format!("{target}:{alias}"));
    command
        .options(alias, &endpoint.aliases)
        .options("--link", links)
        .option("--ip", endpoint.ipv4_address)
        .option("--ip6", endpoint.ipv6_address)
        .options("--link-local-ip", &endpoint.link_local_ips)
}
