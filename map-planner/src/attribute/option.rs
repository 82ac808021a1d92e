//! What a difference of an option of the host leads to.

use super::Remedy;

/// The options that an engine changes in place (Docker API: `ContainerUpdate`).
///
/// The weight among disks (`blkio_weight`) is not one of them: an engine that cannot set it drops it and tells nobody, so
/// that it would be set again and again.
pub(crate) const AMENDABLE: [&str; 14] = [
    "mem_limit",
    "memswap_limit",
    "mem_reservation",
    "kernel_memory",
    "cpu_shares",
    "cpu_period",
    "cpu_quota",
    "cpu_rt_period",
    "cpu_rt_runtime",
    "cpuset_cpus",
    "cpuset_mems",
    "nano_cpus",
    "pids_limit",
    "restart_policy",
];

/// An option that this version does not know is in the certificate of a newer one, and takes a new container.
pub(super) fn remedy(option: &str) -> Remedy {
    if AMENDABLE.contains(&option) { Remedy::Amend } else { Remedy::Replace }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use container_map::config::HostOptions;

    use super::*;

    /// The options that a container gets at creation.
    const FIXED: [&str; 41] = [
        "mem_swappiness",
        "cpu_count",
        "cpu_percent",
        "oom_kill_disable",
        "oom_score_adj",
        "blkio_weight",
        "blkio_weight_device",
        "device_read_bps",
        "device_write_bps",
        "device_read_iops",
        "device_write_iops",
        "shm_size",
        "ulimits",
        "sysctls",
        "storage_opt",
        "cap_add",
        "cap_drop",
        "privileged",
        "devices",
        "device_cgroup_rules",
        "device_requests",
        "security_opt",
        "userns_mode",
        "pid_mode",
        "ipc_mode",
        "uts_mode",
        "cgroupns",
        "cgroup_parent",
        "group_add",
        "read_only",
        "tmpfs",
        "dns",
        "dns_search",
        "dns_opt",
        "extra_hosts",
        "log_config",
        "init",
        "runtime",
        "isolation",
        "volume_driver",
        "publish_all_ports",
    ];

    /// A new option fails here until it is said what a difference of it leads to.
    #[test]
    fn every_option_is_one_or_the_other() {
        let known: BTreeSet<&str> = AMENDABLE.into_iter().chain(FIXED).collect();
        assert_eq!(known.len(), AMENDABLE.len() + FIXED.len());
        assert_eq!(known, HostOptions::names().iter().copied().collect());
        for (name, expect) in [("mem_limit", Remedy::Amend), ("cap_add", Remedy::Replace)] {
            assert_eq!(remedy(name), expect, "{name}");
        }
    }
}
