//! The instructions of a stage and their syntax.

use std::fmt;

use crate::base::StageRef;
use crate::command::Command;
use crate::path::{ContextPath, ImagePath};
use crate::quote;

/// One instruction below a `FROM`.
///
/// All values are literal; rendering quotes them so that the engine sees exactly what is here.
#[derive(Clone, PartialEq, Eq, Debug)]
#[non_exhaustive]
pub enum Instruction {
    /// Executes a command and keeps what it changed.
    Run(Command),
    /// Copies a file, or the content of a directory, from the build context.
    Copy {
        /// The path in the context.
        from: ContextPath,
        /// The path in the image.
        to: ImagePath,
    },
    /// Copies a file, or the content of a directory, from an earlier stage.
    CopyFrom {
        /// The earlier stage.
        stage: StageRef,
        /// The path in the earlier stage.
        from: ImagePath,
        /// The path in the image.
        to: ImagePath,
    },
    /// Copies from the build context and unpacks the file if it is an archive.
    Add {
        /// The path in the context.
        from: ContextPath,
        /// The path in the image.
        to: ImagePath,
    },
    /// Sets an environment variable for later instructions and for containers.
    Env {
        /// The name of the variable.
        name: String,
        /// Its value, in which nothing is expanded.
        value: String,
    },
    /// Attaches a label to the image.
    Label {
        /// The name of the label.
        name: String,
        /// Its value, in which nothing is expanded.
        value: String,
    },
    /// Sets the working directory for later instructions and for containers.
    Workdir(ImagePath),
    /// Sets the user for later instructions and for containers, as a name or number with an optional `:group`.
    User(String),
    /// Documents a port that containers listen on.
    Expose {
        /// The number of the port.
        port: u16,
        /// The protocol spoken on it.
        protocol: Protocol,
    },
    /// Sets the program that containers execute.
    Entrypoint(Command),
    /// Sets the command, or the arguments of the entry point, that containers start with.
    Cmd(Command),
    /// Explains something to the reader; the engine does not see it.
    Comment(String),
}

/// The transport protocol of an exposed port.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
#[non_exhaustive]
pub enum Protocol {
    /// The engine's default.
    Tcp,
    /// Datagrams.
    Udp,
}

impl fmt::Display for Instruction {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Run(command) => write!(f, "RUN {command}"),
            Self::Copy { from, to } => write!(f, "COPY {}", quote::transfer(from.as_str(), to.as_str())),
            Self::CopyFrom { stage, from, to } => {
                write!(f, "COPY --from={stage} {}", quote::transfer(from.as_str(), to.as_str()))
            }
            Self::Add { from, to } => write!(f, "ADD {}", quote::transfer(from.as_str(), to.as_str())),
            Self::Env { name, value } => write!(f, "ENV {}={}", quote::name(name), quote::value(value)),
            Self::Label { name, value } => {
                write!(f, "LABEL {}={}", quote::name(name), quote::value(value))
            }
            Self::Workdir(path) => write!(f, "WORKDIR {}", quote::argument(path.as_str())),
            Self::User(user) => write!(f, "USER {}", quote::argument(user)),
            Self::Expose { port, protocol: Protocol::Tcp } => write!(f, "EXPOSE {port}"),
            Self::Expose { port, protocol: Protocol::Udp } => write!(f, "EXPOSE {port}/udp"),
            Self::Entrypoint(command) => write!(f, "ENTRYPOINT {command}"),
            Self::Cmd(command) => write!(f, "CMD {command}"),
            Self::Comment(text) => {
                for (index, line) in quote::comment(text).enumerate() {
                    let separator = if index == 0 { "" } else { "\n" };
                    write!(f, "{separator}{line}")?;
                }
                Ok(())
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_equals_sign_in_a_name_cannot_shift_the_value() {
        let label = Instruction::Label { name: "a=b".to_owned(), value: "c".to_owned() };
        assert_eq!(label.to_string(), r#"LABEL "a=b"="c""#);
    }
}
