//! What can be typed for what needs no map.

use insta::assert_snapshot;

use crate::Folder;

fn dmap(arguments: &[&str]) -> String {
    Folder::empty().dmap(arguments)
}

#[test]
fn help_for_context() {
    assert_snapshot!(dmap(&["context", "--help"]), @"
    exit 0
    --- stdout
    Show or write the build context of a directory; no map and no engine is needed

    Usage: dmap context [OPTIONS] <COMMAND>

    Commands:
      ls   List what would be sent to an engine, with sizes
      tar  Write it to standard output as a tar archive; equal content gives equal bytes, on any machine

    Options of all commands:
          --clients <FILE>    A file of clients: a mapping of names to their settings
          --include-anywhere  Let `include` name files outside of the first map's folder
          --host <URL>        Where the default client's engine is: `unix:///path` or `tcp://host:port`
                              [default: its `base_url`, else `DOCKER_HOST`, else the local socket]
          --color <WHEN>      When to use colour; `NO_COLOR` is honoured [default: auto] [possible
                              values: auto, always, never]
      -v, --verbose           Say more about what is going on
      -h, --help              Print help
    ");
    assert_snapshot!(dmap(&["context", "ls", "--help"]), @"
    exit 0
    --- stdout
    List what would be sent to an engine, with sizes

    Usage: dmap context ls [OPTIONS] <DIR>

    Arguments:
      <DIR>  The directory that is the context; what its `.dockerignore` names is left out

    Options:
          --dockerfile <PATH>  The Dockerfile, which lies in the directory; `PATH.dockerignore` counts
                               before `.dockerignore` [default: DIR/Dockerfile]
          --format <FORMAT>    How to show the list [default: text] [possible values: text, json]

    Options of all commands:
          --clients <FILE>    A file of clients: a mapping of names to their settings
          --include-anywhere  Let `include` name files outside of the first map's folder
          --host <URL>        Where the default client's engine is: `unix:///path` or `tcp://host:port`
                              [default: its `base_url`, else `DOCKER_HOST`, else the local socket]
          --color <WHEN>      When to use colour; `NO_COLOR` is honoured [default: auto] [possible
                              values: auto, always, never]
      -v, --verbose           Say more about what is going on
      -h, --help              Print help
    ");
    assert_snapshot!(dmap(&["context", "tar", "--help"]), @"
    exit 0
    --- stdout
    Write it to standard output as a tar archive; equal content gives equal bytes, on any machine

    Usage: dmap context tar [OPTIONS] <DIR>

    Arguments:
      <DIR>  The directory that is the context; what its `.dockerignore` names is left out

    Options:
          --dockerfile <PATH>  The Dockerfile, which lies in the directory; `PATH.dockerignore` counts
                               before `.dockerignore` [default: DIR/Dockerfile]
          --gzip               Compress it with gzip

    Options of all commands:
          --clients <FILE>    A file of clients: a mapping of names to their settings
          --include-anywhere  Let `include` name files outside of the first map's folder
          --host <URL>        Where the default client's engine is: `unix:///path` or `tcp://host:port`
                              [default: its `base_url`, else `DOCKER_HOST`, else the local socket]
          --color <WHEN>      When to use colour; `NO_COLOR` is honoured [default: auto] [possible
                              values: auto, always, never]
      -v, --verbose           Say more about what is going on
      -h, --help              Print help
    ");
}

#[test]
#[expect(clippy::too_many_lines, reason = "it is one text")]
fn help_for_cleanup() {
    assert_snapshot!(dmap(&["cleanup", "--help"]), @"
    exit 0
    --- stdout
    Remove stopped containers or unneeded images of an engine, whoever made them; no map is needed

    Usage: dmap cleanup [OPTIONS] <COMMAND>

    Commands:
      containers  Remove containers that ran and run no more; volumes stay
      images      Remove images that have no tag, or only old ones, and that no container was made of

    Options of all commands:
          --clients <FILE>    A file of clients: a mapping of names to their settings
          --include-anywhere  Let `include` name files outside of the first map's folder
          --host <URL>        Where the default client's engine is: `unix:///path` or `tcp://host:port`
                              [default: its `base_url`, else `DOCKER_HOST`, else the local socket]
          --color <WHEN>      When to use colour; `NO_COLOR` is honoured [default: auto] [possible
                              values: auto, always, never]
      -v, --verbose           Say more about what is going on
      -h, --help              Print help
    ");
    assert_snapshot!(dmap(&["cleanup", "containers", "--help"]), @"
    exit 0
    --- stdout
    Remove containers that ran and run no more; volumes stay

    Usage: dmap cleanup containers [OPTIONS]

    Options:
          --exclude <NAME>  Not these; a `*` at the beginning or end stands for the rest of a name; can
                            be given several times
          --label <LABEL>   Only those with this label, as `NAME` or `NAME=VALUE`; of several, with all
                            of them
          --never-started   Also those that were never started
          --of-maps         Also stopped containers of maps; `dmap up` makes them again, and runs again
                            what ended in them
      -y, --yes             Remove without asking
          --dry-run         Only show what would be removed

    Options of all commands:
          --clients <FILE>    A file of clients: a mapping of names to their settings
          --include-anywhere  Let `include` name files outside of the first map's folder
          --host <URL>        Where the default client's engine is: `unix:///path` or `tcp://host:port`
                              [default: its `base_url`, else `DOCKER_HOST`, else the local socket]
          --color <WHEN>      When to use colour; `NO_COLOR` is honoured [default: auto] [possible
                              values: auto, always, never]
      -v, --verbose           Say more about what is going on
      -h, --help              Print help

    Volumes stay. So do containers of maps, unless `--of-maps` is given, and in any case what dmap goes
    on from after an interruption, its records and locks, and all that is of a map that somebody works
    on.
    ");
    assert_snapshot!(dmap(&["cleanup", "images", "--help"]), @"
    exit 0
    --- stdout
    Remove images that have no tag, or only old ones, and that no container was made of

    Usage: dmap cleanup images [OPTIONS]

    Options:
          --old                  Also those with tags, if all of them are old: any but `latest` and what
                                 the following options keep
          --tag-prefix <PREFIX>  Only tags that begin so are old, like `team/app:nightly-`; untagged
                                 images stay then
          --keep-tag <TAG>       This tag is not old, whatever the repository, like `stable`; can be
                                 given several times
          --keep <N>             How many images of each repository are not old, the newest first
                                 [default: 1]
          --label <LABEL>        Only those with this label, as `NAME` or `NAME=VALUE`; of several, with
                                 all of them
      -y, --yes                  Remove without asking
          --dry-run              Only show what would be removed

    Options of all commands:
          --clients <FILE>    A file of clients: a mapping of names to their settings
          --include-anywhere  Let `include` name files outside of the first map's folder
          --host <URL>        Where the default client's engine is: `unix:///path` or `tcp://host:port`
                              [default: its `base_url`, else `DOCKER_HOST`, else the local socket]
          --color <WHEN>      When to use colour; `NO_COLOR` is honoured [default: auto] [possible
                              values: auto, always, never]
      -v, --verbose           Say more about what is going on
      -h, --help              Print help

    An image that a container was made of stays, whether the container runs or not, and so does one that
    others are built on which stay. An image goes when all of its tags are old.
    ");
}

#[test]
fn help_for_remove_all() {
    assert_snapshot!(dmap(&["remove-all", "--help"]), @"
    exit 0
    --- stdout
    Stop and remove all containers of an engine, or some, whoever made them; no map is needed

    Usage: dmap remove-all [OPTIONS]

    Options:
          --name <NAME>     Only these; a `*` at the beginning or end stands for the rest of a name; can
                            be given several times
          --label <LABEL>   Only those with this label, as `NAME` or `NAME=VALUE`; can be given several
                            times
          --map <MAP>       Only those that dmap made for this map; the map itself is not read; can be
                            given several times
          --exclude <NAME>  Not these, as with `--name`
          --timeout <TIME>  Time between the stop signal and the kill, like `10s` [default: the
                            container's own]
      -y, --yes             Remove without asking
          --dry-run         Only show what would be removed

    Options of all commands:
          --clients <FILE>    A file of clients: a mapping of names to their settings
          --include-anywhere  Let `include` name files outside of the first map's folder
          --host <URL>        Where the default client's engine is: `unix:///path` or `tcp://host:port`
                              [default: its `base_url`, else `DOCKER_HOST`, else the local socket]
          --color <WHEN>      When to use colour; `NO_COLOR` is honoured [default: auto] [possible
                              values: auto, always, never]
      -v, --verbose           Say more about what is going on
      -h, --help              Print help

    Without a filter all containers are meant, whoever made them, also those of maps with what dmap
    keeps beside them; only what is of a map that somebody works on stays. Filters of several kinds have
    to fit all; several of one kind, any (of labels: all). Volumes, networks and images stay.
    ");
}
