//! Installs the distribution's packages a chore needs, or says which programs are missing.

use std::path::{Path, PathBuf};
use std::sync::{Mutex, PoisonError};

use crate::command::Cmd;
use crate::error::{Failure, Result};

/// The Debian package a program comes from.
const PACKAGES: [(&str, &str); 9] = [
    ("apparmor_parser", "apparmor"),
    ("busybox", "busybox-static"),
    ("docker", "docker.io"),
    ("dockerd", "docker.io"),
    ("ip", "iproute2"),
    ("iptables", "iptables"),
    ("nsenter", "util-linux"),
    ("ssh-agent", "openssh-client"),
    ("unshare", "util-linux"),
];
/// The package of the client alone, where the distribution has split it off.
const CLIENT_PACKAGE: &str = "docker-cli";
/// Where system programs are even when `PATH` leaves them out.
const SYSTEM_FOLDERS: [&str; 4] = ["/usr/local/sbin", "/usr/sbin", "/sbin", "/bin"];

/// What a private engine is started with.
pub(super) fn private_engine_programs() -> Result {
    if !is_root() {
        return Err(Failure::new(
            "a private engine needs root; start an engine yourself, set DOCKER_HOST to one, or run this as root",
        ));
    }
    let mut programs = vec!["dockerd", "docker", "ip", "iptables", "nsenter", "unshare"];
    let apparmor = std::fs::read_to_string("/sys/module/apparmor/parameters/enabled");
    if apparmor.is_ok_and(|enabled| enabled.starts_with('Y')) {
        programs.push("apparmor_parser");
    }
    ensure(&programs)
}

/// Makes sure that the programs are there, installing what is missing where that is allowed.
pub(crate) fn ensure(programs: &[&str]) -> Result {
    // The package manager refuses a second one beside it.
    static TURN: Mutex<()> = Mutex::new(());
    let _turn = TURN.lock().unwrap_or_else(PoisonError::into_inner);
    let missing = missing(programs);
    if missing.is_empty() {
        return Ok(());
    }
    let mut packages: Vec<&str> = missing.iter().map(|program| package_of(program)).collect();
    packages.sort_unstable();
    packages.dedup();
    let (missing, wanted) = (missing.join(", "), packages.join(" "));
    if !is_root() || find("apt-get").is_none() {
        return Err(Failure::new(format!(
            "missing: {missing}; install the packages `{wanted}` (or your distribution's names for them) and try again"
        )));
    }
    println!("missing: {missing}; installing from the distribution");
    install(packages)?;
    match self::missing(programs).as_slice() {
        [] => Ok(()),
        left => Err(Failure::new(format!("still missing after the installation: {}", left.join(", ")))),
    }
}

/// The path of a program.
pub(crate) fn find(program: &str) -> Option<PathBuf> {
    let path = std::env::var_os("PATH").unwrap_or_default();
    let folders = std::env::split_paths(&path).chain(SYSTEM_FOLDERS.iter().map(PathBuf::from));
    folders.map(|folder| folder.join(program)).find(|file| file.is_file())
}

/// Whether this process may do everything, which a private engine needs.
pub(crate) fn is_root() -> bool {
    use std::os::unix::fs::MetadataExt as _;
    std::fs::metadata("/proc/self").is_ok_and(|own| own.uid() == 0)
}

/// The programs of the list that are nowhere to be found.
fn missing<'a>(programs: &[&'a str]) -> Vec<&'a str> {
    programs.iter().copied().filter(|program| find(program).is_none()).collect()
}

/// The package that brings a program.
fn package_of(program: &str) -> &str {
    PACKAGES.iter().find(|(name, _)| *name == program).map_or(program, |(_, package)| package)
}

/// Installs packages with `apt-get`, after refreshing its lists.
fn install(mut packages: Vec<&str>) -> Result {
    let apt = || Cmd::new("apt-get").env("DEBIAN_FRONTEND", "noninteractive").dir(Path::new("/"));
    apt().args(["update", "--quiet"]).run()?;
    let split = Cmd::new("apt-cache").args(["show", CLIENT_PACKAGE]).capture()?.code == 0;
    if packages.contains(&"docker.io") && split {
        packages.push(CLIENT_PACKAGE);
    }
    apt().args(["install", "--yes", "--quiet", "--no-install-recommends"]).args(packages).run()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn programs_are_found_and_packages_known() {
        assert!(missing(&["sh"]).is_empty());
        assert_eq!(missing(&["sh", "no-such-program-here"]), ["no-such-program-here"]);
        assert_eq!(package_of("ip"), "iproute2");
        assert_eq!(package_of("tar"), "tar");
    }
}
