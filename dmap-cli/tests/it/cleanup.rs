//! `dmap cleanup` and `dmap remove-all`, on a daemon that gives prepared answers.

use std::io::{BufRead as _, BufReader, Read as _, Write as _};
use std::os::unix::net::{UnixListener, UnixStream};
use std::sync::{Arc, Mutex};
use std::thread;

use insta::assert_snapshot;

use crate::{Folder, transcript};

const CONTAINERS: &str = r#"[
    {"Id":"01","Names":["/old"],"Image":"app:1","ImageID":"sha256:a1","State":"exited","SizeRw":12345},
    {"Id":"02","Names":["/older"],"Image":"app:1","ImageID":"sha256:a1","State":"exited","SizeRw":2000000},
    {"Id":"03","Names":["/new"],"Image":"app:1","ImageID":"sha256:a1","State":"created"},
    {"Id":"04","Names":["/up"],"Image":"app:2","ImageID":"sha256:a2","State":"running"},
    {"Id":"05","Names":["/site.job"],"Image":"app:1","ImageID":"sha256:a1","State":"exited",
     "Labels":{"dmap.key":"container/site.job"}},
    {"Id":"06","Names":["/site.web.dmap-prev"],"Image":"app:1","ImageID":"sha256:a1","State":"exited",
     "Labels":{"dmap.key":"container/site.web"}},
    {"Id":"07","Names":["/dmap-lease.busy"],"Image":"","ImageID":"sha256:e0","State":"created",
     "Labels":{"dmap.role":"lease"}},
    {"Id":"08","Names":["/busy.web"],"Image":"app:1","ImageID":"sha256:a1","State":"exited",
     "Labels":{"dmap.key":"container/busy.web"}}
]"#;

const IMAGES: &str = r#"[
    {"Id":"sha256:a1","RepoTags":["app:1"],"Created":1,"Size":1000},
    {"Id":"sha256:a2","RepoTags":["app:2"],"Created":2,"Size":1000},
    {"Id":"sha256:a3","RepoTags":["app:3"],"Created":3,"Size":3200000},
    {"Id":"sha256:a4","RepoTags":["app:4"],"Created":4,"Size":1000},
    {"Id":"sha256:b0123456789abcdef","RepoTags":["<none>:<none>"],"Created":1,"Size":1000},
    {"Id":"sha256:e0","RepoTags":null,"Created":1,"Size":0}
]"#;

/// A daemon that has these containers and images, refuses to remove `02`, and says what it was asked to change.
struct Daemon {
    folder: Folder,
    changes: Arc<Mutex<Vec<String>>>,
}

impl Daemon {
    fn new() -> Self {
        let folder = Folder::empty();
        let changes = Arc::<Mutex<Vec<String>>>::default();
        let listener = UnixListener::bind(folder.path("engine.sock")).unwrap();
        let seen = Arc::clone(&changes);
        thread::spawn(move || {
            for stream in listener.incoming().flatten() {
                let seen = Arc::clone(&seen);
                thread::spawn(move || serve(&stream, &seen));
            }
        });
        Self { folder, changes }
    }

    /// Runs the program, and returns its transcript and what the daemon was asked to change, in order.
    fn dmap(&self, words: &[&str]) -> (String, String) {
        let host = format!("unix://{}", self.folder.path("engine.sock").display());
        let text = transcript(self.folder.command(words).env("DOCKER_HOST", host));
        let mut changes = std::mem::take(&mut *self.changes.lock().unwrap());
        changes.sort();
        (text, changes.join(" "))
    }
}

fn serve(stream: &UnixStream, changes: &Mutex<Vec<String>>) {
    let mut reader = BufReader::new(stream);
    let mut line = String::new();
    while reader.read_line(&mut line).is_ok_and(|count| count > 0) {
        let mut length = 0;
        let mut header = String::new();
        while reader.read_line(&mut header).is_ok_and(|count| count > 2) {
            let lower = header.to_lowercase();
            length = lower.strip_prefix("content-length: ").map_or(length, |n| n.trim().parse().unwrap());
            header.clear();
        }
        reader.read_exact(&mut vec![0; length]).unwrap();
        let request = line.trim_end().trim_end_matches(" HTTP/1.1").replace("/v1.41", "");
        let (status, body) = answer(&request);
        if !request.starts_with("GET") {
            changes.lock().unwrap().push(request);
        }
        let head = format!("HTTP/1.1 {status} X\r\nContent-Length: {}\r\n\r\n", body.len());
        if (&mut &*stream).write_all([head.as_bytes(), body.as_bytes()].concat().as_slice()).is_err() {
            return;
        }
        line.clear();
    }
}

fn answer(request: &str) -> (u16, &'static str) {
    match request {
        "GET /version" => (200, r#"{"Version":"20.10.24","ApiVersion":"1.41"}"#),
        "GET /info" => (200, r#"{"NCPU":2}"#),
        "GET /containers/json?all=1&size=1" | "GET /containers/json?all=1" => (200, CONTAINERS),
        "GET /images/json?all=1" => (200, IMAGES),
        "DELETE /containers/02" => {
            (500, r#"{"message":"driver \"overlay2\" failed to remove the filesystem"}"#)
        }
        _ => (200, "[]"),
    }
}

#[test]
fn stopped_containers_are_shown_first() {
    let (text, changes) = Daemon::new().dmap(&["cleanup", "containers", "--dry-run"]);
    assert_snapshot!(text, @"
    exit 0
    --- stdout
         size  container  state   image
      12.3 kB  old        exited  app:1
       2.0 MB  older      exited  app:1

    2 containers to remove, 2.0 MB; volumes stay
    left: new (never started; `--never-started` removes them too)
    left: site.job (of a map; `--of-maps` removes them too)
    left: site.web.dmap-prev (dmap keeps it for its next run)
    left: busy.web, dmap-lease.busy (of a map that somebody works on)
    --- stderr
    nothing was changed: this is a dry run
    ");
    assert_eq!(changes, "");
}

#[test]
fn nobody_is_asked_where_nobody_can_answer() {
    let daemon = Daemon::new();
    let (text, changes) = daemon.dmap(&["cleanup", "containers", "--exclude", "old*", "--never-started"]);
    assert_snapshot!(text, @"
    exit 1
    --- stdout
         size  container  state    image
          0 B  new        created  app:1

    1 container to remove, 0 B; volumes stay
    left: old, older (excluded)
    left: site.job (of a map; `--of-maps` removes them too)
    left: site.web.dmap-prev (dmap keeps it for its next run)
    left: busy.web, dmap-lease.busy (of a map that somebody works on)
    --- stderr
    error: this removes what exists; nothing was changed
     |
     = help: add `--yes` to remove it, or `--dry-run` to look only
    ");
    assert_eq!(changes, "");
    for words in [&["remove-all"][..], &["cleanup", "images"]] {
        let (text, changes) = daemon.dmap(words);
        assert!(text.starts_with("exit 1\n") && text.contains("add `--yes`"), "{text}");
        assert_eq!(changes, "");
    }
}

#[test]
fn a_failure_is_told_and_stops_nothing() {
    let (text, changes) = Daemon::new().dmap(&["cleanup", "containers", "--yes"]);
    // Which of the two ends first is nobody's business.
    let (shown, told) = text.split_once("--- stderr\n").unwrap();
    assert!(shown.starts_with("exit 3\n"), "{text}");
    assert!(told.contains("removed container/old\n"), "{told}");
    assert!(told.contains("error: failed while removing container `older`\n"), "{told}");
    assert!(told.contains("failed to remove the filesystem"), "{told}");
    assert!(told.ends_with("partly done: 1 removed, 1 failed\n"), "{told}");
    assert!(changes.starts_with("DELETE /containers/01 DELETE /containers/02"), "{changes}");
    assert!(!changes.contains("/stop") && !changes.contains("/05"), "{changes}");
    let (text, _) = Daemon::new().dmap(&["cleanup", "containers", "--yes", "--exclude", "old"]);
    assert!(text.starts_with("exit 1\n") && text.ends_with("nothing was removed: 1 failed\n"), "{text}");
}

#[test]
fn containers_of_maps_on_request() {
    let words = ["cleanup", "containers", "--of-maps", "--exclude", "old*", "--yes"];
    let (text, changes) = Daemon::new().dmap(&words);
    assert_snapshot!(text, @"
    exit 0
    --- stdout
         size  container  state   image
          0 B  site.job   exited  app:1

    1 container to remove, 0 B; volumes stay
    left: old, older (excluded)
    left: new (never started; `--never-started` removes them too)
    left: site.web.dmap-prev (dmap keeps it for its next run)
    left: busy.web, dmap-lease.busy (of a map that somebody works on)
    --- stderr
    removed container/site.job
    done: 1 removed
    ");
    assert_eq!(changes, "DELETE /containers/05");
}

#[test]
fn untagged_images() {
    let (text, changes) = Daemon::new().dmap(&["cleanup", "images", "--yes"]);
    assert_snapshot!(text, @"
    exit 0
    --- stdout
         size  image         tags
       1.0 kB  b0123456789a  untagged

    1 image to remove, 1.0 kB with what it shares with others
    --- stderr
    removed image/b0123456789a
    done: 1 removed
    ");
    assert_eq!(changes, "DELETE /images/sha256:b0123456789abcdef?noprune=1");
}

#[test]
fn old_images() {
    let (text, changes) = Daemon::new().dmap(&["cleanup", "images", "--old", "--dry-run"]);
    assert_snapshot!(text, @"
    exit 0
    --- stdout
         size  image         tags
       1.0 kB  b0123456789a  untagged
       3.2 MB  a3            app:3

    2 images to remove, 3.2 MB with what they share with others
    left: image/app:1, image/app:2 (a container was made of it)
    --- stderr
    nothing was changed: this is a dry run
    ");
    assert_eq!(changes, "");
    let words =
        ["cleanup", "images", "--old", "--keep", "0", "--keep-tag", "4", "--tag-prefix", "app:", "--yes"];
    let (text, changes) = Daemon::new().dmap(&words);
    assert!(text.starts_with("exit 0\n") && text.contains("removed image/app:3\n"), "{text}");
    assert_eq!(changes, "DELETE /images/app:3?noprune=1 DELETE /images/sha256:a3?noprune=1");
}

#[test]
fn everything_or_what_fits() {
    let (text, changes) = Daemon::new().dmap(&["remove-all", "--dry-run"]);
    assert_snapshot!(text, @"
    exit 0
    --- stdout
         size  container           state    image
          0 B  new                 created  app:1
      12.3 kB  old                 exited   app:1
       2.0 MB  older               exited   app:1
          0 B  site.job            exited   app:1
          0 B  site.web.dmap-prev  exited   app:1
          0 B  up                  running  app:2

    6 containers to remove, 2.0 MB; volumes stay
    left: busy.web, dmap-lease.busy (of a map that somebody works on)
    --- stderr
    nothing was changed: this is a dry run
    ");
    assert_eq!(changes, "");
    let (text, changes) = Daemon::new().dmap(&["remove-all", "--name", "up", "--timeout", "3s", "--yes"]);
    assert_snapshot!(text, @"
    exit 0
    --- stdout
         size  container  state    image
          0 B  up         running  app:2

    1 container to remove, 0 B; volumes stay
    --- stderr
    removed container/up
    done: 1 removed
    ");
    assert_eq!(changes, "DELETE /containers/04 POST /containers/04/stop?t=3");
    let (text, changes) = Daemon::new().dmap(&["remove-all", "--map", "site", "--yes"]);
    assert!(text.starts_with("exit 0\n"), "{text}");
    assert_eq!(changes, "DELETE /containers/05 DELETE /containers/06");
    let (text, changes) = Daemon::new().dmap(&["remove-all", "--map", "busy", "--yes"]);
    assert_snapshot!(text, @"
    exit 0
    --- stdout
    no container to remove
    left: busy.web, dmap-lease.busy (of a map that somebody works on)
    ");
    assert_eq!(changes, "");
}

#[test]
fn nothing_to_do_is_no_failure() {
    let (text, changes) = Daemon::new().dmap(&["remove-all", "--label", "none=1"]);
    assert_snapshot!(text, @"
    exit 0
    --- stdout
    no container to remove
    ");
    assert_eq!(changes, "");
}
