//! What each value is read from and printed as.

use alloc::collections::BTreeSet;
use alloc::string::{String, ToString};
use alloc::vec::Vec;
use core::fmt::Display;
use core::str::FromStr;

use proptest::prelude::*;
use serde::de::{DeserializeOwned, IntoDeserializer, value};

use super::*;

/// Checks that texts are read as values that are printed like this, and that what is printed is read back as the same.
#[track_caller]
fn reads<T>(table: &[(&str, &str)])
where
    T: FromStr + Display + PartialEq + core::fmt::Debug + DeserializeOwned,
    T::Err: Display,
{
    for (text, printed) in table {
        let value: T = text.parse().unwrap_or_else(|error| panic!("{text}: {error}"));
        assert_eq!(value.to_string(), *printed, "{text}");
        assert_eq!(printed.parse::<T>().ok().as_ref(), Some(&value), "{printed}");
        let deserializer: value::StrDeserializer<'_, value::Error> = printed.into_deserializer();
        assert_eq!(T::deserialize(deserializer).as_ref(), Ok(&value), "{printed}");
    }
}

/// Checks that texts are no values.
#[track_caller]
fn refuses<T: FromStr + Display>(texts: &[&str]) {
    for text in texts {
        if let Ok(value) = text.parse::<T>() {
            panic!("`{text}` is read as {value}");
        }
    }
}

#[test]
fn sets_of_processors() {
    reads::<CpuSet>(&[
        ("0", "0"),
        ("7,0-2,3", "0-3,7"),
        ("0-3,2-5,5", "0-5"),
        ("8191", "8191"),
        ("1,3,2", "1-3"),
        ("00", "0"),
    ]);
    refuses::<CpuSet>(&["", ",", "0,", "3-1", "8192", "-1", "0-", "+1", "a", "0 1", "0-1-2"]);
}

#[test]
fn restart_policies() {
    reads::<RestartPolicy>(&[
        ("no", "no"),
        ("always", "always"),
        ("unless-stopped", "unless-stopped"),
        ("on-failure", "on-failure"),
        ("on-failure:0", "on-failure"),
        ("on-failure:5", "on-failure:5"),
    ]);
    refuses::<RestartPolicy>(&[
        "",
        "never",
        "always:5",
        "on-failure:",
        "on-failure:-1",
        "on-failure:+1",
        "x:1",
    ]);
}

#[test]
fn ulimits() {
    reads::<Ulimit>(&[
        ("nofile=1024", "nofile=1024"),
        ("nofile=1024:1024", "nofile=1024"),
        ("nofile=1024:2048", "nofile=1024:2048"),
        ("memlock=-1", "memlock=-1"),
        ("core=0:-1", "core=0:-1"),
    ]);
    refuses::<Ulimit>(&[
        "",
        "nofile",
        "nofile=",
        "open=1",
        "nofile=2:1",
        "nofile=-1:5",
        "nofile=-2",
        "nofile=+1",
    ]);
}

#[test]
fn devices() {
    reads::<Device>(&[
        ("/dev/a", "/dev/a:/dev/a:rwm"),
        ("/dev/a:r", "/dev/a:/dev/a:r"),
        ("/dev/a:/dev/b", "/dev/a:/dev/b:rwm"),
        ("/dev/a:/dev//b/:mr", "/dev/a:/dev/b:rm"),
    ]);
    refuses::<Device>(&[
        "",
        "a",
        "/dev/a:b",
        "/dev/a:/dev/b:x",
        "/dev/a:/dev/b:",
        "/dev/a:/dev/b:rwmr",
        "/a:/b:r:w",
    ]);
    reads::<DeviceRule>(&[("c 42:* rmw", "c 42:* rwm"), ("a *:* r", "a *:* r"), ("b 8:0 w", "b 8:0 w")]);
    refuses::<DeviceRule>(&[
        "",
        "c",
        "c 42 r",
        "d 1:2 r",
        "c 1:2",
        "c 1:2 ",
        "c 1:2 r w",
        "c +1:2 r",
        "c  1:2 r",
    ]);
    reads::<DeviceCount>(&[("1", "1"), ("-1", "all"), ("all", "all")]);
    refuses::<DeviceCount>(&["", "0", "-2", "some"]);
}

#[test]
fn hosts() {
    reads::<ExtraHost>(&[
        ("db:10.0.0.5", "db:10.0.0.5"),
        ("db=10.0.0.5", "db:10.0.0.5"),
        ("six:fd00::6", "six:fd00::6"),
        ("six=[fd00:0::6]", "six:fd00::6"),
        ("out:host-gateway", "out:host-gateway"),
    ]);
    refuses::<ExtraHost>(&[
        "",
        "db",
        ":10.0.0.5",
        "db:",
        "db:here",
        "a b:10.0.0.5",
        "db:10.0.0.5 x",
        "six:[fd00::6",
    ]);
}

#[test]
fn rights() {
    reads::<Capability>(&[("NET_ADMIN", "NET_ADMIN"), ("cap_net_admin", "NET_ADMIN"), ("all", "ALL")]);
    refuses::<Capability>(&["", "CAP_", "NET ADMIN", "NET_ADMN"]);
    reads::<SecurityOption>(&[
        ("no-new-privileges", "no-new-privileges"),
        ("no-new-privileges:true", "no-new-privileges"),
        ("no-new-privileges=false", "no-new-privileges=false"),
        ("apparmor:unconfined", "apparmor=unconfined"),
        ("label=type:svirt_t", "label=type:svirt_t"),
        ("label:user:me", "label=user:me"),
        ("seccomp={\"names\": []}", "seccomp={\"names\": []}"),
        ("seccomp=builtin", "seccomp=builtin"),
    ]);
    refuses::<SecurityOption>(&[
        "",
        "seccomp",
        "seccomp=/profile.json",
        "apparmor=",
        "selinux=on",
        "no-new-privileges=yes",
    ]);
}

#[test]
fn namespaces() {
    reads::<PidMode>(&[("host", "host"), ("container:other", "container:other")]);
    refuses::<PidMode>(&["", "private", "container:", "other"]);
    let same = |word: &'static str| (word, word);
    reads::<IpcMode>(&["none", "private", "shareable", "host", "container:other"].map(same));
    refuses::<IpcMode>(&["", "container:", "other"]);
    reads::<CgroupNamespace>(&["private", "host"].map(same));
    refuses::<CgroupNamespace>(&["", "container:other"]);
    reads::<HostNamespace>(&["host"].map(same));
    reads::<Isolation>(&["default", "process", "hyperv"].map(same));
}

#[test]
fn other_texts() {
    let same = |text: &'static str| (text, text);
    reads::<SwapLimit>(&[("1g", "1g"), ("-1", "-1"), ("1024", "1k")]);
    refuses::<SwapLimit>(&["", "-2", "-1g", "some"]);
    reads::<MacAddress>(&[same("02:42:ac:11:00:02"), ("02-42-AC-11-00-02", "02:42:ac:11:00:02")]);
    refuses::<MacAddress>(&[
        "",
        "02:42:ac:11:00",
        "02:42:ac:11:00:02:03",
        "2:42:ac:11:00:02",
        "02:42:ac:11:00:0g",
        "+2:42:ac:11:00:02",
    ]);
    reads::<TmpfsOptions>(&["", "size=64m,mode=1777", "noexec", "uid=1,ro"].map(same));
    refuses::<TmpfsOptions>(&["size", "size=", "siz=1m", "noexec,", "exec=1"]);
    assert_eq!("100".parse::<Number<10, 100>>().map(Number::get), Ok(100));
    refuses::<Number<10, 100>>(&["", "9", "101", "+10", "1e2", "10.0", "99999999999999999999"]);
}

#[test]
fn an_error_says_what_is_taken() {
    let error = |result: Result<_, OptionError>| result.map(Number::get).map_err(|error| error.to_string());
    assert_eq!(error("5".parse::<Number<10, 1000>>()), Err("`5` is not a number from 10 to 1000".into()));
    let open = "0".parse::<Number<1>>().map(Number::get).map_err(|error| error.to_string());
    assert_eq!(open, Err("`0` is not a number from 1 on".into()));
}

#[test]
fn options_that_are_not_set_are_left_out() {
    let mut host = HostOptions::default();
    assert!(host.write().0.is_empty());
    host.dns.push([10, 0, 0, 53].into());
    host.privileged = Some(false);
    let written = host.write();
    let names: Vec<&str> = written.0.iter().map(|(name, _)| name.as_ref()).collect();
    assert_eq!(names, ["privileged", "dns"]);
}

/// Returns the numbers of a set, from its text.
fn members(text: &str) -> BTreeSet<u16> {
    let number = |text: &str| -> u16 { text.parse().unwrap_or_else(|error| panic!("{text}: {error}")) };
    let range = |part: &str| match part.split_once('-') {
        Some((first, last)) => number(first)..=number(last),
        None => number(part)..=number(part),
    };
    text.split(',').flat_map(range).collect()
}

proptest! {
    #[test]
    fn a_set_has_the_members_it_is_written_with(ranges in prop::collection::vec((0..64_u16, 0..8_u16), 1..8)) {
        let parts: Vec<String> = ranges.iter().map(|(first, more)| format!("{first}-{}", first + more)).collect();
        let written = parts.join(",");
        let printed = written.parse::<CpuSet>().map(|set| set.to_string());
        let printed = printed.unwrap_or_else(|error| panic!("{error}"));
        prop_assert_eq!(members(&printed), members(&written));
        prop_assert_eq!(printed.parse::<CpuSet>().map(|set| set.to_string()), Ok(printed));
    }

    #[test]
    fn never_panics(text in "\\PC*|[a-z0-9:=,./* -]{0,40}|nofile=[0-9:-]{0,30}|[0-9,-]{0,30}") {
        let _ = (text.parse::<CpuSet>(), text.parse::<RestartPolicy>(), text.parse::<Ulimit>());
        let _ = (text.parse::<Device>(), text.parse::<DeviceRule>(), text.parse::<DeviceCount>());
        let _ = (text.parse::<ExtraHost>(), text.parse::<Capability>(), text.parse::<SecurityOption>());
        let _ = (text.parse::<PidMode>(), text.parse::<IpcMode>(), text.parse::<MacAddress>());
        let _ = (text.parse::<TmpfsOptions>(), text.parse::<SwapLimit>(), text.parse::<Number<1>>());
    }
}
