//! What a container may do, besides and instead of the usual.

use alloc::borrow::ToOwned;
use alloc::string::String;
use core::fmt;
use core::str::FromStr;

use super::OptionError;
use crate::path::serde_as_text;

/// The capabilities of Linux (`linux/capability.h`) without `CAP_`, and the word for all of them; sorted.
const CAPABILITIES: [&str; 42] = [
    "ALL",
    "AUDIT_CONTROL",
    "AUDIT_READ",
    "AUDIT_WRITE",
    "BLOCK_SUSPEND",
    "BPF",
    "CHECKPOINT_RESTORE",
    "CHOWN",
    "DAC_OVERRIDE",
    "DAC_READ_SEARCH",
    "FOWNER",
    "FSETID",
    "IPC_LOCK",
    "IPC_OWNER",
    "KILL",
    "LEASE",
    "LINUX_IMMUTABLE",
    "MAC_ADMIN",
    "MAC_OVERRIDE",
    "MKNOD",
    "NET_ADMIN",
    "NET_BIND_SERVICE",
    "NET_BROADCAST",
    "NET_RAW",
    "PERFMON",
    "SETFCAP",
    "SETGID",
    "SETPCAP",
    "SETUID",
    "SYSLOG",
    "SYS_ADMIN",
    "SYS_BOOT",
    "SYS_CHROOT",
    "SYS_MODULE",
    "SYS_NICE",
    "SYS_PACCT",
    "SYS_PTRACE",
    "SYS_RAWIO",
    "SYS_RESOURCE",
    "SYS_TIME",
    "SYS_TTY_CONFIG",
    "WAKE_ALARM",
];

/// A right of the superuser: `NET_ADMIN`, or `ALL` of them.
///
/// It is read with and without `CAP_` and in any case, as the engine does, and printed without.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Capability(
    // Invariant: one of `CAPABILITIES`.
    &'static str,
);

impl Capability {
    /// Returns its name without `CAP_`.
    pub fn as_str(self) -> &'static str {
        self.0
    }
}

impl FromStr for Capability {
    type Err = OptionError;

    fn from_str(text: &str) -> Result<Self, OptionError> {
        let upper = text.to_ascii_uppercase();
        let name = upper.strip_prefix("CAP_").unwrap_or(&upper);
        let found = CAPABILITIES.into_iter().find(|known| *known == name);
        found.map(Self).ok_or_else(|| OptionError::form(text, "a capability as `NET_ADMIN`"))
    }
}

impl fmt::Display for Capability {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.0)
    }
}

/// A setting of a security module: `no-new-privileges`, `apparmor=unconfined`, `seccomp=unconfined`, `label=disable`.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct SecurityOption(
    // Invariant: in the form that `FromStr` gives it.
    String,
);

impl SecurityOption {
    /// Returns the setting as the engine takes it.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl FromStr for SecurityOption {
    type Err = OptionError;

    /// Reads a name and a value with `=` between them, or with `:` as old engines had it.
    fn from_str(text: &str) -> Result<Self, OptionError> {
        let (name, value) = match text.split_once('=').or_else(|| text.split_once(':')) {
            Some((name, value)) => (name, Some(value)),
            None => (text, None),
        };
        match (name, value) {
            ("no-new-privileges", None | Some("true")) => Ok(Self(name.to_owned())),
            ("no-new-privileges", Some("false")) => Ok(Self(alloc::format!("{name}=false"))),
            ("seccomp", Some(value)) if !is_profile(value) => Err(OptionError::form(
                text,
                "a setting of `seccomp`: `unconfined`, `builtin`, or the text of a profile; the engine reads no files",
            )),
            ("apparmor" | "label" | "seccomp", Some(value)) if !value.is_empty() => {
                Ok(Self(alloc::format!("{name}={value}")))
            }
            _ => Err(OptionError::form(
                text,
                "a security option as `no-new-privileges`, `apparmor=…`, `label=…` or `seccomp=…`",
            )),
        }
    }
}

fn is_profile(seccomp: &str) -> bool {
    matches!(seccomp, "unconfined" | "builtin") || seccomp.trim_start().starts_with('{')
}

impl fmt::Display for SecurityOption {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(&self.0)
    }
}

serde_as_text! {
    Capability => "a capability as `NET_ADMIN`",
    SecurityOption => "a security option as `no-new-privileges`",
}
