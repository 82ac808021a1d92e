//! Creating a container.

use alloc::borrow::ToOwned;
use alloc::format;
use alloc::string::{String, ToString};
use alloc::vec::Vec;
use core::time::Duration;

use container_map::ContainerPath;
use container_map::config::Access;

use super::super::quote::{csv, is_name, word};
use super::command::Command;
use super::secrets::Secrets;
use super::{host, place};
use crate::container_ref::ContainerRef;
use crate::spec::{ContainerSpec, EnvValue, HealthcheckSpec, MountSource, MountSpec, NetworkModeSpec};

/// Returns the lines that create a container: what the docker command cannot say, in comments, and the command.
pub(super) fn create(container: &ContainerRef, spec: &ContainerSpec, secrets: &Secrets) -> Vec<String> {
    let mut unsaid: Vec<String> = host::unsaid(&spec.host);
    let mut command = Command::new("create")
        .option("--name", Some(container))
        .option("--platform", spec.platform.as_ref())
        .option("--hostname", spec.hostname.as_ref())
        .option("--domainname", spec.domainname.as_ref())
        .option("--user", spec.user.as_ref())
        .option("--workdir", spec.working_dir.as_ref())
        .switch("--tty", spec.tty)
        .switch("--interactive", spec.stdin_open)
        .option("--stop-signal", spec.stop_signal.as_ref())
        .option("--stop-timeout", spec.stop_timeout.map(|time| time.as_secs()));
    command = environment(command, spec, secrets, &mut unsaid);
    command = mounts(command, spec);
    command = networking(command, spec);
    if let Some(healthcheck) = &spec.healthcheck {
        command = health(command, healthcheck, &mut unsaid);
    }
    command = host::options(command, &spec.host).pairs("--label", &spec.labels);
    let mut words = spec.entrypoint.iter().flatten();
    if spec.entrypoint.is_some() {
        command = command.option("--entrypoint", Some(words.next().cloned().unwrap_or_default()));
    }
    let mut command = command.argument(&spec.image);
    let further: Vec<&String> = words.collect();
    if !further.is_empty() {
        unsaid.push("the entrypoint has several words, which go before the command here".to_owned());
    }
    for word in further.into_iter().chain(spec.command.iter().flatten()) {
        command = command.argument(word);
    }
    if takes_command(spec) {
        command = command.quoted_argument("\"$@\"");
    }
    let mut lines: Vec<String> =
        unsaid.iter().map(|what| format!("# docker cannot say it all: {what}")).collect();
    if takes_command(spec) {
        lines.push(format!("image_command=$(command_of {})", word(&spec.image.to_string())));
        lines.push("eval \"set -- $image_command\"".to_owned());
    }
    lines.push(unset(spec, &command.to_string()));
    lines
}

/// Returns whether a container has no entrypoint and the image's command: the engine's API takes that command by itself,
/// and the docker command has to be told it.
pub(super) fn takes_command(spec: &ContainerSpec) -> bool {
    spec.entrypoint.as_ref().is_some_and(Vec::is_empty) && spec.command.is_none()
}

/// Variables that the docker command reads itself, so that they cannot be set or taken away for it alone.
const READ_BY_DOCKER: [&str; 3] = ["PATH", "HOME", "DOCKER_"];

/// Returns whether the docker command can be given a variable to hand on.
fn is_handed_on(name: &str) -> bool {
    let is_read =
        READ_BY_DOCKER.iter().any(|read| name == *read || (read.ends_with('_') && name.starts_with(read)));
    let is_proxy = name.to_ascii_uppercase().ends_with("_PROXY");
    is_name(name) && !is_read && !is_proxy
}

/// A variable that is named without a value is taken out of the image's only if the shell does not have it either.
fn unset(spec: &ContainerSpec, command: &str) -> String {
    let removed = spec.environment.iter().filter(|(name, value)| value.is_none() && is_handed_on(name));
    let names: Vec<&str> = removed.map(|(name, _)| name.as_str()).collect();
    if names.is_empty() { command.to_owned() } else { format!("(unset {}; {command})", names.join(" ")) }
}

fn environment(
    command: Command,
    spec: &ContainerSpec,
    secrets: &Secrets,
    unsaid: &mut Vec<String>,
) -> Command {
    spec.environment.iter().fold(command, |command, (name, value)| match value {
        None if is_name(name) && !is_handed_on(name) => {
            unsaid.push(format!("the image's variable {name} is not taken away here"));
            command
        }
        None => command.option("--env", Some(name)),
        Some(EnvValue::Text(text)) => command.option("--env", Some(format!("{name}={}", text.expose()))),
        // Other users of the host see command lines, and not the environment of a command.
        Some(EnvValue::Secret { secret }) if is_handed_on(name) => {
            command.with_variable(name, &secrets.expansion(secret)).option("--env", Some(name))
        }
        Some(EnvValue::Secret { secret }) => {
            let value = format!("{}{}", word(&format!("{name}=")), secrets.expansion(secret));
            command.quoted_option("--env", &value)
        }
    })
}

fn mounts(command: Command, spec: &ContainerSpec) -> Command {
    let from = spec.volumes_from.iter().map(|from| format!("{}:{}", from.container, from.access.as_str()));
    spec.mounts
        .iter()
        .fold(command, |command, (path, found)| mount(command, path, found))
        .options("--volumes-from", from)
}

fn mount(command: Command, path: &ContainerPath, mount: &MountSpec) -> Command {
    let volume = |name: String, copies: bool| {
        let mut fields =
            Vec::from(["type=volume".to_owned(), format!("source={name}"), csv(&format!("target={path}"))]);
        fields.extend((mount.access == Access::ReadOnly).then(|| "readonly".to_owned()));
        fields.extend((!copies).then(|| "volume-nocopy".to_owned()));
        fields.join(",")
    };
    match &mount.source {
        // The engine makes a missing directory for this one, and not for `--mount`.
        MountSource::Bind(host) => {
            command.option("--volume", Some(format!("{host}:{path}:{}", mount.mode())))
        }
        MountSource::Volume(key) => command.option("--mount", Some(volume(key.docker_name(), true))),
        MountSource::PreparedVolume(key) => command.option("--mount", Some(volume(key.docker_name(), false))),
        MountSource::Kept(name) => command.option("--mount", Some(volume(name.clone(), true))),
        MountSource::Anonymous => command.option("--volume", Some(path)),
    }
}

fn networking(command: Command, spec: &ContainerSpec) -> Command {
    let network = match &spec.network {
        NetworkModeSpec::Default => None,
        NetworkModeSpec::Network(key) => Some(key.docker_name()),
        NetworkModeSpec::Container(owner) => Some(format!("container:{owner}")),
        NetworkModeSpec::Foreign(name) => Some(format!("container:{name}")),
    };
    let network = network.map(|name| match options(spec).collect::<Vec<_>>() {
        options if options.is_empty() => name,
        options => format!("name={name},{}", options.join(",")),
    });
    let command = command.option("--network", network).option("--mac-address", spec.mac_address.as_ref());
    let command = spec
        .endpoints
        .values()
        .fold(command, |command, endpoint| place(command, "--network-alias", endpoint));
    let links = spec.links.iter().map(|link| format!("{}:{}", link.container, link.alias));
    let command = command.options("--link", links);
    spec.ports.iter().fold(command, |command, (port, bindings)| {
        if bindings.is_empty() {
            command.option("--expose", Some(port))
        } else {
            command.options("--publish", bindings.iter().map(|binding| format!("{binding}:{port}")))
        }
    })
}

/// Returns the options of the place that is taken at creation, as fields of `--network`.
fn options(spec: &ContainerSpec) -> impl Iterator<Item = String> {
    let options = spec.endpoints.values().flat_map(|endpoint| &endpoint.driver_options);
    options.map(|(name, value)| csv(&format!("driver-opt={name}={value}")))
}

fn health(command: Command, spec: &HealthcheckSpec, unsaid: &mut Vec<String>) -> Command {
    let command = match spec.test.split_first().map(|(kind, words)| (kind.as_str(), words)) {
        Some(("NONE", _)) => return command.switch("--no-healthcheck", Some(true)),
        Some(("CMD-SHELL", [line])) => command.option("--health-cmd", Some(line)),
        Some((_, words)) => {
            unsaid.push("the health check is run by a shell here".to_owned());
            let line: Vec<String> = words.iter().map(|text| word(text)).collect();
            command.option("--health-cmd", Some(line.join(" ")))
        }
        None => command,
    };
    command
        .option("--health-interval", spec.interval.map(duration))
        .option("--health-timeout", spec.timeout.map(duration))
        .option("--health-retries", spec.retries)
        .option("--health-start-period", spec.start_period.map(duration))
}

/// Returns a time as docker reads it.
fn duration(time: Duration) -> String {
    if time.subsec_nanos() == 0 { format!("{}s", time.as_secs()) } else { format!("{}ns", time.as_nanos()) }
}
