//! The secrets of a script: read once, from where the map says, and handed over without being on a command line.

use alloc::collections::BTreeMap;
use alloc::format;
use alloc::string::String;
use core::fmt;

use container_map::SecretSource;

use super::super::quote::{is_name, word};
use crate::plan::Plan;

/// Where the secrets of a plan's containers come from, and the shell's variables that hold them.
pub(super) struct Secrets(BTreeMap<SecretSource, String>);

impl Secrets {
    pub(super) fn of(plan: &Plan) -> Self {
        let numbered = plan.container_secrets().into_iter().zip(1..);
        Self(numbered.map(|(source, number)| (source.clone(), format!("dmap_secret_{number}"))).collect())
    }

    pub(super) fn sources(&self) -> impl Iterator<Item = &SecretSource> {
        self.0.keys()
    }

    /// Returns what stands for a secret in the script.
    pub(super) fn expansion(&self, source: &SecretSource) -> String {
        let variable =
            self.0.get(source).expect("because every secret of the plan's containers was collected");
        format!("\"${variable}\"")
    }
}

impl fmt::Display for Secrets {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.iter().try_for_each(|(source, variable)| match source {
            SecretSource::Env(name) if is_name(name) => writeln!(f, "{variable}=${{{name}?}}"),
            SecretSource::Env(name) => writeln!(f, "{variable}=$(printenv {})", word(name)),
            SecretSource::File(path) => writeln!(f, "{variable}=$(cat -- {})", word(path)),
        })
    }
}
