//! Saved plans and scripts, without an engine.

use std::fs;
use std::os::unix::fs::PermissionsExt as _;
use std::process::Command;

use insta::assert_snapshot;

use crate::{Folder, transcript};

const MAP: &str = "name: site\nweb:\n  image: nginx\n  create_options:\n    command: [serve, it's, '$HOME']\n    \
                   environment: {A: two words, TOKEN: !secret {env: SOURCE}, GONE: }\n";

fn planned(arguments: &[&str]) -> Folder {
    let folder = Folder::with_map(MAP);
    let all = [&["plan", "--engine-state", "empty"], arguments].concat();
    let ended = transcript(folder.command(&all).env("SOURCE", "secret-value"));
    assert!(ended.starts_with("exit 0"), "{ended}");
    folder
}

#[test]
fn a_saved_plan_has_no_secret() {
    let folder = planned(&["--out", "plan.json"]);
    let text = fs::read_to_string(folder.path("plan.json")).unwrap();
    assert!(text.contains(r#""secret": {"#) && !text.contains("secret-value"), "{text}");
}

#[test]
fn what_is_no_plan_is_refused() {
    let folder = planned(&["--out", "plan.json"]);
    let text = fs::read_to_string(folder.path("plan.json")).unwrap();
    let folder = folder.file("newer.json", text.replace("dmap-plan/1", "dmap-plan/2"));
    assert_snapshot!(folder.dmap(&["apply", "newer.json"]));
    let folder = folder.file("edited.json", text.replacen(r#""create": 1"#, r#""create": 2"#, 1));
    assert_snapshot!(folder.dmap(&["apply", "edited.json"]));
    let folder = folder.file("other.json", text.replace(r#""client": "default""#, r#""client": "west""#));
    assert_snapshot!(folder.dmap(&["apply", "other.json"]));
    assert_snapshot!(folder.dmap(&["apply", "missing.json"]));
    assert_snapshot!(folder.dmap(&["apply", "plan.json"]));
}

/// A docker that says what it is given takes the engine's place.
#[test]
fn a_script_hands_over_what_the_map_says() {
    let folder = Folder::with_map(MAP).file("bin/docker", "#!/bin/sh\nfor word; do printf '<%s>\\n' \"$word\"; done\nprintf 'TOKEN=%s GONE=%s\\n\\n' \"${TOKEN-}\" \"${GONE-none}\"\n");
    fs::set_permissions(folder.path("bin/docker"), fs::Permissions::from_mode(0o755)).unwrap();
    let arguments = ["plan", "--engine-state", "empty", "--format", "script"];
    let script = folder.command(&arguments).env("SOURCE", "secret-value").output().unwrap().stdout;
    let folder = folder.file("plan.sh", script);
    let run = |source: Option<&str>| {
        let mut command = Command::new("/bin/sh");
        command.arg("plan.sh").current_dir(folder.path(".")).env_clear().env("GONE", "here");
        command.env("PATH", format!("{}:/usr/bin:/bin", folder.path("bin").display()));
        transcript(command.envs(source.map(|value| ("SOURCE", value))))
    };
    let handed = run(Some("secret value"));
    for words in ["<A=two words>", "<TOKEN>", "TOKEN=secret value GONE=none", "<serve>\n<it's>\n<$HOME>\n"] {
        assert!(handed.contains(words), "{words}: {handed}");
    }
    assert!(!handed.contains("<secret"), "{handed}");
    let without = run(None);
    assert!(!without.starts_with("exit 0") && !without.contains("<create>"), "{without}");
}

#[test]
fn for_a_pull_request() {
    let folder =
        Folder::with_map("name: site\nweb: {image: nginx, attaches: [data]}\nvolumes: {data: /srv}\n");
    assert_snapshot!(folder.dmap(&["plan", "--engine-state", "empty", "--format", "markdown"]));
}

#[test]
fn explained() {
    let folder = Folder::with_map("name: site\nweb: {image: nginx, instances: [a, b]}\n");
    assert_snapshot!(folder.dmap(&["plan", "--engine-state", "empty", "--explain", "web"]));
    assert_snapshot!(folder.dmap(&["plan", "--engine-state", "empty", "--explain", "volume/nothing"]));
}
