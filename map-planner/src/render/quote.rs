//! Quoting for a POSIX shell: the only place that knows how.

use alloc::borrow::ToOwned;
use alloc::format;
use alloc::string::String;

/// Returns a text as one word of a shell's command line, whatever it holds.
pub(crate) fn word(text: &str) -> String {
    let is_plain = |c: char| c.is_ascii_alphanumeric() || "_@%+=:,./-".contains(c);
    if !text.is_empty() && text.chars().all(is_plain) {
        return text.to_owned();
    }
    format!("'{}'", text.replace('\'', r"'\''"))
}

/// Returns whether a text is the name of a shell's variable.
pub(super) fn is_name(text: &str) -> bool {
    let is_first = |c: char| c.is_ascii_alphabetic() || c == '_';
    text.starts_with(is_first) && text.chars().all(|c| c.is_ascii_alphanumeric() || c == '_')
}

/// Returns a text in one line without anything that moves a terminal's cursor: for comments, and for what people read.
pub(crate) fn visible(text: &str) -> String {
    if !text.contains(char::is_control) {
        return text.to_owned();
    }
    text.chars().fold(String::new(), |mut shown, c| {
        if c.is_control() {
            shown.extend(c.escape_default());
        } else {
            shown.push(c);
        }
        shown
    })
}

/// Returns a text as one field of a list with commas between its fields, as `--mount` and `--gpus` read it.
pub(super) fn csv(text: &str) -> String {
    if text.contains([',', '"', '\n', '\r']) {
        format!("\"{}\"", text.replace('"', "\"\""))
    } else {
        text.to_owned()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words() {
        for (text, expected) in [
            ("site.web", "site.web"),
            ("a=b:c,d/e-f+g%h@i", "a=b:c,d/e-f+g%h@i"),
            ("", "''"),
            ("two words", "'two words'"),
            ("it's", r"'it'\''s'"),
            ("$HOME `id` \\", "'$HOME `id` \\'"),
            ("a\nb", "'a\nb'"),
            ("ü", "'ü'"),
            ("~", "'~'"),
        ] {
            assert_eq!(word(text), expected);
        }
    }

    #[test]
    fn names_of_variables() {
        for (text, expected) in
            [("A_1", true), ("_", true), ("", false), ("1A", false), ("a.b", false), ("Ä", false)]
        {
            assert_eq!(is_name(text), expected, "{text}");
        }
    }

    #[test]
    fn comments_stay_comments() {
        assert_eq!(visible("a\nrm -rf /\u{1b}[2J"), "a\\nrm -rf /\\u{1b}[2J");
        assert_eq!(visible("→ ü"), "→ ü");
    }

    #[test]
    fn fields() {
        assert_eq!(csv("target=/a b"), "target=/a b");
        assert_eq!(csv("target=/a,\"b\""), "\"target=/a,\"\"b\"\"\"");
    }
}
