//! Where the instructions of a Dockerfile are.

use super::DockerfileError;
use super::lines::{Piece, pieces};

/// An instruction and where it is.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Located {
    /// The number of its first line, from 1.
    pub line: usize,
    /// Its first word, in upper case.
    pub keyword: String,
    /// What follows, on one line.
    pub rest: String,
    /// The number of its stage, from 0; none above the first `FROM`. A `FROM` is of the stage that it begins.
    pub stage: Option<usize>,
}

impl Located {
    /// Returns the name that a `FROM` gives to its stage, in lower case.
    pub fn stage_name(&self) -> Option<String> {
        let mut words = self.rest.split_whitespace().rev();
        let (name, with) = (words.next()?, words.next()?);
        (self.keyword == "FROM" && with.eq_ignore_ascii_case("as")).then(|| name.to_lowercase())
    }
}

/// Returns the instructions of a Dockerfile in their order.
///
/// # Errors
///
/// A here-document has no end.
pub fn locate(text: &str) -> Result<Vec<Located>, DockerfileError> {
    let mut stages = 0;
    let statements = pieces(text)?.into_iter().filter_map(|piece| match piece {
        Piece::Statement(statement) => Some(statement),
        Piece::Directive { .. } | Piece::Comment(_) | Piece::Blank => None,
    });
    Ok(statements
        .map(|statement| {
            stages += usize::from(statement.keyword == "FROM");
            Located {
                line: statement.line,
                keyword: statement.keyword,
                rest: statement.rest,
                stage: stages.checked_sub(1),
            }
        })
        .collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_and_stages() {
        let text = "# syntax=x\nARG A=1\n\nFROM a AS Base\nRUN one && \\\n  # more\n  two\nRUN <<E\nx\nE\nFROM base\nCMD c\n";
        let found = locate(text).unwrap();
        let found: Vec<_> =
            found.iter().map(|at| (at.line, at.keyword.as_str(), at.stage, at.stage_name())).collect();
        let base = Some("base".to_owned());
        assert_eq!(
            found,
            [
                (2, "ARG", None, None),
                (4, "FROM", Some(0), base),
                (5, "RUN", Some(0), None),
                (8, "RUN", Some(0), None),
                (11, "FROM", Some(1), None),
                (12, "CMD", Some(1), None),
            ]
        );
    }
}
