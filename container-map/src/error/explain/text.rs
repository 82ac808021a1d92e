//! DM001 to DM009: what a map says does not have the form of a map.

use super::Explanation;

pub(super) const TABLE: &[Explanation] = &[
    Explanation {
        code: "DM001",
        title: "the map is empty",
        text: "\
The file has no content, or only comments. A map has at least a name, because the names
of all containers, volumes and networks begin with it. If there should be a map here,
look whether the right file was given.",
        wrong: "# Only a comment.",
        right: "name: site",
    },
    Explanation {
        code: "DM002",
        title: "the map has no name",
        text: "\
A map's name is the first part of the name of everything it creates, like `site` in
`site.web`, and so tells its objects from those of other maps on the same engine.
docker-map takes the name from a program; a file for dmap gives it under `name`.
Changing it later means new objects: the old ones do not belong to the renamed map.",
        wrong: "web: {image: nginx}",
        right: "name: site\nweb: {image: nginx}",
    },
    Explanation {
        code: "DM003",
        title: "a key is given twice",
        text: "\
A mapping has two values for one key. Many YAML readers silently take the last one, and
so lose a whole container where two have one name; here it is a mistake. It is one as
well if a container stands both at the root of the map and under `containers`. Remove
one of them, or rename it.",
        wrong: "name: site\nweb: {image: nginx}\nweb: {image: apache}",
        right: "name: site\nweb: {image: nginx}\nother: {image: apache}",
    },
    Explanation {
        code: "DM004",
        title: "a key means nothing where it stands",
        text: "\
This key is none of those that can be here. docker-map ignores such keys, so that a
misspelt one has no effect and nobody notices; here it is a mistake. Correct the
spelling, move it to where it belongs, or remove it. What docker-map has no key for can
often be said under `create_options` or `host_config`.",
        wrong: "name: site\nweb: {image: nginx, expose: 80}",
        right: "name: site\nweb: {image: nginx, exposes: 80}",
    },
    Explanation {
        code: "DM005",
        title: "neither a section of the map nor a container",
        text: "\
Each key at the root of a map that is not one of its sections (`volumes`, `host`,
`networks` and so on) is the name of a container, and has a mapping as its value. This
one has another value, or is so close to the name of a section that it is probably
meant to be that. Correct the spelling; a container whose name really is like that can
be put under `containers`, where nothing else is.",
        wrong: "name: site\nweb: {image: nginx}\nvolums: {log: /var/log}",
        right: "name: site\nweb: {image: nginx}\nvolumes: {log: /var/log}",
    },
    Explanation {
        code: "DM006",
        title: "a value of another kind is needed",
        text: "\
There is a text where a list or a mapping should be, or the other way round. Where a
list is expected, a single value may stand for a list of one. A mapping in an unexpected
place often comes from a blank after a colon inside a text: put that text in quotes.",
        wrong: "name: site\nweb: {image: [nginx, 1.29]}",
        right: "name: site\nweb: {image: \"nginx:1.29\"}",
    },
    Explanation {
        code: "DM007",
        title: "none of the forms this element can have",
        text: "\
Elements of lists like `binds`, `uses` or `exposes` can be written in several short
forms, and as a mapping with the names of their fields. This one is none of them: it has
too many parts, lacks one, or could be read in two ways. The message shows a form that
is right; the one with field names can always be used.",
        wrong: "name: site\nweb: {image: nginx, exposes: [[80, 8080, lan, true, more]]}",
        right: "name: site\nweb: {image: nginx, exposes: [{exposed_port: 80, host_port: 8080}]}",
    },
    Explanation {
        code: "DM009",
        title: "what this key says is written elsewhere",
        text: "\
The key is one of Compose, or an option that stands under `create_options` or
`host_config`. A map keeps few things at the top of a container: what it has to do with
others, and how it is run. All else is an option of the engine, under the name that
docker-map has for it. The message shows where to write it.",
        wrong: "name: site\nweb: {image: nginx, environment: {MODE: prod}}",
        right: "name: site\nweb: {image: nginx, create_options: {environment: {MODE: prod}}}",
    },
];
