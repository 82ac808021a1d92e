//! DM020 to DM032: a name refers to nothing, or not to what is needed.

use super::Explanation;

pub(super) const TABLE: &[Explanation] = &[
    Explanation {
        code: "DM020",
        title: "nothing of this name can be used",
        text: "\
`uses` names a volume that some container of the map attaches, or a container whose
volumes are all wanted. There is neither. With `use_attached_parent_name` a volume is
named together with its owner, as in `app.socket`.",
        wrong: "\
name: site
web: {image: nginx, uses: sokcet}
app: {image: app, attaches: {socket: /run/app}}",
        right: "\
name: site
web: {image: nginx, uses: socket}
app: {image: app, attaches: {socket: /run/app}}",
    },
    Explanation {
        code: "DM021",
        title: "there is no such container",
        text: "\
A link, a network mode, a group, a start condition or `uses` names a configuration of
which there is no container. An abstract one does not count: it is only there to be
extended. Correct the name, or add the configuration.",
        wrong: "name: site\nweb: {image: nginx, links: db}",
        right: "name: site\nweb: {image: nginx, links: db}\ndb: {image: postgres}",
    },
    Explanation {
        code: "DM022",
        title: "there is no such instance",
        text: "\
What follows the dot is an instance, and has to be listed under `instances` of the
configuration. docker-map creates a container of any name that is typed; here the map
says which containers there are. Name one of the instances, or add this one to them.",
        wrong: "\
name: site
web: {image: nginx, links: db.main}
db: {image: postgres, instances: [primary, replica]}",
        right: "\
name: site
web: {image: nginx, links: db.primary}
db: {image: postgres, instances: [primary, replica]}",
    },
    Explanation {
        code: "DM023",
        title: "one of several instances has to be named",
        text: "\
This place needs one container, and the configuration has several instances. A link, a
shared network and the volumes of a container belong to one container on the engine, so
there is no good guess. Write `configuration.instance`, or refer to each of them.",
        wrong: "\
name: site
web: {image: nginx, links: db}
db: {image: postgres, instances: [primary, replica]}",
        right: "\
name: site
web: {image: nginx, links: [db.primary, db.replica]}
db: {image: postgres, instances: [primary, replica]}",
    },
    Explanation {
        code: "DM024",
        title: "a container without volumes is used",
        text: "\
`uses` with the name of a container means all of its volumes, and this one has none to
give: it has no `shares`, `binds` or `uses`. Volumes that it attaches are used by their
own names, since a container then gets only the one it needs.",
        wrong: "\
name: site
web: {image: nginx, uses: app}
app: {image: app, attaches: {socket: /run/app}}",
        right: "\
name: site
web: {image: nginx, uses: socket}
app: {image: app, attaches: {socket: /run/app}}",
    },
    Explanation {
        code: "DM025",
        title: "there is no such network",
        text: "\
A container joins a network that is neither under `networks` of the map nor one that
every engine has. The networks of a map are created for it and their names begin with
its name, so a misspelt one would be a network of its own, with nobody else in it. Add
it under `networks`; it needs no settings.",
        wrong: "name: site\nweb: {image: nginx, networks: front}",
        right: "name: site\nweb: {image: nginx, networks: front}\nnetworks: {front: }",
    },
    Explanation {
        code: "DM026",
        title: "a bound alias has no path on the host",
        text: "\
An alias under `binds` joins a path in the container, from `volumes`, with one on the
host, from `host`; this one is not under `host`. Add it there, or bind the two paths
directly. For a volume that an engine keeps, which needs no folder on the host, use
`attaches`.",
        wrong: "\
name: site
web: {image: nginx, binds: config}
volumes: {config: /etc/nginx}",
        right: "\
name: site
web: {image: nginx, binds: config}
volumes: {config: /etc/nginx}
host: {config: /srv/site/nginx}",
    },
    Explanation {
        code: "DM027",
        title: "an instance has no path on the host",
        text: "\
The alias has a host path for each instance, and one of the instances that bind it is
not among them. Configurations without instances take the path under `default`; it does
not stand in for an instance that is missing. docker-map fails when the container is
created. Add the path, or give one path for all.",
        wrong: "\
name: site
web: {image: nginx, instances: [blue, green], binds: config}
volumes: {config: /etc/nginx}
host: {config: {blue: /srv/blue}}",
        right: "\
name: site
web: {image: nginx, instances: [blue, green], binds: config}
volumes: {config: /etc/nginx}
host: {config: {blue: /srv/blue, green: /srv/green}}",
    },
    Explanation {
        code: "DM028",
        title: "an alias has no path in the container",
        text: "\
Aliases under `binds` and `attaches` are mounted at the path that `volumes` gives them,
and this one has none there. Add the alias under `volumes`. An attached volume can get
its path in place as well, and a bind can name both of its paths.",
        wrong: "name: site\nweb: {image: nginx, attaches: log}",
        right: "name: site\nweb: {image: nginx, attaches: {log: /var/log/nginx}}",
    },
    Explanation {
        code: "DM029",
        title: "there is nothing to extend",
        text: "\
`extends` names configurations whose settings are inherited, and the map has none of
this name. Unlike links and uses, it may name an abstract configuration; but not one of
another map. Correct the name, or remove it.",
        wrong: "\
name: site
basis: {abstract: true, user: \"2000\"}
web: {image: nginx, extends: base}",
        right: "\
name: site
basis: {abstract: true, user: \"2000\"}
web: {image: nginx, extends: basis}",
    },
    Explanation {
        code: "DM030",
        title: "there is no such client",
        text: "\
A client is an engine with its address and what is special about it. The map, or one of
its configurations, is for a client that is configured neither under `clients` of a map
nor in the file given with `--clients`. Without any client, the engine of `DOCKER_HOST`
or of the default socket is used, so a map for one engine needs none.",
        wrong: "name: site\nclients: [north]\nweb: {image: nginx}",
        right: "\
name: site
clients: {north: {base_url: \"unix:///run/north.sock\"}}
web: {image: nginx}",
    },
    Explanation {
        code: "DM031",
        title: "a needed container is on another engine",
        text: "\
A configuration is for a client where another one that it needs does not run. Links,
shared networks and used volumes join containers of one engine; they do not reach to
another. Let both be for the same clients, or connect them in a way that engines have
nothing to do with, over a published port for example.",
        wrong: "\
name: site
clients: [east, west]
web: {image: nginx, links: app}
app: {image: app, clients: east}",
        right: "\
name: site
clients: [east, west]
web: {image: nginx, clients: east, links: app}
app: {image: app, clients: east}",
    },
    Explanation {
        code: "DM032",
        title: "an interface without an address",
        text: "\
A port is published on an interface, and a client of the map has no address for that
alias. Aliases keep addresses out of the map, so that it is the same for all engines;
each client says under `interfaces` or `interfaces_ipv6` what they are. Without an
address, the engine would publish the port on all of them.",
        wrong: "\
name: site
clients: {north: {interfaces: {lan: 10.0.0.11}}}
web: {image: nginx, exposes: [[80, 8080, wan]]}",
        right: "\
name: site
clients: {north: {interfaces: {lan: 10.0.0.11, wan: 198.51.100.7}}}
web: {image: nginx, exposes: [[80, 8080, wan]]}",
    },
];
