//! Colours, and readers that go away.

use std::process::Stdio;

use crate::{Folder, SEED, transcript};

const PLAN: [&str; 5] = ["plan", "--engine-state", "empty", "--color", "always"];
const ESCAPE: &str = "\u{1b}[";

#[test]
fn colour_is_for_terminals() {
    let folder = Folder::with_map(SEED);
    assert!(!folder.dmap(&PLAN[..3]).contains(ESCAPE));
    assert!(folder.dmap(&PLAN).contains(ESCAPE));
    let never = transcript(folder.command(&["plan", "--color", "never"]).env("CLICOLOR_FORCE", "1"));
    assert!(!never.contains(ESCAPE), "{never}");
}

#[test]
fn diagnostics_have_colour_too() {
    let shown = Folder::with_map("name: a.b\n").dmap(&PLAN);
    assert!(shown.starts_with("exit 64") && shown.contains(ESCAPE), "{shown}");
}

#[test]
fn no_color_is_honoured() {
    let folder = Folder::with_map(SEED);
    let shown = transcript(folder.command(&PLAN[..3]).env("NO_COLOR", "1").env("TERM", "xterm"));
    assert!(!shown.contains(ESCAPE), "{shown}");
}

#[test]
fn colour_changes_no_text() {
    let folder = Folder::with_map(SEED);
    let plain = folder.dmap(&PLAN[..3]);
    let mut coloured = folder.dmap(&PLAN);
    while let Some(begin) = coloured.find(ESCAPE) {
        let end = begin + coloured[begin..].find('m').unwrap();
        coloured.replace_range(begin..=end, "");
    }
    assert_eq!(coloured, plain);
}

#[test]
fn a_reader_that_has_gone_is_no_error() {
    let (reader, writer) = std::io::pipe().unwrap();
    drop(reader);
    let folder = Folder::with_map(SEED);
    let mut command = folder.command(&["plan", "--engine-state", "empty", "--detailed-exitcode"]);
    let output = command.stdout(writer).stderr(Stdio::piped()).output().unwrap();
    assert_eq!((output.status.code(), output.stderr), (Some(2), Vec::new()));
}
