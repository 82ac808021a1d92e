//! An engine that is started anew, or goes away, while `up` is at work.

use std::fs;
use std::path::Path;
use std::time::{Duration, Instant};

use super::{Background, is_leased, status, variable};
use crate::checks::{eventually, in_volume, inside, only_containers, plan_is_empty, running};
use crate::docker::{docker, try_docker};
use crate::private::Daemon;
use crate::site::{REPOSITORY, Site};

/// The job takes long when it is done for the first time.
const JOB: &str = "\
job: {image: uwsgi, attaches: data, start: [db], create_options: {command: [sh, -c, \
'test -e /data/second && exit 0; touch /data/second; trap \"exit 9\" TERM; sleep 100 & wait']}}
db: {image: nginx, networks: [back]}
web: {image: nginx, networks: [back], start: {job: completed}}
volumes: {data: /data}
networks: {back: {}}";

#[test]
#[ignore = "needs a Docker daemon: cargo xtask e2e"]
fn up_goes_on_after_a_private_engine_was_restarted_in_the_middle() {
    for signal in ["TERM", "KILL"] {
        let site = Site::new(&format!("restart{}", signal.to_lowercase()));
        site.write(JOB);
        let run = Background::start(&site, &["up", "--yes"]);
        eventually("the job runs", || status(&site, "job") == "running");
        Daemon::here().ended_by(signal).begins();
        let ended = run.ended_within(&site, Duration::from_mins(1));
        let said = ended.text();
        assert_eq!(ended.code, 3, "{signal}: {said}");
        assert!(said.contains("waiting for container") && said.contains("1 failed"), "{signal}: {said}");
        assert!(said.contains("1 skipped"), "what waits for it is told: {said}");
        site.up(&[]);
        only_containers(&site, &["db", "job", "web"]);
        running(&site, &["db", "web"]);
        assert_eq!(in_volume(&site, "data", &["ls", "/v"]), "second");
        plan_is_empty(&site, &[]);
        assert!(!is_leased(&site));
    }
}

#[test]
#[ignore = "needs a Docker daemon: cargo xtask e2e"]
fn a_replacement_goes_on_after_a_private_engine_was_killed_in_the_middle() {
    let site = Site::new("restartswap");
    let names = ["a", "b", "c", "d", "e", "f"];
    let map = |version: usize| {
        let one = |name: &&str| {
            format!(
                "{name}: {{image: nginx, attaches: data_{name}, networks: [back], \
                 create_options: {{environment: {{V: {version}}}}}}}\n"
            )
        };
        let volume = |name: &&str| format!("data_{name}: /var/log/nginx");
        let volumes = names.iter().map(volume).collect::<Vec<_>>().join(", ");
        format!(
            "{}volumes: {{{volumes}}}\nnetworks: {{back: {{}}}}",
            names.iter().map(one).collect::<String>()
        )
    };
    site.write(&map(1));
    site.up(&[]);
    in_volume(&site, "data_a", &["touch", "/v/mine"]);
    site.write(&map(2));
    let run = Background::start(&site, &["up", "--yes"]);
    eventually("one is under way", || site.objects("container").iter().any(|name| name.contains(".dmap-")));
    Daemon::here().ended_by("KILL").begins();
    // It may have asked again until the engine was there again, and come to its end.
    let ended = run.ended_within(&site, Duration::from_mins(2));
    assert!(matches!(ended.code, 0 | 3), "{}", ended.text());
    site.up(&[]);
    only_containers(&site, &names);
    running(&site, &names);
    for name in names {
        assert_eq!(variable(&site, name, "V"), "2");
    }
    assert!(in_volume(&site, "data_a", &["ls", "/v"]).contains("mine"));
    plan_is_empty(&site, &[]);
}

#[test]
#[ignore = "needs a Docker daemon: cargo xtask e2e"]
fn up_does_not_wait_forever_for_a_private_engine_that_went_away() {
    let site = Site::new("goesaway");
    site.write(JOB);
    let run = Background::start(&site, &["up", "--yes"]);
    eventually("the job runs", || status(&site, "job") == "running");
    let successor = Daemon::here().ended_by("KILL");
    let began = Instant::now();
    let ended = run.ended_within(&site, Duration::from_mins(3));
    let (said, took) = (ended.text(), began.elapsed());
    successor.begins();
    assert_eq!(ended.code, 3, "after {took:?}: {said}");
    assert!(said.contains("the engine was lost meanwhile") && said.contains("skipped"), "{said}");
    site.up(&[]);
    running(&site, &["db", "web"]);
    plan_is_empty(&site, &[]);
}

/// The engine itself fills a volume only while that is empty: a part of the files must not pass for all of them.
#[test]
#[ignore = "needs a Docker daemon: cargo xtask e2e"]
fn a_volume_is_filled_although_a_private_engine_was_killed_in_the_middle() {
    const FILES: usize = 8000;
    let site = Site::new("restartfill");
    let folder = site.host_folder("big");
    let files = site.host_folder("big/files");
    for number in 0..FILES {
        let content = format!("{number} ").repeat(3000);
        fs::write(Path::new(&files).join(number.to_string()), content).expect("a file can be written");
    }
    let image = format!("{REPOSITORY}/big:{}", site.name);
    let dockerfile = format!("FROM {REPOSITORY}/nginx\nCOPY files /big\n");
    fs::write(Path::new(&folder).join("Dockerfile"), dockerfile).expect("a file can be written");
    site.dmap_ends(&["build", &folder, "--builder", "classic", "--tag", &image, "--quiet"], 0);
    site.write(&format!(
        "app: {{image: 'big:{}', attaches: files, user: 2000, permissions: 'u=rwX,g=rX,o='}}\n\
         volumes: {{files: /big}}",
        site.name
    ));
    let run = Background::start(&site, &["up", "--yes"]);
    let volume = site.full("files");
    let there = || {
        let found = try_docker(&["volume", "inspect", "--format", "{{.Mountpoint}}", &volume]);
        let list = format!("ls '{}' | wc -l", found.stdout.trim());
        let counted = Daemon::here().beside(&["sh", "-c", &list]).stdout;
        if found.code == 0 { counted.trim().parse().unwrap_or(0) } else { 0 }
    };
    eventually("some of the files are there", || there() > 0);
    let successor = Daemon::here().ended_by("KILL");
    let ended = run.ended_within(&site, Duration::from_mins(2));
    successor.begins();
    assert!((1..FILES).contains(&there()), "it was killed in the middle: {}", ended.text());
    site.up(&[]);
    let sum = "cd /big && find . -type f | sort | xargs cat | md5sum";
    let name = format!("{}-look", site.name);
    let run = ["run", "--rm", "--network", "none", "--name", &name, "--user", "0", &image, "sh", "-c", sum];
    assert_eq!(inside(&site, "app", &["sh", "-c", sum]), docker(&run));
    let theirs = ["sh", "-c", "find /big -user 2000 -group 2000 | wc -l"];
    assert_eq!(inside(&site, "app", &theirs).trim(), (FILES + 1).to_string());
    plan_is_empty(&site, &[]);
    only_containers(&site, &["app"]);
}
