//! DM060 to DM067: options of the engine's create operations, and addresses of networks.

use super::Explanation;

pub(super) const TABLE: &[Explanation] = &[
    Explanation {
        code: "DM060",
        title: "something else of the map says this",
        text: "\
`create_options` and `host_config` hand on to the engine what the map itself has no keys
for. This option has one, which also knows about other containers, volumes and networks
of the map, their order and their names. Options with one plain meaning, like `user` or
`network_mode: host`, are taken as if they were written under their key; this one is
not. The message names what to use instead.",
        wrong: "name: site\nweb: {image: nginx, host_config: {volumes_from: [data]}}\ndata: {shares: /data}",
        right: "name: site\nweb: {image: nginx, uses: data}\ndata: {shares: /data}",
    },
    Explanation {
        code: "DM061",
        title: "an option in the wrong one of two places",
        text: "\
What is about the container itself, like its environment, its command or its labels,
stands under `create_options`. What the host gives to it, like memory or devices, stands
under `host_config`; it can also stand under `create_options`, as old versions of Docker
had it. The other way round it means nothing to the engine, and docker-map would fail.",
        wrong: "name: site\nweb: {image: nginx, host_config: {environment: {MODE: test}}}",
        right: "name: site\nweb: {image: nginx, create_options: {environment: {MODE: test}}}",
    },
    Explanation {
        code: "DM062",
        title: "an option with two values",
        text: "\
The same option is set under `create_options` and under `host_config`, or under two of
its names, and the values differ. Only one of them could count, and which one would
depend on how the request to the engine is put together. Remove the wrong one. A
configuration that extends another one can give an inherited option a new value in
either place.",
        wrong: "name: site\nweb: {image: nginx, create_options: {mem_limit: 1g}, host_config: {mem_limit: 2g}}",
        right: "name: site\nweb: {image: nginx, host_config: {mem_limit: 2g}}",
    },
    Explanation {
        code: "DM063",
        title: "options that do not go together",
        text: "\
Every one of these options is right, but an engine does not take them together, or takes
them and cannot start the container. It would say so in the middle of a run; the map
says so before. The message tells which option to change.",
        wrong: "name: site\nweb: {image: nginx, host_config: {mem_limit: 1g, memswap_limit: 512m}}",
        right: "name: site\nweb: {image: nginx, host_config: {mem_limit: 1g, memswap_limit: 2g}}",
    },
    Explanation {
        code: "DM064",
        title: "a label that dmap sets itself",
        text: "\
Labels whose names start with `dmap.` say which part of a map a container, a volume or a
network is, and with what it was made. With one of another origin, dmap could take a
thing for its own that it is not. Choose a name that starts with something else.",
        wrong: "name: site\nweb: {image: nginx, create_options: {labels: {dmap.key: web}}}",
        right: "name: site\nweb: {image: nginx, create_options: {labels: {com.example.key: web}}}",
    },
    Explanation {
        code: "DM065",
        title: "an address outside of its subnet",
        text: "\
Gateways, ranges and fixed addresses have to lie in a subnet of their network. The
engine looks at some of them when the network is made, and at others only when a
container joins it. Choose an address of the subnet, or make the subnet larger.",
        wrong: "\
name: site
web: {image: nginx, networks: {front: {ipv4_address: 10.99.0.5}}}
networks: {front: {create_options: {ipam: {pools: [{subnet: 10.20.0.0/16}]}}}}",
        right: "\
name: site
web: {image: nginx, networks: {front: {ipv4_address: 10.20.0.5}}}
networks: {front: {create_options: {ipam: {pools: [{subnet: 10.20.0.0/16}]}}}}",
    },
    Explanation {
        code: "DM066",
        title: "a fixed address in a network without a subnet",
        text: "\
The engine chooses the subnet of a network that does not name one, and another one each
time the network is made. It therefore takes fixed addresses only in networks with a
subnet of their own, and not in those that every engine has. Give the network a subnet,
or leave the address to the engine: containers find each other by their names.",
        wrong: "\
name: site
web: {image: nginx, networks: {front: {ipv4_address: 10.20.0.5}}}
networks: {front: }",
        right: "\
name: site
web: {image: nginx, networks: {front: {ipv4_address: 10.20.0.5}}}
networks: {front: {create_options: {ipam: {pools: [{subnet: 10.20.0.0/16}]}}}}",
    },
    Explanation {
        code: "DM067",
        title: "two containers with one address",
        text: "\
Two configurations have the same fixed address in a network, and at least one client in
common. The second container could be made, but not be started. Instances of one
configuration may have one address, since they can take turns.",
        wrong: "\
name: site
web: {image: nginx, networks: {front: {ipv4_address: 10.20.0.5}}}
app: {image: nginx, networks: {front: {ipv4_address: 10.20.0.5}}}
networks: {front: {create_options: {ipam: {pools: [{subnet: 10.20.0.0/16}]}}}}",
        right: "\
name: site
web: {image: nginx, networks: {front: {ipv4_address: 10.20.0.5}}}
app: {image: nginx, networks: {front: {ipv4_address: 10.20.0.6}}}
networks: {front: {create_options: {ipam: {pools: [{subnet: 10.20.0.0/16}]}}}}",
    },
    Explanation {
        code: "DM068",
        title: "a rule of comparison for something unknown",
        text: "\
Under `compare` stand the names of attributes as plans show them, like `env`, `label`,
`port`, `mount` and `network`, and the names of options as `host_config` has them. A rule
for anything else would do nothing. All names are listed in the JSON Schema of maps.",
        wrong: "\
name: site
web: {image: nginx, compare: {labels: at-least}}",
        right: "\
name: site
web: {image: nginx, compare: {label: at-least}}",
    },
    Explanation {
        code: "DM069",
        title: "`at-least` for something there is one of",
        text: "\
`at-least` says that a container on the engine may have more than the map says: further
labels, variables, ports, mounts, aliases or elements of an option. Of a command, a user
or a limit there is only one, so that there is nothing more to allow. Let it be compared
as usual, or leave it alone with `ignore`.",
        wrong: "\
name: site
web: {image: nginx, compare: {mem_limit: at-least}}",
        right: "\
name: site
web: {image: nginx, compare: {mem_limit: ignore}}",
    },
];
