//! Problems, as a compiler shows them.

use std::ops::Range;

use annotate_snippets::{AnnotationKind, Group, Level, Origin, Renderer, Snippet, Title};
use container_map::Source;

use crate::failure::{Diagnostic, Failure, Place, Problem};
use crate::input::STANDARD_INPUT;

/// Returns a failure as text with line breaks.
pub(super) fn render(failure: &Failure) -> String {
    match &failure.diagnostic {
        Diagnostic::Message { text, causes } => message(text, causes, &failure.hints),
        Diagnostic::Marked { text, at, causes } => {
            let (source, place) = &**at;
            let group = marked(Level::ERROR.primary_title(text), source, place, None);
            rendered(explained(group, causes, &failure.hints))
        }
        Diagnostic::Project { sources, problems, omitted } => project(sources, problems, *omitted),
    }
}

/// Returns one message with what is behind it and what to do.
pub(super) fn message(text: &str, causes: &[String], hints: &[String]) -> String {
    rendered(explained(Group::with_title(Level::ERROR.primary_title(text)), causes, hints))
}

/// Adds what is behind it and what to do.
fn explained<'a>(mut group: Group<'a>, causes: &'a [String], hints: &'a [String]) -> Group<'a> {
    for cause in causes {
        group = group.element(Level::NOTE.message(cause));
    }
    for hint in hints {
        group = group.element(Level::HELP.message(hint));
    }
    group
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

fn project(sources: &[Source], problems: &[Problem], omitted: usize) -> String {
    let mut text = String::new();
    for found in problems {
        text.push_str(&problem(sources, found));
        text.push('\n');
    }
    let count = match (problems.len(), omitted) {
        (1, 0) => "1 problem".to_owned(),
        (count, 0) => format!("{count} problems"),
        (count, omitted) => format!("{} problems, of which these are the first {count},", count + omitted),
    };
    let code = problems.iter().find_map(|problem| problem.code);
    let hint = code.map(|code| format!("to have a code explained: `dmap check --explain {code}`"));
    let closing = format!("{count} in {}; nothing was done", files(sources, problems));
    text.push_str(&message(&closing, &[], hint.as_slice()));
    text
}

/// Returns the files that have problems, in words.
fn files(sources: &[Source], problems: &[Problem]) -> String {
    let mut paths: Vec<&str> = Vec::new();
    for place in problems.iter().filter_map(|problem| problem.place.as_ref()) {
        let path = sources[place.source].path.as_str();
        if !paths.contains(&path) {
            paths.push(path);
        }
    }
    match (paths.as_slice(), sources) {
        ([path], _) => quoted(path),
        ([first, second], _) => format!("{} and {}", quoted(first), quoted(second)),
        ([], [only]) => quoted(&only.path),
        (paths, _) => format!("{} files", paths.len().max(sources.len())),
    }
}

fn quoted(path: &str) -> String {
    if path == STANDARD_INPUT { shown(path).to_owned() } else { format!("`{path}`") }
}

/// Returns how a path is shown to people.
fn shown(path: &str) -> &str {
    if path == STANDARD_INPUT { "standard input" } else { path }
}

fn problem(sources: &[Source], problem: &Problem) -> String {
    let mut title = Level::ERROR.primary_title(problem.message.as_str());
    if let Some(code) = problem.code {
        title = title.id(code);
    }
    let mut group = match (&problem.place, sources) {
        (Some(place), _) => marked(title, &sources[place.source], place, problem.label.as_deref()),
        (None, [only]) => Group::with_title(title).element(Origin::path(shown(&only.path))),
        (None, _) => Group::with_title(title),
    };
    if let Some(help) = &problem.help {
        group = group.element(Level::HELP.message(help.as_str()));
    }
    rendered(group)
}

/// How many bytes of a line are shown on each side of a mark. The renderer shows far fewer, but reads all it is given, and
/// a file can be one line with a thousand problems.
const MOST_BESIDE: usize = 1_000;

/// Adds the line of a place with its mark. Of a large file or a long line, what is near is quickly shown.
fn marked<'a>(title: Title<'a>, source: &'a Source, place: &Place, label: Option<&'a str>) -> Group<'a> {
    let marked = within(&source.text, &place.bytes);
    let before = source.text.floor_char_boundary(marked.start.saturating_sub(MOST_BESIDE));
    let line_start = source.text[before..marked.start].rfind('\n').map(|end| before + end + 1);
    let start = line_start.unwrap_or(before);
    let after = source.text.ceil_char_boundary((marked.end + MOST_BESIDE).min(source.text.len()));
    let end = source.text[marked.end..after].find('\n').map_or(after, |end| marked.end + end);
    let mark = AnnotationKind::Primary.span(marked.start - start..marked.end - start).label(label);
    let line = Snippet::source(&source.text[start..end]).line_start(place.line).annotation(mark);
    let path = shown(&source.path);
    if line_start.is_some() || before == 0 {
        return title.element(line.path(path));
    }
    // The renderer would count the column from where the line is cut.
    title.element(Origin::path(path).line(place.line).char_column(place.column)).element(line)
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
    fn of_a_long_line_the_part_around_the_mark_is_read() {
        let text = format!("name: é\nweb: [{}wrong{}]\n", "é, ".repeat(20_000), ", é".repeat(20_000));
        let start = text.find("wrong").expect("it is there");
        let source = Source { path: "dmap.yaml".to_owned(), text };
        let place = Place { source: 0, line: 2, column: 60_007, bytes: start..start + 5 };
        let title = Level::ERROR.primary_title("this is wrong");
        let shown = Renderer::plain().render(&[marked(title, &source, &place, None)]);
        assert!(shown.contains("dmap.yaml:2:60007\n"), "{shown}");
        let lines: Vec<&str> = shown.lines().collect();
        let line = lines.iter().position(|line| line.contains("wrong,")).expect("the line is shown");
        let column = |line: &str, what: char| line.chars().position(|c| c == what);
        assert_eq!(column(lines[line], 'w'), column(lines[line + 1], '^'), "{shown}");
    }

    #[test]
    fn marks_stay_on_characters_of_one_line() {
        let text = "a: é\nb: |\n  c\n  d\n";
        assert_eq!(within(text, &(3..4)), 3..5);
        assert_eq!(within(text, &(9..text.len())), 9..10);
        assert_eq!(within(text, &(100..200)), text.len()..text.len());
        assert_eq!(within(text, &(2..2)), 2..2);
    }
}
