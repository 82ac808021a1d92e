//! The examples of the README: what it says is printed is printed.
//!
//! The YAML of a chapter makes a folder: a first line `# name.yaml` says which file it is, and without one it is the
//! default map. The commands of a chapter with YAML are run there.

use std::fs;
use std::path::Path;

use crate::Folder;

/// A chapter: its files, and commands with what they print.
#[derive(Default)]
struct Chapter {
    title: String,
    files: Vec<(String, String)>,
    commands: Vec<(String, String)>,
}

fn chapters(readme: &str) -> Vec<Chapter> {
    let mut chapters = vec![Chapter::default()];
    let mut lines = readme.lines();
    while let Some(line) = lines.next() {
        if line.starts_with('#') {
            chapters.push(Chapter { title: line.to_owned(), ..Chapter::default() });
        }
        let chapter = chapters.last_mut().unwrap();
        match line.strip_prefix("```") {
            None => {}
            Some("yaml") => {
                let text = block(&mut lines);
                let name = text.lines().next().and_then(|first| first.strip_prefix("# "));
                chapter.files.push((name.unwrap_or("dmap.yaml").to_owned(), text));
            }
            Some("console") => {
                let text = block(&mut lines);
                let all = text.strip_prefix("$ ").unwrap().split("\n$ ");
                chapter.commands.extend(all.map(|command| {
                    let (line, printed) = command.split_once('\n').unwrap_or((command, ""));
                    (line.to_owned(), printed.trim_end().to_owned())
                }));
            }
            Some(_) => drop(block(&mut lines)),
        }
    }
    chapters
}

/// Returns the lines before the closing fence.
fn block<'a>(lines: &mut impl Iterator<Item = &'a str>) -> String {
    lines.take_while(|line| *line != "```").flat_map(|line| [line, "\n"]).collect()
}

/// Runs a command line and returns all that it prints.
fn printed(folder: &Folder, line: &str) -> String {
    let mut words = line.split(' ').peekable();
    let mut variables = Vec::new();
    while let Some((name, value)) =
        words.next_if(|word| *word != "dmap").map(|word| word.split_once('=').unwrap())
    {
        variables.push((name, value));
    }
    let mut arguments: Vec<&str> = words.skip(1).collect();
    if arguments == ["plan"] {
        arguments.extend(["--engine-state", "empty"]);
    }
    let output = folder.command(&arguments).envs(variables).output().unwrap();
    let text = String::from_utf8([output.stdout, output.stderr].concat()).unwrap();
    text.trim_end().to_owned()
}

#[test]
fn the_examples_are_true() {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../README.md");
    let mut count = 0;
    for chapter in chapters(&fs::read_to_string(path).unwrap()) {
        if chapter.files.is_empty() {
            continue;
        }
        let mut folder = Folder::empty();
        for (name, text) in &chapter.files {
            folder = folder.file(name, text);
        }
        for (command, expected) in &chapter.commands {
            assert_eq!(&printed(&folder, command), expected, "{}: {command}", chapter.title);
            count += 1;
        }
    }
    assert_eq!(count, 8, "commands that were run");
}
