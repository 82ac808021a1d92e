//! The check of commands and health checks.

use alloc::string::String;
use alloc::vec::Vec;

use super::Checker;
use super::value::{duration, plain, unknown_word, user};
use crate::config::{ExecCommand, ExecPolicy, HealthTest, Healthcheck};
use crate::error::ViolationKind;
use crate::raw::{Problems, RawCommand, RawContainer, RawExec, RawHealthcheck, Text, words};

impl Checker<'_> {
    pub(super) fn exec_commands(&mut self, raw: &RawContainer) -> Vec<ExecCommand> {
        raw.exec_commands.iter().filter_map(|raw| self.exec_command(raw)).collect()
    }

    fn exec_command(&mut self, raw: &RawExec) -> Option<ExecCommand> {
        let problems = &mut self.problems;
        let command = words(&raw.command, problems);
        let policy = match &raw.policy {
            None => Some(ExecPolicy::default()),
            Some(text) => policy(text, problems),
        };
        let user = raw.user.as_ref().map(|text| user(text, problems));
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
                "" | "NONE" | "disabled" => HealthTest::Disabled,
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
