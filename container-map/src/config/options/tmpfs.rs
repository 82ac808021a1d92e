//! File systems in memory.

use alloc::borrow::ToOwned;
use alloc::string::String;
use core::fmt;
use core::str::FromStr;

use super::OptionError;
use crate::path::serde_as_text;

/// The options without a value that engines take (moby's `pkg/mount`).
const FLAGS: [&str; 33] = [
    "async",
    "atime",
    "bind",
    "defaults",
    "dev",
    "diratime",
    "dirsync",
    "exec",
    "mand",
    "noatime",
    "nodev",
    "nodiratime",
    "noexec",
    "nomand",
    "norelatime",
    "nostrictatime",
    "nosuid",
    "private",
    "rbind",
    "relatime",
    "remount",
    "ro",
    "rprivate",
    "rshared",
    "rslave",
    "runbindable",
    "rw",
    "shared",
    "slave",
    "strictatime",
    "suid",
    "sync",
    "unbindable",
];

/// The options with a value.
const SETTINGS: [&str; 7] = ["gid", "mode", "mpol", "nr_blocks", "nr_inodes", "size", "uid"];

/// The mount options of a file system in memory: `size=64m,mode=1777`; none by default.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Default)]
pub struct TmpfsOptions(
    // Invariant: options that are known, with commas between them.
    String,
);

impl TmpfsOptions {
    /// Returns the options as the engine takes them.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl FromStr for TmpfsOptions {
    type Err = OptionError;

    fn from_str(text: &str) -> Result<Self, OptionError> {
        let is_known = |option: &str| match option.split_once('=') {
            Some((name, value)) => SETTINGS.contains(&name) && !value.is_empty(),
            None => FLAGS.contains(&option),
        };
        match text.split(',').find(|option| !text.is_empty() && !is_known(option)) {
            None => Ok(Self(text.to_owned())),
            Some(option) => Err(OptionError::form(option, "an option of a tmpfs as `size=64m` or `noexec`")),
        }
    }
}

impl fmt::Display for TmpfsOptions {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(&self.0)
    }
}

serde_as_text!(TmpfsOptions => "options of a tmpfs as `size=64m`");
