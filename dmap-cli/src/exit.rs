//! Exit codes: one meaning each.

use std::process::ExitCode;

/// How the command ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Exit {
    /// Done, or nothing to do.
    Done,
    /// Failed: the engine, a file, or a refusal.
    Failed,
    /// `plan --detailed-exitcode`: there is something to do.
    Changes,
    /// Some steps were done and some were not.
    Partly,
    /// The command line or the map is not valid.
    Invalid,
    /// Interrupted by the user.
    Interrupted,
}

impl Exit {
    /// Returns the number that the shell sees.
    pub(crate) fn code(self) -> u8 {
        match self {
            Self::Done => 0,
            Self::Failed => 1,
            Self::Changes => 2,
            Self::Partly => 3,
            Self::Invalid => 64,
            Self::Interrupted => 130,
        }
    }
}

impl From<Exit> for ExitCode {
    fn from(exit: Exit) -> Self {
        exit.code().into()
    }
}
