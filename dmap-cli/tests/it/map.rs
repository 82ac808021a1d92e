//! Maps that are not there, are not YAML, or do not hold together.

use insta::assert_snapshot;

use crate::{Folder, SEED};

const EMPTY: [&str; 3] = ["plan", "--engine-state", "empty"];

fn plan(map: &str) -> String {
    Folder::with_map(map).dmap(&EMPTY)
}

#[test]
fn no_map_here() {
    assert_snapshot!(Folder::empty().dmap(&EMPTY), @r"
    exit 1
    --- stderr
    error: there is no `dmap.yaml` in the current directory
     |
     = help: name a map with `--file FILE`, or change to the directory that has one
    ");
}

#[test]
fn no_such_file() {
    assert_snapshot!(Folder::empty().dmap(&["-f", "site.yaml", "up"]), @r"
    exit 1
    --- stderr
    error: cannot read the map `site.yaml`
     |
     = note: No such file or directory (os error 2)
     = help: check the path
    ");
}

#[test]
fn not_text() {
    assert_snapshot!(Folder::empty().file("dmap.yaml", b"name: \xff\n").dmap(&EMPTY), @r"
    exit 64
    --- stderr
    error: this is not text in UTF-8
     --> dmap.yaml:1:7
      |
    1 | name: �
      |       ^ byte 0xff
      |
      = help: save the file in UTF-8

    error: 1 problem in `dmap.yaml`; nothing was done
    ");
}

#[test]
fn broken_yaml() {
    assert_snapshot!(plan("name: site\nweb:\n  image: nginx\n   uses: socket\n"), @r"
    exit 64
    --- stderr
    error: a `:` cannot stand here: put a text with a colon into quotes
     --> dmap.yaml:4:8
      |
    4 |    uses: socket
      |        ^

    error: 1 problem in `dmap.yaml`; nothing was done
    ");
}

#[test]
fn an_unknown_alias() {
    assert_snapshot!(
        plan("name: site\nweb:\n  uses: app_sokc\napp:\n  attaches: app_socket\nvolumes:\n  app_socket: /run/app\n"),
        @r"
    exit 64
    --- stderr
    error[DM020]: no volume or container is named `app_sokc`
     --> dmap.yaml:3:9
      |
    3 |   uses: app_sokc
      |         ^^^^^^^^ used by `web`
      |
      = help: did you mean `app_socket`?

    error: 1 problem in `dmap.yaml`; nothing was done
     |
     = help: to have a code explained: `dmap check --explain DM020`
    "
    );
}

#[test]
fn a_key_given_twice() {
    assert_snapshot!(plan("name: site\nweb:\n  image: nginx\n  image: apache\n"), @r"
    exit 64
    --- stderr
    error[DM003]: `image` is given twice
     --> dmap.yaml:4:3
      |
    4 |   image: apache
      |   ^^^^^ first in line 3
      |
      = help: remove one of them

    error: 1 problem in `dmap.yaml`; nothing was done
     |
     = help: to have a code explained: `dmap check --explain DM003`
    ");
}

#[test]
fn an_unknown_key() {
    assert_snapshot!(plan("name: site\nweb:\n  imgae: nginx\n"), @r"
    exit 64
    --- stderr
    error[DM004]: unknown key `imgae`
     --> dmap.yaml:3:3
      |
    3 |   imgae: nginx
      |   ^^^^^ not a key of a container configuration
      |
      = help: did you mean `image`?

    error: 1 problem in `dmap.yaml`; nothing was done
     |
     = help: to have a code explained: `dmap check --explain DM004`
    ");
}

#[test]
fn a_cycle() {
    assert_snapshot!(plan("name: site\nweb:\n  links: app\napp:\n  links: web\n"), @r"
    exit 64
    --- stderr
    error[DM046]: these containers need each other: `app -> web -> app`
     --> dmap.yaml:5:10
      |
    5 |   links: web
      |          ^^^ needs `web`
      |
      = help: one of them has to do without the next

    error: 1 problem in `dmap.yaml`; nothing was done
     |
     = help: to have a code explained: `dmap check --explain DM046`
    ");
}

#[test]
fn several_at_once() {
    assert_snapshot!(plan("web:\n  image: Nginx\n  user: \"a b\"\n  links: [ap]\napp: {}\n"), @r#"
    exit 64
    --- stderr
    error[DM002]: the map has no name
     --> dmap.yaml:1:1
      |
    1 | web:
      | ^^^^
      |
      = help: add a line `name: …`

    error[DM011]: the image name `Nginx` has upper-case letters: write `nginx`
     --> dmap.yaml:2:10
      |
    2 |   image: Nginx
      |          ^^^^^ should be an image

    error[DM011]: `a b` is not the name of a user or group
     --> dmap.yaml:3:9
      |
    3 |   user: "a b"
      |         ^^^^^ should be a user

    error[DM021]: no container is named `ap`
     --> dmap.yaml:4:11
      |
    4 |   links: [ap]
      |           ^^ linked by `web`
      |
      = help: did you mean `app`?

    error: 4 problems in `dmap.yaml`; nothing was done
     |
     = help: to have a code explained: `dmap check --explain DM002`
    "#);
}

#[test]
fn an_empty_file() {
    assert_snapshot!(plan(""), @r"
    exit 64
    --- stderr
    error[DM001]: the map is empty
     --> dmap.yaml:1:1
      |
    1 |
      | ^
      |
      = help: add a line `name: …`

    error: 1 problem in `dmap.yaml`; nothing was done
     |
     = help: to have a code explained: `dmap check --explain DM001`
    ");
}

#[test]
fn clients_that_nobody_configured() {
    assert_snapshot!(plan("name: site\nclients: [east, west]\nweb: {}\n"), @r"
    exit 64
    --- stderr
    error[DM030]: no client is named `east`
     --> dmap.yaml:2:11
      |
    2 | clients: [east, west]
      |           ^^^^
      |
      = help: configure it: `clients: {east: {base_url: …}}`, or in a file for `--clients`

    error[DM030]: no client is named `west`
     --> dmap.yaml:2:17
      |
    2 | clients: [east, west]
      |                 ^^^^
      |
      = help: configure it: `clients: {west: {base_url: …}}`, or in a file for `--clients`

    error: 2 problems in `dmap.yaml`; nothing was done
     |
     = help: to have a code explained: `dmap check --explain DM030`
    ");
}

#[test]
fn the_default_client_needs_no_configuration() {
    let shown = plan("name: site\nclients: [default]\nweb: {}\n");
    assert!(shown.starts_with("exit 0\n"), "{shown}");
}

#[test]
fn an_unknown_target() {
    let folder = Folder::with_map(SEED);
    assert_snapshot!(folder.dmap(&["plan", "--engine-state", "empty", "ngnix"]), @r"
    exit 64
    --- stderr
    error: no container, instance or group of map `main` is named `ngnix`
     |
     = help: did you mean `nginx`?
    ");
}

#[test]
fn an_unknown_target_unlike_any_other() {
    let folder = Folder::with_map(SEED);
    assert_snapshot!(folder.dmap(&["down", "-y", "postgres"]), @r"
    exit 64
    --- stderr
    error: no container, instance or group of map `main` is named `postgres`
     |
     = help: the map has nginx, uwsgi
    ");
}
