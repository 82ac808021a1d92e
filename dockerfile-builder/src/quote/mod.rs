//! Quoting, the only place that knows the escapes of the Dockerfile syntax.
//!
//! # Assumptions
//!
//! Both builders of the engine read a Dockerfile line by line, join lines at a trailing backslash, split off the keyword
//! and the `--flags`, and then
//!
//! - take an argument list that is a JSON array of texts as such (`RUN`, `CMD`, `ENTRYPOINT`, `COPY`, `ADD`),
//! - expand quotes, backslashes and `$` in each word (not in `RUN`, `CMD`, `ENTRYPOINT`), also in words from JSON,
//! - match the sources of `COPY` and `ADD` as shell patterns,
//! - `BuildKit` only: treat a word like `<<EOF` in `RUN`, `COPY`, `ADD` as the start of a here-document.
//!
//! # Guarantees
//!
//! The result of every function but [`comment`] is one line that neither ends in a backslash nor contains `<<`.

pub(crate) mod expand;
pub(crate) mod read;

/// A character that no engine accepts in a name.
///
/// It replaces what would change the meaning of a name, so that the build fails loudly instead of building something else.
pub(crate) const REFUSED: char = char::REPLACEMENT_CHARACTER;

/// Returns the name of an image as one word of a `FROM`, where quotes do not exist.
pub(crate) fn image(text: &str) -> String {
    let is_refused = |c: char| c.is_whitespace() || c.is_control() || matches!(c, '\\' | '<' | '"' | '\'');
    let mut word = text.replace(is_refused, &REFUSED.to_string());
    if word.is_empty() {
        word.push(REFUSED);
    } else if word.starts_with('-') {
        // A leading `--` would be read as an option of the instruction.
        word.replace_range(..1, &REFUSED.to_string());
    }
    word
}

/// Returns a script for the shell: the text itself where the shell form carries it, or else a call of the shell.
pub(crate) fn script(text: &str) -> String {
    let line = text.trim_matches([' ', '\t', '\n']);
    let looks_like_json = line.starts_with('[') && line.ends_with(']');
    let is_trimmed_further = line.trim() != line;
    let is_carried = !line.is_empty()
        && !line.ends_with('\\')
        && !line.starts_with("--")
        && !line.contains("<<")
        && !line.contains(|c: char| c.is_control() && c != '\t')
        && !looks_like_json
        && !is_trimmed_further;
    if is_carried { line.to_owned() } else { list(&["/bin/sh", "-c", text]) }
}

/// Returns a JSON array of texts.
pub(crate) fn list<S: AsRef<str>>(items: &[S]) -> String {
    let mut array = String::from("[");
    for (index, item) in items.iter().enumerate() {
        if index > 0 {
            array.push_str(", ");
        }
        push_json(&mut array, item.as_ref());
    }
    array.push(']');
    array
}

fn push_json(out: &mut String, text: &str) {
    out.push('"');
    let mut previous = None;
    for c in text.chars() {
        match c {
            '"' | '\\' => out.extend(['\\', c]),
            '\n' => out.push_str("\\n"),
            '\r' => out.push_str("\\r"),
            '\t' => out.push_str("\\t"),
            '<' if previous == Some('<') => out.push_str("\\u003c"),
            // Control characters lie below U+00A0, so four digits always do.
            c if c.is_control() => out.extend(format!("\\u{:04x}", u32::from(c)).chars()),
            c => out.push(c),
        }
        previous = Some(c);
    }
    out.push('"');
}

/// Returns the arguments of a `COPY` or `ADD` from patterns and addresses to a literal path.
pub(crate) fn transfer(from: impl IntoIterator<Item = String>, to: &str) -> String {
    let mut all: Vec<String> = from.into_iter().collect();
    if all.is_empty() {
        all.push(REFUSED.to_string());
    }
    all.push(to.to_owned());
    if all.iter().all(|word| is_word(word)) { all.join(" ") } else { words(all) }
}

/// Returns a JSON array of words in which nothing is expanded.
pub(crate) fn words<S: AsRef<str>>(words: impl IntoIterator<Item = S>) -> String {
    let escaped: Vec<String> = words.into_iter().map(|word| escaped_word(word.as_ref())).collect();
    list(&escaped)
}

/// Returns the address of something to fetch, which must not be taken for a file.
pub(crate) fn address(text: &str) -> String {
    if is_address(text) { text.to_owned() } else { REFUSED.to_string() }
}

/// Whether `ADD` fetches something from an address of this form.
pub(crate) fn is_address(text: &str) -> bool {
    text.contains("://") || text.starts_with("git@") || text.starts_with("github.com/")
}

/// Returns the value of an option or of a mount, for which there is no quoting.
pub(crate) fn option(text: &str) -> String {
    let refuse = |c: char| if is_word_char(c) && c != ',' || "*?[]!".contains(c) { c } else { REFUSED };
    if text.is_empty() { REFUSED.to_string() } else { text.chars().map(refuse).collect() }
}

/// Returns a platform, in which variables count.
pub(crate) fn platform(text: &str) -> String {
    let refuse = |c: char| if is_word_char(c) || "${}".contains(c) { c } else { REFUSED };
    if text.is_empty() { REFUSED.to_string() } else { text.chars().map(refuse).collect() }
}

/// Returns the value of a parser directive on one line.
pub(crate) fn directive(text: &str) -> String {
    let refuse = |c: char| if c.is_control() || c.is_whitespace() && c != ' ' { REFUSED } else { c };
    let line: String = text.trim().chars().map(refuse).collect();
    if line.is_empty() { REFUSED.to_string() } else { line }
}

/// Returns the name of a variable of the build, for which there is no quoting.
pub(crate) fn variable(text: &str) -> String {
    let refuse = |c: char| if c.is_alphanumeric() || "_.-".contains(c) { c } else { REFUSED };
    let name: String = text.chars().map(refuse).collect();
    if name.is_empty() || name.starts_with('-') { REFUSED.to_string() } else { name }
}

/// Returns a here-document for a script, ended by a word that is no line of it.
pub(crate) fn heredoc(text: &str) -> String {
    let mut end = "EOF".to_owned();
    while text.lines().any(|line| line.trim_matches(['\t', '\r']) == end) {
        end.push('_');
    }
    format!("<<{end}\n{text}\n{end}")
}

/// Returns the pattern that matches exactly one path of the build context.
pub(crate) fn source(path: &str) -> String {
    let pattern = literal_pattern(path);
    // `ADD` reads a source like `git@host:path` as an address to fetch; with a dot in front it is a file.
    let is_ambiguous = path.contains(':') || is_address(path);
    if is_ambiguous { format!("./{pattern}") } else { pattern }
}

/// Returns the pattern that matches exactly `path`.
pub(crate) fn literal_pattern(path: &str) -> String {
    let mut pattern = String::new();
    // The engine treats a path without wildcards literally, backslashes included.
    if !path.contains(['*', '?', '[']) {
        pattern.push_str(path);
        return pattern;
    }
    for c in path.chars() {
        match c {
            '*' | '?' | '[' => pattern.extend(['[', c, ']']),
            '\\' => pattern.push_str("\\\\"),
            c => pattern.push(c),
        }
    }
    pattern
}

fn escaped_word(text: &str) -> String {
    let mut word = String::new();
    for c in text.chars() {
        if matches!(c, '\\' | '"' | '\'' | '$') {
            word.push('\\');
        }
        word.push(c);
    }
    word
}

/// Returns one argument, in quotes where it needs them.
pub(crate) fn argument(text: &str) -> String {
    if is_word(text) { text.to_owned() } else { value(text) }
}

/// Returns the name in front of an equals sign.
///
/// A name that itself contains one has no spelling; in quotes the engine refuses it, bare it would be cut in two.
pub(crate) fn name(text: &str) -> String {
    if is_word(text) && !text.contains('=') { text.to_owned() } else { value(text) }
}

/// Returns one argument in double quotes.
pub(crate) fn value(text: &str) -> String {
    quoted(text, |c| matches!(c, '\\' | '"' | '$'))
}

/// Returns one argument in double quotes in which variables count.
pub(crate) fn expanded(text: &str) -> String {
    quoted(text, |c| matches!(c, '\\' | '"'))
}

fn quoted(text: &str, is_escaped: fn(char) -> bool) -> String {
    let mut quoted = String::from("\"");
    let mut previous = None;
    for c in text.replace("\r\n", "\n").chars() {
        match c {
            '\n' | '\r' => quoted.push(' '),
            c if is_escaped(c) => quoted.extend(['\\', c]),
            // Closing and opening the quotes keeps `<<` out of the line without changing the value.
            '<' if previous == Some('<') => quoted.push_str("\"\"<"),
            c => quoted.push(c),
        }
        previous = Some(c);
    }
    quoted.push('"');
    quoted
}

/// Returns the lines of a comment.
pub(crate) fn comment(text: &str) -> impl Iterator<Item = String> {
    let text = text.replace("\r\n", "\n");
    let lines: Vec<_> =
        text.split(['\n', '\r']).map(|line| format!("# {line}").trim_end().to_owned()).collect();
    lines.into_iter()
}

/// Whether a text is one word to the engine as it is.
fn is_word(text: &str) -> bool {
    !text.is_empty() && !text.starts_with('-') && text.chars().all(is_word_char)
}

fn is_word_char(c: char) -> bool {
    c.is_alphanumeric() || "._-/@+:,=%~#".contains(c)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn scripts_are_shell_form_only_where_it_carries_them() {
        for (text, rendered) in [
            ("apt-get update\n", "apt-get update"),
            ("[ -f x ] && echo \"$y\"", "[ -f x ] && echo \"$y\""),
            ("a\nb", r#"["/bin/sh", "-c", "a\nb"]"#),
            ("a \\\n  && b", r#"["/bin/sh", "-c", "a \\\n  && b"]"#),
            ("echo \\", r#"["/bin/sh", "-c", "echo \\"]"#),
            ("cat <<E\nx\nE", r#"["/bin/sh", "-c", "cat <\u003cE\nx\nE"]"#),
            ("[\"a\"]", r#"["/bin/sh", "-c", "[\"a\"]"]"#),
            ("--mount=x y", r#"["/bin/sh", "-c", "--mount=x y"]"#),
            ("", r#"["/bin/sh", "-c", ""]"#),
            ("a\u{a0}", "[\"/bin/sh\", \"-c\", \"a\u{a0}\"]"),
        ] {
            assert_eq!(script(text), rendered, "{text:?}");
        }
    }

    #[test]
    fn json_escapes_what_json_must() {
        assert_eq!(list(&["a\"\\\u{1}\t\r", "<<<"]), r#"["a\"\\\u0001\t\r", "<\u003c\u003c"]"#);
    }

    #[test]
    fn transfers_are_literal() {
        for (from, to, rendered) in [
            ("a/b", "/c/", "a/b /c/"),
            ("my file", "/x", r#"["my file", "/x"]"#),
            ("--from=x", "/x", r#"["--from=x", "/x"]"#),
            ("it's $5", "/x", r#"["it\\'s \\$5", "/x"]"#),
            ("a*[1]\\", "/x", r#"["a[*][[]1]\\\\\\\\", "/x"]"#),
            ("a\\x2d", "/x", r#"["a\\\\x2d", "/x"]"#),
            ("git@host:a", "/x", "./git@host:a /x"),
            ("github.com/a", "/x", "./github.com/a /x"),
            ("a", "/x\ny", r#"["a", "/x\ny"]"#),
            ("<<EOF", "/x", r#"["<\u003cEOF", "/x"]"#),
        ] {
            assert_eq!(transfer([source(from)], to), rendered, "{from:?} {to:?}");
        }
    }

    #[test]
    fn values_are_literal_on_one_line() {
        for (text, rendered) in [
            ("plain", r#""plain""#),
            (r#"a"b\c$d'e"#, r#""a\"b\\c\$d'e""#),
            ("a\r\nRUN b\nc", r#""a RUN b c""#),
            ("<<E", r#""<""<E""#),
            ("", r#""""#),
        ] {
            assert_eq!(value(text), rendered, "{text:?}");
        }
        assert_eq!(argument("app:app"), "app:app");
        assert_eq!(argument("/my dir"), "\"/my dir\"");
    }

    #[test]
    fn every_line_of_a_comment_is_one() {
        let lines: Vec<_> = comment("a\r\nRUN b\n\nc\\\rd").collect();
        assert_eq!(lines, ["# a", "# RUN b", "#", "# c\\", "# d"]);
    }
}
