//! Commands that are run in a container that runs.

use alloc::string::String;
use alloc::vec::Vec;
use core::fmt;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::render::quote::{visible, word};

/// A command run in a container (Docker API: `ContainerExec`).
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct ExecSpec {
    /// Its words.
    pub command: Vec<String>,
    /// As whom; none for the container's user.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub user: Option<String>,
}

/// On one line, as somebody would type it.
impl fmt::Display for ExecSpec {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let words: Vec<String> = self.command.iter().map(|text| visible(&word(text))).collect();
        f.write_str(&words.join(" "))
    }
}

#[cfg(test)]
mod tests {
    use alloc::borrow::ToOwned;
    use alloc::string::ToString;

    use super::*;

    #[test]
    fn a_command_is_one_line() {
        let words = ["sh", "-c", "echo 'a b'\nexit 1", "", "x=1"];
        let command = words.iter().map(|word| (*word).to_owned()).collect();
        let shown = ExecSpec { command, user: None }.to_string();
        assert_eq!(shown, r"sh -c 'echo '\''a b'\''\nexit 1' '' x=1");
    }
}
