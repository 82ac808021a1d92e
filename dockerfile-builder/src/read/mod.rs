//! Reading Dockerfiles: those that [`Display`](std::fmt::Display) writes in full, others for the files they need.

mod bases;
mod lines;
mod locate;
mod mount;
mod step;
mod uses;

use std::str::FromStr;

use thiserror::Error;

use crate::base::{Base, StageRef};
use crate::dockerfile::{Dockerfile, Stage};
use crate::instruction::{Instruction, Step};
use crate::preamble::Preamble;
pub use bases::base_images;
use lines::{Piece, Statement};
pub use locate::{Located, locate};
pub use uses::{ContextUse, Used, context_uses};

/// Why a text is not a Dockerfile.
#[derive(Clone, PartialEq, Eq, Debug, Error)]
#[non_exhaustive]
pub enum DockerfileError {
    /// There is no `FROM`.
    #[error("there is no `FROM`, so there is nothing to build on")]
    NoStage,
    /// Something stands above the first `FROM` that cannot.
    #[error("line {line}: only `ARG` can stand above the first `FROM`")]
    AboveStage {
        /// The number of the line, from 1.
        line: usize,
    },
    /// A `FROM` names no base, or too much.
    #[error("line {line}: this is not `FROM BASE` or `FROM BASE AS NAME`")]
    BadStage {
        /// The number of the line, from 1.
        line: usize,
    },
    /// A here-document has no end.
    #[error("line {line}: the here-document `{name}` has no end; the word has to stand alone on a line")]
    OpenHeredoc {
        /// The number of the line it begins in, from 1.
        line: usize,
        /// The word that ends it.
        name: String,
    },
}

impl FromStr for Dockerfile {
    type Err = DockerfileError;

    /// Reads what [`Display`](std::fmt::Display) writes.
    ///
    /// Of any other Dockerfile, what cannot be said in the types of this crate is kept as [`Instruction::Raw`], names of
    /// stages are read as images, and comments above the first `FROM` are left out.
    fn from_str(text: &str) -> Result<Self, DockerfileError> {
        let mut reader = Reader { preamble: Preamble::default(), stages: Vec::new(), blanks: 0 };
        for piece in lines::pieces(text)? {
            reader.take(piece)?;
        }
        reader.flush();
        let last = reader.stages.pop().ok_or(DockerfileError::NoStage)?;
        Ok(Self::new(reader.preamble, reader.stages, last))
    }
}

/// What has been read.
struct Reader {
    preamble: Preamble,
    stages: Vec<Stage>,
    blanks: usize,
}

impl Reader {
    fn take(&mut self, piece: Piece) -> Result<(), DockerfileError> {
        match piece {
            Piece::Directive { key, value } => self.directive(&key, value),
            Piece::Blank => self.blanks += 1,
            Piece::Comment(text) => self.push(Instruction::Comment(text)),
            Piece::Statement(statement) if statement.keyword == "FROM" => {
                // One empty line above it is its own.
                self.blanks = self.blanks.saturating_sub(1);
                let stage = self.stage(&statement)?;
                self.flush();
                self.stages.push(stage);
            }
            Piece::Statement(statement) if self.stages.is_empty() => self.above(&statement)?,
            Piece::Statement(statement) => {
                let index = self.stages.len() - 1;
                let read = step::read(&statement, index);
                self.push(read.unwrap_or(Instruction::Raw(statement.raw)));
            }
        }
        Ok(())
    }

    fn directive(&mut self, key: &str, value: String) {
        match key {
            "syntax" => self.preamble.syntax = Some(value),
            "check" => self.preamble.check = Some(value),
            // The escape character is a matter of the text alone.
            _ => {}
        }
    }

    fn above(&mut self, statement: &Statement) -> Result<(), DockerfileError> {
        match step::read(statement, 0) {
            Some(Instruction::Step(Step::Arg { name, default })) => {
                self.preamble.args.push((name, default));
                Ok(())
            }
            _ => Err(DockerfileError::AboveStage { line: statement.line }),
        }
    }

    fn stage(&self, statement: &Statement) -> Result<Stage, DockerfileError> {
        let mut rest = statement.rest.trim();
        let mut platform = None;
        if let Some(after) = rest.strip_prefix("--platform=") {
            let (value, after) = after.split_once(char::is_whitespace).unwrap_or((after, ""));
            platform = Some(value.to_owned());
            rest = after.trim_start();
        }
        let words: Vec<&str> = rest.split_whitespace().collect();
        let base = match words[..] {
            [base] => base,
            [base, with, _] if with.eq_ignore_ascii_case("as") => base,
            _ => return Err(DockerfileError::BadStage { line: statement.line }),
        };
        let base = match StageRef::parse(base, self.stages.len()) {
            Some(stage) => Base::Stage(stage),
            None => base.into(),
        };
        let mut stage = Stage::new(base);
        if let Some(platform) = platform {
            stage.set_platform(platform);
        }
        Ok(stage)
    }

    /// Appends an instruction, if there is a stage for it.
    fn push(&mut self, instruction: Instruction) {
        self.flush();
        if let Some(stage) = self.stages.last_mut() {
            stage.push(instruction);
        }
    }

    /// Appends the empty lines that were seen.
    fn flush(&mut self) {
        for _ in 0..std::mem::take(&mut self.blanks) {
            if let Some(stage) = self.stages.last_mut() {
                stage.push(Instruction::Blank);
            }
        }
    }
}
