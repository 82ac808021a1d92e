//! Problems, as a compiler shows them.

use std::ops::Range;

use annotate_snippets::{AnnotationKind, Group, Level, Renderer, Snippet};

use crate::failure::{Diagnostic, Failure, Problem};
use crate::settings::MapFile;

/// Returns a failure as text with line breaks.
pub(super) fn render(failure: &Failure) -> String {
    match &failure.diagnostic {
        Diagnostic::Message { text, causes } => message(text, causes, &failure.hints),
        Diagnostic::Map { file, problems } => map(file, problems),
    }
}

/// Returns one message with what is behind it and what to do.
pub(super) fn message(text: &str, causes: &[String], hints: &[String]) -> String {
    let mut group = Group::with_title(Level::ERROR.primary_title(text));
    for cause in causes {
        group = group.element(Level::NOTE.message(cause));
    }
    for hint in hints {
        group = group.element(Level::HELP.message(hint));
    }
    rendered(group)
}

/// Returns a warning.
pub(super) fn warning(text: &str) -> String {
    rendered(Group::with_title(Level::WARNING.primary_title(text)))
}

/// Returns what is said when the program itself is wrong.
pub(super) fn defect(text: &str) -> String {
    let title = format!("dmap has a defect: {text}");
    let help = "please report it, with the command line and the map; running the command again is safe";
    message(&title, &[], &[help.to_owned()])
}

fn map(file: &MapFile, problems: &[Problem]) -> String {
    let path = file.path.display().to_string();
    let mut text = String::new();
    for found in problems {
        text.push_str(&problem(&path, &file.text, found));
        text.push('\n');
    }
    let count = match problems.len() {
        1 => "1 problem".to_owned(),
        count => format!("{count} problems"),
    };
    text.push_str(&message(&format!("{count} in `{path}`; nothing was done"), &[], &[]));
    text
}

fn problem(path: &str, text: &str, problem: &Problem) -> String {
    let mut title = Level::ERROR.primary_title(problem.message.as_str());
    if let Some(code) = problem.code {
        title = title.id(code);
    }
    let mut group = match &problem.bytes {
        Some(bytes) => {
            let mark = AnnotationKind::Primary.span(within(text, bytes)).label(problem.label.as_deref());
            title.element(Snippet::source(text).path(path).annotation(mark))
        }
        None => Group::with_title(title).element(annotate_snippets::Origin::path(path)),
    };
    if let Some(help) = &problem.help {
        group = group.element(Level::HELP.message(help.as_str()));
    }
    rendered(group)
}

/// Returns the part of a range to mark: on characters of the text, and of a value of several lines the first one.
fn within(text: &str, bytes: &Range<usize>) -> Range<usize> {
    let start = text.floor_char_boundary(bytes.start.min(text.len()));
    let end = text.ceil_char_boundary(bytes.end.clamp(start, text.len()));
    let marked = &text[start..end];
    let first_line = marked.lines().next().map_or(0, |line| line.trim_end().len());
    start..start + first_line
}

fn rendered(group: Group<'_>) -> String {
    // What is not a terminal gets the same text with the styles taken out.
    let mut text = Renderer::styled().render(&[group]);
    text.push('\n');
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn marks_stay_on_characters_of_one_line() {
        let text = "a: é\nb: |\n  c\n  d\n";
        assert_eq!(within(text, &(3..4)), 3..5);
        assert_eq!(within(text, &(9..text.len())), 9..10);
        assert_eq!(within(text, &(100..200)), text.len()..text.len());
        assert_eq!(within(text, &(2..2)), 2..2);
    }
}
