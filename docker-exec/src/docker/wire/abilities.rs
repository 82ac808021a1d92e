//! What an engine can do.

use std::collections::BTreeSet;

use serde::Deserialize;

/// The parts that matter of
/// [`SystemInfo`](https://docs.docker.com/reference/api/engine/version/v1.41/#tag/System/operation/SystemInfo).
///
/// What an engine does not mention is taken for something it can do, except for the memory of the kernel: engines since
/// API 1.42 ignore that option.
#[expect(
    clippy::struct_excessive_bools,
    reason = "each is a fact the engine tells, independent of the others"
)]
#[derive(Debug, Deserialize)]
#[serde(default)]
pub(crate) struct Abilities {
    #[serde(rename = "ID")]
    pub(crate) id: String,
    #[serde(rename = "NCPU")]
    pub(crate) cpus: usize,
    #[serde(rename = "MemoryLimit")]
    memory: bool,
    #[serde(rename = "SwapLimit")]
    swap: bool,
    #[serde(rename = "KernelMemory")]
    kernel_memory: bool,
    #[serde(rename = "CpuCfsPeriod")]
    period: bool,
    #[serde(rename = "CpuCfsQuota")]
    quota: bool,
    #[serde(rename = "CPUShares")]
    shares: bool,
    #[serde(rename = "CPUSet")]
    sets: bool,
    #[serde(rename = "PidsLimit")]
    processes: bool,
    #[serde(rename = "OomKillDisable")]
    sparing: bool,
}

impl Default for Abilities {
    fn default() -> Self {
        Self {
            id: String::new(),
            cpus: 0,
            memory: true,
            swap: true,
            kernel_memory: false,
            period: true,
            quota: true,
            shares: true,
            sets: true,
            processes: true,
            sparing: true,
        }
    }
}

impl Abilities {
    /// Returns the options, as maps name them, that the engine cannot do and drops.
    pub(crate) fn drops(&self) -> BTreeSet<String> {
        let table: [(bool, &[&str]); 9] = [
            (self.memory, &["mem_limit", "memswap_limit", "mem_reservation", "mem_swappiness"]),
            (self.swap, &["memswap_limit"]),
            (self.kernel_memory, &["kernel_memory"]),
            (self.period, &["cpu_period"]),
            (self.quota, &["cpu_quota"]),
            (self.shares, &["cpu_shares"]),
            (self.sets, &["cpuset_cpus", "cpuset_mems"]),
            (self.processes, &["pids_limit"]),
            (self.sparing, &["oom_kill_disable"]),
        ];
        let missing = table.into_iter().filter(|(can, _)| !can);
        missing.flat_map(|(_, options)| options.iter().copied()).map(str::to_owned).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_an_engine_cannot_do() {
        let drops = |text: &str| -> Vec<String> {
            serde_json::from_str::<Abilities>(text).unwrap().drops().into_iter().collect()
        };
        assert_eq!(drops(r#"{"KernelMemory":true,"SwapLimit":true}"#), Vec::<String>::new());
        assert_eq!(drops(r#"{"SwapLimit":false}"#), ["kernel_memory", "memswap_limit"]);
        assert_eq!(drops(r#"{"KernelMemory":true,"PidsLimit":false,"NCPU":4}"#), ["pids_limit"]);
    }
}
