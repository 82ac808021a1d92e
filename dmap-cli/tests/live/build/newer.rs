//! What newer versions of BuildKit know, which the oldest engine's does not.

use std::time::Duration;

use dockerfile_builder::{CopyFiles, Dockerfile, HealthCommand, Healthcheck, Outside, Run, RunNetwork};
use serde_json::json;

use super::{base, build, look, name, write};
use crate::docker::{docker, inspect};
use crate::site::Site;

/// The version of the API from which an engine has a BuildKit with all of this: that of engine 28.
const SINCE: (u32, u32) = (1, 48);

/// Whether the engine has one.
pub(super) fn is_newer() -> bool {
    let version = docker(&["version", "--format", "{{.Server.APIVersion}}"]);
    let (major, minor) = version.split_once('.').expect("it has two parts");
    (major.parse().unwrap_or(0), minor.parse().unwrap_or(0)) >= SINCE
}

/// A script in which a shell, a builder or a reader of here-documents could find something to change.
const SCRIPT: &str = "#!/bin/sh\nset -e\nword='EOF'\ncat > /written <<'END'\n$HOME ${BASE:-x} \\ \"quoted\" 'single' #\n\tEOF \n\\\nEND\necho \"$word $0\" | sed 's/ .*//' >> /written";

#[test]
#[ignore = "needs a Docker daemon: cargo xtask e2e"]
fn newer_builders_take_here_documents_and_links() {
    let site = Site::new("build-newer");
    for (file, text) in [("tree/kept", "kept\n"), ("tree/left.log", "no\n"), ("tree/sub/deep.log", "no\n")] {
        write(&site, file, text);
    }
    let from = |path: &str| [path.parse().expect("it is a path")];
    let health = HealthCommand {
        start_period: Some(Duration::from_secs(5)),
        start_interval: Some(Duration::from_millis(1500)),
        ..HealthCommand::from(["true"])
    };
    let dockerfile = Dockerfile::from(base().as_str()).run("mkdir /out && echo made > /out/file");
    let first = dockerfile.this_stage();
    let dockerfile = dockerfile
        .stage(base().as_str())
        .arg("NAME", Some("value $x".into()))
        .run(Run::heredoc(SCRIPT).network(RunNetwork::None))
        .raw("COPY --chmod=0750 <<\"PLAIN\" <<FILLED /texts/\n$NAME \\\nEOF\nPLAIN\n$NAME\nFILLED")
        .copy_with(CopyFiles::context(from("tree"), "/tree/").link().chown("33:2000").exclude("**/*.log"))
        .copy_with(CopyFiles::elsewhere(Outside::Stage(first), ["/out/file"], "/linked").link().chmod("0640"))
        .healthcheck(Healthcheck::Check(health))
        .build();
    let text = dockerfile.to_string();
    let read: Dockerfile = text.parse().expect("what was written is read");
    assert_eq!(read.to_string(), text);
    write(&site, "Dockerfile", &text);
    let tag = name(&site, "newer");
    if !is_newer() {
        // It is refused, and what was not understood is named with its line.
        let refused = build(&site, "buildkit", &tag, &[], 1).stderr;
        assert!(refused.to_lowercase().contains("unknown"), "{refused}");
        assert!(!super::is_there(&tag));
        return;
    }
    build(&site, "buildkit", &tag, &["--build-arg", "NAME=of the build"], 0);
    let written = look(&site, &tag, "cat /written");
    assert_eq!(written, "$HOME ${BASE:-x} \\ \"quoted\" 'single' #\n\tEOF \n\\\nEOF");
    assert_eq!(look(&site, &tag, "cat /texts/PLAIN /texts/FILLED"), "$NAME \\\nEOF\nof the build");
    assert_eq!(look(&site, &tag, "stat -c '%a %u:%g' /texts/PLAIN"), "750 0:0");
    assert_eq!(look(&site, &tag, "cd /tree && find . -type f && stat -c '%u:%g' kept"), "./kept\n33:2000");
    assert_eq!(look(&site, &tag, "cat /linked && stat -c %a /linked"), "made\n640");
    let health =
        json!({"Test": ["CMD", "true"], "StartPeriod": 5_000_000_000_u64, "StartInterval": 1_500_000_000});
    assert_eq!(inspect("image", &tag)["Config"]["Healthcheck"], health);
}
