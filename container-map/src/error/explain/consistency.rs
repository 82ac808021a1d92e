//! DM040 to DM057: parts of a map that are right alone do not go together.

use super::Explanation;

pub(super) const TABLE: &[Explanation] = &[
    Explanation {
        code: "DM040",
        title: "a volume has two owners",
        text: "\
Who attaches a volume owns it: it is filled from the owner's image, and gets the owner's
user and permissions. Two owners would take turns in that. Let one attach and the other
use the volume; or set `use_attached_parent_name`, and each gets a volume of its own
that is named after it.",
        wrong: "\
name: site
one: {image: app, attaches: {data: /data}}
two: {image: app, attaches: {data: /data}}",
        right: "\
name: site
one: {image: app, attaches: {data: /data}}
two: {image: app, uses: data}",
    },
    Explanation {
        code: "DM041",
        title: "two mounts at one path",
        text: "\
A container can have one thing at a path. Depending on the kinds of the mounts, an
engine refuses the container, or one of them hides the other without a word. Paths are
compared as the engine does it, so `/data` and `/data/` are the same. Remove one of
them, or mount it elsewhere; `uses` takes another path for a volume.",
        wrong: "\
name: site
web: {image: nginx, shares: /data, attaches: {data: /data}}",
        right: "\
name: site
web: {image: nginx, shares: /cache, attaches: {data: /data}}",
    },
    Explanation {
        code: "DM042",
        title: "nothing can be mounted at the root",
        text: "\
The root folder of a container comes from its image, and engines refuse to mount
something over it. It can be made read-only with `host_config: {read_only: true}`.
Mount the volume at a path below it.",
        wrong: "name: site\nweb: {image: nginx, shares: /}",
        right: "name: site\nweb: {image: nginx, shares: /data}",
    },
    Explanation {
        code: "DM043",
        title: "a port of the host is published twice",
        text: "\
Two containers of one engine, or two instances of a configuration, are published on the
same port. The second one could be created, and would fail to start. Use another port,
or publish each on an interface of its own; containers that are for different clients
do not meet.",
        wrong: "\
name: site
web: {image: nginx, exposes: {80: 8080}}
app: {image: app, exposes: {80: 8080}}",
        right: "\
name: site
web: {image: nginx, exposes: {80: 8080}}
app: {image: app, exposes: {80: 8081}}",
    },
    Explanation {
        code: "DM044",
        title: "one name for two things",
        text: "\
Where a name is looked up, it has to mean one thing: a group and a container share the
command line, an attached volume and a container share `uses`, and networks share their
names with `bridge`, `host` and `none`, which every engine has. Rename one of them.",
        wrong: "\
name: site
web: {image: nginx}
app: {image: app}
groups: {web: [web, app]}",
        right: "\
name: site
web: {image: nginx}
app: {image: app}
groups: {all: [web, app]}",
    },
    Explanation {
        code: "DM045",
        title: "a list has a name twice",
        text: "\
The second mention cannot have any effect, so one of the two was probably meant to be
something else. Remove it, or write what was meant.",
        wrong: "name: site\nweb: {image: nginx, instances: [blue, blue]}",
        right: "name: site\nweb: {image: nginx, instances: [blue, green]}",
    },
    Explanation {
        code: "DM046",
        title: "containers need each other",
        text: "\
Links, used volumes, shared networks and start conditions say what has to be there
before a container is created or started. Here they go round in a circle, which the
message shows, so none of the containers can be the first. In place of links, let both
join a network, where each finds the other by its name whenever it starts.",
        wrong: "\
name: site
web: {image: nginx, links: app}
app: {image: app, links: web}",
        right: "\
name: site
web: {image: nginx, networks: inner}
app: {image: app, networks: inner}
networks: {inner: }",
    },
    Explanation {
        code: "DM047",
        title: "configurations extend each other",
        text: "\
A configuration starts with what it extends, so it cannot extend itself, be it over
several others. The message shows the circle. Move what they share into a configuration
that extends none of them; with `abstract: true`, no container is made of it.",
        wrong: "\
name: site
one: {image: app, extends: two}
two: {image: app, extends: one}",
        right: "\
name: site
base: {abstract: true, image: app}
one: {extends: base}
two: {extends: base}",
    },
    Explanation {
        code: "DM048",
        title: "a mode that is never reached",
        text: "\
dmap compares the mode of a volume with the wanted one and sets it where they differ. A
mode like `a+X,u+x` gives another result when it is applied to its own result, so the
two would differ each time. Say what the mode of user, group and others is, and not how
it changes.",
        wrong: "\
name: site
web: {image: nginx, attaches: {log: /log}, permissions: \"a+X,u+x\"}",
        right: "\
name: site
web: {image: nginx, attaches: {log: /log}, permissions: \"u=rwx,go=rX\"}",
    },
    Explanation {
        code: "DM049",
        title: "a mount hides one that is used",
        text: "\
The container uses all volumes of another one, and has a mount of its own at one of
their paths. The engine then leaves out the used one without saying so. Mount it at
another path, or use the volumes that are wanted one by one.",
        wrong: "\
name: site
app: {image: app, shares: [/data, /cache]}
web: {image: nginx, uses: app, shares: /data}",
        right: "\
name: site
app: {image: app, shares: [/data, /cache]}
web: {image: nginx, uses: app, shares: /other}",
    },
    Explanation {
        code: "DM050",
        title: "a published port without a network",
        text: "\
A container with the host's network opens its ports there without being published, and
one with the network of another container cannot have ports of its own. Engines drop
the port in the one case and refuse the container in the other. Publish it where the
network is, or leave out the port of the host.",
        wrong: "\
name: site
app: {image: app}
web: {image: nginx, network_mode: app, exposes: {80: 8080}}",
        right: "\
name: site
app: {image: app, exposes: {80: 8080}}
web: {image: nginx, network_mode: app}",
    },
    Explanation {
        code: "DM051",
        title: "the host name is too long",
        text: "\
A container's host name is made of the names of map, configuration, instance and client.
Systems take at most 64 characters; with more, an engine creates the container and then
fails to start it. Use shorter names, give the container a `hostname` under
`create_options`, or set `set_hostname: false` for the map.",
        wrong: "\
name: a-map-with-quite-a-long-name
and-a-container-with-an-even-longer-name: {image: nginx}",
        right: "\
name: short
and-a-container-with-an-even-longer-name: {image: nginx}",
    },
    Explanation {
        code: "DM052",
        title: "it follows what it does not depend on",
        text: "\
Under `follow` stands what a container does when one that it depends on is replaced or
restarted. It depends on what it links to, what it uses, whose network it has, and what
it names under `start`. Anything else changes without having to do with it. Name it
under `start` as well, or leave it out here.",
        wrong: "\
name: site
db: {image: postgres}
web: {image: nginx, follow: {db: restart}}",
        right: "\
name: site
db: {image: postgres}
web: {image: nginx, start: db, follow: {db: restart}}",
    },
    Explanation {
        code: "DM053",
        title: "it cannot leave what it is bound to",
        text: "\
Engines bind some things to one object when a container is created: a shared network, a
link outside of networks of the map, the volumes of another container. If that object
is replaced, the container is cut off until it is made anew, so it has to follow. Use a
network of the map, where others are found by name, or leave out this policy.",
        wrong: "\
name: site
db: {image: postgres}
web: {image: nginx, links: db, follow: {db: leave}}",
        right: "\
name: site
db: {image: postgres, networks: back}
web: {image: nginx, networks: back, links: db, follow: {db: leave}}
networks: {back: }",
    },
    Explanation {
        code: "DM054",
        title: "one image is built in two ways",
        text: "\
A name stands for one image. If two configurations build it from different folders or
with different arguments, each build takes the name away from the other one, and no plan
comes to an end. The same goes for the further names under `tags`. Give one of them
another `image`; or build it once, and let the other just name it.",
        wrong: "\
name: site
web: {image: app, build: ./web}
job: {image: app, build: ./job}",
        right: "\
name: site
web: {image: app, build: ./app}
job: {image: app}",
    },
    Explanation {
        code: "DM055",
        title: "an image that is built has a digest",
        text: "\
A digest names content that exists. What a build will make has none before, so it cannot
be asked for by one. Name the image with a tag, or leave the build out and take the image
that the digest names.",
        wrong: "\
name: site
web:
  image: app@sha256:0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef
  build: ./web",
        right: "\
name: site
web: {image: \"app:1\", build: ./web}",
    },
    Explanation {
        code: "DM056",
        title: "there is nothing to build from",
        text: "\
A build needs a Dockerfile. It is a file of a folder, the context, which is named under
`context` or alone; or it is written into the map under `dockerfile_inline`, and then it
can do without a folder. Nothing is built from the current folder unless the map says so.",
        wrong: "\
name: site
web: {build: {target: small}}",
        right: "\
name: site
web: {build: {context: ., target: small}}",
    },
    Explanation {
        code: "DM057",
        title: "a link to what has no place in the default network",
        text: "\
Outside of networks of the map, a link gives a container the address that another one has
in the engine's default network. A container with the host's network has none there, nor
has one without any network, and then the engine does not start the one that links to it.
Let both join a network of the map, or leave the link out.",
        wrong: "\
name: site
app: {image: app, network_mode: host}
web: {image: nginx, links: app}",
        right: "\
name: site
app: {image: app, networks: inner}
web: {image: nginx, networks: inner, links: app}
networks: {inner: }",
    },
];
