//! `dmap build`, as far as it gets without an engine.

use insta::assert_snapshot;

use crate::Folder;

#[test]
fn what_to_build_has_to_be_said() {
    for words in [&["build", "-t", "x"][..], &["build", "-t", "x", "app", "more"], &["build-image"]] {
        let said = Folder::empty().dmap(words);
        assert!(said.contains("exit 64") && said.contains("Usage: dmap build-image"), "{words:?}: {said}");
    }
    let said = Folder::empty().dmap(&["build", "app"]);
    assert!(said.contains("exit 66") || said.contains("dmap.yaml"), "without a tag it is for a map: {said}");
    let said = Folder::empty().dmap(&["build", "-t", "Upper", "app"]);
    assert!(said.contains("exit 64") && said.contains("upper-case"), "{said}");
    let said = Folder::empty().dmap(&["build", "-t", "x", "app", "--secret", "id=a,value=hunter2"]);
    assert!(said.contains("exit 64") && said.contains("src=FILE"), "{said}");
}

#[test]
fn what_is_wrong_with_a_directory_is_said_before_the_engine_is_asked() {
    let folder = Folder::empty().file("app/file", "").file("app/other/Dockerfile", "FROM scratch\n");
    assert_snapshot!(folder.dmap(&["build", "-t", "x", "app"]), @"
    exit 1
    --- stderr
    error: cannot read the build context `app`
     |
     = note: the build context has no `Dockerfile`, which says how to build
     = help: `--dockerfile PATH` names a Dockerfile that is called something else
    ");
    assert_snapshot!(folder.dmap(&["build", "-t", "x", "none"]), @"
    exit 1
    --- stderr
    error: cannot read the directory `none`
     |
     = note: No such file or directory (os error 2)
     = help: check the path
    ");
    let folder = folder.file("app/.dockerignore", "fine\n[\n");
    assert_snapshot!(folder.dmap(&["build", "--dockerfile", "app/other/Dockerfile", "app"]), @r"
    exit 1
    --- stderr
    error: cannot read the build context `app`
     |
     = note: could not read the patterns of `.dockerignore` of the source tree
     = note: line 2: `[` is not a pattern
     = note: a `[` has no `]`; a bracket as such is written `\[`
    ");
    assert_snapshot!(folder.dmap(&["build", "--dockerfile", "elsewhere/Dockerfile", "app"]), @"
    exit 1
    --- stderr
    error: cannot read the directory `elsewhere`
     |
     = note: No such file or directory (os error 2)
     = help: check the path
    ");
    let folder = Folder::empty().file("app/Dockerfile", "FROM scratch\n");
    let secret = |secret: &str| folder.dmap(&["build", "-t", "x", "app", "--secret", secret]);
    assert_snapshot!(secret("id=token,src=none"), @"
    exit 1
    --- stderr
    error: cannot read the secret `none`
     |
     = note: No such file or directory (os error 2)
     = help: check the path
    ");
    assert_snapshot!(secret("id=token,env=DMAP_NO_SUCH_VARIABLE"), @"
    exit 1
    --- stderr
    error: the secret `token` is not there: there is no variable `DMAP_NO_SUCH_VARIABLE`
     |
     = help: set `DMAP_NO_SUCH_VARIABLE`, or name a file with `--secret id=token,src=FILE`
    ");
}

#[test]
fn help_for_build() {
    assert_snapshot!(Folder::empty().dmap(&["build-image", "--help"]), @"
    exit 0
    --- stdout
    Build an image from a directory with a Dockerfile; no map is needed. `dmap build` with `--tag` or
    `--dockerfile` is the same

    Usage: dmap build-image [OPTIONS] <DIR>

    Arguments:
      <DIR>  The directory that is the build context; what its `.dockerignore` names is left out

    Options:
          --dockerfile <PATH>
              The Dockerfile, which lies in the directory; `PATH.dockerignore` counts before
              `.dockerignore` [default: DIR/Dockerfile]
      -t, --tag <NAME[:TAG]>
              A name for the image; can be given several times, and the image gets all of them or none
          --latest
              Give it the tag `latest` too
          --target <STAGE>
              The stage to build [default: the last one]
          --build-arg <NAME[=VALUE]>
              The value of an `ARG`, or its name alone for a variable of the environment; it can be seen
              in the image
          --label <NAME=VALUE>
              A label of the image, beside those of the Dockerfile
          --platform <OS/ARCH>
              What it is built for, like `linux/arm64` [default: what the engine runs on]
          --pull
              Pull base images also if they are here
          --no-cache
              Do all steps again
          --secret <id=NAME,src=FILE|env=VARIABLE>
              A secret for `RUN --mount=type=secret,id=NAME`, read from a file or a variable; it is in
              no image
          --ssh <NAME[=SOCKET]>
              Lend an agent with SSH keys to `RUN --mount=type=ssh`: the one of `SSH_AUTH_SOCK`, or of a
              socket; `default` is the name of the usual one
          --add-host <HOST:ADDRESS>
              A name that steps find at an address
          --network <NAME>
              The network of the steps: `default`, `none` or `host`
          --builder <NAME>
              Who builds on the engine [default: BuildKit where it is, else the classic builder]
              [possible values: classic, buildkit]
          --gzip
              Send the context compressed, which pays for slow networks
          --progress <VIEW>
              How to show what is being done: each step with what it writes, as lines of JSON on
              standard output, or only what failed [default: plain] [possible values: plain, json,
              quiet]
      -q, --quiet
              Show only what failed, as `--progress quiet`

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
