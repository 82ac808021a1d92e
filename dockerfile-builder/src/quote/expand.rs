//! Variables in words, as builders expand them in `FROM` and in the defaults of `ARG`.

use std::str::Chars;

/// What is known of a variable.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(crate) enum Variable {
    /// It has this value.
    Set(String),
    /// It has none.
    Unset,
    /// Only the builder knows.
    Unknown,
}

/// Returns what a word comes to, without its quotes and escapes; none if that cannot be told.
///
/// Of the forms of the shell, those are understood that all versions of the builders do: `$NAME`, `${NAME}`, and `${NAME}`
/// with `-`, `:-`, `+` or `:+` and a word.
pub(crate) fn expanded(word: &str, value: &dyn Fn(&str) -> Variable) -> Option<String> {
    let mut rest = word.chars();
    let text = until(&mut rest, None, value)?;
    rest.as_str().is_empty().then_some(text)
}

/// Reads up to a character that ends a word, or to the end of the text.
fn until(rest: &mut Chars<'_>, end: Option<char>, value: &dyn Fn(&str) -> Variable) -> Option<String> {
    let mut text = String::new();
    let mut quote = None;
    while let Some(c) = rest.next() {
        match (c, quote) {
            (c, None) if Some(c) == end => return Some(text),
            ('"' | '\'', None) => quote = Some(c),
            (c, Some(open)) if c == open => quote = None,
            ('\\', None) => text.push(rest.next()?),
            ('\\', Some('"')) => match rest.clone().next() {
                Some(next @ ('"' | '$' | '\\')) => {
                    rest.next();
                    text.push(next);
                }
                _ => text.push(c),
            },
            ('$', None | Some('"')) => text.push_str(&variable(rest, value)?),
            (c, _) => text.push(c),
        }
    }
    (quote.is_none() && end.is_none()).then_some(text)
}

/// Reads a variable behind its `$`.
fn variable(rest: &mut Chars<'_>, value: &dyn Fn(&str) -> Variable) -> Option<String> {
    if !rest.as_str().starts_with('{') {
        let name = name(rest);
        // A sign that no name follows is a sign.
        return if name.is_empty() { Some("$".to_owned()) } else { known(value(name)) };
    }
    rest.next();
    let name = name(rest);
    if name.is_empty() {
        return None;
    }
    let is_empty_unset = rest.as_str().starts_with(':');
    if is_empty_unset {
        rest.next();
    }
    let operator = rest.next()?;
    if operator == '}' && !is_empty_unset {
        return known(value(name));
    }
    let word = until(rest, Some('}'), value);
    let found = match value(name) {
        Variable::Set(text) if text.is_empty() && is_empty_unset => Variable::Unset,
        found => found,
    };
    match (operator, found) {
        ('-', Variable::Set(text)) => Some(text),
        ('-', Variable::Unset) | ('+', Variable::Set(_)) => word,
        ('+', Variable::Unset) => Some(String::new()),
        _ => None,
    }
}

fn name<'a>(rest: &mut Chars<'a>) -> &'a str {
    let text = rest.as_str();
    let is_in_name = |c: char| c.is_ascii_alphanumeric() || c == '_';
    let len = text.find(|c: char| !is_in_name(c)).unwrap_or(text.len());
    // A name does not begin with a digit; a single digit is a name of the shell, and none here.
    let len = if text.starts_with(|c: char| c.is_ascii_digit()) { 0 } else { len };
    *rest = text[len..].chars();
    &text[..len]
}

fn known(variable: Variable) -> Option<String> {
    match variable {
        Variable::Set(text) => Some(text),
        Variable::Unset => Some(String::new()),
        Variable::Unknown => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn value(name: &str) -> Variable {
        match name {
            "A" => Variable::Set("a".to_owned()),
            "EMPTY" => Variable::Set(String::new()),
            "ARCH" => Variable::Unknown,
            _ => Variable::Unset,
        }
    }

    #[test]
    fn what_words_come_to() {
        for (word, expected) in [
            ("plain:1", Some("plain:1")),
            ("$A/$A:${A}x", Some("a/a:ax")),
            ("\"${A}\"'$A'\\$A", Some("a$A$A")),
            ("\"\\$A\\x\"", Some("$A\\x")),
            ("$", Some("$")),
            ("${NONE}-x", Some("-x")),
            ("${A:-b}${NONE:-b}${EMPTY:-b}${EMPTY-b}", Some("abb")),
            ("${A:+b}${NONE:+b}${EMPTY:+b}${EMPTY+b}", Some("bb")),
            ("${NONE:-${NONE:-$A}1}", Some("a1")),
            ("${NONE:-'}'}", Some("}")),
            ("$ARCH", None),
            ("${ARCH:-x}", None),
            ("${A", None),
            ("${A:}", None),
            ("${A:?x}", None),
            ("${A%x}", None),
            ("${}", None),
            ("\"a", None),
            ("a\\", None),
        ] {
            assert_eq!(expanded(word, &value).as_deref(), expected, "{word:?}");
        }
    }
}
