//! Maps that do not load, and what is said about them.

use std::fmt::Write;

use container_map::LoadError;

use crate::{fixtures, load};

/// Renders all problems in plain text, one in a line: `line:column code path: message | label | help`.
fn render(text: &str) -> String {
    let mut out = String::new();
    match load(text) {
        Ok(_) => out.push_str("it loads\n"),
        Err(LoadError::Syntax(error)) => {
            let place = error.span.as_ref().map_or("-".to_owned(), ToString::to_string);
            writeln!(out, "{place} syntax: {}", error.message).unwrap();
        }
        Err(LoadError::Invalid(violations)) => {
            for violation in &violations {
                let span = violation.span.as_ref().expect("because the map was read from text");
                let at = if violation.at.is_root() { "(map)".to_owned() } else { violation.at.to_string() };
                write!(out, "{span} {} {at}: {}", violation.code(), violation.message()).unwrap();
                for note in [violation.label(), violation.help()] {
                    write!(out, " | {}", note.as_deref().unwrap_or("-")).unwrap();
                }
                let marked = text.get(span.bytes()).expect("because a span is a part of the text");
                writeln!(out, "\n    {}", marked.lines().next().unwrap_or_default()).unwrap();
            }
        }
    }
    out
}

#[test]
fn every_problem_is_reported_with_its_place() {
    for (name, text) in fixtures("invalid") {
        let rendered = render(&text);
        assert_ne!(rendered, "it loads\n", "{name}");
        insta::with_settings!({ prepend_module_to_snapshot => false, omit_expression => true }, {
            insta::assert_snapshot!(format!("invalid__{name}"), rendered);
        });
    }
}

#[test]
fn a_text_that_is_too_long_is_refused_unread() {
    let text = "#".repeat((64 << 20) + 1);
    assert!(matches!(load(&text), Err(LoadError::Syntax(error)) if error.span.is_none()));
}

#[test]
fn deep_nesting_is_an_error_and_no_overflow() {
    for text in ["[".repeat(100_000), "{a: ".repeat(100_000), "- ".repeat(100_000)] {
        assert!(matches!(load(&text), Err(LoadError::Syntax(_))));
    }
}

#[test]
fn long_chains_are_no_overflow() {
    let mut text = String::from("name: chain\nbase: {abstract: true, shares: /data}\nc0: {image: x}\n");
    for index in 1..4_000 {
        let before = index - 1;
        writeln!(text, "c{index}: {{image: x, links: c{before}, extends: base}}").unwrap();
    }
    assert!(load(&text).is_ok());
    // The other way round, the chain is followed from its far end.
    let text = text.replace("c0: {", "c0: {links: c3999, ");
    assert!(matches!(load(&text), Err(LoadError::Invalid(_))));
}
