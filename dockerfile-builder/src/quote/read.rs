//! The way back: from quoted texts to what they mean.

/// A word, as a builder reads it.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(crate) struct Word {
    /// Its text without quotes and escapes.
    pub(crate) text: String,
    /// Whether a variable in it counts.
    pub(crate) is_expanded: bool,
}

/// Reads a word up to a character outside of quotes that ends it; returns what follows from there on.
pub(crate) fn word(text: &str, is_end: fn(char) -> bool) -> Option<(Word, &str)> {
    let mut word = Word { text: String::new(), is_expanded: false };
    let mut quote = None;
    let mut rest = text.char_indices().peekable();
    while let Some((at, c)) = rest.next() {
        match (c, quote) {
            (c, None) if is_end(c) => return Some((word, &text[at..])),
            ('"' | '\'', None) => quote = Some(c),
            (c, Some(open)) if c == open => quote = None,
            ('\\', None) => word.text.push(rest.next()?.1),
            ('\\', Some('"')) => {
                let escaped = rest.next_if(|(_, next)| matches!(next, '"' | '$' | '\\'));
                word.text.push(escaped.map_or(c, |(_, escaped)| escaped));
            }
            ('$', None | Some('"')) => {
                word.is_expanded = true;
                word.text.push(c);
            }
            (c, _) => word.text.push(c),
        }
    }
    quote.is_none().then_some((word, ""))
}

/// Reads a text that is one word in which no variable counts.
pub(crate) fn argument(text: &str) -> Option<String> {
    match word(text, char::is_whitespace)? {
        (Word { text, is_expanded: false }, "") => Some(text),
        _ => None,
    }
}

/// Reads the arguments of `COPY`, `ADD` and `VOLUME`.
pub(crate) fn arguments(text: &str) -> Option<Vec<Word>> {
    if let Some(items) = list(text) {
        let read = |item: &String| word(item, |_| false).map(|(word, _)| word);
        return items.iter().map(read).collect();
    }
    let mut words = Vec::new();
    let mut rest = text.trim();
    while !rest.is_empty() {
        let (word, after) = word(rest, char::is_whitespace)?;
        words.push(word);
        rest = after.trim_start();
    }
    Some(words)
}

/// Returns the path that a pattern matches alone.
pub(crate) fn literal(pattern: &str) -> Option<String> {
    if !pattern.contains(['*', '?', '[']) {
        return Some(pattern.to_owned());
    }
    let mut path = String::new();
    let mut rest = pattern.chars();
    while let Some(c) = rest.next() {
        match c {
            '*' | '?' => return None,
            '\\' => path.push(rest.next()?),
            '[' => {
                path.push(rest.next().filter(|c| !matches!(c, '^' | '\\'))?);
                rest.next().filter(|c| *c == ']')?;
            }
            c => path.push(c),
        }
    }
    Some(path)
}

/// Reads a JSON array of texts.
pub(crate) fn list(text: &str) -> Option<Vec<String>> {
    let mut rest = text.trim().strip_prefix('[')?.trim_start();
    let mut items = Vec::new();
    if let Some(after) = rest.strip_prefix(']') {
        return after.is_empty().then_some(items);
    }
    loop {
        let (item, after) = string(rest.strip_prefix('"')?)?;
        items.push(item);
        let after = after.trim_start();
        if let Some(after) = after.strip_prefix(']') {
            return after.is_empty().then_some(items);
        }
        rest = after.strip_prefix(',')?.trim_start();
    }
}

/// Reads a JSON text behind its first quote.
fn string(text: &str) -> Option<(String, &str)> {
    let mut item = String::new();
    let mut rest = text.chars();
    loop {
        match rest.next()? {
            '"' => return Some((item, rest.as_str())),
            '\\' => item.push(match rest.next()? {
                c @ ('"' | '\\' | '/') => c,
                'b' => '\u{8}',
                'f' => '\u{c}',
                'n' => '\n',
                'r' => '\r',
                't' => '\t',
                'u' => {
                    let first = unit(&mut rest)?;
                    if (0xd800..0xdc00).contains(&first) && rest.as_str().starts_with("\\u") {
                        rest.nth(1);
                        let pair = [first, unit(&mut rest)?];
                        char::decode_utf16(pair).next()?.ok()?
                    } else {
                        char::from_u32(u32::from(first))?
                    }
                }
                _ => return None,
            }),
            c if c.is_ascii_control() => return None,
            c => item.push(c),
        }
    }
}

/// Reads four hexadecimal digits.
fn unit(rest: &mut std::str::Chars<'_>) -> Option<u16> {
    let digits = rest.as_str().get(..4)?;
    rest.nth(3);
    digits.chars().all(|c| c.is_ascii_hexdigit()).then(|| u16::from_str_radix(digits, 16).ok())?
}

#[cfg(test)]
mod tests {
    use super::super::{escaped_word, literal_pattern, value};
    use super::*;

    #[test]
    fn what_is_quoted_is_read() {
        for text in ["", "a b", r#"a"b\c$d'e"#, "<<E<<<", "=*[?]", "\\", "\\\\*[a]\\"] {
            assert_eq!(argument(&value(text)).as_deref(), Some(text));
            assert_eq!(literal(&literal_pattern(text)).as_deref(), Some(text));
            let escaped = escaped_word(text);
            assert_eq!(word(&escaped, |_| false).map(|(word, _)| word.text).as_deref(), Some(text));
        }
    }

    #[test]
    fn words_are_read_as_builders_do() {
        for (text, expected) in [
            ("a\\ b c", Some(("a b", false, " c"))),
            ("'$a'\"$b\"", Some(("$a$b", true, ""))),
            ("\"\\a\"", Some(("\\a", false, ""))),
            ("\"a", None),
            ("a\\", None),
        ] {
            let read = word(text, char::is_whitespace);
            let read = read.as_ref().map(|(word, rest)| (word.text.as_str(), word.is_expanded, *rest));
            assert_eq!(read, expected, "{text:?}");
        }
    }

    #[test]
    fn lists_are_json() {
        let read = |text| list(text).map(|items| items.join("|"));
        assert_eq!(read(r#" [ "a" , "\u00e9\ud83d\ude00\n" ] "#).as_deref(), Some("a|é😀\n"));
        for text in [
            "",
            "[",
            "[]x",
            "[a]",
            r#"["a",]"#,
            r#"["a" "b"]"#,
            r#"["\x"]"#,
            r#"["\ud83d"]"#,
            r#"["\u+123"]"#,
        ] {
            assert_eq!(read(text), None, "{text:?}");
        }
        assert_eq!(list("[]"), Some(Vec::new()));
    }
}
