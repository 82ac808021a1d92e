//! Which files of its context a Dockerfile needs.

use super::DockerfileError;
use super::lines::{Piece, Statement, pieces};
use crate::quote;
use crate::quote::read::{self, Word};

/// Something that an instruction takes from the build context.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct ContextUse {
    /// The number of the instruction's line, from 1.
    pub line: usize,
    /// What it takes.
    pub used: Used,
}

/// What an instruction takes from the build context.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Used {
    /// What a pattern matches, as `COPY` understands patterns, from the root of the context; `.` is all of it.
    Pattern(String),
    /// What only the build knows, as there are variables in it.
    Variable(String),
}

/// Returns what a Dockerfile takes from its build context, in the order of its lines.
///
/// That is what `COPY`, `ADD` and bind mounts of `RUN` name and that comes neither from another stage or image, nor from
/// elsewhere, nor from a here-document. `ONBUILD` takes from the contexts of other builds.
///
/// ```
/// # use dockerfile_builder::{context_uses, Used};
/// let uses = context_uses("FROM golang AS build\nCOPY go.* src/ /src/\nFROM scratch\nCOPY --from=build /app /\n")?;
/// let patterns: Vec<_> = uses.into_iter().map(|one| one.used).collect();
/// assert_eq!(patterns, ["go.*", "src"].map(|pattern| Used::Pattern(pattern.to_owned())));
/// # Ok::<(), dockerfile_builder::DockerfileError>(())
/// ```
///
/// # Errors
///
/// A here-document has no end.
pub fn context_uses(text: &str) -> Result<Vec<ContextUse>, DockerfileError> {
    let mut uses = Vec::new();
    for piece in pieces(text)? {
        if let Piece::Statement(statement) = piece {
            let taken = match statement.keyword.as_str() {
                "COPY" | "ADD" => transferred(&statement),
                "RUN" => mounted(&statement.rest),
                _ => Vec::new(),
            };
            uses.extend(taken.into_iter().map(|used| ContextUse { line: statement.line, used }));
        }
    }
    Ok(uses)
}

/// Returns the options that a text begins with, and what follows them.
pub(super) fn options(text: &str) -> (Vec<&str>, &str) {
    let mut options = Vec::new();
    let mut rest = text.trim_start();
    while rest.starts_with("--") {
        let (option, after) = rest.split_once(char::is_whitespace).unwrap_or((rest, ""));
        options.push(&option[2..]);
        rest = after.trim_start();
    }
    (options, rest)
}

fn transferred(statement: &Statement) -> Vec<Used> {
    let (options, rest) = options(&statement.rest);
    if options.iter().any(|option| option.starts_with("from=")) {
        return Vec::new();
    }
    // What cannot be read, the engine refuses.
    let mut words = read::arguments(rest).unwrap_or_default();
    words.pop();
    let is_elsewhere = |word: &Word| {
        word.text.starts_with("<<") || statement.keyword == "ADD" && quote::is_address(&word.text)
    };
    words.into_iter().filter(|word| !is_elsewhere(word)).map(used).collect()
}

fn mounted(text: &str) -> Vec<Used> {
    let bound = mounts(text).filter_map(|mount| {
        let is_bind = mount.value(["type"; 2]).is_none_or(|kind| kind == "bind");
        if !is_bind || mount.value(["from"; 2]).is_some() {
            return None;
        }
        let source = mount.value(["source", "src"]).unwrap_or(".");
        Some(used(Word { text: source.to_owned(), is_expanded: source.contains('$') }))
    });
    bound.collect()
}

/// Returns the mounts of a `RUN`.
pub(super) fn mounts(text: &str) -> impl Iterator<Item = Mounted<'_>> {
    let mounts = options(text).0.into_iter().filter_map(|option| option.strip_prefix("mount="));
    mounts.map(|mount| {
        Mounted(mount.split(',').map(|field| field.split_once('=').unwrap_or((field, ""))).collect())
    })
}

/// The fields of a mount.
pub(super) struct Mounted<'a>(Vec<(&'a str, &'a str)>);

impl<'a> Mounted<'a> {
    /// Returns the value of the field with one of these names.
    pub(super) fn value(&self, names: [&str; 2]) -> Option<&'a str> {
        self.0.iter().find(|(name, _)| names.contains(name)).map(|(_, value)| *value)
    }
}

fn used(word: Word) -> Used {
    if word.is_expanded { Used::Variable(word.text) } else { Used::Pattern(cleaned(&word.text)) }
}

/// Returns a pattern as seen from the root; the engine lets nobody leave it.
fn cleaned(pattern: &str) -> String {
    let mut segments = Vec::new();
    for segment in pattern.split('/') {
        match segment {
            "" | "." => {}
            ".." => drop(segments.pop()),
            segment => segments.push(segment),
        }
    }
    if segments.is_empty() { ".".to_owned() } else { segments.join("/") }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn uses(text: &str) -> Result<Vec<String>, DockerfileError> {
        let shown = |one: ContextUse| match one.used {
            Used::Pattern(text) => format!("{} {text}", one.line),
            Used::Variable(text) => format!("{} variable {text}", one.line),
        };
        Ok(context_uses(text)?.into_iter().map(shown).collect())
    }

    #[test]
    fn what_comes_from_the_context_is_found() -> Result<(), DockerfileError> {
        let text = r#"# syntax=docker/dockerfile:1
FROM a AS b
COPY --chown=1:1 x ./y/../z/ /to/
copy ["my file", "/w/*.c", "/to/"]
ADD --checksum=sha256:0 https://example.org/x \
  local.tar /to/
ADD git@example.org:a.git /to
COPY --from=b /all /to
COPY <<EOF inline /to/
COPY not /this
EOF
COPY . /
COPY ../../up ${DIR}/f '$x' /to/
RUN --mount=type=bind,src=sub,target=/x --mount=target=/y --mount=type=cache,target=/c --mount=from=b,target=/z make
ONBUILD COPY later /to
ENV COPY=x
"#;
        let expected = [
            "3 x",
            "3 z",
            "4 my file",
            "4 w/*.c",
            "5 local.tar",
            "9 inline",
            "12 .",
            "13 up",
            "13 variable ${DIR}/f",
            "13 $x",
            "14 sub",
            "14 .",
        ];
        assert_eq!(uses(text)?, expected);
        Ok(())
    }
}
