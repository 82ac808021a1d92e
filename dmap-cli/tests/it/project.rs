//! Projects of several files: overlays, included files, standard input, and files that are no text.

use std::fs::{self, File};

use insta::assert_snapshot;

use crate::{Folder, transcript_with_input};

const BASE: &str = "name: site\nweb: {image: nginx, exposes: {80: 8080}}\n";
const OVERLAY: &str = "web: {image: 'nginx:1.29', user: 1000}\n";
const EMPTY: [&str; 3] = ["plan", "--engine-state", "empty"];

#[test]
fn a_file_laid_over_another() {
    let folder = Folder::empty().file("site.yaml", BASE).file("here.yaml", OVERLAY);
    assert_snapshot!(folder.dmap(&["-f", "site.yaml", "-f", "here.yaml", "config"]), @r"
    exit 0
    --- stdout
    name: site
    containers:
      web:
        image: nginx:1.29
        exposes:
        - exposed_port: 80
          host_port: 8080
        user: 1000
    ");
}

#[test]
fn files_can_be_named_on_both_sides_of_the_command() {
    let folder = Folder::empty().file("site.yaml", BASE).file("here.yaml", OVERLAY);
    let before = folder.dmap(&["-f", "site.yaml", "-f", "here.yaml", "config"]);
    assert_eq!(folder.dmap(&["-f", "site.yaml", "config", "-f", "here.yaml"]), before);
    assert_eq!(folder.dmap(&["config", "--file=site.yaml", "-fhere.yaml"]), before);
}

#[test]
fn several_maps() {
    let folder = Folder::empty()
        .file("a.yaml", "name: a\nweb: {image: x}\n")
        .file("b.yaml", "name: b\nweb: {image: x}\n");
    assert_snapshot!(folder.dmap(&["-f", "a.yaml", "-f", "b.yaml", "plan", "--engine-state", "empty"]), @r"
    exit 0
    --- stdout
    plan for client `default`, map `a`

      #  after    action                  reason
      1         + pull image/x:latest     absent
      2  1      + create container/a.web  absent
      3  2      + start container/a.web   ″

    1 to pull, 1 to create, 0 unchanged

    plan for client `default`, map `b`

      #  after    action                  reason
      1         + pull image/x:latest     absent
      2  1      + create container/b.web  absent
      3  2      + start container/b.web   ″

    1 to pull, 1 to create, 0 unchanged
    ");
}

#[test]
fn a_map_on_standard_input() {
    let folder = Folder::empty().file("here.yaml", OVERLAY);
    let shown = transcript_with_input(&mut folder.command(&["-f", "-", "-f", "here.yaml", "check"]), BASE);
    assert_snapshot!(shown, @r"
    exit 0
    --- stdout
    map `site`: 1 container, 0 volumes and 0 networks on client `default`
    ");
}

#[test]
fn mistakes_on_standard_input() {
    let folder = Folder::empty();
    assert_snapshot!(transcript_with_input(&mut folder.command(&["-f", "-", "check"]), "web: {imgae: x}\n"), @r"
    exit 64
    --- stderr
    error[DM002]: the map has no name
     --> standard input:1:1
      |
    1 | web: {imgae: x}
      | ^^^^^^^^^^^^^^^
      |
      = help: add a line `name: …`

    error[DM004]: unknown key `imgae`
     --> standard input:1:7
      |
    1 | web: {imgae: x}
      |       ^^^^^ not a key of a container configuration
      |
      = help: did you mean `image`?

    error: 2 problems in standard input; nothing was done
     |
     = help: to have a code explained: `dmap check --explain DM002`
    ");
}

#[test]
fn standard_input_cannot_be_read_twice() {
    let folder = Folder::empty();
    assert_snapshot!(transcript_with_input(&mut folder.command(&["-f-", "-f-", "check"]), BASE), @r"
    exit 64
    --- stderr
    error: standard input is named twice, and can be read only once
    ");
}

#[test]
fn mistakes_are_shown_in_the_file_they_are_in() {
    let folder = Folder::empty()
        .file("site.yaml", "name: site\ninclude: parts/db.yaml\nweb: {links: [db, cahce]}\n")
        .file("parts/db.yaml", "db: {imgae: postgres}\n")
        .file("here.yaml", "cache: {}\nweb: {stop_signal: SIGNOPE}\n");
    assert_snapshot!(folder.dmap(&["-f", "site.yaml", "-f", "here.yaml", "check"]), @r"
    exit 64
    --- stderr
    error[DM021]: no container is named `cahce`
     --> site.yaml:3:19
      |
    3 | web: {links: [db, cahce]}
      |                   ^^^^^ linked by `web`
      |
      = help: did you mean `cache`?

    error[DM004]: unknown key `imgae`
     --> parts/db.yaml:1:6
      |
    1 | db: {imgae: postgres}
      |      ^^^^^ not a key of a container configuration
      |
      = help: did you mean `image`?

    error[DM011]: `SIGNOPE` is not a signal
     --> here.yaml:2:20
      |
    2 | web: {stop_signal: SIGNOPE}
      |                    ^^^^^^^ should be a signal

    error: 3 problems in 3 files; nothing was done
     |
     = help: to have a code explained: `dmap check --explain DM021`
    ");
    assert_snapshot!(folder.dmap(&["-f", "site.yaml", "check"]), @r"
    exit 64
    --- stderr
    error[DM021]: no container is named `cahce`
     --> site.yaml:3:19
      |
    3 | web: {links: [db, cahce]}
      |                   ^^^^^ linked by `web`

    error[DM004]: unknown key `imgae`
     --> parts/db.yaml:1:6
      |
    1 | db: {imgae: postgres}
      |      ^^^^^ not a key of a container configuration
      |
      = help: did you mean `image`?

    error: 2 problems in `site.yaml` and `parts/db.yaml`; nothing was done
     |
     = help: to have a code explained: `dmap check --explain DM021`
    ");
}

#[test]
fn an_included_file_is_found_beside_the_including_one() {
    let folder = Folder::empty()
        .file("maps/site.yaml", "name: site\ninclude: [parts/db.yaml]\nweb: {links: db}\n")
        .file("maps/parts/db.yaml", "include: [more.yaml]\ndb: {links: more}\n")
        .file("maps/parts/more.yaml", "more: {}\n");
    assert_snapshot!(folder.dmap(&["-f", "maps/site.yaml", "graph"]), @r"
    exit 0
    --- stdout
    map `site`

    web
    └─ db (link)
       └─ more (link)
    ");
}

#[test]
fn an_included_file_that_is_not_there() {
    let folder = Folder::with_map("name: site\ninclude: db.yaml\nweb: {}\n");
    assert_snapshot!(folder.dmap(&["check"]), @r"
    exit 64
    --- stderr
    error[DM016]: cannot include `db.yaml`: there is no such file
     --> dmap.yaml:2:10
      |
    2 | include: db.yaml
      |          ^^^^^^^
      |
      = help: paths start at the folder of the file that includes

    error: 1 problem in `dmap.yaml`; nothing was done
     |
     = help: to have a code explained: `dmap check --explain DM016`
    ");
}

#[test]
fn an_included_file_outside_of_the_folder() {
    let folder = Folder::empty()
        .file("site/dmap.yaml", "name: site\ninclude: [../shared.yaml]\nweb: {links: db}\n")
        .file("shared.yaml", "db: {}\n");
    assert_snapshot!(folder.dmap(&["-f", "site/dmap.yaml", "check"]), @"
    exit 64
    --- stderr
    error[DM016]: cannot include `site/../shared.yaml`: it is outside of the project's folder, and `--include-anywhere` was not given
     --> site/dmap.yaml:2:11
      |
    2 | include: [../shared.yaml]
      |           ^^^^^^^^^^^^^^
      |
      = help: paths start at the folder of the file that includes

    error: 1 problem in `site/dmap.yaml`; nothing was done
     |
     = help: to have a code explained: `dmap check --explain DM016`
    ");
    let allowed = folder.dmap(&["-f", "site/dmap.yaml", "check", "--include-anywhere"]);
    assert!(allowed.starts_with("exit 0\n"), "{allowed}");
}

#[cfg(unix)]
#[test]
fn a_link_does_not_lead_out_of_the_folder() {
    let folder = Folder::empty()
        .file("site/dmap.yaml", "name: site\ninclude: [shared.yaml]\nweb: {links: db}\n")
        .file("shared.yaml", "db: {}\n");
    std::os::unix::fs::symlink(folder.path("shared.yaml"), folder.path("site/shared.yaml")).unwrap();
    let shown = folder.dmap(&["-f", "site/dmap.yaml", "check"]);
    assert!(shown.starts_with("exit 64\n") && shown.contains("outside of the project's folder"), "{shown}");
}

#[cfg(unix)]
#[test]
fn a_link_to_the_folder_is_the_folder() {
    let folder = Folder::empty()
        .file("site/dmap.yaml", "name: site\ninclude: [db.yaml]\nweb: {links: db}\n")
        .file("site/db.yaml", "db: {}\n");
    std::os::unix::fs::symlink(folder.path("site"), folder.path("link")).unwrap();
    let shown = folder.dmap(&["-f", "link/dmap.yaml", "check"]);
    assert!(shown.starts_with("exit 0\n"), "{shown}");
}

#[test]
fn an_included_file_that_is_no_text() {
    let folder =
        Folder::with_map("name: site\ninclude: db.yaml\nweb: {}\n").file("db.yaml", b"db:\n  image: \xe9\n");
    assert_snapshot!(folder.dmap(&["check"]), @r"
    exit 64
    --- stderr
    error[DM016]: cannot include `db.yaml`: it is not text in UTF-8: line 2, column 10
     --> dmap.yaml:2:10
      |
    2 | include: db.yaml
      |          ^^^^^^^
      |
      = help: paths start at the folder of the file that includes

    error: 1 problem in `dmap.yaml`; nothing was done
     |
     = help: to have a code explained: `dmap check --explain DM016`
    ");
}

#[test]
fn a_folder_is_no_map() {
    let folder = Folder::empty();
    fs::create_dir(folder.path("maps")).unwrap();
    assert_snapshot!(folder.dmap(&["-f", "maps", "check"]), @r"
    exit 1
    --- stderr
    error: cannot read the map `maps`
     |
     = note: it is a directory
     = help: name a file in it
    ");
}

#[test]
fn a_file_that_is_too_large() {
    let folder = Folder::empty();
    File::create(folder.path("dmap.yaml")).unwrap().set_len((64 << 20) + 1).unwrap();
    assert_snapshot!(folder.dmap(&["check"]), @r"
    exit 1
    --- stderr
    error: cannot read the map `dmap.yaml`
     |
     = note: it is larger than 64 MiB
    ");
}

#[test]
fn no_file_of_clients() {
    let folder = Folder::with_map(BASE);
    assert_snapshot!(folder.dmap(&["check", "--clients", "clients.yaml"]), @r"
    exit 1
    --- stderr
    error: cannot read the file of clients `clients.yaml`
     |
     = note: No such file or directory (os error 2)
     = help: check the path
    ");
}

#[test]
fn an_unknown_tag() {
    let folder = Folder::with_map("name: site\nweb: {image: !env NGINX}\n");
    assert_snapshot!(folder.dmap(&EMPTY), @r"
    exit 64
    --- stderr
    error[DM015]: the tag `!env` means nothing here
     --> dmap.yaml:2:19
      |
    2 | web: {image: !env NGINX}
      |                   ^^^^^
      |
      = help: tags of a map are `!path`, `!path_lazy`, `!secret` for a variable of the environment, and `!override` for a key of a configuration

    error: 1 problem in `dmap.yaml`; nothing was done
     |
     = help: to have a code explained: `dmap check --explain DM015`
    ");
}
