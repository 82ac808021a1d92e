//! Options of what the host gives a container.

use alloc::collections::{BTreeMap, BTreeSet};
use alloc::string::String;
use alloc::vec::Vec;
use core::net::IpAddr;

use super::table::{OptionTable, option_table};
use super::{
    Capability, CgroupNamespace, CpuSet, Device, DeviceRequest, DeviceRule, ExtraHost, HostNamespace,
    IpcMode, Isolation, LogConfig, Number, PidMode, RestartPolicy, SecurityOption, SwapLimit, TmpfsOptions,
    Ulimit,
};
use crate::path::{ContainerPath, HostPath};
use crate::quantity::ByteSize;
use crate::user::Ident;

option_table! {
    /// Further arguments of a container's host configuration, under docker-map's names.
    ///
    /// The names of fields in their comments are those of the Docker API's `HostConfig`. No limit is said by not setting
    /// one: what stands for that in the API, like `0`, is not a value here.
    #[derive(schemars::JsonSchema)]
    pub struct HostOptions {
        /// The most memory (`Memory`).
        mem_limit: Option<ByteSize>,
        /// The most memory and swap together (`MemorySwap`); none for twice the memory.
        memswap_limit: Option<SwapLimit>,
        /// How much memory is left to it when the host runs short (`MemoryReservation`).
        mem_reservation: Option<ByteSize>,
        /// The most memory of the kernel (`KernelMemory`); engines since API 1.42 ignore it.
        kernel_memory: Option<ByteSize>,
        /// How readily its memory is swapped, in percent (`MemorySwappiness`).
        mem_swappiness: Option<Number<0, 100>>,
        /// Its share of busy processors, compared with others' 1024 (`CpuShares`).
        cpu_shares: Option<Number<2, 262_144>>,
        /// The period in which the quota counts, in microseconds (`CpuPeriod`).
        cpu_period: Option<Number<1_000, 1_000_000>>,
        /// Its time of all processors in a period, in microseconds (`CpuQuota`).
        cpu_quota: Option<Number<1_000>>,
        /// The period of the real-time scheduler, in microseconds (`CpuRealtimePeriod`).
        cpu_rt_period: Option<Number<1>>,
        /// Its real time in a period, in microseconds (`CpuRealtimeRuntime`).
        cpu_rt_runtime: Option<Number<1>>,
        /// The processors it can run on (`CpusetCpus`).
        cpuset_cpus: Option<CpuSet>,
        /// The memory nodes it can use (`CpusetMems`).
        cpuset_mems: Option<CpuSet>,
        /// Its share of the processors, in billionths of one (`NanoCpus`); `cpus: 1.5` is the same as 1500000000.
        nano_cpus: Option<Number<10_000_000>>,
        /// How many processors it has, on Windows (`CpuCount`).
        cpu_count: Option<Number<1>>,
        /// How much of the processors it has, on Windows (`CpuPercent`).
        cpu_percent: Option<Number<1, 100>>,
        /// The most processes (`PidsLimit`).
        pids_limit: Option<Number<1>>,
        /// Whether it is spared when memory runs out (`OomKillDisable`).
        oom_kill_disable: Option<bool>,
        /// How much rather than others it is ended when memory runs out (`OomScoreAdj`).
        oom_score_adj: Option<Number<-1_000, 1_000>>,
        /// Its share of busy disks (`BlkioWeight`).
        blkio_weight: Option<Number<10, 1_000>>,
        /// Its share of single disks (`BlkioWeightDevice`).
        blkio_weight_device: BTreeMap<HostPath, Number<10, 1_000>>,
        /// How much it reads from devices in a second (`BlkioDeviceReadBps`).
        device_read_bps: BTreeMap<HostPath, ByteSize>,
        /// How much it writes to devices in a second (`BlkioDeviceWriteBps`).
        device_write_bps: BTreeMap<HostPath, ByteSize>,
        /// How often it reads from devices in a second (`BlkioDeviceReadIOps`).
        device_read_iops: BTreeMap<HostPath, Number<1>>,
        /// How often it writes to devices in a second (`BlkioDeviceWriteIOps`).
        device_write_iops: BTreeMap<HostPath, Number<1>>,
        /// The size of `/dev/shm` (`ShmSize`).
        shm_size: Option<ByteSize>,
        /// Limits of its processes (`Ulimits`).
        ulimits: BTreeSet<Ulimit>,
        /// Kernel parameters of its namespaces (`Sysctls`).
        sysctls: BTreeMap<String, String>,
        /// Options of the storage driver (`StorageOpt`).
        storage_opt: BTreeMap<String, String>,
        /// When the engine starts it again (`RestartPolicy`).
        restart_policy: Option<RestartPolicy>,
        /// What it may do besides the usual (`CapAdd`).
        cap_add: BTreeSet<Capability>,
        /// What of the usual it may not do (`CapDrop`).
        cap_drop: BTreeSet<Capability>,
        /// Whether it may do everything (`Privileged`).
        privileged: Option<bool>,
        /// Devices of the host (`Devices`).
        devices: BTreeSet<Device>,
        /// Rules for devices that come and go (`DeviceCgroupRules`).
        device_cgroup_rules: BTreeSet<DeviceRule>,
        /// Devices that a driver finds, like GPUs (`DeviceRequests`).
        device_requests: Vec<DeviceRequest>,
        /// Settings of security modules (`SecurityOpt`).
        security_opt: BTreeSet<SecurityOption>,
        /// The user namespace (`UsernsMode`), if not the engine's usual one.
        userns_mode: Option<HostNamespace>,
        /// The process namespace (`PidMode`), if not its own.
        pid_mode: Option<PidMode>,
        /// The namespace of shared memory (`IpcMode`), if not the engine's usual one.
        ipc_mode: Option<IpcMode>,
        /// The namespace of host names (`UTSMode`), if not its own.
        uts_mode: Option<HostNamespace>,
        /// The namespace of control groups (`CgroupnsMode`), if not the engine's usual one.
        cgroupns: Option<CgroupNamespace>,
        /// The control group that its own is made in (`CgroupParent`).
        cgroup_parent: Option<String>,
        /// Further groups of its user (`GroupAdd`).
        group_add: BTreeSet<Ident>,
        /// Whether its root file system can only be read (`ReadonlyRootfs`).
        read_only: Option<bool>,
        /// File systems in memory, with their options (`Tmpfs`).
        tmpfs: BTreeMap<ContainerPath, TmpfsOptions>,
        /// Name servers (`Dns`), in order.
        dns: Vec<IpAddr>,
        /// Domains in which names are looked up (`DnsSearch`), in order.
        dns_search: Vec<String>,
        /// Options of the resolver (`DnsOptions`).
        dns_opt: Vec<String>,
        /// Further names of hosts (`ExtraHosts`).
        extra_hosts: BTreeSet<ExtraHost>,
        /// Where its output goes (`LogConfig`); none for the engine's default.
        log_config: Option<LogConfig>,
        /// Whether a small program of the engine is process 1 and looks after the others (`Init`).
        init: Option<bool>,
        /// The program that runs it (`Runtime`); none for the engine's default.
        runtime: Option<String>,
        /// How it is kept apart on Windows (`Isolation`).
        isolation: Option<Isolation>,
        /// The driver of volumes that are made with it (`VolumeDriver`).
        volume_driver: Option<String>,
        /// Whether all exposed ports are published on free ports of the host (`PublishAllPorts`).
        publish_all_ports: Option<bool>,
    }
}

impl HostOptions {
    /// Returns the names of all options, in the order of the table.
    pub fn names() -> &'static [&'static str] {
        <Self as OptionTable>::NAMES
    }

    /// Returns whether an option is the same in both; one of an unknown name is.
    pub fn is_same(&self, name: &str, other: &Self) -> bool {
        OptionTable::is_same(self, name, other)
    }
}
