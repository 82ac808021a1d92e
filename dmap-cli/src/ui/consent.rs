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
        let hint = "add `--yes` to carry it out";
        self.ask(
            "the plan stops or removes something that exists",
            hint,
            "This stops or removes something that exists",
        )
    }

    /// Asks whether to remove what was listed.
    ///
    /// # Errors
    ///
    /// The answer is not yes, or nobody is there to give one.
    pub(crate) fn consent_to_removal(self) -> Result<(), Failure> {
        let hint = "add `--yes` to remove it, or `--dry-run` to look only";
        self.ask("this removes what exists", hint, "This removes what is listed, and there is no way back")
    }

    /// Asks a question; where nobody can answer, it says what it is about and what to do.
    fn ask(self, about: &str, hint: &str, question: &str) -> Result<(), Failure> {
        if !has_terminal() {
            return Err(Failure::new(Exit::Failed, format!("{about}; nothing was changed")).hint(hint));
        }
        self.err(format_args!("\n{question}. Go ahead? [y/N] "));
        let mut answer = String::new();
        io::stdin().lock().read_line(&mut answer).map_err(|error| Failure::input(&error))?;
        match answer.trim().to_ascii_lowercase().as_str() {
            "y" | "yes" => Ok(()),
            _ => Err(Failure::new(Exit::Failed, "not confirmed; nothing was changed")),
        }
    }
}
