//! Limits of processes.

use core::fmt;
use core::str::FromStr;

use super::OptionError;
use super::words::words;
use crate::path::serde_as_text;

words! {
    "a ulimit's name as `nofile`" =>
    /// What a ulimit limits (`setrlimit`).
    pub enum UlimitKind {
        /// The size of core dumps.
        Core = "core",
        /// Seconds of processor time.
        Cpu = "cpu",
        /// The size of data segments.
        Data = "data",
        /// The size of files.
        Fsize = "fsize",
        /// File locks.
        Locks = "locks",
        /// Locked memory.
        Memlock = "memlock",
        /// Bytes in message queues.
        Msgqueue = "msgqueue",
        /// The nice value.
        Nice = "nice",
        /// Open files.
        Nofile = "nofile",
        /// Processes of the user.
        Nproc = "nproc",
        /// Resident memory.
        Rss = "rss",
        /// The real-time priority.
        Rtprio = "rtprio",
        /// Microseconds of real time without a pause.
        Rttime = "rttime",
        /// Waiting signals.
        Sigpending = "sigpending",
        /// The size of stacks.
        Stack = "stack",
    }
}

/// A limit of a container's processes: `nofile=1024:2048`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Ulimit {
    /// What is limited.
    pub kind: UlimitKind,
    // Invariant: not above `hard`; both from -1 (no limit) on.
    soft: i64,
    hard: i64,
}

impl Ulimit {
    /// Returns a limit; none if the soft one is above the hard one. `-1` is no limit.
    pub fn new(kind: UlimitKind, soft: i64, hard: i64) -> Option<Self> {
        let is_ordered = hard == -1 || (0..=hard).contains(&soft);
        (soft >= -1 && hard >= -1 && is_ordered).then_some(Self { kind, soft, hard })
    }

    /// Returns the limit that counts, which a process can raise up to the hard one; -1 for none.
    pub fn soft(self) -> i64 {
        self.soft
    }

    /// Returns the limit of the soft limit; -1 for none.
    pub fn hard(self) -> i64 {
        self.hard
    }
}

impl FromStr for Ulimit {
    type Err = OptionError;

    fn from_str(text: &str) -> Result<Self, OptionError> {
        const EXPECTED: &str = "a ulimit as `nofile=1024` or `nofile=1024:2048`";
        let wrong = || OptionError::form(text, EXPECTED);
        let (kind, limits) = text.split_once('=').ok_or_else(wrong)?;
        let (soft, hard) = limits.split_once(':').unwrap_or((limits, limits));
        let number = |text: &str| text.parse().ok().filter(|number| *number >= -1 && !text.starts_with('+'));
        let (soft, hard) = number(soft).zip(number(hard)).ok_or_else(wrong)?;
        let above = || OptionError::form(text, "a ulimit: its soft limit is above the hard one");
        Self::new(kind.parse()?, soft, hard).ok_or_else(above)
    }
}

impl fmt::Display for Ulimit {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { kind, soft, hard } = self;
        if soft == hard { write!(f, "{kind}={soft}") } else { write!(f, "{kind}={soft}:{hard}") }
    }
}

serde_as_text!(Ulimit => "a ulimit as `nofile=1024:2048`");
