//! From an instruction's text to its value.

use core::time::Duration;

use super::lines::Statement;
use super::mount;
use crate::base::StageRef;
use crate::command::Command;
use crate::instruction::{
    AddFiles, AddSource, CopyFiles, CopyOptions, Exposed, HealthCommand, Healthcheck, Instruction, Outside,
    Protocol, Run, RunNetwork, Script, Security, Sources, Step, Value, duration,
};
use crate::path::{ContextPath, ImagePath};
use crate::quote;
use crate::quote::read::{self, Word};

/// Reads an instruction of the stage at `index`, if it can be said in the types of this crate.
pub(super) fn read(statement: &Statement, index: usize) -> Option<Instruction> {
    let Statement { keyword, rest, heredocs, .. } = statement;
    if keyword == "ONBUILD" {
        let (keyword, rest) = rest.split_once(char::is_whitespace).unwrap_or((rest, ""));
        return step(&keyword.to_ascii_uppercase(), rest.trim(), heredocs, index).map(Instruction::OnBuild);
    }
    step(keyword, rest, heredocs, index).map(Instruction::Step)
}

fn step(keyword: &str, rest: &str, heredocs: &[String], index: usize) -> Option<Step> {
    match keyword {
        "RUN" => run(rest, heredocs, index).map(Step::Run),
        _ if !heredocs.is_empty() => None,
        "COPY" => copy(rest, index).map(Step::Copy),
        "ADD" => add(rest).map(Step::Add),
        "ARG" => match rest.split_once('=') {
            None => is_variable(rest).then(|| Step::Arg { name: rest.to_owned(), default: None }),
            Some((name, value)) => is_variable(name).then(|| {
                whole(value).map(|value| Step::Arg { name: name.to_owned(), default: Some(value) })
            })?,
        },
        "ENV" => assignment(rest).map(|(name, value)| Step::Env { name, value }),
        "LABEL" => assignment(rest).map(|(name, value)| Step::Label { name, value }),
        "WORKDIR" => read::argument(rest).map(|path| Step::Workdir(path.into())),
        "USER" => read::argument(rest).map(Step::User),
        "STOPSIGNAL" => read::argument(rest).map(Step::StopSignal),
        "EXPOSE" => rest.split_whitespace().map(exposed).collect::<Option<_>>().map(Step::Expose),
        "VOLUME" => paths(&read::arguments(rest)?).map(Step::Volume),
        "ENTRYPOINT" => Some(Step::Entrypoint(command(rest))),
        "CMD" => Some(Step::Cmd(command(rest))),
        "SHELL" => read::list(rest).map(Step::Shell),
        "HEALTHCHECK" => healthcheck(rest).map(Step::Healthcheck),
        _ => None,
    }
}

fn is_variable(name: &str) -> bool {
    !name.is_empty() && quote::variable(name) == name
}

fn command(text: &str) -> Command {
    let Some(items) = read::list(text) else {
        return Command::Shell(text.to_owned());
    };
    match &items[..] {
        // A script that the shell form does not carry.
        [shell, option, script] if shell == "/bin/sh" && option == "-c" && quote::script(script) == text => {
            Command::Shell(script.clone())
        }
        _ => Command::Exec(items),
    }
}

/// Returns the first option and what follows it.
fn option(text: &str) -> Option<((&str, &str), &str)> {
    let (word, rest) = text.split_once(char::is_whitespace)?;
    let word = word.strip_prefix("--")?;
    Some((word.split_once('=').unwrap_or((word, "")), rest.trim_start()))
}

fn run(text: &str, heredocs: &[String], index: usize) -> Option<Run> {
    let mut run = Run::from("");
    let mut text = text;
    while let Some(((name, value), rest)) = option(text) {
        match (name, value) {
            ("mount", value) => run.mounts.push(mount::read(value, index)?),
            ("network", "default") => run.network = Some(RunNetwork::Default),
            ("network", "none") => run.network = Some(RunNetwork::None),
            ("network", "host") => run.network = Some(RunNetwork::Host),
            ("security", "sandbox") => run.security = Some(Security::Sandbox),
            ("security", "insecure") => run.security = Some(Security::Insecure),
            ("device", value) => {
                let (name, required) =
                    value.strip_suffix(",required").map_or((value, false), |name| (name, true));
                run = run.device(name, required);
            }
            _ => return None,
        }
        text = rest;
    }
    run.script = match heredocs {
        [] => Script::Command(command(text)),
        [script]
            if text.starts_with("<<") && !text.starts_with("<<-") && !text.contains(char::is_whitespace) =>
        {
            Script::Heredoc(script.strip_suffix('\n')?.to_owned())
        }
        _ => return None,
    };
    Some(run)
}

/// Reads an option that `COPY` and `ADD` have both.
fn copy_option(options: &mut CopyOptions, name: &str, value: &str) -> Option<()> {
    match (name, value) {
        ("chown", value) => options.chown = Some(value.to_owned()),
        ("chmod", value) => options.chmod = Some(value.to_owned()),
        ("link", "" | "true") => options.link = true,
        ("exclude", value) => options.exclude.push(value.to_owned()),
        _ => return None,
    }
    Some(())
}

fn copy(text: &str, index: usize) -> Option<CopyFiles> {
    let (mut options, mut outside, mut text) = (CopyOptions::default(), None, text);
    while let Some(((name, value), rest)) = option(text) {
        match (name, value) {
            ("from", value) => outside = Some(self::outside(value, index)),
            ("parents", "" | "true") => options.parents = true,
            _ => copy_option(&mut options, name, value)?,
        }
        text = rest;
    }
    let words = read::arguments(text)?;
    let (to, from) = words.split_last()?;
    let sources = match outside {
        Some(outside) => {
            let literal = from.iter().map(|word| Some(ImagePath::from(read::literal(&literal(word)?)?)));
            Sources::Elsewhere(outside, literal.collect::<Option<_>>()?)
        }
        None => Sources::Context(from.iter().map(context_path).collect::<Option<_>>()?),
    };
    Some(CopyFiles { sources, to: literal(to)?.into(), options })
}

pub(super) fn outside(text: &str, index: usize) -> Outside {
    match StageRef::parse(text, index) {
        Some(stage) => Outside::Stage(stage),
        None => Outside::Image(text.to_owned()),
    }
}

fn add(text: &str) -> Option<AddFiles> {
    let mut add = AddFiles::new([], ".");
    let mut text = text;
    while let Some(((name, value), rest)) = option(text) {
        match (name, value) {
            ("checksum", value) => add.checksum = Some(value.to_owned()),
            ("keep-git-dir", "" | "true") => add.keep_git_dir = true,
            ("unpack", "" | "true") => add.unpack = Some(true),
            ("unpack", "false") => add.unpack = Some(false),
            _ => copy_option(&mut add.options, name, value)?,
        }
        text = rest;
    }
    let words = read::arguments(text)?;
    let (to, from) = words.split_last()?;
    let source = |word: &Word| {
        let is_remote = quote::is_address(&word.text) && !word.is_expanded;
        if is_remote {
            Some(AddSource::Remote(word.text.clone()))
        } else {
            context_path(word).map(AddSource::Context)
        }
    };
    add.sources = from.iter().map(source).collect::<Option<_>>()?;
    add.to = literal(to)?.into();
    Some(add)
}

fn literal(word: &Word) -> Option<String> {
    (!word.is_expanded).then(|| word.text.clone())
}

fn context_path(word: &Word) -> Option<ContextPath> {
    read::literal(&literal(word)?)?.parse().ok()
}

fn paths(words: &[Word]) -> Option<Vec<ImagePath>> {
    words.iter().map(|word| literal(word).map(ImagePath::from)).collect()
}

fn whole(text: &str) -> Option<Value> {
    match read::word(text, char::is_whitespace)? {
        (Word { text, is_expanded: true }, "") => Some(Value::Expanded(text)),
        (Word { text, is_expanded: false }, "") => Some(Value::Literal(text)),
        _ => None,
    }
}

fn assignment(text: &str) -> Option<(String, Value)> {
    let (name, rest) = read::word(text, |c| c == '=' || c.is_whitespace())?;
    Some((literal(&name)?, whole(rest.strip_prefix('=')?)?))
}

fn exposed(text: &str) -> Option<Exposed> {
    let (ports, protocol) = match text.split_once('/') {
        None | Some((_, "tcp")) => (text.trim_end_matches("/tcp"), Protocol::Tcp),
        Some((ports, "udp")) => (ports, Protocol::Udp),
        Some((ports, "sctp")) => (ports, Protocol::Sctp),
        Some(_) => return None,
    };
    let (first, last) = ports.split_once('-').unwrap_or((ports, ports));
    Some(Exposed::range(first.parse().ok()?, last.parse().ok()?, protocol))
}

fn healthcheck(text: &str) -> Option<Healthcheck> {
    if text.eq_ignore_ascii_case("none") {
        return Some(Healthcheck::Disabled);
    }
    let mut check = HealthCommand::from("");
    let mut text = text;
    while let Some(((name, value), rest)) = option(text) {
        let mut set = |field: fn(&mut HealthCommand) -> &mut Option<Duration>| {
            *field(&mut check) = Some(duration(value)?);
            Some(())
        };
        match name {
            "interval" => set(|check| &mut check.interval)?,
            "timeout" => set(|check| &mut check.timeout)?,
            "start-period" => set(|check| &mut check.start_period)?,
            "start-interval" => set(|check| &mut check.start_interval)?,
            "retries" => check.retries = Some(value.parse().ok()?),
            _ => return None,
        }
        text = rest;
    }
    let (keyword, rest) = text.split_once(char::is_whitespace)?;
    check.command = command(rest.trim());
    keyword.eq_ignore_ascii_case("cmd").then_some(Healthcheck::Check(check))
}
