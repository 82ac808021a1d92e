//! Whether a command goes on running, as far as a list of processes tells (docker-map: `check_exec_commands`).

use alloc::string::ToString;

use crate::engine::{ObservedContainer, ObservedProcess};
use crate::request::ExecCheck;
use crate::spec::ExecSpec;

/// Returns whether a container has a process that looks like a command.
pub(super) fn is_running(
    exec: &ExecSpec,
    live: &ObservedContainer,
    processes: &[ObservedProcess],
    check: ExecCheck,
) -> bool {
    let wanted = exec.command.join(" ");
    let user = exec.user.as_deref().unwrap_or(&live.user);
    let user = user.split_once(':').map_or(user, |(user, _)| user);
    let user = if user.is_empty() { "root" } else { user };
    processes.iter().any(|process| {
        let is_same = match check {
            ExecCheck::Off => false,
            ExecCheck::Partial => process.line.contains(&wanted),
            ExecCheck::Full => process.line == wanted,
        };
        is_same && is_of(user, process)
    })
}

/// The engine lists processes with the names that its host has for users, which may know the number alone, or give it
/// another name than the image does.
fn is_of(user: &str, process: &ObservedProcess) -> bool {
    let number = process.uid.to_string();
    match user.parse::<u32>() {
        Ok(uid) => process.uid == uid,
        Err(_) if user == "root" => process.uid == 0,
        Err(_) => process.user == user || process.user == number,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn users_are_compared_as_far_as_the_host_knows_them() {
        let process =
            |uid, user: &str| ObservedProcess { uid, user: user.to_string(), line: "serve".to_string() };
        for (wanted, uid, user, expect) in [
            ("root", 0, "root", true),
            ("root", 0, "toor", true),
            ("root", 33, "www-data", false),
            ("33", 33, "www-data", true),
            ("33", 34, "33", false),
            ("app", 2000, "app", true),
            ("app", 2000, "2000", true),
            ("app", 2000, "other", false),
        ] {
            assert_eq!(is_of(wanted, &process(uid, user)), expect, "{wanted} {uid} {user}");
        }
    }
}
