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
    /// What a saved plan touches is not as it was; nothing was done.
    Stale,
    /// Somebody else works on the map.
    Locked,
    /// The command line or the map is not valid.
    Invalid,
    /// Interrupted by the user.
    Interrupted,
    /// `run`: the command was stopped because its time was over; the code is that of `timeout`.
    TimedOut,
    /// `run`: the command ended with this code.
    OfContainer(u8),
}

impl Exit {
    /// Returns the number that the shell sees.
    pub(crate) fn code(self) -> u8 {
        match self {
            Self::Done => 0,
            Self::Failed => 1,
            Self::Changes => 2,
            Self::Partly => 3,
            Self::Stale => 4,
            Self::Locked => 5,
            Self::Invalid => 64,
            Self::Interrupted => 130,
            Self::TimedOut => 124,
            Self::OfContainer(code) => code,
        }
    }

    /// Returns how a command ends that carried out several plans.
    pub(crate) fn of_all(exits: &[Self]) -> Self {
        let all = |wanted: Self| exits.iter().all(|exit| *exit == wanted);
        if exits.contains(&Self::Interrupted) {
            Self::Interrupted
        } else if all(Self::Done) {
            Self::Done
        } else if all(Self::Failed) {
            Self::Failed
        } else if all(Self::Locked) {
            Self::Locked
        } else {
            Self::Partly
        }
    }
}

impl From<Exit> for ExitCode {
    fn from(exit: Exit) -> Self {
        exit.code().into()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn several_plans_end_as_one() {
        use Exit::{Done, Failed, Interrupted, Locked, Partly};
        for (exits, expected) in [
            (&[][..], Done),
            (&[Done, Done], Done),
            (&[Failed, Failed], Failed),
            (&[Done, Failed], Partly),
            (&[Failed, Partly], Partly),
            (&[Partly], Partly),
            (&[Locked, Locked], Locked),
            (&[Done, Locked], Partly),
            (&[Done, Interrupted], Interrupted),
        ] {
            assert_eq!(Exit::of_all(exits), expected, "{exits:?}");
        }
    }
}
