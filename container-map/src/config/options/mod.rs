//! `create_options` and `host_config`: what a map passes on to the engine's create operation.
//!
//! [`CreateOptions`] and [`HostOptions`] are tables: a line in one of them is an option with its name, its type and what it
//! means to the engine, and all else that is known about options is made from these lines.

mod command;
mod cpu;
mod create;
mod device;
mod host;
mod hosts;
mod log;
mod mac;
mod memory;
mod namespace;
mod number;
mod restart;
mod security;
mod table;
mod tmpfs;
mod ulimit;
mod words;

use alloc::format;
use alloc::string::String;

pub(crate) use self::table::OptionTable;
pub(crate) use self::words::Word;
pub(in crate::config) use self::words::words;
pub use command::{CommandLine, Variable};
pub use cpu::CpuSet;
pub use create::CreateOptions;
pub use device::{Device, DeviceAccess, DeviceCount, DeviceNumber, DeviceRequest, DeviceRule};
pub use host::HostOptions;
pub use hosts::{ExtraHost, HostAddress};
pub use log::LogConfig;
pub use mac::MacAddress;
pub use memory::SwapLimit;
pub use namespace::{CgroupNamespace, HostNamespace, IpcMode, Isolation, PidMode};
pub use number::Number;
pub use restart::RestartPolicy;
pub use security::{Capability, SecurityOption};
pub use tmpfs::TmpfsOptions;
pub use ulimit::{Ulimit, UlimitKind};

/// Why a text is not a value of the option it is given for.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum OptionError {
    /// It does not have the form.
    #[error("`{text}` is not {expected}")]
    Form {
        /// The text.
        text: String,
        /// What the option takes, with its article.
        expected: &'static str,
    },
    /// The number is too small or too large.
    #[error("`{text}` is not a number {}", range(*.least, *.most))]
    Range {
        /// The text.
        text: String,
        /// The least number that is taken.
        least: i64,
        /// The largest number that is taken.
        most: i64,
    },
}

impl OptionError {
    pub(crate) fn form(text: &str, expected: &'static str) -> Self {
        Self::Form { text: text.into(), expected }
    }
}

fn range(least: i64, most: i64) -> String {
    if most == i64::MAX { format!("from {least} on") } else { format!("from {least} to {most}") }
}

#[cfg(test)]
mod tests;
