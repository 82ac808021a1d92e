//! Files of variables: `NAME=value`, one a line, as Compose reads them, but with nothing expanded in the values.

/// Reads the variables of a file, in order.
///
/// A value ends at the end of its line or before ` #`; in single quotes it is literal, and in double quotes `\n`, `\r`,
/// `\t`, `\"`, `\$` and `\\` mean what they mean in a shell's `$'…'`.
///
/// # Errors
///
/// What is wrong with each line that sets no variable. The lines can hold secrets and are not repeated.
pub(super) fn parse(text: &str) -> Result<Vec<(String, String)>, Vec<String>> {
    let mut variables = Vec::new();
    let mut problems = Vec::new();
    let text = text.strip_prefix('\u{feff}').unwrap_or(text);
    for (index, line) in text.lines().enumerate() {
        let line = line.trim();
        if line.is_empty() || line.starts_with('#') {
            continue;
        }
        match variable(line) {
            Ok(variable) => variables.push(variable),
            Err(problem) => problems.push(format!("line {}: {problem}", index + 1)),
        }
    }
    if problems.is_empty() { Ok(variables) } else { Err(problems) }
}

fn variable(line: &str) -> Result<(String, String), &'static str> {
    let line = match line.strip_prefix("export") {
        Some(rest) if rest.starts_with([' ', '\t']) => rest.trim_start(),
        _ => line,
    };
    let (name, value) = line.split_once('=').ok_or("there is no `=`")?;
    let name = name.trim_end();
    if !is_name(name) {
        return Err("what stands before the `=` is not a name of letters, digits and `_`");
    }
    let value = value.trim_start();
    let value = match value.chars().next() {
        Some('\'') => quoted(&value[1..], '\'', |_| None)?,
        Some('"') => quoted(&value[1..], '"', escaped)?,
        _ => plain(value).to_owned(),
    };
    if value.contains('\0') {
        return Err("the value has a NUL character");
    }
    Ok((name.to_owned(), value))
}

fn is_name(text: &str) -> bool {
    !text.is_empty()
        && !text.starts_with(|c: char| c.is_ascii_digit())
        && text.chars().all(|c| c.is_ascii_alphanumeric() || c == '_')
}

/// Returns a value without the comment behind it. Without a space before it, `#` is part of the value.
fn plain(value: &str) -> &str {
    if value.starts_with('#') {
        return "";
    }
    let end = value.match_indices('#').map(|(at, _)| at).find(|at| value[..*at].ends_with([' ', '\t']));
    value[..end.unwrap_or(value.len())].trim_end()
}

/// Returns what stands before the closing quote.
fn quoted(text: &str, quote: char, escaped: fn(char) -> Option<char>) -> Result<String, &'static str> {
    let mut value = String::new();
    let mut characters = text.chars();
    while let Some(character) = characters.next() {
        if character == quote {
            let rest = characters.as_str().trim_start();
            let is_comment = rest.starts_with('#') && rest.len() < characters.as_str().len();
            if rest.is_empty() || is_comment {
                return Ok(value);
            }
            return Err("something follows the closing quote");
        }
        // A backslash before anything else means itself.
        let mut ahead = characters.clone();
        match ahead.next().and_then(escaped).filter(|_| character == '\\') {
            Some(meant) => {
                value.push(meant);
                characters = ahead;
            }
            None => value.push(character),
        }
    }
    Err("the quote is not closed in the same line")
}

fn escaped(character: char) -> Option<char> {
    match character {
        'n' => Some('\n'),
        'r' => Some('\r'),
        't' => Some('\t'),
        '"' | '\\' | '$' => Some(character),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_that_set_a_variable() {
        for (line, name, value) in [
            ("A=b", "A", "b"),
            ("  A = b c  ", "A", "b c"),
            ("export A=b", "A", "b"),
            ("export\tA=b", "A", "b"),
            ("exported=b", "exported", "b"),
            ("A=", "A", ""),
            ("A= # none", "A", ""),
            ("A=b=c", "A", "b=c"),
            ("A=b # c", "A", "b"),
            ("A=b#c", "A", "b#c"),
            ("A=$B ${C}", "A", "$B ${C}"),
            ("A='b # \\n \"c\"' # d", "A", "b # \\n \"c\""),
            (r#"A="b\n\t\"\\\$\x #c""#, "A", "b\n\t\"\\$\\x #c"),
            ("A=b\r", "A", "b"),
            ("\u{feff}A=b", "A", "b"),
        ] {
            let expected = Ok(vec![(name.to_owned(), value.to_owned())]);
            assert_eq!(parse(line), expected, "{line}");
        }
    }

    #[test]
    fn lines_that_set_nothing() {
        assert_eq!(parse("\n  \n# A=b\n  # x\n"), Ok(Vec::new()));
    }

    #[test]
    fn bad_lines_are_counted_and_not_repeated() {
        for (line, problem) in [
            ("hunter2", "there is no `=`"),
            ("=b", "what stands before the `=` is not a name of letters, digits and `_`"),
            ("1A=b", "what stands before the `=` is not a name of letters, digits and `_`"),
            ("A B=c", "what stands before the `=` is not a name of letters, digits and `_`"),
            ("A='b", "the quote is not closed in the same line"),
            ("A=\"b\\\"", "the quote is not closed in the same line"),
            ("A='b'c", "something follows the closing quote"),
            ("A='b'#c", "something follows the closing quote"),
            ("A=b\0c", "the value has a NUL character"),
        ] {
            assert_eq!(parse(&format!("X=1\n{line}\n")), Err(vec![format!("line 2: {problem}")]), "{line}");
        }
        let both = parse("a\nB=1\nc\n").map_err(|problems| problems.len());
        assert_eq!(both, Err(2));
    }
}
