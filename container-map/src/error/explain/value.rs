//! DM010 to DM019: names, words and values that are none, and what stands for a value.

use super::Explanation;

pub(super) const TABLE: &[Explanation] = &[
    Explanation {
        code: "DM010",
        title: "this cannot be a name",
        text: "\
Names are made of letters, digits, `_` and `-`, and start with a letter, a digit or `_`.
A dot is not allowed, because dots separate the parts of an engine's names: with one in
it, `a.b` could be instance `b` of `a` or a container of that name. Names that dmap
keeps for its own objects cannot be used either. Choose another name; nothing else of
the map depends on how it is spelt.",
        wrong: "name: example.com\nweb: {image: nginx}",
        right: "name: example-com\nweb: {image: nginx}",
    },
    Explanation {
        code: "DM011",
        title: "a value that its field does not take",
        text: "\
Values with a syntax of their own, like images, paths, ports, users, modes, signals,
durations and sizes, are read when the map is loaded, and not when an engine first
refuses them. docker-map reads some of them by their beginning, so that `5h` or `1.5s`
become a few nanoseconds; here a value is read whole or not at all. The message says
what is wrong with this one.",
        wrong: "name: site\nweb: {image: nginx, healthcheck: {test: curl localhost, interval: 5}}",
        right: "name: site\nweb: {image: nginx, healthcheck: {test: curl localhost, interval: 5s}}",
    },
    Explanation {
        code: "DM012",
        title: "a word that its field does not take",
        text: "\
The field takes one of a few words, and this is none of them. docker-map takes every
text but `rw` for read-only, and every text for true, even `\"false\"`; so a word that is
not known is refused rather than guessed. Write one of those the message names. Truth
values are `true` and `false`, or `yes`, `no`, `on` and `off` as in older YAML.",
        wrong: "name: site\nweb: {image: nginx, persistent: sometimes}",
        right: "name: site\nweb: {image: nginx, persistent: true}",
    },
    Explanation {
        code: "DM013",
        title: "not a variable of the environment",
        text: "\
`${…}` puts in the value of a variable, in the forms `${NAME}`, `${NAME:-default}`,
`${NAME:?message}` and `${NAME:+other}`. This one is no such form, or its closing brace is
missing. A dollar sign that is meant as such, for example for a shell in the container,
is written `$$`.",
        wrong: "name: site\nweb: {image: \"nginx:${TAG/x/y}\"}",
        right: "name: site\nweb: {image: \"nginx:${TAG:-1.29}\"}",
    },
    Explanation {
        code: "DM014",
        title: "a variable has no value",
        text: "\
The map needs a variable that is neither in the environment nor in a file given with
`--env-file`. An empty text instead would go unnoticed until much later, as an image
without a tag or a path without its beginning. Set the variable, or give a default in
the map; `$$` stands for a dollar sign that is no variable.",
        wrong: "name: site\nweb: {image: \"nginx:${NGINX_VERSION}\"}",
        right: "name: site\nweb: {image: \"nginx:${NGINX_VERSION:-1.29}\"}",
    },
    Explanation {
        code: "DM015",
        title: "a tag that means nothing here",
        text: "\
A word with `!` in front is a tag, which tells the reader of a YAML file how to read a
value. Maps have `!path` and `!path_lazy`, which expand `~` and variables in a path as
docker-map does, `!secret` for variables of a container's environment, and `!override`
for a list or mapping of a container that stands instead of all it inherits there. Any
other one would be dropped, and what it should do would not happen. Put the text in
quotes if the exclamation mark belongs to it.",
        wrong: "name: site\nweb: {image: !env NGINX}",
        right: "name: site\nweb: {image: \"nginx:1.29\"}",
    },
    Explanation {
        code: "DM018",
        title: "a setting that dmap does not have",
        text: "\
docker-map has this setting, and dmap does without: because what it says is found out
from the engine, or because it is about something that no longer exists. It is not
ignored, since a map that says something should get it. The message tells what to do
instead; mostly the line can just be removed.",
        wrong: "name: site\nclients: {local: {features: {volumes: true}}}",
        right: "name: site\nclients: {local: {stop_timeout: 5}}",
    },
    Explanation {
        code: "DM019",
        title: "too much is inherited",
        text: "\
A configuration has all that it extends, so each one of a long chain repeats what the
ones before it have, and a small file can describe a map of any size. What all
configurations of a map inherit together is therefore limited, far above what people
write. Extend fewer configurations, or put fewer elements into the ones that many others
extend.",
        wrong: "",
        right: "",
    },
];
