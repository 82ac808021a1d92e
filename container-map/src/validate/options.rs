//! The check of commands, health checks and options.

use alloc::collections::BTreeMap;
use alloc::string::String;
use alloc::vec::Vec;

use super::Checker;
use super::value::{bad_value, duration, plain, unknown_word, value};
use crate::config::{CommandLine, CreateOptions, ExecCommand, ExecPolicy, HealthTest, Healthcheck, Variable};
use crate::error::{ValueError, ViolationKind};
use crate::raw::{
    Pairs, Problems, RawCommand, RawContainer, RawCreateOptions, RawExec, RawHealthcheck, Text,
};

const COMMAND: &str = "a command line";

impl Checker<'_> {
    pub(super) fn exec_commands(&mut self, raw: &RawContainer) -> Vec<ExecCommand> {
        raw.exec_commands.iter().filter_map(|raw| self.exec_command(raw)).collect()
    }

    fn exec_command(&mut self, raw: &RawExec) -> Option<ExecCommand> {
        let problems = &mut self.problems;
        let command = command(&raw.command, problems);
        let policy = match &raw.policy {
            None => Some(ExecPolicy::default()),
            Some(text) => policy(text, problems),
        };
        let user = raw.user.as_ref().map(|text| value(text, "a user", problems));
        Some(ExecCommand { command: command?, user: user.flatten(), policy: policy? })
    }

    pub(super) fn healthcheck(&mut self, raw: &RawHealthcheck) -> Option<Healthcheck> {
        let problems = &mut self.problems;
        let mut time = |text: &Option<Text>| text.as_ref().and_then(|text| duration(text, problems));
        Some(Healthcheck {
            interval: time(&raw.interval),
            timeout: time(&raw.timeout),
            start_period: time(&raw.start_period),
            retries: raw.retries.as_ref().and_then(|text| plain(text, "a number of retries", problems)),
            test: health_test(raw.test.as_ref(), problems)?,
        })
    }

    pub(super) fn create_options(&mut self, raw: &RawCreateOptions) -> CreateOptions {
        let problems = &mut self.problems;
        let mut line = |raw: &Option<RawCommand>| raw.as_ref().and_then(|raw| command(raw, problems));
        CreateOptions {
            command: line(&raw.command),
            entrypoint: line(&raw.entrypoint),
            environment: raw
                .environment
                .as_ref()
                .map(|raw| environment(raw, problems))
                .unwrap_or_default()
                .into_iter()
                .map(|(name, text)| (name, text.map(Variable::Text)))
                .collect(),
        }
    }
}

fn command(raw: &RawCommand, problems: &mut Problems) -> Option<CommandLine> {
    match raw {
        RawCommand::Words(words) => Some(CommandLine(words.iter().map(|word| word.value.clone()).collect())),
        RawCommand::Line(line) => {
            let split = CommandLine::split(line.as_str());
            if split.is_none() {
                let what = "a command line: a quote is open, or it ends in a backslash";
                bad_value(line, COMMAND, ValueError::Other(line.value.clone(), what), problems);
            }
            split
        }
    }
}

fn policy(text: &Text, problems: &mut Problems) -> Option<ExecPolicy> {
    match text.as_str() {
        "restart" => Some(ExecPolicy::Restart),
        "initial" => Some(ExecPolicy::Initial),
        _ => {
            unknown_word(text, &["restart", "initial"], problems);
            None
        }
    }
}

/// As docker-map, takes a list without `CMD` or `CMD-SHELL` in front for a command with arguments, and a text for a line
/// of shell; unlike it, takes no test for none at all.
fn health_test(raw: Option<&RawCommand>, problems: &mut Problems) -> Option<HealthTest> {
    let words = match raw {
        None => return Some(HealthTest::Disabled),
        Some(RawCommand::Line(line)) => {
            return Some(match line.as_str() {
                "" | "NONE" => HealthTest::Disabled,
                line => HealthTest::Shell(line.into()),
            });
        }
        Some(RawCommand::Words(words)) => words,
    };
    let strings = |words: &[Text]| words.iter().map(|word| word.value.clone()).collect::<Vec<String>>();
    let Some((first, others)) = words.split_first() else {
        return Some(HealthTest::Disabled);
    };
    match (first.as_str(), others) {
        ("NONE", []) => Some(HealthTest::Disabled),
        ("CMD", [_, ..]) => Some(HealthTest::Exec(strings(others))),
        ("CMD-SHELL", [line]) => Some(HealthTest::Shell(line.value.clone())),
        ("NONE" | "CMD" | "CMD-SHELL", _) => {
            let problem = "this test has the wrong number of words";
            let example = "`[CMD, program, argument]`, `[CMD-SHELL, line]` or `[NONE]`";
            problems.report(&first.place, ViolationKind::BadElement { problem, example });
            None
        }
        _ => Some(HealthTest::Exec(strings(words))),
    }
}

fn environment(raw: &Pairs, problems: &mut Problems) -> BTreeMap<String, Option<String>> {
    let mut found = BTreeMap::new();
    for (name, text) in raw {
        let what = "the name of a variable";
        if name.as_str().is_empty() || name.as_str().contains(['=', '\0']) {
            bad_value(name, what, ValueError::Other(name.value.clone(), what), problems);
        }
        let text = text.as_ref().map(|text| text.value.clone());
        if found.insert(name.value.clone(), text).is_some() {
            problems.report(&name.place, ViolationKind::Repeated { name: name.value.clone() });
        }
    }
    found
}

/// Returns options whose values are texts; one without a value has an empty one.
pub(super) fn strings(raw: &Pairs, problems: &mut Problems) -> BTreeMap<String, String> {
    environment(raw, problems).into_iter().map(|(name, text)| (name, text.unwrap_or_default())).collect()
}
