//! What a map or an engine can get wrong: said with its place and a way out, and finished by the next run.

use std::process::Stdio;

use crate::checks::{eventually, only_containers, plan_is_empty, running, seen};
use crate::docker::{docker, ended, inspect, try_docker};
use crate::site::{REPOSITORY, Site, free_port};

#[test]
#[ignore = "needs a Docker daemon: cargo xtask e2e"]
fn an_image_that_cannot_be_had_stops_nothing_and_the_next_run_goes_on() {
    let site = Site::new("noimage");
    site.write("web: {image: nginx}\nother: {image: nginx}");
    site.up(&[]);
    let before = seen(&site);
    site.write("web: {image: /localhost:1/nope/x:1}\nother: {image: nginx}\nthird: {image: nginx}");
    let ended = site.dmap(&["up", "--yes"]);
    assert!(matches!(ended.code, 1 | 3), "{}: {}", ended.code, ended.text());
    assert!(ended.text().contains("localhost:1/nope/x:1"), "it names the image: {}", ended.text());
    crate::checks::not_recreated(&site, &before, &["web", "other"]);

    site.write("web: {image: nginx}\nother: {image: nginx}\nthird: {image: nginx}");
    site.up(&[]);
    plan_is_empty(&site, &[]);
    only_containers(&site, &["web", "other", "third"]);
    running(&site, &["web", "other", "third"]);
    crate::checks::not_recreated(&site, &before, &["web", "other"]);
}

#[test]
#[ignore = "needs a Docker daemon: cargo xtask e2e"]
fn a_new_map_with_an_image_that_cannot_be_had_is_finished_later() {
    let site = Site::new("noimagenew");
    let map = |image: &str| {
        format!(
            "app: {{image: '{image}', attaches: log, user: 2000, permissions: '0750'}}\n\
             web: {{image: nginx, uses: log}}\n\
             volumes: {{log: /var/lib/app/log}}"
        )
    };
    site.write(&map("/localhost:1/nope/x:1"));
    let ended = site.dmap(&["up", "--yes"]);
    assert!(matches!(ended.code, 1 | 3), "{}: {}", ended.code, ended.text());
    assert!(ended.text().contains("localhost:1/nope/x:1"), "it names the image: {}", ended.text());
    only_containers(&site, &[]);
    site.write(&map("uwsgi"));
    site.up(&[]);
    plan_is_empty(&site, &[]);
    running(&site, &["app", "web"]);
    let expected = ["/v 2000:2000 750", "/v/first.log 2000:2000 750"];
    assert_eq!(crate::checks::tree(&site, "log"), expected);
}

#[test]
#[ignore = "needs a Docker daemon: cargo xtask e2e"]
fn a_port_held_by_a_foreign_container_is_refused_before_anything_is_done() {
    let site = Site::new("portheld");
    let (port, holder) = (free_port(), format!("{}-holder", site.name));
    let (publish, image) = (format!("{port}:80"), format!("{REPOSITORY}/nginx"));
    docker(&["run", "--detach", "--name", &holder, "-p", &publish, &image]);
    let id = inspect("container", &holder)["Id"].clone();
    site.write(&format!("other: {{image: nginx}}\nweb: {{image: nginx, exposes: {{80: {port}}}}}"));
    let text = site.dmap_ends(&["up", "--yes"], 1).stderr;
    assert!(
        text.contains(&port.to_string()) && text.contains(&holder),
        "it names the port and its holder: {text}"
    );
    assert_eq!(site.objects("container"), std::slice::from_ref(&holder), "nothing was done");
    let found = inspect("container", &holder);
    assert_eq!((&found["Id"], &found["State"]["Status"]), (&id, &"running".into()));
    docker(&["rm", "--force", &holder]);
    site.up(&[]);
    running(&site, &["other", "web"]);
    plan_is_empty(&site, &[]);
}

#[test]
#[ignore = "needs a Docker daemon: cargo xtask e2e"]
fn a_port_held_by_a_program_is_reported_and_the_next_run_goes_on() {
    let site = Site::new("portbusy");
    let port = free_port();
    // A program on the engine's host, which the engine knows nothing about.
    let (holder, image) = (format!("{}-program", site.name), format!("{REPOSITORY}/nginx"));
    let listen = ["httpd", "-f", "-p", &port.to_string(), "-h", "/tmp"];
    docker(&[&["run", "--detach", "--name", &holder, "--network", "host", &image], &listen[..]].concat());
    let held = format!("grep -q ':{port:04X} .* 0A ' /proc/net/tcp /proc/net/tcp6");
    eventually("the port is held", || try_docker(&["exec", &holder, "sh", "-c", &held]).code == 0);
    site.write(&format!("other: {{image: nginx}}\nweb: {{image: nginx, exposes: {{80: {port}}}}}"));
    let ended = site.dmap_ends(&["up", "--yes"], 3);
    let text = ended.text();
    assert!(
        text.contains(&site.full("web")) && text.contains(&port.to_string()),
        "it names container and port: {text}"
    );
    running(&site, &["other"]);
    let before = seen(&site);

    docker(&["rm", "--force", &holder]);
    site.up(&[]);
    running(&site, &["other", "web"]);
    plan_is_empty(&site, &[]);
    crate::checks::not_recreated(&site, &before, &["other"]);
}

#[test]
#[ignore = "needs a Docker daemon: cargo xtask e2e"]
fn an_interrupted_run_says_what_is_left_and_the_next_one_goes_on() {
    let site = Site::new("interrupted");
    // Each waits for the one before it, so that there is always something left.
    let names = ["a", "b", "c", "d", "e", "f"];
    let linked = names.windows(2).map(|pair| format!("{}: {{image: nginx, links: {}}}", pair[1], pair[0]));
    let lines: Vec<String> = std::iter::once("a: {image: nginx}".to_owned()).chain(linked).collect();
    site.write(&lines.join(
        "
",
    ));
    let mut command = site.command(&["up", "--yes"]);
    let command = command.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::piped());
    let child = command.spawn().expect("dmap can be started");
    eventually("the first container is there", || !site.objects("container").is_empty());
    let signalled =
        ended(std::process::Command::new("sh").args(["-c", &format!("kill -INT {}", child.id())]));
    assert_eq!(signalled.code, 0, "{}", signalled.text());
    let output = child.wait_with_output().expect("dmap ends");
    let text = String::from_utf8_lossy(&[output.stdout, output.stderr].concat()).into_owned();
    assert_eq!(output.status.code(), Some(130), "{text}");
    assert!(text.contains(&site.full("f")), "it says what is left: {text}");
    assert!(site.objects("container").len() < names.len(), "it was interrupted in time");
    site.up(&[]);
    plan_is_empty(&site, &[]);
    only_containers(&site, &names);
    running(&site, &names);
}

#[test]
#[ignore = "needs a Docker daemon: cargo xtask e2e"]
fn an_engine_that_is_not_there_is_an_error_with_its_address() {
    let site = Site::new("noengine");
    site.write("web: {image: nginx}");
    for words in [&["plan"][..], &["up", "--yes"], &["down", "--yes"], &["status"], &["snapshot"]] {
        let socket = site.path("nobody.sock").display().to_string();
        let ended = ended(site.command(words).env("DOCKER_HOST", format!("unix://{socket}")));
        assert_eq!(ended.code, 1, "{words:?}: {}", ended.text());
        assert!(ended.stderr.contains(&socket), "it names the address: {}", ended.text());
        assert!(!ended.text().contains("panicked"), "{}", ended.text());
    }
}
