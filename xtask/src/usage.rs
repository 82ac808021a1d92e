//! What `cargo xtask --help` prints, and the check for words that a command does not take.

use crate::error::{Failure, Result};

/// The help text.
pub(crate) const TEXT: &str = "\
The chores of the dmap workspace.

Usage: cargo xtask COMMAND

Commands:
  demo                          Plans, brings up, damages, repairs and takes down the example map on an engine
  ci                            Runs what CI runs: fmt, clippy, tests, doc, tidy, e2e
  e2e [--keep-failed] [--skip-private] [--short] [FILTER]
                                Runs the live tests on an engine and removes what they made.
                                --keep-failed leaves the objects of a failed run in place;
                                --skip-private leaves out the tests that need a private engine (root), and starts none
                                to share the others;
                                --short kills after each request but not before it, as `ci` does
  engine                        Prints DOCKER_HOST of the engine in use and its version
  engine --private -- CMD…      Runs CMD with DOCKER_HOST of a fresh private engine, removed afterwards
  fixtures [--as-seed]          Makes the test images `dmap-fixture/…` (nothing is pulled).
                                --as-seed also tags `nginx` and `uwsgi`, on a private engine only
  fixtures --remove             Removes the test images
  bench load                    Measures time and memory of `dmap check` and `dmap config` on maps of 1 to 10 MB
  bench context                 Measures `dmap context` beside `tar`, on 1 GiB and on 100 000 files (2 GB of disk)
  bench plan                    Measures the planner on maps of 1 000 and 10 000 containers, in three states of an engine
  bench apply [ROUNDS]          Measures `dmap up` and `down` of 40 containers on an engine beside the bare calls, and beside
                                Compose if it is there (or COMPOSE names it); `engine --private --` keeps others away
  tidy                          Checks dependencies, licences, layout and habits of the source
  bless                         Accepts all changed snapshots

The engine is the one of DOCKER_HOST, or of the default socket; where neither is there, the commands
start a private one for as long as they run (as root; installs the distribution's packages if needed).

Exit codes: 0 done, 1 failed, 64 usage. `engine --private -- CMD` ends with the code of CMD.
";

/// Refuses words for a command that takes none.
pub(crate) fn no_words(words: &[&str]) -> Result {
    match words {
        [] => Ok(()),
        [first, ..] => Err(Failure::usage(format_args!("unexpected word `{first}`"))),
    }
}
