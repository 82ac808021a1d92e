//! Commands in containers: those of the map after a start, and what is run once.

use std::fs;

use crate::checks::{eventually, plan_is_empty, running};
use crate::docker::{docker, exists, list, try_docker};
use crate::site::{Site, is_anonymous};
use crate::trouble::Background;

/// Notes what is run, in a volume that outlives the container.
const MAP: &str = "web:
  image: nginx
  attaches: data
  exec_commands:
    - [[sh, -c, 'echo once >> /data/log'], root, initial]
    - [sh -c 'echo each >> /data/log', root]
volumes: {data: /data}";

/// Returns what was noted in the volume.
#[track_caller]
fn log(site: &Site) -> Vec<String> {
    docker(&["exec", &site.full("web"), "cat", "/data/log"]).lines().map(str::to_owned).collect()
}

#[test]
#[ignore = "needs a Docker daemon: cargo xtask e2e"]
fn commands_are_run_once_and_after_each_start() {
    let site = Site::new("commands");
    site.write(MAP);
    site.up(&[]);
    assert_eq!(log(&site), ["once", "each"]);
    plan_is_empty(&site, &[]);
    site.up(&[]);
    assert_eq!(log(&site), ["once", "each"], "what was run is not run again");

    docker(&["restart", "-t", "1", &site.full("web")]);
    site.up(&[]);
    assert_eq!(log(&site), ["once", "each", "each"], "after a restart by hand too");
    plan_is_empty(&site, &[]);

    site.write(&MAP.replace("attaches: data", "attaches: data\n  create_options: {environment: {V: two}}"));
    site.up(&[]);
    assert_eq!(log(&site), ["once", "each", "each", "once", "each"], "a new container knows none of it");
    plan_is_empty(&site, &[]);
}

#[test]
#[ignore = "needs a Docker daemon: cargo xtask e2e"]
fn a_command_that_fails_shows_what_it_wrote_and_is_tried_again() {
    let site = Site::new("commandfails");
    let map =
        "web: {image: nginx, exec_commands: [[sh, -c, 'echo no table; echo at all >&2; exit CODE'], root]}
next: {image: nginx, start: [web]}";
    let map = map.replace("[[sh", "[[[sh").replace("], root]}", "], root]]}");
    site.write(&map.replace("CODE", "7"));
    let said = site.dmap_ends(&["up", "--yes"], 3).text();
    assert!(said.contains("exit code 7") && said.contains("no table") && said.contains("at all"), "{said}");
    assert_eq!(docker(&["inspect", "-f", "{{.State.Status}}", &site.full("next")]), "created");
    site.write(&map.replace("CODE", "0"));
    site.up(&[]);
    running(&site, &["web", "next"]);
    plan_is_empty(&site, &[]);
}

/// A process that goes on is what the check looks for.
#[test]
#[ignore = "needs a Docker daemon: cargo xtask e2e"]
fn a_command_that_goes_on_can_be_checked_by_its_process() {
    let site = Site::new("commandcheck");
    site.write("web: {image: nginx, exec_commands: [[[sh, -c, 'sleep 4321 >/dev/null 2>&1 &'], root]]}");
    site.up(&[]);
    plan_is_empty(&site, &[]);
    let again = |check: &str| site.dmap_ends(&["plan", "--exec-check", check], 0).stdout;
    assert!(again("full").contains("no such process"), "the shell has ended: {}", again("full"));
    site.write("web: {image: nginx, exec_commands: [[sleep 4321, root]]}");
    for check in ["full", "partial"] {
        assert!(again(check).contains("nothing to do"), "it runs already: {}", again(check));
    }
}

const ONCE: &str = "db: {image: nginx}
web:
  image: data
  attaches: shared
  shares: [/scratch]
  start: [db]
  user: '1000'
  networks: [net]
  exposes: [[80, 18732]]
  create_options: {environment: {GREETING: hello}}
volumes: {shared: /shared}
networks: {net: }";

#[test]
#[ignore = "needs a Docker daemon: cargo xtask e2e"]
fn something_is_run_once_with_what_a_container_has() {
    let site = Site::new("once");
    site.write(ONCE);
    let before: Vec<String> = list("volume").into_iter().filter(|name| is_anonymous(name)).collect();
    let ended = site.dmap_ends(
        &[
            "run",
            "web",
            "sh",
            "-c",
            "echo $GREETING; id -u; echo two >&2; touch /scratch/x; ls -d /shared; exit 9",
        ],
        9,
    );
    assert_eq!(ended.stdout, "hello\n1000\n/shared\n", "standard output is the container's alone");
    assert!(ended.stderr.contains("two\n"), "{}", ended.stderr);
    running(&site, &["db"]);
    assert!(!exists("container", &site.full("web")), "the container itself is not made");
    assert!(!exists("container", &format!("dmap-run.{}", site.full("web"))));
    assert!(exists("volume", &site.full("shared")) && exists("network", &site.full("net")));
    let after: Vec<String> = list("volume").into_iter().filter(|name| is_anonymous(name)).collect();
    assert_eq!(after.iter().filter(|name| !before.contains(name)).count(), 0, "no volume is left over");

    // Beside the container itself, which holds the port.
    site.up(&[]);
    let quiet = site.dmap_ends(&["run", "web", "--", "true"], 0);
    assert_eq!((quiet.stdout.as_str(), quiet.stderr.as_str()), ("", ""));
    plan_is_empty(&site, &[]);
}

#[test]
#[ignore = "needs a Docker daemon: cargo xtask e2e"]
fn scripts_are_taken_along() {
    let site = Site::new("script");
    site.write("web: {image: nginx}");
    let folder = site.host_folder("jobs");
    fs::create_dir(site.path("jobs/lib")).unwrap();
    fs::write(site.path("jobs/lib/words"), "from the folder\n").unwrap();
    fs::write(site.path("jobs/job.sh"), "cat ${0%/*}/lib/words 2>/dev/null || echo alone; echo $0 $1\n")
        .unwrap();
    let file = format!("{folder}/job.sh");
    let one = ["run", "web", "--script", &file, "--entrypoint", "/bin/sh -e", "{script_path}", "x"];
    assert_eq!(site.dmap_ends(&one, 0).stdout, "alone\n/tmp/script_run/job.sh x\n");
    let all =
        ["run", "web", "--script", &folder, "--script-dir", "/srv/job", "sh", "{script_path}/job.sh", "y"];
    assert_eq!(site.dmap_ends(&all, 0).stdout, "from the folder\n/srv/job/job.sh y\n");
    let by_itself = ["run", "web", "--script", &file, "--entrypoint", "sh"];
    assert_eq!(site.dmap_ends(&by_itself, 0).stdout, "alone\n/tmp/script_run/job.sh\n");
}

#[test]
#[ignore = "needs a Docker daemon: cargo xtask e2e"]
fn its_time_can_be_over_and_it_can_be_kept() {
    let site = Site::new("runtime");
    site.write("web: {image: nginx, stop_timeout: 1}");
    let name = format!("dmap-run.{}", site.full("web"));
    let late =
        site.dmap_ends(&["run", "--timeout", "1s", "web", "sh", "-c", "echo begun; exec sleep 60"], 124);
    assert!(late.stdout == "begun\n" && late.stderr.contains("within 1 s"), "{}", late.text());
    assert!(!exists("container", &name));
    site.dmap_ends(&["run", "--keep", "web", "sh", "-c", "exit 4"], 4);
    assert!(exists("container", &name));
    let next = site.dmap_ends(&["run", "web", "true"], 0);
    assert!(next.stderr.contains("removed what an earlier run"), "{}", next.stderr);
    assert!(!exists("container", &name));
    let missing = site.dmap_ends(&["run", "web", "no-such-program"], 1);
    assert!(missing.stderr.contains("no-such-program"), "{}", missing.stderr);
    assert!(!exists("container", &name), "what cannot be started is removed too");
}

#[test]
#[ignore = "needs a Docker daemon: cargo xtask e2e"]
fn an_interrupt_stops_and_removes_it_and_a_kill_is_made_up_for() {
    let site = Site::new("runstop");
    site.write("web: {image: nginx, stop_timeout: 1}");
    let name = format!("dmap-run.{}", site.full("web"));
    // Empty as long as it is not there.
    let state = || try_docker(&["inspect", "-f", "{{.State.Status}}", &name]).stdout.trim().to_owned();
    let words = ["run", "web", "sh", "-c", "trap 'exit 3' TERM; while :; do sleep 1; done"];
    let run = Background::start(&site, &words);
    eventually("it runs", || state() == "running");
    let second = site.dmap_ends(&["run", "web", "true"], 5);
    assert!(second.stderr.contains("runs something beside"), "{}", second.stderr);
    run.signal("INT");
    let ended = run.ended();
    assert_eq!(ended.code, 130, "{}", ended.text());
    assert!(!exists("container", &name), "{}", ended.text());

    let run = Background::start(&site, &words);
    eventually("it runs", || state() == "running");
    run.signal("KILL");
    run.ended();
    assert_eq!(state(), "running", "nobody was there to remove it");
    site.dmap_ends(&["plan", "--detailed-exitcode"], 2);
    let next = site.dmap_ends(&["run", "web", "true"], 0);
    assert!(next.stderr.contains("removed what an earlier run"), "{}", next.stderr);
    assert!(!exists("container", &name));
}
