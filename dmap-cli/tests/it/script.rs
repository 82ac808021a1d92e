//! The functions of a plan's script, run by a shell.

use std::io::Write as _;
use std::process::Command;

/// Whether the shell's `await` is content with a container whose states follow each other: each look takes one, and the
/// last one stays. Nobody sleeps.
fn awaited(call: &str, states: &[&str]) -> bool {
    let function = include_str!("../../../map-planner/src/render/script/await.sh");
    let mut file = tempfile::NamedTempFile::new().expect("a temporary file");
    writeln!(file, "{}", states.join("\n")).expect("it can be written to");
    let look = "head -n 1 \"$states\"; [ \"$(wc -l <\"$states\")\" -eq 1 ] || sed -i 1d \"$states\"";
    let script = format!(
        "set -eu\nstates=$1\ndocker() {{ {look}; }}\nsleep() {{ :; }}\n{function}await {call} web 2>/dev/null\n"
    );
    let mut shell = Command::new("/bin/sh");
    let ended = shell.args(["-c", &script, "sh"]).arg(file.path()).status().expect("there is a shell");
    ended.success()
}

#[test]
fn the_shell_waits_as_the_executor_does() {
    let starting = "t1 running 0 starting";
    for (call, states, expected) in [
        ("started 5 1", &["t0 created 0 none", "t1 running 0 none"][..], true),
        ("started 5 2", &["t1 running 0 none", "t1 running 0 none", "t1 exited 1 none"], false),
        ("started 5 1", &["t1 running 0 none", "t2 running 0 none"], false),
        ("started 5 1", &["t1 running 0 unhealthy"], true),
        ("started 5 1", &["t1 exited 0 none"], true),
        ("started 5 1", &["t1 exited 10 none"], false),
        ("started 5 1", &["t1 restarting 1 none", "t2 running 0 none"], false),
        ("started 2 1", &["t0 created 0 none"], false),
        ("healthy 5 1", &[starting, starting, "t1 running 0 healthy"], true),
        ("healthy 2 1", &[starting, starting, starting, "t1 running 0 healthy"], false),
        ("healthy 5 1", &[starting, "t1 running 0 unhealthy", "t1 running 0 healthy"], false),
        ("healthy 5 1", &["t1 running 0 none", "t1 running 0 healthy"], false),
        ("healthy 5 1", &["t1 exited 0 healthy"], false),
        ("ready 5 1", &[starting, "t1 running 0 healthy"], true),
        ("ready 5 1", &["t1 running 0 none"], true),
        ("ready 5 1", &[starting, "t1 running 0 unhealthy"], false),
        ("ready 5 1", &["t1 exited 0 unhealthy"], true),
        ("completed 5 1", &["t1 running 0 unhealthy", "t1 restarting 1 none", "t2 exited 0 none"], true),
        ("completed 5 1", &["t1 running 0 none", "t1 exited 1 none"], false),
        ("completed 2 1", &["t1 running 0 none"], false),
    ] {
        assert_eq!(awaited(call, states), expected, "{call}: {states:?}");
    }
}
