//! Agents with SSH keys that builds are lent.

use std::fs;
use std::path::Path;
use std::process::{Child, Command, Stdio};

use dockerfile_builder::{Access, ContextPath, Dockerfile, Mount, Run};

use super::{base, build, is_there, look, name, write};
use crate::checks::eventually;
use crate::docker::{docker, ended};
use crate::site::{REPOSITORY, Site};

/// An agent with a key.
struct Agent {
    socket: String,
    process: Child,
}

impl Agent {
    #[track_caller]
    fn start(site: &Site) -> Self {
        let [socket, key] = ["agent", "key"].map(|name| site.path(name).display().to_string());
        let mut agent = Command::new("ssh-agent");
        agent.args(["-D", "-a", &socket]).stdout(Stdio::null());
        let process = agent.spawn().expect("the agent can be started");
        eventually("the agent listens", || Path::new(&socket).exists());
        let agent = Self { socket, process };
        let made =
            ended(Command::new("ssh-keygen").args(["-q", "-t", "ed25519", "-N", "", "-C", "", "-f", &key]));
        assert_eq!(made.code, 0, "{}", made.text());
        agent.asked(&[&key]);
        agent
    }

    /// Asks the agent with the distribution's program.
    #[track_caller]
    fn asked(&self, words: &[&str]) -> String {
        let done = ended(Command::new("ssh-add").args(words).env("SSH_AUTH_SOCK", &self.socket));
        assert_eq!(done.code, 0, "{}", done.text());
        done.stdout.trim().to_owned()
    }
}

impl Drop for Agent {
    fn drop(&mut self) {
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}

/// Copies a program of the machine into the context, with the libraries that it needs.
#[track_caller]
fn bring(site: &Site, program: &str) {
    let listed = ended(Command::new("ldd").arg(program)).stdout;
    let libraries = listed.split_whitespace().filter(|word| word.starts_with('/'));
    for file in libraries.chain([program]) {
        write(site, &format!("tools{file}"), fs::read(file).expect("the file can be read"));
    }
    let made = ended(Command::new("chmod").args(["-R", "+x", &site.path("app/tools").display().to_string()]));
    assert_eq!(made.code, 0, "{}", made.text());
}

#[test]
#[ignore = "needs a Docker daemon: cargo xtask e2e"]
fn an_ssh_agent_is_lent_to_the_steps_that_ask_for_it() {
    let site = Site::new("build-agent");
    let agent = Agent::start(&site);
    bring(&site, "/usr/bin/ssh-add");
    let tools: ContextPath = "tools".parse().expect("it is a path");
    let other = Mount::Ssh {
        id: Some("other".to_owned()),
        target: Some("/run/other".into()),
        required: true,
        access: Access { mode: Some(0o600), ..Access::default() },
    };
    let dockerfile = Dockerfile::from(base().as_str())
        .copy(tools, "/")
        .run(Run::from("ssh-add -l > /usual && ssh-add -L >> /usual").mount(Mount::ssh()))
        .run(
            Run::from("SSH_AUTH_SOCK=/run/other ssh-add -l > /other; stat -c %a /run/other >> /other")
                .mount(other),
        )
        .run("test ! -S /run/other && ! ssh-add -l");
    write(&site, "Dockerfile", dockerfile.build().to_string());
    let (tag, lent) = (name(&site, "agent"), format!("other={}", agent.socket));
    let usual = format!("default={}", agent.socket);
    build(&site, "buildkit", &tag, &["--no-cache", "--ssh", &usual, "--ssh", &lent], 0);
    let known = agent.asked(&["-l"]);
    assert!(known.contains("ED25519"), "{known}");
    assert_eq!(look(&site, &tag, "cat /usual"), format!("{known}\n{}", agent.asked(&["-L"])));
    assert_eq!(look(&site, &tag, "cat /other"), format!("{known}\n600"));

    // A map lends it, too: the one of a socket, and that of the environment.
    site.write(&format!(
        "job: {{persistent: true, build: {{context: ./app, no_cache: true, ssh: [default, '{lent}']}}}}"
    ));
    let image = format!("{REPOSITORY}/{}.job", site.name);
    let built = ended(site.command(&["build", "--yes"]).env("SSH_AUTH_SOCK", &agent.socket));
    assert_eq!(built.code, 0, "{}", built.text());
    assert_eq!(look(&site, &image, "cat /other"), format!("{known}\n600"));
    docker(&["rmi", "--force", &image]);

    // One that is not lent is named, with what to do.
    let second = name(&site, "second");
    let missing = build(&site, "buildkit", &second, &["--no-cache", "--ssh", &usual], 1).stderr;
    assert!(missing.contains("other") && missing.contains("--ssh"), "{missing}");
    let refused = build(&site, "classic", &second, &["--ssh", &usual], 1).stderr;
    assert!(refused.contains("has no agents"), "{refused}");
    let gone = build(&site, "buildkit", &second, &["--ssh", "default=/nowhere/at/all"], 1).stderr;
    assert!(gone.contains("/nowhere/at/all"), "{gone}");
    assert!(!is_there(&second));
}
