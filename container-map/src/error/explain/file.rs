//! DM016 and DM017: files that a map includes.

use super::Explanation;

pub(super) const TABLE: &[Explanation] = &[
    Explanation {
        code: "DM016",
        title: "an included file cannot be read",
        text: "\
`include` names files whose sections and containers belong to the map too. Their paths
start at the folder of the file that includes them, and have to stay inside the folder
of the project unless `--allow-outside` says otherwise. Correct the path or make the
file.",
        wrong: "name: site\ninclude: no-such-file.yaml",
        right: "name: site",
    },
    Explanation {
        code: "DM017",
        title: "files include each other",
        text: "\
A file is included by one that it includes itself, perhaps over several others, as the
message shows. What is included comes first and what includes it is laid over that, so
there is no order in which these files could be read. Remove one of the `include`s, or
move what both need into a third file.",
        wrong: "name: site\ninclude: map.yaml",
        right: "name: site",
    },
];
