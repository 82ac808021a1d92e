//! Commands run inside a started container.

use super::CommandLine;
use crate::user::User;

/// A command run inside the container after it was started (`exec_commands`).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ExecCommand {
    /// What is run.
    pub command: CommandLine,
    /// As whom; none for the container's user.
    pub user: Option<User>,
    /// When it is run again.
    pub policy: ExecPolicy,
}

/// When an exec command is run.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum ExecPolicy {
    /// After every start.
    #[default]
    Restart,
    /// After the first start of a container only.
    Initial,
}
