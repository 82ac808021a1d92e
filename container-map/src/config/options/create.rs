//! Options of the container itself.

use alloc::collections::BTreeMap;
use alloc::string::String;

use super::table::option_table;
use super::{CommandLine, MacAddress, Variable};
use crate::path::ContainerPath;

option_table! {
    /// Further arguments of the container create operation, under docker-map's names.
    ///
    /// The names of fields in their comments are those of the Docker API's `ContainerConfig`.
    pub struct CreateOptions {
        /// The command (`Cmd`); none for the image's.
        command: Option<CommandLine>,
        /// The entrypoint (`Entrypoint`); none for the image's, one without words for none at all.
        entrypoint: Option<CommandLine>,
        /// Environment variables (`Env`); no value removes the variable the image sets.
        environment: BTreeMap<String, Option<Variable>>,
        /// The host name (`Hostname`) instead of the one made from the container's name.
        hostname: Option<String>,
        /// The domain name (`Domainname`) instead of the client's or the map's.
        domainname: Option<String>,
        /// Where commands start (`WorkingDir`); none for the image's.
        working_dir: Option<ContainerPath>,
        /// Whether there is a terminal (`Tty`).
        tty: Option<bool>,
        /// Whether the standard input stays open without a reader (`OpenStdin`).
        stdin_open: Option<bool>,
        /// Labels (`Labels`), besides those of the image and of dmap.
        labels: BTreeMap<String, String>,
        /// The hardware address in the first network (`MacAddress`).
        mac_address: Option<MacAddress>,
        /// The platform of the image (parameter `platform`): `linux/arm64`.
        platform: Option<String>,
    }
}
