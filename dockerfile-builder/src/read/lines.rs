//! From lines to instructions, by the rules of the engine's parsers.

use super::DockerfileError;

/// A part of a Dockerfile.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(super) enum Piece {
    /// A directive for the parser, its key in lower case.
    Directive { key: String, value: String },
    /// Lines of comment in a row, without their signs.
    Comment(String),
    /// An empty line.
    Blank,
    /// An instruction.
    Statement(Statement),
}

/// An instruction with what belongs to it.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(super) struct Statement {
    /// The number of the first line, from 1.
    pub(super) line: usize,
    /// The first word, in upper case.
    pub(super) keyword: String,
    /// What follows it, on one line.
    pub(super) rest: String,
    /// The contents of its here-documents.
    pub(super) heredocs: Vec<String>,
    /// Its lines as they are.
    pub(super) raw: String,
}

/// The keys of directives.
const DIRECTIVES: [&str; 3] = ["syntax", "escape", "check"];

/// Splits a Dockerfile into its parts.
pub(super) fn pieces(text: &str) -> Result<Vec<Piece>, DockerfileError> {
    let text = text.strip_prefix('\u{feff}').unwrap_or(text);
    let mut lines = text.split('\n').map(|line| line.trim_end_matches('\r')).enumerate().peekable();
    let mut pieces = Vec::new();
    let mut escape = '\\';
    let mut can_be_directive = true;
    while let Some((index, line)) = lines.next() {
        let is_last = lines.peek().is_none();
        if let Some(comment) = line.trim_start().strip_prefix('#') {
            if let Some((key, value)) = directive(comment).filter(|_| can_be_directive) {
                escape = if key == "escape" && value == "`" { '`' } else { escape };
                pieces.push(Piece::Directive { key, value });
            } else {
                can_be_directive = false;
                push_comment(&mut pieces, comment);
            }
            continue;
        }
        can_be_directive = false;
        if line.trim().is_empty() {
            // What follows the last line break is no line.
            if !(is_last && line.is_empty()) {
                pieces.push(Piece::Blank);
            }
            continue;
        }
        pieces.push(Piece::Statement(statement(index + 1, line, &mut lines, escape)?));
    }
    Ok(pieces)
}

/// Reads a comment as a directive, if it is one.
fn directive(comment: &str) -> Option<(String, String)> {
    let (key, value) = comment.split_once('=')?;
    let key = key.trim().to_ascii_lowercase();
    DIRECTIVES.contains(&key.as_str()).then(|| (key, value.trim().to_owned()))
}

fn push_comment(pieces: &mut Vec<Piece>, comment: &str) {
    let line = comment.strip_prefix(' ').unwrap_or(comment);
    if let Some(Piece::Comment(text)) = pieces.last_mut() {
        text.push('\n');
        text.push_str(line);
    } else {
        pieces.push(Piece::Comment(line.to_owned()));
    }
}

/// Reads an instruction with the lines that go on with it.
fn statement<'a>(
    number: usize,
    first: &'a str,
    lines: &mut impl Iterator<Item = (usize, &'a str)>,
    escape: char,
) -> Result<Statement, DockerfileError> {
    let mut raw = first.to_owned();
    let mut joined = String::new();
    let mut line = first;
    while let Some(part) = continued(line, escape) {
        joined.push_str(part);
        // Comments and empty lines do not end an instruction that goes on.
        let next = lines.by_ref().find(|(_, line)| {
            raw.push('\n');
            raw.push_str(line);
            !line.trim().is_empty() && !line.trim_start().starts_with('#')
        });
        let Some((_, next)) = next else {
            line = "";
            break;
        };
        line = next;
    }
    joined.push_str(line);
    let text = joined.trim();
    let (keyword, rest) = text.split_once(char::is_whitespace).unwrap_or((text, ""));
    let keyword = keyword.to_ascii_uppercase();
    let rest = rest.trim().to_owned();
    let mut heredocs = Vec::new();
    for heredoc in opened(&keyword, &rest) {
        heredocs.push(contents(number, &heredoc, lines, &mut raw)?);
    }
    Ok(Statement { line: number, keyword, rest, heredocs, raw })
}

/// Returns a line without the escape character at its end, if it goes on.
fn continued(line: &str, escape: char) -> Option<&str> {
    let part = line.trim_end_matches([' ', '\t']).strip_suffix(escape)?;
    // An escaped escape character does not count.
    (!part.ends_with(escape)).then_some(part)
}

/// A here-document that is opened.
struct Heredoc<'a> {
    name: &'a str,
    strips_tabs: bool,
}

/// Returns the here-documents that an instruction opens.
fn opened<'a>(keyword: &str, rest: &'a str) -> Vec<Heredoc<'a>> {
    match keyword {
        "RUN" | "COPY" | "ADD" => {}
        "ONBUILD" => {
            let (keyword, rest) = rest.split_once(char::is_whitespace).unwrap_or((rest, ""));
            return opened(&keyword.to_ascii_uppercase(), rest);
        }
        _ => return Vec::new(),
    }
    words(rest).into_iter().filter_map(heredoc).collect()
}

/// Reads a word like `<<EOF`, `<<-EOF` or `3<<"EOF"`.
fn heredoc(word: &str) -> Option<Heredoc<'_>> {
    let word = word.trim_start_matches(|c: char| c.is_ascii_digit()).strip_prefix("<<")?;
    let strips_tabs = word.starts_with('-');
    let name = word.strip_prefix('-').unwrap_or(word);
    let quoted = |quote| name.strip_prefix(quote).and_then(|name: &str| name.strip_suffix(quote));
    let name = quoted('"').or_else(|| quoted('\'')).unwrap_or(name);
    (!name.is_empty() && !name.contains('<')).then_some(Heredoc { name, strips_tabs })
}

/// Returns the words of a text, with their quotes.
fn words(text: &str) -> Vec<&str> {
    let (mut words, mut start, mut quote, mut is_escaped) = (Vec::new(), None, None, false);
    for (at, c) in text.char_indices() {
        if quote.is_none() && !is_escaped && c.is_whitespace() {
            words.extend(start.take().map(|start: usize| &text[start..at]));
            continue;
        }
        start.get_or_insert(at);
        match (c, quote) {
            _ if is_escaped => is_escaped = false,
            ('\\', None | Some('"')) => is_escaped = true,
            ('"' | '\'', None) => quote = Some(c),
            (c, Some(open)) if c == open => quote = None,
            _ => {}
        }
    }
    words.extend(start.map(|start| &text[start..]));
    words
}

/// Reads a here-document up to its end.
fn contents<'a>(
    number: usize,
    heredoc: &Heredoc<'_>,
    lines: &mut impl Iterator<Item = (usize, &'a str)>,
    raw: &mut String,
) -> Result<String, DockerfileError> {
    let mut text = String::new();
    for (_, line) in lines {
        raw.push('\n');
        raw.push_str(line);
        let line = if heredoc.strips_tabs { line.trim_start_matches('\t') } else { line };
        if line == heredoc.name {
            return Ok(text);
        }
        text.extend([line, "\n"]);
    }
    Err(DockerfileError::OpenHeredoc { line: number, name: heredoc.name.to_owned() })
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Returns the instructions of a text, a line for each.
    fn read(text: &str) -> Result<Vec<String>, DockerfileError> {
        let shown = |piece| match piece {
            Piece::Statement(Statement { line, keyword, rest, heredocs, .. }) => {
                format!("{line} {keyword} {rest} {heredocs:?}")
            }
            Piece::Directive { key, value } => format!("{key}: {value}"),
            Piece::Comment(text) => format!("{text:?}"),
            Piece::Blank => String::new(),
        };
        Ok(pieces(text)?.into_iter().map(shown).collect())
    }

    #[test]
    fn instructions_go_on_behind_an_escape_character() -> Result<(), DockerfileError> {
        let text = "# a\n#b\nrun a \\\n  # comment\n\n  b \\ \n c\nRUN x\\\\\nRUN y \\";
        assert_eq!(read(text)?, ["\"a\\nb\"", "3 RUN a   b  c []", "8 RUN x\\\\ []", "9 RUN y []"]);
        Ok(())
    }

    #[test]
    fn directives_come_first() -> Result<(), DockerfileError> {
        let text = "# Syntax = a/b\n# escape=`\r\nRUN a `\nb\n# syntax=c\n";
        assert_eq!(read(text)?, ["syntax: a/b", "escape: `", "3 RUN a b []", "\"syntax=c\""]);
        assert_eq!(read("# other=x\n# syntax=y")?, ["\"other=x\\nsyntax=y\""]);
        Ok(())
    }

    #[test]
    fn here_documents_belong_to_their_instruction() -> Result<(), DockerfileError> {
        let text = "RUN <<A cat 3<<-\"B\"\na\n#b\nA\n\t\tc\n\tB\nRUN echo \"<<A\" '<<B' a<<C\nENV a=<<A\nONBUILD RUN <<A\nA\n";
        assert_eq!(
            read(text)?,
            [
                r#"1 RUN <<A cat 3<<-"B" ["a\n#b\n", "c\n"]"#,
                r#"7 RUN echo "<<A" '<<B' a<<C []"#,
                "8 ENV a=<<A []",
                r#"9 ONBUILD RUN <<A [""]"#,
            ]
        );
        let open = Err(DockerfileError::OpenHeredoc { line: 1, name: "A".to_owned() });
        assert_eq!(read("COPY <<A /x\nb\n A"), open);
        Ok(())
    }
}
