//! The drawing in the language of Mermaid.

use std::fmt::Write as _;

use super::{Graph, Kind, words};

/// Draws graphs, each map in a box of its own.
pub(crate) fn mermaid(graphs: &[Graph]) -> String {
    let mut text = "flowchart LR\n".to_owned();
    for (position, graph) in graphs.iter().enumerate() {
        let _ = writeln!(text, "  subgraph m{position}[{}]", quoted(graph.map.as_str()));
        for (node, found) in graph.nodes.iter().enumerate() {
            // The language has reserved words, so no name is an identifier.
            let label = quoted(&found.label);
            let _ = match found.kind {
                Kind::Container => writeln!(text, "    n{position}_{node}[{label}]"),
                Kind::Volume => writeln!(text, "    n{position}_{node}[({label})]"),
                Kind::Network => writeln!(text, "    n{position}_{node}([{label}])"),
            };
        }
        for (node, found) in graph.nodes.iter().enumerate() {
            for (need, why) in &found.needs {
                let label = quoted(&words(why));
                let _ = writeln!(text, "    n{position}_{node} -->|{label}| n{position}_{need}");
            }
        }
        text.push_str("  end\n");
    }
    text
}

/// Returns a text in quotes, with the entities of the language for what means something in it.
fn quoted(text: &str) -> String {
    let mut result = "\"".to_owned();
    for character in text.chars() {
        match character {
            '"' => result.push_str("#quot;"),
            '#' | '&' | '<' | '>' | '`' | '\\' => {
                let _ = write!(result, "#{};", u32::from(character));
            }
            _ => result.push(character),
        }
    }
    result.push('"');
    result
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn texts_stay_in_their_quotes() {
        assert_eq!(quoted("a\"]<b>#1`"), "\"a#quot;]#60;b#62;#35;1#96;\"");
    }
}
