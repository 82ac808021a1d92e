//! `dmap context`: what is sent to an engine to build from.

use std::fs;
use std::io::Read as _;
use std::os::unix::fs::symlink;
use std::process::Stdio;

use insta::assert_snapshot;

use crate::Folder;

/// A folder with a context in `app`, some of which is left out.
fn folder() -> Folder {
    let folder = Folder::empty()
        .file("app/Dockerfile", "FROM scratch\nCOPY . /\n")
        .file("app/.dockerignore", "# not needed\ntarget\n*.log\n!important.log\n")
        .file("app/target/debug/app", "binary")
        .file("app/debug.log", "log")
        .file("app/important.log", "log")
        .file("app/src/main.rs", "fn main() {}\n");
    symlink("src/main.rs", folder.path("app/link")).unwrap();
    folder
}

#[test]
fn what_is_sent_is_listed() {
    assert_snapshot!(folder().dmap(&["context", "ls", "app"]), @"
    exit 0
    --- stdout
              41  .dockerignore
              22  Dockerfile
               3  important.log
                  link -> src/main.rs
                  src/
              13  src/main.rs

    79 bytes in 4 files; 1 directory, 1 link
    ");
}

#[test]
fn what_is_sent_is_listed_for_programs() {
    let folder = Folder::empty().file("Dockerfile", "FROM scratch\n").file("a/b", "b");
    symlink("a", folder.path("c")).unwrap();
    assert_snapshot!(folder.dmap(&["context", "ls", ".", "--format", "json"]), @r#"
    exit 0
    --- stdout
    {
      "entries": [
        {
          "kind": "file",
          "path": "Dockerfile",
          "size": 13,
          "executable": false
        },
        {
          "kind": "directory",
          "path": "a"
        },
        {
          "kind": "file",
          "path": "a/b",
          "size": 1,
          "executable": false
        },
        {
          "kind": "symlink",
          "path": "c",
          "target": "a"
        }
      ],
      "size": 14
    }
    "#);
}

#[test]
fn another_dockerfile_brings_its_own_patterns() {
    let folder = folder()
        .file("app/docker/Small", "FROM scratch\n")
        .file("app/docker/Small.dockerignore", "*\n!*.log\n");
    assert_snapshot!(folder.dmap(&["context", "ls", "app", "--dockerfile", "app/docker/Small"]), @"
    exit 0
    --- stdout
              41  .dockerignore
               3  debug.log
                  docker/
              13  docker/Small
               9  docker/Small.dockerignore
               3  important.log

    69 bytes in 5 files; 1 directory, 0 links
    ");
    assert_snapshot!(folder.dmap(&["context", "ls", "app/src", "--dockerfile", "app/Dockerfile"]), @"
    exit 1
    --- stderr
    error: the Dockerfile `app/Dockerfile` is not in `app/src`
     |
     = help: only what is in the directory is sent to the engine; copy the Dockerfile there
    ");
}

#[test]
fn names_cannot_reach_the_terminal() {
    let folder = Folder::empty().file("Dockerfile", "FROM scratch\n").file("a\u{1b}[2J", "");
    assert_snapshot!(folder.dmap(&["context", "ls", "."]), @r"
    exit 0
    --- stdout
              13  Dockerfile
               0  a\u{1b}[2J

    13 bytes in 2 files
    ");
}

#[test]
fn the_archive_is_the_same_on_any_machine() {
    let archive = |options: &[&str]| {
        let folder = folder();
        let output =
            folder.command(&[&["context", "tar", "app", "--verbose"], options].concat()).output().unwrap();
        assert!(output.status.success());
        (output.stdout, String::from_utf8(output.stderr).unwrap())
    };
    let (bytes, said) = archive(&[]);
    assert_eq!((&bytes, &said), (&archive(&[]).0, &archive(&["--gzip"]).1));
    assert_snapshot!(said, @"dmap: the context is sha256:3bd98d74d48960e148e3cb1174999fcbd9e83c36b541b806d5a175f9cccaf2c6");
    // The header of gzip has neither a name nor a time.
    assert_eq!(archive(&["--gzip"]).0[..10], [0x1f, 0x8b, 8, 0, 0, 0, 0, 0, 0, 255]);
    // Six headers and the contents of four files in blocks of 512 bytes, and two empty blocks at the end.
    assert_eq!(bytes.len(), (6 + 4 + 2) * 512);
}

#[test]
fn a_reader_that_has_seen_enough_is_no_failure() {
    let folder = Folder::empty().file("Dockerfile", "FROM scratch\n").file("large", vec![b'x'; 1 << 20]);
    let mut child = folder
        .command(&["context", "tar", "."])
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    let mut start = [0; 10];
    child.stdout.take().unwrap().read_exact(&mut start).unwrap();
    let output = child.wait_with_output().unwrap();
    assert_eq!(
        (start.as_slice(), output.status.code(), output.stderr.as_slice()),
        (&b"Dockerfile"[..], Some(0), &b""[..])
    );
}

#[test]
fn what_is_no_context() {
    let folder = Folder::empty().file("file", "").file("empty/file", "");
    assert_snapshot!(folder.dmap(&["context", "ls", "none"]), @"
    exit 1
    --- stderr
    error: cannot read the directory `none`
     |
     = note: No such file or directory (os error 2)
     = help: check the path
    ");
    assert_snapshot!(folder.dmap(&["context", "ls", "file"]), @"
    exit 1
    --- stderr
    error: `file` is not a directory
     |
     = help: name the directory in which the Dockerfile lies
    ");
    assert_snapshot!(folder.dmap(&["context", "tar", "empty"]), @"
    exit 1
    --- stderr
    error: cannot read the build context `empty`
     |
     = note: the build context has no `Dockerfile`, which says how to build
     = help: `--dockerfile PATH` names a Dockerfile that is called something else
    ");
}

#[test]
fn patterns_that_cannot_be_read() {
    let folder = folder().file("app/.dockerignore", "target\nsrc\\main\n");
    assert_snapshot!(folder.dmap(&["context", "ls", "app"]), @r"
    exit 1
    --- stderr
    error: cannot read the build context `app`
     |
     = note: could not read the patterns of `.dockerignore` of the source tree
     = note: line 2: `src\main` is not a pattern
     = note: the engine does not read `\m` as `m`; leave out the backslash, and separate directories with `/`
    ");
}

#[test]
fn what_a_context_cannot_hold() {
    let folder = folder();
    let _socket = std::os::unix::net::UnixListener::bind(folder.path("app/socket")).unwrap();
    assert_snapshot!(folder.dmap(&["context", "tar", "app"]).split("--- stderr").last().unwrap(), @"

    error: cannot read the build context `app`
     |
     = note: `socket` of the source tree is a device, socket or pipe, which a build context cannot hold
     = help: if the image does not need it, leave it out with a line in `.dockerignore`
    ");
    fs::write(folder.path("app/.dockerignore"), "socket\n").unwrap();
    assert!(folder.dmap(&["context", "ls", "app"]).starts_with("exit 0"));
}
