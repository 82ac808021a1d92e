//! The drawing for a terminal: below each configuration what it needs, and what was drawn before only by its name.

use std::collections::BTreeSet;
use std::fmt::Write as _;

use super::{Graph, Kind, Node, words};

/// Marks what is drawn with all its needs further up.
const ABOVE: &str = "↑";

/// A node that is still to be drawn.
struct Line<'a> {
    node: usize,
    /// Why the node above needs it.
    why: String,
    /// What stands left of it.
    margin: String,
    branch: &'a str,
    /// What stands left of its needs instead of the branch.
    below: &'a str,
}

/// Draws a graph.
pub(crate) fn tree(graph: &Graph) -> String {
    let mut text = format!("map `{}`\n\n", graph.map);
    if graph.nodes.is_empty() {
        text.push_str("no containers\n");
    }
    let mut drawn = BTreeSet::new();
    let mut repeats = false;
    let root = |node| Line { node, why: String::new(), margin: String::new(), branch: "", below: "" };
    let mut next: Vec<Line<'_>> = graph.roots().into_iter().rev().map(root).collect();
    while let Some(line) = next.pop() {
        let node = &graph.nodes[line.node];
        let is_above = !drawn.insert(line.node) && !node.needs.is_empty();
        repeats |= is_above;
        let _ = write!(text, "{}{}{}", line.margin, line.branch, named(node));
        if !line.why.is_empty() {
            let _ = write!(text, " ({})", line.why);
        }
        text.push_str(if is_above { " ↑\n" } else { "\n" });
        if !is_above {
            next.extend(below(node, &line));
        }
    }
    if repeats {
        let _ = writeln!(text, "\n{ABOVE} what it needs is drawn above");
    }
    text
}

/// Returns what a node needs, the last one first.
fn below<'a>(node: &Node, line: &Line<'a>) -> Vec<Line<'a>> {
    let needs = node.needs.iter().enumerate().map(|(position, (need, why))| {
        let is_last = position + 1 == node.needs.len();
        let (branch, below) = if is_last { ("└─ ", "   ") } else { ("├─ ", "│  ") };
        Line { node: *need, why: words(why), margin: format!("{}{}", line.margin, line.below), branch, below }
    });
    let mut needs: Vec<Line<'a>> = needs.collect();
    needs.reverse();
    needs
}

fn named(node: &Node) -> String {
    match node.kind {
        Kind::Container => node.label.clone(),
        Kind::Volume => format!("volume/{}", node.label),
        Kind::Network => format!("network/{}", node.label),
    }
}
