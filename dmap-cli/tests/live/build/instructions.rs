//! Every instruction with hostile texts, and what the image has of it.

use std::fs;
use std::os::unix::fs::{PermissionsExt as _, symlink};
use std::time::Duration;

use dockerfile_builder::{
    Access, BuildContext, Command, CopyFiles, Dockerfile, DockerfileBuilder, Encoding, Exposed,
    HealthCommand, Healthcheck, MemoryTree, Mount, Outside, Protocol, Run, Sharing, StageRef, Step, Value,
};
use serde_json::{Value as Json, json};

use super::{BUILDERS, base, build, look, name, write};
use crate::docker::inspect;
use crate::site::Site;

/// Texts that quoting can get wrong.
const HOSTILE: [&str; 9] = [
    "two  blanks ",
    "\"double\" 'single' `back`",
    "$HOME ${HOME:-x} $$ \\$HOME",
    "\\ \\\\ \\n end\\",
    "# no comment; a & b | c > d < e",
    "{{.Go}} %s * ? [a-z] ~ !",
    "ünï ☃ \u{1f433}",
    "",
    "--option=x <<EOF",
];

/// A Dockerfile with all that both builders know.
fn dockerfile() -> DockerfileBuilder {
    let health = HealthCommand {
        interval: Some(Duration::from_millis(1500)),
        timeout: Some(Duration::from_secs(2)),
        start_period: Some(Duration::from_secs(3)),
        retries: Some(4),
        ..HealthCommand::from(["/bin/sh", "-c", HOSTILE[2]])
    };
    let mut builder = Dockerfile::preamble().arg("BASE", Some(base().into())).from("scratch");
    builder = builder.raw("# a stage that nobody uses");
    let builder = builder.stage(base().as_str()).workdir("/made in/first").run("echo first > file");
    let first = builder.this_stage();
    let mut builder =
        builder.stage(base().as_str()).comment("A comment with \\").arg("TOOL", Some("hammer".into()));
    for (index, text) in HOSTILE.iter().enumerate() {
        builder = builder
            .env(format!("HOSTILE_{index}"), *text)
            .label(format!("hostile.{index}"), *text)
            .run(["/bin/sh", "-c", &format!("printf %s \"$1\" > /exec.{index}"), "sh", text]);
    }
    let path: dockerfile_builder::ContextPath = "some files".parse().expect("it is a path");
    let owned = CopyFiles::context([path.clone()], "/owned").chown("33:2000");
    builder
        .env("EXPANDED", Value::expanded("${TOOL}-$HOSTILE_7-end"))
        .run("printf %s \"$HOSTILE_2\" > /shell && printf '%s' '$HOME \\ \"' >> /shell")
        .run("set -e\nfor i in 1 2; do\n  echo \"line $i \\\\\" >> /lines\ndone")
        .copy(path, "/my files")
        .copy_with(owned)
        .copy_from(first, "/made in/first/file", "/from first")
        .add("archive.tar".parse::<dockerfile_builder::ContextPath>().expect("it is a path"), "/unpacked")
        .expose(80)
        .expose_udp(53)
        .expose(Exposed::port(8000, Protocol::Tcp))
        .volume("/data one")
        .volume("/data[two]")
        .user("33:2000")
        .workdir("/srv/my dir/$x")
        .entrypoint(["/bin/echo", HOSTILE[1], HOSTILE[3]])
        .cmd(HOSTILE.to_vec().iter().map(|text| (*text).to_owned()).collect::<Vec<String>>())
        .healthcheck(Healthcheck::Check(health))
        .stop_signal("SIGUSR1")
        .on_build(Step::Run(Run::from("echo \"$TRIGGER\" '\\' > /tmp/triggered")))
        .shell(["/bin/sh", "-e", "-c"])
}

/// Writes the files that the Dockerfile copies, with links and modes.
fn files(site: &Site) {
    write(site, "some files/plain", "plain\n");
    write(site, "some files/program", "#!/bin/sh\n");
    write(site, "some files/$odd [name]*", "odd\n");
    write(site, "some files/left out", "no\n");
    write(site, ".dockerignore", "*/left out\n");
    let path = |name: &str| site.path("app/some files").join(name);
    fs::set_permissions(path("program"), fs::Permissions::from_mode(0o700)).expect("a mode can be set");
    symlink("plain", path("link")).expect("a link can be made");
    symlink("/nowhere/at all", path("dangling")).expect("a link can be made");
    let mut archive = Vec::new();
    let content = BuildContext::new(Dockerfile::from("scratch").build());
    content.pack(&MemoryTree::new(), Encoding::Plain, &mut archive).expect("it can be packed");
    write(site, "archive.tar", archive);
}

#[test]
#[ignore = "needs a Docker daemon: cargo xtask e2e"]
fn built_images_have_what_every_instruction_says() {
    for builder in BUILDERS {
        let site = Site::new(&format!("build-{builder}"));
        files(&site);
        write(&site, "Dockerfile", dockerfile().build().to_string());
        let tag = name(&site, "all");
        let words = [
            "--label",
            "asked=with = and \"quotes\"",
            "--build-arg",
            "TOOL=nail $x",
            "--add-host",
            "peer:192.0.2.7",
        ];
        let ended =
            build(&site, builder, &tag, &[&words[..], &["--tag", &name(&site, "second")]].concat(), 0);
        let found = inspect("image", &tag);
        assert_eq!(
            found["Id"].as_str(),
            Some(ended.stdout.trim()),
            "the identifier is all of standard output"
        );
        assert_eq!(inspect("image", &name(&site, "second"))["Id"], found["Id"]);
        configured(&found["Config"]);
        copied(&site, &tag);
        // The builders differ: BuildKit makes the folder for the user, the classic builder for root.
        let owner = if builder == "buildkit" { "33:2000" } else { "0:0" };
        assert_eq!(look(&site, &tag, "stat -c '%u:%g' '/srv/my dir/$x'"), owner, "{builder}");

        write(
            &site,
            "Dockerfile",
            Dockerfile::from(tag.as_str()).env("Z", "1").cmd("exec echo $Z; exit 1").build().to_string(),
        );
        let derived = name(&site, "derived");
        build(&site, builder, &derived, &["--build-arg", "TRIGGER=x"], 0);
        assert_eq!(look(&site, &derived, "cat /tmp/triggered"), "\\");
        let command = &inspect("image", &derived)["Config"]["Cmd"];
        assert_eq!(
            *command,
            json!(["/bin/sh", "-e", "-c", "exec echo $Z; exit 1"]),
            "with the shell of the base"
        );
    }
}

#[track_caller]
fn configured(config: &Json) {
    let env = |name: &str| {
        let all = config["Env"].as_array().expect("there are variables");
        let found =
            all.iter().filter_map(Json::as_str).find_map(|text| text.strip_prefix(&format!("{name}=")));
        found.unwrap_or("(none)").to_owned()
    };
    for (index, text) in HOSTILE.iter().enumerate() {
        assert_eq!(env(&format!("HOSTILE_{index}")), *text);
        assert_eq!(config["Labels"][format!("hostile.{index}")], *text);
    }
    assert_eq!(env("EXPANDED"), "nail $x--end");
    assert_eq!(config["Labels"]["asked"], "with = and \"quotes\"");
    assert_eq!(config["Entrypoint"], json!(["/bin/echo", HOSTILE[1], HOSTILE[3]]));
    assert_eq!(config["Cmd"], json!(HOSTILE));
    assert_eq!(config["ExposedPorts"], json!({"53/udp": {}, "80/tcp": {}, "443/tcp": {}, "8000/tcp": {}}));
    assert_eq!(config["Volumes"], json!({"/data one": {}, "/data[two]": {}}));
    assert_eq!(config["User"], "33:2000");
    assert_eq!(config["WorkingDir"], "/srv/my dir/$x");
    assert_eq!(config["StopSignal"], "SIGUSR1");
    assert_eq!(config["Shell"], json!(["/bin/sh", "-e", "-c"]));
    assert_eq!(config["OnBuild"], json!(["RUN echo \"$TRIGGER\" '\\' > /tmp/triggered"]));
    let health = json!({
        "Test": ["CMD", "/bin/sh", "-c", HOSTILE[2]],
        "Interval": 1_500_000_000_u64, "Timeout": 2_000_000_000_u64, "StartPeriod": 3_000_000_000_u64, "Retries": 4,
    });
    assert_eq!(config["Healthcheck"], health);
}

#[track_caller]
fn copied(site: &Site, image: &str) {
    let written: Vec<String> =
        HOSTILE.iter().enumerate().map(|(index, text)| format!("{text}|{index}")).collect();
    let all = "for i in 0 1 2 3 4 5 6 7 8; do cat /exec.$i; echo \"|$i\"; done";
    assert_eq!(look(site, image, all), written.join("\n"));
    assert_eq!(look(site, image, "cat /shell"), format!("{}$HOME \\ \"", HOSTILE[2]));
    assert_eq!(look(site, image, "cat /lines"), "line 1 \\\nline 2 \\");
    assert_eq!(look(site, image, "cat '/from first' && cat /unpacked/Dockerfile"), "first\nFROM scratch");
    let listed = look(
        site,
        image,
        "cd '/my files' && for f in *; do stat -c '%n %u:%g %a %F' \"$f\"; done; readlink dangling",
    );
    assert_eq!(
        listed,
        "$odd [name]* 0:0 644 regular file\ndangling 0:0 777 symbolic link\nlink 0:0 777 symbolic link\n\
         plain 0:0 644 regular file\nprogram 0:0 755 regular file\n/nowhere/at all"
    );
    assert_eq!(
        look(site, image, "stat -c '%u:%g %a' /owned/program /owned/plain"),
        "33:2000 755\n33:2000 644"
    );
}

/// Returns a step with caches: one is somebody's, and one is filled from a stage when it is new.
fn caches(site: &Site, filled_from: StageRef, mine: Access) -> Run {
    let own = Mount::Cache {
        target: "/mine".into(),
        id: Some(format!("{}/mine", site.name)),
        sharing: Some(Sharing::Locked),
        from: None,
        source: None,
        readonly: false,
        access: mine,
    };
    let filled = Mount::Cache {
        target: "/filled".into(),
        id: Some(format!("{}/filled", site.name)),
        sharing: None,
        from: Some(Outside::Stage(filled_from)),
        source: Some("/out".into()),
        readonly: true,
        access: Access::default(),
    };
    let script = "echo kept >> /cache/log; cp /cache/log /log; stat -c '%u:%g %a' /mine >> /whose; cp /filled/made /filled.made";
    Run::from(script).mount(own).mount(filled)
}

/// What only BuildKit knows. Here-documents and links need a newer one than the oldest engine has.
#[test]
#[ignore = "needs a Docker daemon: cargo xtask e2e"]
fn built_images_have_what_only_buildkit_knows() {
    let site = Site::new("build-mounts");
    write(&site, "data/file", "from the context\n");
    write(&site, "token", "hunter2-of-the-build\n");
    let secret = Run::from(
        "test $(wc -c < /run/secrets/token) = 21 && cat /run/secrets/token && echo in $(cat /run/secrets/token) words \
         && stat -c '%u:%g %a' /run/secrets/token > /whose",
    );
    let mine = Access { uid: Some(33), gid: Some(2000), mode: Some(0o750) };
    let copy = CopyFiles::context(["data/file".parse().expect("it is a path")], "/moded").chmod("0640");
    let dockerfile = Dockerfile::from(base().as_str()).run("mkdir /out && echo made > /out/made");
    let first = dockerfile.this_stage();
    let optional_agent = Mount::Ssh { id: None, target: None, required: false, access: Access::default() };
    let dockerfile = dockerfile
        .stage(base().as_str())
        .run(secret.mount(Mount::secret("token").access(mine)))
        .run(caches(&site, first, mine).mount(Mount::cache("/cache")))
        .run(Run::from("cat /ctx/data/file > /bound").mount(Mount::bind("/ctx")))
        .run(
            Run::from("mount | grep -q 'tmpfs on /memory' && touch /memory/x").mount(Mount::tmpfs("/memory")),
        )
        .run(Run::from("test ! -S \"$SSH_AUTH_SOCK\"").mount(optional_agent))
        .copy_with(copy);
    write(&site, "Dockerfile", dockerfile.build().to_string());
    let (tag, token) = (name(&site, "mounts"), site.path("app/token").display().to_string());
    let secret = format!("id=token,src={token}");
    let ended = build(&site, "buildkit", &tag, &["--secret", &secret, "--no-cache"], 0);
    assert!(
        !ended.text().contains("hunter2"),
        "a secret that a step writes is blotted out: {}",
        ended.text()
    );
    assert!(ended.text().contains("in (secret) words"), "{}", ended.text());
    let found =
        look(&site, &tag, "cat /bound /log; stat -c %a /moded; ls /run/secrets /memory 2>/dev/null; true");
    assert!(found.starts_with("from the context\nkept") && found.contains("640"), "{found}");
    let found = look(&site, &tag, "cat /whose /filled.made");
    assert_eq!(found, "33:2000 750\n33:2000 750\nmade");
    let history = crate::docker::docker(&["history", "--no-trunc", &tag]);
    assert!(!history.contains("hunter2"), "{history}");

    let refused = build(&site, "classic", &tag, &["--secret", &secret], 1);
    assert!(refused.stderr.contains("has no secrets"), "{}", refused.stderr);
    let missing = build(&site, "buildkit", &tag, &["--no-cache"], 1);
    assert!(missing.stderr.contains("token"), "{}", missing.stderr);
    let unknown = build(&site, "classic", &tag, &[], 1);
    assert!(unknown.stderr.contains("leave out `--builder classic`"), "{}", unknown.stderr);
}

/// A list without a program clears what the base image had.
#[test]
#[ignore = "needs a Docker daemon: cargo xtask e2e"]
fn builds_take_a_stage_and_clear_what_the_base_said() {
    for builder in BUILDERS {
        let site = Site::new(&format!("build-target-{builder}"));
        let none = || Command::Exec(Vec::new());
        let dockerfile =
            Dockerfile::from(base().as_str()).entrypoint(["x"]).healthcheck(Healthcheck::Disabled);
        let first = dockerfile.this_stage();
        let dockerfile = dockerfile.stage(first).entrypoint(none()).cmd(none());
        let second = dockerfile.this_stage();
        let dockerfile = dockerfile.stage(second).run("exit 7");
        write(&site, "Dockerfile", dockerfile.build().to_string());
        let tag = name(&site, "target");
        build(&site, builder, &tag, &["--target", "stage-0"], 0);
        let config = &inspect("image", &tag)["Config"];
        assert_eq!(config["Entrypoint"], json!(["x"]));
        assert_eq!(config["Healthcheck"], json!({"Test": ["NONE"]}));
        build(&site, builder, &tag, &["--target", "stage-1"], 0);
        assert!(inspect("image", &tag)["Config"]["Entrypoint"].as_array().is_none_or(Vec::is_empty));
    }
}
