//! Variables: of the environment, of files, and home directories.

use insta::assert_snapshot;

use crate::{Folder, transcript};

const MAP: &str = "name: site\nweb: {image: 'nginx:${TAG:-latest}', user: '${WEB_USER:?say who}'}\n";

#[test]
fn a_variable_that_is_not_set() {
    assert_snapshot!(Folder::with_map(MAP).dmap(&["plan", "--engine-state", "empty"]), @r"
    exit 64
    --- stderr
    error[DM014]: the variable `WEB_USER` is not set: say who
     --> dmap.yaml:2:44
      |
    2 | web: {image: 'nginx:${TAG:-latest}', user: '${WEB_USER:?say who}'}
      |                                            ^^^^^^^^^^^^^^^^^^^^^^
      |
      = help: set it in the environment or in an `--env-file`, or write `${WEB_USER:-default}`; for a shell in a container, write `$${WEB_USER}`

    error: 1 problem in `dmap.yaml`; nothing was done
     |
     = help: to have a code explained: `dmap check --explain DM014`
    ");
}

#[test]
fn the_environment_goes_before_files_and_the_last_file_before_others() {
    let folder = Folder::with_map(MAP)
        .file("a.env", "# defaults\nWEB_USER=1000\nTAG='1.28'\n")
        .file("b.env", "export TAG=\"1.29\" # newer\n");
    let mut command = folder.command(&["--env-file", "a.env", "config", "--resolved", "--env-file", "b.env"]);
    assert_snapshot!(transcript(command.env("WEB_USER", "2000").env("OTHER", "x")), @r"
    exit 0
    --- stdout
    name: site
    containers:
      web:
        image: nginx:1.29
        user: 2000
    ");
}

#[test]
fn variables_stay_as_they_are_unless_the_map_is_resolved() {
    assert_snapshot!(Folder::with_map(MAP).dmap(&["config"]), @r"
    exit 0
    --- stdout
    name: site
    containers:
      web:
        image: nginx:${TAG:-latest}
        user: ${WEB_USER:?say who}
    ");
}

#[test]
fn lines_that_set_no_variable() {
    let folder = Folder::with_map(MAP).file("site.env", "TAG=1\nhunter2\nWEB_USER='1000\n");
    assert_snapshot!(folder.dmap(&["--env-file", "site.env", "check"]), @r"
    exit 64
    --- stderr
    error: `site.env` is not a file of variables
     |
     = note: line 2: there is no `=`
     = note: line 3: the quote is not closed in the same line
     = help: each line is `NAME=value`, `export NAME=value`, empty, or a comment after `#`
    ");
}

#[test]
fn no_such_file() {
    assert_snapshot!(Folder::with_map(MAP).dmap(&["--env-file", "site.env", "check"]), @r"
    exit 1
    --- stderr
    error: cannot read the file of variables `site.env`
     |
     = note: No such file or directory (os error 2)
     = help: check the path
    ");
}

#[test]
fn a_file_that_is_no_text() {
    let folder = Folder::with_map(MAP).file("site.env", b"PASSWORD=hunter2\xff\n");
    assert_snapshot!(folder.dmap(&["--env-file", "site.env", "check"]), @r"
    exit 64
    --- stderr
    error: cannot read the file of variables `site.env`
     |
     = note: it is not text in UTF-8: line 1, column 17
    ");
}

#[cfg(unix)]
#[test]
fn home_directories() {
    let users = std::fs::read_to_string("/etc/passwd").unwrap();
    let root = users.lines().find_map(|line| line.strip_prefix("root:")).unwrap().split(':').nth(4).unwrap();
    let map = "name: site\nweb: {binds: [conf, data]}\nvolumes: {conf: /conf, data: /data}\n\
               host: {conf: !path ~/conf, data: !path ~root/data}\n";
    let folder = Folder::with_map(map);
    let shown = transcript(folder.command(&["config", "--resolved"]).env("HOME", "/users/me"));
    let host = shown.split_once("host:\n").unwrap().1;
    assert_eq!(host, format!("  conf: /users/me/conf\n  data: {root}/data\n"));
}
