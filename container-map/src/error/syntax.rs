//! What is wrong with a text that is not YAML, in words that say what to do.

use alloc::format;
use alloc::string::{String, ToString};

/// Sentences of the YAML reader by how they begin, and what is said instead.
const SENTENCES: &[(&str, &str)] = &[
    ("mapping values are not allowed", "a `:` cannot stand here: put a text with a colon into quotes"),
    (
        "illegal placement of ':'",
        "a `:` cannot stand here: put a text with a colon into quotes, and close what is open",
    ),
    ("':' must be followed", "a blank is missing after the `:`"),
    ("mapping keys are not allowed", "a key cannot stand here"),
    ("simple key", "a `:` and a blank are missing after this"),
    (
        "while parsing a block mapping, did not find expected key",
        "this does not fit the lines before it: the keys of a mapping begin in the same column",
    ),
    ("tab", "lines are indented with blanks, not with tabs"),
    ("a block scalar content cannot start with a tab", "lines are indented with blanks, not with tabs"),
    ("while scanning a plain scalar, found a tab", "lines are indented with blanks, not with tabs"),
    ("invalid indentation", "the indentation does not fit the lines before it"),
    ("wrongly indented line", "the indentation does not fit the lines before it"),
    ("block sequence entries are not allowed", "a list that begins with `-` starts on a line of its own"),
    ("'-' must be followed", "a blank is missing after the `-`"),
    ("plain scalar cannot start with '-'", "a blank is missing after the `-`"),
    ("unclosed quote", "this quote is not closed"),
    ("misplaced bracket", "this bracket closes nothing"),
    (
        "while parsing a flow mapping, did not find",
        "a `,` or `}` is missing before this, or quotes around a text",
    ),
    ("while parsing a flow sequence, expected", "a `,` or `]` is missing before this"),
    ("unexpected EOF while parsing a flow mapping", "a `{` is not closed"),
    ("unexpected EOF while parsing a flow sequence", "a `[` is not closed"),
    ("unexpected EOF while parsing a block", "a key or an element is missing here"),
    ("did not find expected <document start>", "this stands after the end of the map"),
    ("while parsing a node, did not find expected node content", "a value is missing here"),
    ("invalid trailing content after", "this stands behind the closing quote of a text"),
    (
        "while parsing a quoted scalar, found unknown escape",
        "no such character can be written with `\\`: in single quotes a `\\` stands for itself",
    ),
    (
        "while scanning a block scalar, did not find",
        "a text cannot begin with `|` or `>`: put it into quotes, or begin it on the next line",
    ),
    ("while parsing a tag,", "a text cannot begin with `!`: put it into quotes"),
    ("comments must be separated", "a blank is missing before the `#`"),
    ("reference to unknown value", "no `&` with this name stands before it"),
    ("Recursive reference", "an alias cannot stand inside of what it names"),
    ("YAML merge value", "`<<` takes a mapping, or a list of mappings"),
    ("only single YAML document", "another document begins here: a map is a single one"),
    ("a BOM must not appear", "a byte order mark can only stand at the very beginning"),
    ("recursion limit exceeded", TOO_DEEP),
    ("YAML document too large or too complex", "the text is too large or too complex"),
];

/// What is said of a text with too many levels.
pub(crate) const TOO_DEEP: &str = "there are more levels here than any map needs";

/// Returns what to say in place of a sentence of the YAML reader; one that is not known stays.
pub(crate) fn reworded(sentence: &str) -> String {
    if let Some(character) =
        sentence.strip_prefix("unexpected character: `").and_then(|rest| rest.strip_suffix('\''))
    {
        let hint = if character.starts_with('\\') { "" } else { ": put it into quotes" };
        return format!("a text cannot begin with or contain `{character}` here{hint}");
    }
    let known = SENTENCES.iter().find(|(beginning, _)| sentence.starts_with(beginning));
    known.map_or(sentence, |(_, ours)| ours).to_string()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{LoadError, LoadOptions, load};

    fn message(text: &str) -> String {
        match load(text, LoadOptions::default()) {
            Err(LoadError::Syntax(error)) => error.message,
            other => panic!("{text:?}: {other:?}"),
        }
    }

    #[test]
    fn slips_are_answered_in_words_of_a_map() {
        let repeated = format!("name: m\na: &a [x]\nb: [{}]", "*a, ".repeat(60_000));
        for (text, expected) in [
            ("web: {image: nginx: 1}", "a `,` or `}` is missing before this, or quotes"),
            ("web:\n  image: nginx: 1", "a `:` cannot stand here"),
            ("a: 1\nb", "a `:` and a blank are missing after this"),
            ("web:\n  image: x\n user: y", "this does not fit the lines before it"),
            ("web:\n\timage: x", "lines are indented with blanks"),
            ("web: - a", "a list that begins with `-` starts on a line of its own"),
            ("a: \"b", "this quote is not closed"),
            ("a: b]\nc: [d]]", "this bracket closes nothing"),
            ("a: [b", "unclosed bracket '['"),
            ("a: {b: c\nd: e", "a `,` or `}` is missing before this"),
            ("a: {b: c {d: e}}", "a `,` or `}` is missing before this"),
            ("a: [b [c]]", "a `,` or `]` is missing before this"),
            ("a: \"b\" c", "this stands behind the closing quote"),
            ("a: \"\\q\"", "no such character can be written with `\\`"),
            ("a: |b", "a text cannot begin with `|` or `>`"),
            ("a: @b", "a text cannot begin with or contain `@` here: put it into quotes"),
            ("a: %b", "a text cannot begin with or contain `%` here: put it into quotes"),
            ("a: \"\u{1b}\"", "a text cannot begin with or contain `\\u{1b}` here"),
            ("a: *b", "no `&` with this name stands before it"),
            ("a: &a [*a]", "an alias cannot stand inside of what it names"),
            ("<<: a", "`<<` takes a mapping"),
            ("a: 1\n---\nb: 2", "another document begins here"),
            ("a: 1\n\u{feff}b: 2", "a byte order mark can only stand at the very beginning"),
            (&format!("{}{}", "[".repeat(100), "]".repeat(100)), TOO_DEEP),
            (&"{a: ".repeat(1000), TOO_DEEP),
            (&repeated, "the aliases of the text repeat too much of it"),
        ] {
            let found = message(text);
            let start: String = text.chars().take(40).collect();
            assert!(found.starts_with(expected), "{start:?}: {found}");
        }
    }
}
