//! Who runs this command, for those who find its lock.

use std::{env, fs, process};

use docker_exec::Holder;

/// Returns who runs this command, as far as that can be found out.
pub(crate) fn holder() -> Holder {
    let read = |path: &str| fs::read_to_string(path).ok().map(|text| text.trim().to_owned());
    let known = |name: &str| env::var(name).ok().filter(|value| !value.is_empty());
    let user = known("USER").or_else(|| known("LOGNAME")).or_else(|| known("USERNAME"));
    let host =
        read("/proc/sys/kernel/hostname").or_else(|| known("HOSTNAME")).or_else(|| known("COMPUTERNAME"));
    // Processes have their numbers in a namespace, and namespaces have theirs until the machine is started anew.
    let numbers = fs::read_link("/proc/self/ns/pid").ok().and_then(|link| link.to_str().map(str::to_owned));
    let place = read("/proc/sys/kernel/random/boot_id").zip(numbers);
    let (user, host) =
        (user.unwrap_or_else(|| "somebody".to_owned()), host.unwrap_or_else(|| "somewhere".to_owned()));
    Holder {
        who: format!("{user}@{host}"),
        place: place.map(|(boot, numbers)| format!("{boot} {numbers}")).unwrap_or_default(),
        process: process::id(),
    }
}
