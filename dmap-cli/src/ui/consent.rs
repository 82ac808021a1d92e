//! Asking before something that runs is stopped or removed.

use std::io::{self, BufRead as _};

use super::{Ui, has_terminal};
use crate::exit::Exit;
use crate::failure::Failure;

/// Whether the user has agreed to what a plan stops or removes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Consent {
    /// There is something to agree to.
    Wanted,
    /// There is nothing, or it was agreed to.
    Given,
}

impl Ui {
    /// Asks whether to carry out a plan that stops or removes something.
    ///
    /// # Errors
    ///
    /// The answer is not yes, or nobody is there to give one.
    pub(crate) fn consent(self, consent: Consent) -> Result<(), Failure> {
        if consent == Consent::Given {
            return Ok(());
        }
        if !has_terminal() {
            let text = "the plan stops or removes something that exists; nothing was changed";
            return Err(Failure::new(Exit::Failed, text).hint("add `--yes` to carry it out"));
        }
        self.err("\nThis stops or removes something that exists. Go ahead? [y/N] ");
        let mut answer = String::new();
        io::stdin().lock().read_line(&mut answer).map_err(|error| Failure::input(&error))?;
        match answer.trim().to_ascii_lowercase().as_str() {
            "y" | "yes" => Ok(()),
            _ => Err(Failure::new(Exit::Failed, "not confirmed; nothing was changed")),
        }
    }
}
