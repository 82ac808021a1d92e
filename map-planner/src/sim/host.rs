//! What the host gives a container, as the engine keeps it.

use container_map::ByteSize;
use container_map::config::{HostOptions, IpcMode, LogConfig, PidMode, SwapLimit};

use super::{SimEngine, SimError};
use crate::limits::{Limits, Processes};

/// Returns the options of a new container, with all that the engine fills in.
pub(super) fn given(wanted: &HostOptions) -> HostOptions {
    let mut host = wanted.clone();
    host.restart_policy = Some(host.restart_policy.unwrap_or_default());
    host.memswap_limit = host.memswap_limit.or_else(|| twice(host.mem_limit));
    host.shm_size = host.shm_size.or(Some(ByteSize::new(64 << 20)));
    host.ipc_mode = host.ipc_mode.or(Some(IpcMode::Private));
    host.runtime = host.runtime.or_else(|| Some("runc".into()));
    host.oom_score_adj = host.oom_score_adj.or_else(|| container_map::config::Number::new(0));
    for flag in
        [&mut host.privileged, &mut host.read_only, &mut host.publish_all_ports, &mut host.oom_kill_disable]
    {
        *flag = Some(flag.unwrap_or_default());
    }
    host.log_config = Some(logged(host.log_config.take()));
    let sees_all = host.privileged == Some(true)
        || host.pid_mode == Some(PidMode::Host)
        || host.ipc_mode == Some(IpcMode::Host);
    if sees_all && host.security_opt.is_empty() {
        host.security_opt.extend("label=disable".parse());
    }
    host
}

fn twice(memory: Option<ByteSize>) -> Option<SwapLimit> {
    memory.map(|size| SwapLimit::Size(ByteSize::new(2 * size.bytes())))
}

/// The engine is set up to keep its logs small.
fn logged(wanted: Option<LogConfig>) -> LogConfig {
    const DRIVER: &str = "json-file";
    let mut log = wanted.unwrap_or(LogConfig { driver: None, options: [].into() });
    if log.driver.get_or_insert_with(|| DRIVER.into()) == DRIVER {
        log.options.entry("max-size".into()).or_insert_with(|| "10m".into());
    }
    log
}

impl SimEngine {
    /// Changes limits of a container in place.
    ///
    /// # Errors
    ///
    /// There is no such container, or the new limits contradict those that stay.
    pub fn update(&mut self, name: &str, limits: &Limits) -> Result<(), SimError> {
        let host = &mut self.find_mut(name)?.facts.host;
        let new = &limits.options;
        let memory = new.mem_limit.or(host.mem_limit);
        let swap = new.memswap_limit.or(host.memswap_limit);
        if let (Some(memory), Some(SwapLimit::Size(swap))) = (memory, swap)
            && memory > swap
        {
            return Err(SimError::refused(name, "memory must be smaller than memory and swap together"));
        }
        let share = |host: &HostOptions| host.cpu_quota.is_some() || host.cpu_period.is_some();
        if (new.nano_cpus.is_some() && share(host)) || (share(new) && host.nano_cpus.is_some()) {
            return Err(SimError::refused(name, "a share of the processors is said in two ways"));
        }
        macro_rules! set {
            ($($option:ident),+) => { $(if new.$option.is_some() { host.$option.clone_from(&new.$option); })+ };
        }
        set!(
            restart_policy,
            mem_limit,
            memswap_limit,
            mem_reservation,
            kernel_memory,
            cpu_shares,
            cpu_period,
            cpu_quota,
            cpu_rt_period,
            cpu_rt_runtime,
            cpuset_cpus,
            cpuset_mems,
            nano_cpus,
            pids_limit
        );
        if limits.processes == Processes::Unlimited {
            host.pids_limit = None;
        }
        Ok(())
    }
}
