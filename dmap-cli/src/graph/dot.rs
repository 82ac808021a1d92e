//! The drawing in the language of Graphviz.

use std::fmt::Write as _;

use super::{Graph, Kind, words};

/// Draws graphs, each map in a box of its own.
pub(crate) fn dot(graphs: &[Graph]) -> String {
    let mut text = "digraph dmap {\n  rankdir=LR;\n  node [shape=box];\n".to_owned();
    for (position, graph) in graphs.iter().enumerate() {
        // Graphviz draws a box around what has a name that starts with `cluster`.
        let _ = writeln!(text, "  subgraph cluster_{position} {{\n    label={};", quoted(graph.map.as_str()));
        for (node, found) in graph.nodes.iter().enumerate() {
            let shape = match found.kind {
                Kind::Container => "",
                Kind::Volume => ", shape=cylinder",
                Kind::Network => ", shape=ellipse",
            };
            let _ = writeln!(text, "    n{position}_{node} [label={}{shape}];", quoted(&found.label));
        }
        for (node, found) in graph.nodes.iter().enumerate() {
            for (need, why) in &found.needs {
                let label = quoted(&words(why));
                let _ = writeln!(text, "    n{position}_{node} -> n{position}_{need} [label={label}];");
            }
        }
        text.push_str("  }\n");
    }
    text.push_str("}\n");
    text
}

/// Returns a text as a quoted string of the language; a backslash would start one of its escapes.
fn quoted(text: &str) -> String {
    format!("\"{}\"", text.replace('\\', "\\\\").replace('"', "\\\""))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn texts_stay_in_their_quotes() {
        assert_eq!(quoted(r#"a"b\N"#), r#""a\"b\\N""#);
    }
}
