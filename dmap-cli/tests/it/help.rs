//! What can be typed, and what happens when something else is.

use insta::assert_snapshot;

use crate::Folder;

fn dmap(arguments: &[&str]) -> String {
    Folder::empty().dmap(arguments)
}

#[test]
#[expect(clippy::too_many_lines, reason = "it is one text")]
fn help() {
    assert_snapshot!(dmap(&["--help"]), @"
    exit 0
    --- stdout
    Plans and applies container maps to a Docker engine

    Usage: dmap [OPTIONS] <COMMAND>

    Commands:
      plan         Show what `up` or another command would do, and why; change nothing
      up           Create, start, repair and replace containers, and first what they need, until all is
                   as the map says [alias: update]
      down         Stop and remove containers, and first what needs them; volumes stay [alias: shutdown]
      create       Create what is not there, and first what it needs; start nothing, and leave what is
                   there as it is
      start        Start what is there, and first what it needs; create nothing
      startup      Create and start what is not there or does not run, and first what it needs; leave
                   what is there as it is
      stop         Stop containers, and first what needs them; remove nothing
      restart      Stop containers and start them again, and with them what shares their network
      rm           Remove containers that do not run, and first what needs them; volumes stay [alias:
                   remove]
      signal       Send a signal to containers that run [alias: kill]
      pull         Pull the images of containers and of what they need, also if they are here [alias:
                   pull-images]
      build        Build the images of containers that the map builds, where they are missing or their
                   build context changed
      run          Run a command once with the image, volumes, networks, user and environment of a
                   container, after what that depends on is up; the exit code is the command's own
      status       Show what is there, and what `up` would do with it
      snapshot     Print what is known of the engine as JSON, for `plan --engine-state`
      apply        Carry out a plan that `plan --out` saved, unless something it touches has changed
                   since
      check        Look for mistakes in the map and say what it has
      config       Print the map in its canonical form
      graph        Draw which containers need which
      schema       Print the JSON Schema of maps, for editors, of plan files, or of progress
      build-image  Build an image from a directory with a Dockerfile; no map is needed. `dmap build`
                   with `--tag` or `--dockerfile` is the same
      context      Show or write the build context of a directory; no map and no engine is needed
      cleanup      Remove stopped containers or unneeded images of an engine, whoever made them; no map
                   is needed
      remove-all   Stop and remove all containers of an engine, or some, whoever made them; no map is
                   needed

    Options:
      -V, --version  Print version

    Options of all commands:
      -f, --file <FILE>       A map; further ones are laid over it or stand beside it; `-` is standard
                              input [default: dmap.yaml in the current directory]
          --env-file <FILE>   A file of variables, `NAME=value` on each line; the environment goes
                              before it
          --clients <FILE>    A file of clients: a mapping of names to their settings
          --include-anywhere  Let `include` name files outside of the first map's folder
          --host <URL>        Where the default client's engine is: `unix:///path` or `tcp://host:port`
                              [default: its `base_url`, else `DOCKER_HOST`, else the local socket]
          --color <WHEN>      When to use colour; `NO_COLOR` is honoured [default: auto] [possible
                              values: auto, always, never]
      -v, --verbose           Say more about what is going on
      -h, --help              Print help

    Exit codes:
      0    done, or nothing to do
      1    failed; nothing was changed
      2    plan --detailed-exitcode: there is something to do
      3    some steps were done and some were not; run the command again
      4    apply: something the plan touches has changed since; nothing was done
      5    somebody else works on the map
      64   the command line or the map is not valid
      124  run --timeout: the time was over
      130  interrupted
      any  run: the command's own
    ");
}

#[test]
#[expect(clippy::too_many_lines, reason = "it is one text")]
fn help_for_up() {
    assert_snapshot!(dmap(&["up", "--help"]), @"
    exit 0
    --- stdout
    Create, start, repair and replace containers, and first what they need, until all is as the map says

    Usage: dmap up [OPTIONS] [TARGET]...

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
          --recreate              Replace the targets also if they are as the map says; not what they
                                  need [alias: --force]
          --replace <TARGET>      Replace these also if they are as the map says; can be given several
                                  times
          --pull                  Pull images also if they are here, and then see what to do
          --build                 Build images too that are not what their build makes now, and replace
                                  their containers; without this, only what is missing is built
          --no-build              Build nothing, and read no build contexts
          --update-persistent     Replace persistent containers too when their image's tag stands for
                                  another image
          --keep-limits           Keep limits that are no longer in the map; taking one away replaces
                                  the container
          --exec-check <HOW>      Run exec commands again also where no process looks like them: `full`
                                  for the whole command line, `partial` for a part of it; `off` goes by
                                  what was noted alone [default: off] [possible values: full, partial,
                                  off]
          --prune                 Remove containers and networks that dmap made and the map no longer
                                  has; volumes stay
          --wait                  Wait until all containers are ready: healthy if they have a health
                                  check, running otherwise
          --wait-timeout <TIME>   How long to wait for each container at most, like `90s` [default: as
                                  long as its health check may take]
          --no-rollback           Leave a replacement that fails as it is, instead of giving the
                                  predecessor its place back

    Options of all commands:
      -f, --file <FILE>       A map; further ones are laid over it or stand beside it; `-` is standard
                              input [default: dmap.yaml in the current directory]
          --clients <FILE>    A file of clients: a mapping of names to their settings
          --env-file <FILE>   A file of variables, `NAME=value` on each line; the environment goes
                              before it
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
fn help_for_down() {
    assert_snapshot!(dmap(&["down", "--help"]), @"
    exit 0
    --- stdout
    Stop and remove containers, and first what needs them; volumes stay

    Usage: dmap down [OPTIONS] [TARGET]...

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
          --volumes              Remove attached volumes too, and the data in them: those that dmap made
                                 and nobody else mounts
          --prune                Remove containers and networks that dmap made and the map no longer
                                 has; volumes stay
          --timeout <TIME>       Time between the stop signal and the kill, like `10s` [default: the
                                 container's own]

    Options of all commands:
      -f, --file <FILE>       A map; further ones are laid over it or stand beside it; `-` is standard
                              input [default: dmap.yaml in the current directory]
          --clients <FILE>    A file of clients: a mapping of names to their settings
          --env-file <FILE>   A file of variables, `NAME=value` on each line; the environment goes
                              before it
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
fn help_for_status() {
    assert_snapshot!(dmap(&["status", "--help"]), @r"
    exit 0
    --- stdout
    Show what is there, and what `up` would do with it

    Usage: dmap status [OPTIONS] [TARGET]...

    Arguments:
      [TARGET]...  Containers, instances as `container.instance`, or groups, each also as `map.…`
                   [default: the whole map]

    Options:
          --client <NAME>        Only what is for this client; can be given several times
          --format <FORMAT>      How to show the status [default: text] [possible values: text, json]
          --engine-state <FILE>  Look at a snapshot instead of an engine; `empty` for an engine that has
                                 nothing

    Options of all commands:
      -f, --file <FILE>       A map; further ones are laid over it or stand beside it; `-` is standard
                              input [default: dmap.yaml in the current directory]
          --clients <FILE>    A file of clients: a mapping of names to their settings
          --env-file <FILE>   A file of variables, `NAME=value` on each line; the environment goes
                              before it
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
fn help_for_check() {
    assert_snapshot!(dmap(&["check", "--help"]), @r"
    exit 0
    --- stdout
    Look for mistakes in the map and say what it has

    Usage: dmap check [OPTIONS]

    Options:
          --explain <CODE>   Explain the code of a problem instead, like DM020
          --format <FORMAT>  How to show the problems [default: text] [possible values: text, json]

    Options of all commands:
      -f, --file <FILE>       A map; further ones are laid over it or stand beside it; `-` is standard
                              input [default: dmap.yaml in the current directory]
          --env-file <FILE>   A file of variables, `NAME=value` on each line; the environment goes
                              before it
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
fn help_for_config() {
    assert_snapshot!(dmap(&["config", "--help"]), @r"
    exit 0
    --- stdout
    Print the map in its canonical form

    Usage: dmap config [OPTIONS]

    Options:
          --resolved         With all that is inherited, and with the values of variables
          --format <FORMAT>  The notation [default: yaml] [possible values: yaml, json]

    Options of all commands:
      -f, --file <FILE>       A map; further ones are laid over it or stand beside it; `-` is standard
                              input [default: dmap.yaml in the current directory]
          --env-file <FILE>   A file of variables, `NAME=value` on each line; the environment goes
                              before it
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
fn help_for_graph() {
    assert_snapshot!(dmap(&["graph", "--help"]), @r"
    exit 0
    --- stdout
    Draw which containers need which

    Usage: dmap graph [OPTIONS] [TARGET]...

    Arguments:
      [TARGET]...  Only these containers and what they need: containers, `container.instance`, or
                   groups, each also as `map.…`

    Options:
          --all              Show volumes and networks too
          --format <FORMAT>  The kind of drawing [default: tree] [possible values: tree, dot, mermaid]

    Options of all commands:
      -f, --file <FILE>       A map; further ones are laid over it or stand beside it; `-` is standard
                              input [default: dmap.yaml in the current directory]
          --env-file <FILE>   A file of variables, `NAME=value` on each line; the environment goes
                              before it
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
fn help_for_schema() {
    assert_snapshot!(dmap(&["schema", "--help"]), @r"
    exit 0
    --- stdout
    Print the JSON Schema of maps, for editors, of plan files, or of progress

    Usage: dmap schema [OPTIONS]

    Options:
          --plan      The schema of plan files, which `plan --out` writes and `apply` reads
          --progress  The schema of the lines that `--progress json` prints

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
fn help_for_snapshot() {
    assert_snapshot!(dmap(&["snapshot", "--help"]), @r"
    exit 0
    --- stdout
    Print what is known of the engine as JSON, for `plan --engine-state`

    Usage: dmap snapshot [OPTIONS] [TARGET]...

    Arguments:
      [TARGET]...  Containers, instances as `container.instance`, or groups, each also as `map.…`
                   [default: the whole map]

    Options:
          --client <NAME>  Only what is for this client; can be given several times
          --with-env       Include the values of environment variables, which may be secret

    Options of all commands:
      -f, --file <FILE>       A map; further ones are laid over it or stand beside it; `-` is standard
                              input [default: dmap.yaml in the current directory]
          --clients <FILE>    A file of clients: a mapping of names to their settings
          --env-file <FILE>   A file of variables, `NAME=value` on each line; the environment goes
                              before it
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
fn version() {
    assert_eq!(dmap(&["--version"]), format!("exit 0\n--- stdout\ndmap {}\n", env!("CARGO_PKG_VERSION")));
}

#[test]
fn nothing_typed_is_a_mistake() {
    let shown = dmap(&[]);
    assert!(shown.starts_with("exit 64\n--- stderr\nPlans and applies"), "{shown}");
}

#[test]
fn an_unknown_command() {
    assert_snapshot!(dmap(&["plam"]), @r"
    exit 64
    --- stderr
    error: unrecognized subcommand 'plam'

      tip: a similar subcommand exists: 'plan'

    Usage: dmap [OPTIONS] <COMMAND>

    For more information, try '--help'.
    ");
}

#[test]
fn an_unknown_option() {
    assert_snapshot!(dmap(&["plan", "--detailed-exit-code"]), @r"
    exit 64
    --- stderr
    error: unexpected argument '--detailed-exit-code' found

      tip: a similar argument exists: '--detailed-exitcode'

    Usage: dmap plan --detailed-exitcode [TARGET]...

    For more information, try '--help'.
    ");
}

#[test]
fn too_wide() {
    assert_snapshot!(dmap(&["up", "--parallel", "17"]), @r"
    exit 64
    --- stderr
    error: invalid value '17' for '--parallel <N>': 17 is not in 1..=16

    For more information, try '--help'.
    ");
}
