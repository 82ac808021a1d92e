//! What can be typed for each verb that changes an engine, and for the plan of one.

use insta::assert_snapshot;

use crate::Folder;

/// Returns a command's help without the options that all commands have.
#[track_caller]
fn help(verb: &str) -> String {
    let text = Folder::empty().dmap(&[verb, "--help"]);
    let (own, common) = text.split_once("Options of all commands:\n").expect("there are common options");
    let after = common.split_once("Print help\n").map_or("", |(_, after)| after);
    format!("{own}…\n{after}")
}

#[test]
fn help_for_create() {
    assert_snapshot!(help("create"), @"
    exit 0
    --- stdout
    Create what is not there, and first what it needs; start nothing, and leave what is there as it is

    Usage: dmap create [OPTIONS] [TARGET]...

    Arguments:
      [TARGET]...  Containers, instances as `container.instance`, or groups, each also as `map.…`
                   [default: the whole map]

    Options:
          --client <NAME>        Only what is for this client; can be given several times
          --only                 Only the targets themselves: nothing that they need, and nothing that
                                 needs them
          --exclude <TARGET>     Leave these as they are, whoever needs them; can be given several times
      -y, --yes                  Stop, replace and remove without asking
          --parallel <N>         How many steps to do at once, 1 to 16 [default: by the engine's
                                 processors, at most 8]
          --fail-fast            Begin nothing new once a step has failed
          --lock-timeout <TIME>  How long to wait while somebody else works on the map, like `5m`
                                 [default: not at all]
          --break-lock           Go ahead although somebody else seems to work on the map; that run is
                                 stopped
          --format <FORMAT>      How to show the plan [default: text] [possible values: text, json]
          --progress <VIEW>      How to show what is being done: in lines that move if there is a
                                 terminal, in plain ones, as lines of JSON on standard output, or only
                                 what failed and the end [default: auto] [possible values: auto, plain,
                                 live, json, quiet]
      -q, --quiet                Show only what failed and the end, as `--progress quiet`

    …
    ");
}

#[test]
fn help_for_start() {
    assert_snapshot!(help("start"), @"
    exit 0
    --- stdout
    Start what is there, and first what it needs; create nothing

    Usage: dmap start [OPTIONS] [TARGET]...

    Arguments:
      [TARGET]...  Containers, instances as `container.instance`, or groups, each also as `map.…`
                   [default: the whole map]

    Options:
          --client <NAME>        Only what is for this client; can be given several times
          --only                 Only the targets themselves: nothing that they need, and nothing that
                                 needs them
          --exclude <TARGET>     Leave these as they are, whoever needs them; can be given several times
      -y, --yes                  Stop, replace and remove without asking
          --parallel <N>         How many steps to do at once, 1 to 16 [default: by the engine's
                                 processors, at most 8]
          --fail-fast            Begin nothing new once a step has failed
          --lock-timeout <TIME>  How long to wait while somebody else works on the map, like `5m`
                                 [default: not at all]
          --break-lock           Go ahead although somebody else seems to work on the map; that run is
                                 stopped
          --format <FORMAT>      How to show the plan [default: text] [possible values: text, json]
          --progress <VIEW>      How to show what is being done: in lines that move if there is a
                                 terminal, in plain ones, as lines of JSON on standard output, or only
                                 what failed and the end [default: auto] [possible values: auto, plain,
                                 live, json, quiet]
      -q, --quiet                Show only what failed and the end, as `--progress quiet`

    …
    ");
}

#[test]
fn help_for_startup() {
    assert_snapshot!(help("startup"), @"
    exit 0
    --- stdout
    Create and start what is not there or does not run, and first what it needs; leave what is there as
    it is

    Usage: dmap startup [OPTIONS] [TARGET]...

    Arguments:
      [TARGET]...  Containers, instances as `container.instance`, or groups, each also as `map.…`
                   [default: the whole map]

    Options:
          --client <NAME>         Only what is for this client; can be given several times
          --only                  Only the targets themselves: nothing that they need, and nothing that
                                  needs them
          --exclude <TARGET>      Leave these as they are, whoever needs them; can be given several
                                  times
      -y, --yes                   Stop, replace and remove without asking
          --parallel <N>          How many steps to do at once, 1 to 16 [default: by the engine's
                                  processors, at most 8]
          --fail-fast             Begin nothing new once a step has failed
          --lock-timeout <TIME>   How long to wait while somebody else works on the map, like `5m`
                                  [default: not at all]
          --break-lock            Go ahead although somebody else seems to work on the map; that run is
                                  stopped
          --format <FORMAT>       How to show the plan [default: text] [possible values: text, json]
          --progress <VIEW>       How to show what is being done: in lines that move if there is a
                                  terminal, in plain ones, as lines of JSON on standard output, or only
                                  what failed and the end [default: auto] [possible values: auto, plain,
                                  live, json, quiet]
      -q, --quiet                 Show only what failed and the end, as `--progress quiet`
          --adopt                 Replace containers that have a name of the map and were not created by
                                  dmap
          --unrecoverable <CODE>  Replace stopped containers that ended with one of these exit codes,
                                  since starting them again is of no use [default: 125,126,127]

    …
    ");
}

#[test]
fn help_for_stop() {
    assert_snapshot!(help("stop"), @"
    exit 0
    --- stdout
    Stop containers, and first what needs them; remove nothing

    Usage: dmap stop [OPTIONS] [TARGET]...

    Arguments:
      [TARGET]...  Containers, instances as `container.instance`, or groups, each also as `map.…`
                   [default: the whole map]

    Options:
          --client <NAME>        Only what is for this client; can be given several times
          --only                 Only the targets themselves: nothing that they need, and nothing that
                                 needs them
          --exclude <TARGET>     Leave these as they are, whoever needs them; can be given several times
      -y, --yes                  Stop, replace and remove without asking
          --parallel <N>         How many steps to do at once, 1 to 16 [default: by the engine's
                                 processors, at most 8]
          --fail-fast            Begin nothing new once a step has failed
          --lock-timeout <TIME>  How long to wait while somebody else works on the map, like `5m`
                                 [default: not at all]
          --break-lock           Go ahead although somebody else seems to work on the map; that run is
                                 stopped
          --format <FORMAT>      How to show the plan [default: text] [possible values: text, json]
          --progress <VIEW>      How to show what is being done: in lines that move if there is a
                                 terminal, in plain ones, as lines of JSON on standard output, or only
                                 what failed and the end [default: auto] [possible values: auto, plain,
                                 live, json, quiet]
      -q, --quiet                Show only what failed and the end, as `--progress quiet`
          --timeout <TIME>       Time between the stop signal and the kill, like `10s` [default: the
                                 container's own]

    …

    Who names a container has consented to this; it asks before it does it to any other one.
    ");
}

#[test]
fn help_for_restart() {
    assert_snapshot!(help("restart"), @"
    exit 0
    --- stdout
    Stop containers and start them again, and with them what shares their network

    Usage: dmap restart [OPTIONS] [TARGET]...

    Arguments:
      [TARGET]...  Containers, instances as `container.instance`, or groups, each also as `map.…`
                   [default: the whole map]

    Options:
          --client <NAME>        Only what is for this client; can be given several times
          --only                 Only the targets themselves: nothing that they need, and nothing that
                                 needs them
          --exclude <TARGET>     Leave these as they are, whoever needs them; can be given several times
      -y, --yes                  Stop, replace and remove without asking
          --parallel <N>         How many steps to do at once, 1 to 16 [default: by the engine's
                                 processors, at most 8]
          --fail-fast            Begin nothing new once a step has failed
          --lock-timeout <TIME>  How long to wait while somebody else works on the map, like `5m`
                                 [default: not at all]
          --break-lock           Go ahead although somebody else seems to work on the map; that run is
                                 stopped
          --format <FORMAT>      How to show the plan [default: text] [possible values: text, json]
          --progress <VIEW>      How to show what is being done: in lines that move if there is a
                                 terminal, in plain ones, as lines of JSON on standard output, or only
                                 what failed and the end [default: auto] [possible values: auto, plain,
                                 live, json, quiet]
      -q, --quiet                Show only what failed and the end, as `--progress quiet`
          --timeout <TIME>       Time between the stop signal and the kill, like `10s` [default: the
                                 container's own]
          --exec-commands        Run the exec commands that are for every start, instead of leaving them
                                 to the next `up`

    …

    Who names a container has consented to this; it asks before it does it to any other one.
    ");
}

#[test]
fn help_for_rm() {
    assert_snapshot!(help("rm"), @"
    exit 0
    --- stdout
    Remove containers that do not run, and first what needs them; volumes stay

    Usage: dmap rm [OPTIONS] [TARGET]...

    Arguments:
      [TARGET]...  Containers, instances as `container.instance`, or groups, each also as `map.…`
                   [default: the whole map]

    Options:
          --client <NAME>        Only what is for this client; can be given several times
          --only                 Only the targets themselves: nothing that they need, and nothing that
                                 needs them
          --exclude <TARGET>     Leave these as they are, whoever needs them; can be given several times
      -y, --yes                  Stop, replace and remove without asking
          --parallel <N>         How many steps to do at once, 1 to 16 [default: by the engine's
                                 processors, at most 8]
          --fail-fast            Begin nothing new once a step has failed
          --lock-timeout <TIME>  How long to wait while somebody else works on the map, like `5m`
                                 [default: not at all]
          --break-lock           Go ahead although somebody else seems to work on the map; that run is
                                 stopped
          --format <FORMAT>      How to show the plan [default: text] [possible values: text, json]
          --progress <VIEW>      How to show what is being done: in lines that move if there is a
                                 terminal, in plain ones, as lines of JSON on standard output, or only
                                 what failed and the end [default: auto] [possible values: auto, plain,
                                 live, json, quiet]
      -q, --quiet                Show only what failed and the end, as `--progress quiet`
          --keep-persistent      Leave persistent containers as they are

    …
    ");
}

#[test]
fn help_for_signal() {
    assert_snapshot!(help("signal"), @"
    exit 0
    --- stdout
    Send a signal to containers that run

    Usage: dmap signal [OPTIONS] <SIGNAL> [TARGET]...

    Arguments:
      <SIGNAL>     The signal, like HUP or 9
      [TARGET]...  Containers, instances as `container.instance`, or groups, each also as `map.…`
                   [default: the whole map]

    Options:
          --client <NAME>        Only what is for this client; can be given several times
          --only                 Only the targets themselves: nothing that they need, and nothing that
                                 needs them
          --exclude <TARGET>     Leave these as they are, whoever needs them; can be given several times
      -y, --yes                  Stop, replace and remove without asking
          --parallel <N>         How many steps to do at once, 1 to 16 [default: by the engine's
                                 processors, at most 8]
          --fail-fast            Begin nothing new once a step has failed
          --lock-timeout <TIME>  How long to wait while somebody else works on the map, like `5m`
                                 [default: not at all]
          --break-lock           Go ahead although somebody else seems to work on the map; that run is
                                 stopped
          --format <FORMAT>      How to show the plan [default: text] [possible values: text, json]
          --progress <VIEW>      How to show what is being done: in lines that move if there is a
                                 terminal, in plain ones, as lines of JSON on standard output, or only
                                 what failed and the end [default: auto] [possible values: auto, plain,
                                 live, json, quiet]
      -q, --quiet                Show only what failed and the end, as `--progress quiet`

    …

    Who names a container has consented to this; it asks before it does it to any other one.
    ");
}

#[test]
fn help_for_pull() {
    assert_snapshot!(help("pull"), @"
    exit 0
    --- stdout
    Pull the images of containers and of what they need, also if they are here

    Usage: dmap pull [OPTIONS] [TARGET]...

    Arguments:
      [TARGET]...  Containers, instances as `container.instance`, or groups, each also as `map.…`
                   [default: the whole map]

    Options:
          --client <NAME>        Only what is for this client; can be given several times
          --only                 Only the targets themselves: nothing that they need, and nothing that
                                 needs them
          --exclude <TARGET>     Leave these as they are, whoever needs them; can be given several times
      -y, --yes                  Stop, replace and remove without asking
          --parallel <N>         How many steps to do at once, 1 to 16 [default: by the engine's
                                 processors, at most 8]
          --fail-fast            Begin nothing new once a step has failed
          --lock-timeout <TIME>  How long to wait while somebody else works on the map, like `5m`
                                 [default: not at all]
          --break-lock           Go ahead although somebody else seems to work on the map; that run is
                                 stopped
          --format <FORMAT>      How to show the plan [default: text] [possible values: text, json]
          --progress <VIEW>      How to show what is being done: in lines that move if there is a
                                 terminal, in plain ones, as lines of JSON on standard output, or only
                                 what failed and the end [default: auto] [possible values: auto, plain,
                                 live, json, quiet]
      -q, --quiet                Show only what failed and the end, as `--progress quiet`
          --missing              Only images that are not here

    …
    ");
}

/// docker-map's names of verbs are understood.
#[test]
fn other_names_of_verbs() {
    for (other, name) in [
        ("update", "up"),
        ("shutdown", "down"),
        ("remove", "rm"),
        ("kill", "signal"),
        ("pull-images", "pull"),
    ] {
        assert_eq!(help(other), help(name), "{other}");
    }
}

#[test]
fn help_for_run() {
    assert_snapshot!(Folder::empty().dmap(&["run", "--help"]), @"
    exit 0
    --- stdout
    Run a command once with the image, volumes, networks, user and environment of a container, after
    what that depends on is up; the exit code is the command's own

    Usage: dmap run [OPTIONS] <TARGET> [COMMAND]...

    Arguments:
      <TARGET>      The container whose settings it has: a container, or an instance as
                    `container.instance`, each also as `map.…`
      [COMMAND]...  The command and its arguments; `{script_path}` stands for the script [default: the
                    script if it is a file, else the container's command]

    Options:
          --script <PATH>        A file, or a folder with all that is in it, to write into the container
                                 before it starts
          --script-dir <PATH>    The folder in the container that the script is written to [default:
                                 /tmp/script_run]
          --entrypoint <LINE>    The entrypoint with its words, in place of the container's;
                                 `{script_path}` stands for the script
          --timeout <TIME>       How long it may run, like `90s`; it is stopped then, and the exit code
                                 is 124 [default: no limit]
          --keep                 Keep the container when it has run, until the next run
          --client <NAME>        Only the container of this client
      -y, --yes                  Stop, replace and remove without asking
          --parallel <N>         How many steps to do at once, 1 to 16 [default: by the engine's
                                 processors, at most 8]
          --fail-fast            Begin nothing new once a step has failed
          --lock-timeout <TIME>  How long to wait while somebody else works on the map, like `5m`
                                 [default: not at all]
          --break-lock           Go ahead although somebody else seems to work on the map; that run is
                                 stopped
          --format <FORMAT>      How to show the plan [default: text] [possible values: text, json]
          --progress <VIEW>      How to show what is being done: in lines that move if there is a
                                 terminal, in plain ones, as lines of JSON on standard output, or only
                                 what failed and the end [default: auto] [possible values: auto, plain,
                                 live, json, quiet]
      -q, --quiet                Show only what failed and the end, as `--progress quiet`

    Options of all commands:
          --clients <FILE>    A file of clients: a mapping of names to their settings
          --include-anywhere  Let `include` name files outside of the first map's folder
          --host <URL>        Where the default client's engine is: `unix:///path` or `tcp://host:port`
                              [default: its `base_url`, else `DOCKER_HOST`, else the local socket]
          --color <WHEN>      When to use colour; `NO_COLOR` is honoured [default: auto] [possible
                              values: auto, always, never]
      -v, --verbose           Say more about what is going on
      -h, --help              Print help
      -f, --file <FILE>       A map; further ones are laid over it or stand beside it; `-` is standard
                              input [default: dmap.yaml in the current directory]
          --env-file <FILE>   A file of variables, `NAME=value` on each line; the environment goes
                              before it
    ");
}

/// One container is meant, whichever way it is said.
#[test]
fn what_is_run_once_needs_one_container() {
    let folder = Folder::with_map("name: site\nweb: {image: nginx, instances: [a, b]}\n");
    assert_snapshot!(folder.dmap(&["run", "web", "true"]), @"
    exit 64
    --- stderr
    error: one container has to be named, and this is `site.web.a` on client `default`, `site.web.b` on client `default`
     |
     = help: name an instance as `container.instance`, and a client with `--client`
    ");
    assert_snapshot!(folder.dmap(&["run", "web.a", "--script", "no-such-file"]), @"
    exit 64
    --- stderr
    error: the script `no-such-file` cannot be read
     |
     = note: No such file or directory (os error 2)
    ");
}

#[test]
#[expect(clippy::too_many_lines, reason = "a transcript is one piece")]
fn help_for_plan() {
    assert_snapshot!(help("plan"), @"
    exit 0
    --- stdout
    Show what `up` or another command would do, and why; change nothing

    Usage: dmap plan [OPTIONS] [TARGET]...

    Arguments:
      [TARGET]...  Containers, instances as `container.instance`, or groups, each also as `map.…`
                   [default: the whole map]

    Options:
          --client <NAME>        Only what is for this client; can be given several times
          --goal <GOAL>          The command whose plan to show; `restart`, `signal` and `pull` have
                                 something to do whenever they are asked [default: up] [possible values:
                                 create, start, startup, up, stop, rm, down, restart, signal, pull,
                                 build]
          --only                 Only the targets themselves: nothing that they need, and nothing that
                                 needs them
          --exclude <TARGET>     Leave these as they are, whoever needs them; can be given several times
          --detailed-exitcode    Exit with 2 if there is something to do
          --format <FORMAT>      How to show the plan; a script and JSON hold the values of environment
                                 variables, but no secrets [default: text] [possible values: text, json,
                                 script, markdown]
          --out <FILE>           Save the plan too, as JSON, for `apply`
          --explain <NAME>       Show instead why one container, volume or network is kept, amended or
                                 replaced: NAME, `NAME.INSTANCE`, or with `container/`, `volume/` or
                                 `network/` before it
          --engine-state <FILE>  Plan against a snapshot instead of an engine; `empty` for an engine
                                 that has nothing

    …

    Of `startup` and `up`:
          --adopt                 Replace containers that have a name of the map and were not created by
                                  dmap
          --unrecoverable <CODE>  Replace stopped containers that ended with one of these exit codes,
                                  since starting them again is of no use [default: 125,126,127]

    Of `up`:
          --recreate           Replace the targets also if they are as the map says; not what they need
                               [alias: --force]
          --replace <TARGET>   Replace these also if they are as the map says; can be given several
                               times
          --pull               Pull images also if they are here, and then see what to do
          --build              Build images too that are not what their build makes now, and replace
                               their containers; without this, only what is missing is built
          --no-build           Build nothing, and read no build contexts
          --update-persistent  Replace persistent containers too when their image's tag stands for
                               another image
          --keep-limits        Keep limits that are no longer in the map; taking one away replaces the
                               container
          --exec-check <HOW>   Run exec commands again also where no process looks like them: `full` for
                               the whole command line, `partial` for a part of it; `off` goes by what
                               was noted alone [default: off] [possible values: full, partial, off]

    Of `up` and `down`:
          --prune  Remove containers and networks that dmap made and the map no longer has; volumes stay

    Of `rm` and `down`:
          --keep-persistent  Leave persistent containers as they are

    Of `down`:
          --volumes  Remove attached volumes too, and the data in them: those that dmap made and nobody
                     else mounts

    Of `stop`, `restart` and `down`:
          --timeout <TIME>  Time between the stop signal and the kill, like `10s` [default: the
                            container's own]

    Of `restart`:
          --exec-commands  Run the exec commands that are for every start, instead of leaving them to
                           the next `up`

    Of `signal`:
          --signal <SIGNAL>  The signal, like HUP or 9

    Of `pull`:
          --missing  Only images that are not here
    ");
}
