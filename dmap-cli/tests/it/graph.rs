//! `dmap graph`: what needs what.

use std::fmt::Write as _;

use insta::assert_snapshot;

use crate::Folder;

const MAP: &str = "\
name: site
web:
  instances: [blue, green]
  uses: socket
  links: cache
  networks: [front, {back: {links: db}}]
app:
  attaches: socket
  start: {db: healthy}
  networks: back
worker: {network_mode: app, start: {migrate: completed}}
migrate: {links: db}
cache: {}
db: {attaches: data}
proxy: {links: web.blue}
volumes: {socket: /run/app, data: /var/lib/db}
networks: {front: , back: }
";

fn graph(more: &[&str]) -> String {
    Folder::with_map(MAP).dmap(&[&["graph"], more].concat())
}

#[test]
fn a_tree() {
    assert_snapshot!(graph(&[]), @r"
    exit 0
    --- stdout
    map `site`

    worker
    ├─ app (network)
    │  └─ db (healthy)
    └─ migrate (completed)
       └─ db (link)
    proxy
    └─ web [blue, green] (blue: link)
       ├─ app (uses socket) ↑
       ├─ cache (link)
       └─ db (link in back)

    ↑ what it needs is drawn above
    ");
}

#[test]
fn a_tree_with_volumes_and_networks() {
    assert_snapshot!(graph(&["--all", "app"]), @r"
    exit 0
    --- stdout
    map `site`

    app
    ├─ db (healthy)
    │  └─ volume/data (attaches)
    ├─ network/back (joins)
    └─ volume/socket (attaches)
    ");
}

#[test]
fn for_graphviz() {
    assert_snapshot!(graph(&["--format", "dot", "--all", "proxy"]), @r#"
    exit 0
    --- stdout
    digraph dmap {
      rankdir=LR;
      node [shape=box];
      subgraph cluster_0 {
        label="site";
        n0_0 [label="web [blue]"];
        n0_1 [label="app"];
        n0_2 [label="cache"];
        n0_3 [label="db"];
        n0_4 [label="proxy"];
        n0_5 [label="front", shape=ellipse];
        n0_6 [label="back", shape=ellipse];
        n0_7 [label="socket", shape=cylinder];
        n0_8 [label="data", shape=cylinder];
        n0_0 -> n0_1 [label="uses socket"];
        n0_0 -> n0_2 [label="link"];
        n0_0 -> n0_3 [label="link in back"];
        n0_0 -> n0_5 [label="joins"];
        n0_0 -> n0_6 [label="joins"];
        n0_0 -> n0_7 [label="uses"];
        n0_1 -> n0_3 [label="healthy"];
        n0_1 -> n0_6 [label="joins"];
        n0_1 -> n0_7 [label="attaches"];
        n0_3 -> n0_8 [label="attaches"];
        n0_4 -> n0_0 [label="blue: link"];
      }
    }
    "#);
}

#[test]
fn for_mermaid() {
    assert_snapshot!(graph(&["--format", "mermaid", "--all", "proxy"]), @r#"
    exit 0
    --- stdout
    flowchart LR
      subgraph m0["site"]
        n0_0["web [blue]"]
        n0_1["app"]
        n0_2["cache"]
        n0_3["db"]
        n0_4["proxy"]
        n0_5(["front"])
        n0_6(["back"])
        n0_7[("socket")]
        n0_8[("data")]
        n0_0 -->|"uses socket"| n0_1
        n0_0 -->|"link"| n0_2
        n0_0 -->|"link in back"| n0_3
        n0_0 -->|"joins"| n0_5
        n0_0 -->|"joins"| n0_6
        n0_0 -->|"uses"| n0_7
        n0_1 -->|"healthy"| n0_3
        n0_1 -->|"joins"| n0_6
        n0_1 -->|"attaches"| n0_7
        n0_3 -->|"attaches"| n0_8
        n0_4 -->|"blue: link"| n0_0
      end
    "#);
}

#[test]
fn of_two_maps() {
    let folder = Folder::empty()
        .file("a.yaml", "name: a\nweb: {links: db}\ndb: {}\n")
        .file("b.yaml", "name: b\nweb: {}\n");
    let draw = |format: &str| folder.dmap(&["-f", "a.yaml", "-f", "b.yaml", "graph", "--format", format]);
    assert_snapshot!(draw("tree"), @r"
    exit 0
    --- stdout
    map `a`

    web
    └─ db (link)

    map `b`

    web
    ");
    assert_snapshot!(draw("mermaid"), @r#"
    exit 0
    --- stdout
    flowchart LR
      subgraph m0["a"]
        n0_0["web"]
        n0_1["db"]
        n0_0 -->|"link"| n0_1
      end
      subgraph m1["b"]
        n1_0["web"]
      end
    "#);
    assert_snapshot!(draw("dot"), @r#"
    exit 0
    --- stdout
    digraph dmap {
      rankdir=LR;
      node [shape=box];
      subgraph cluster_0 {
        label="a";
        n0_0 [label="web"];
        n0_1 [label="db"];
        n0_0 -> n0_1 [label="link"];
      }
      subgraph cluster_1 {
        label="b";
        n1_0 [label="web"];
      }
    }
    "#);
}

#[test]
fn of_a_map_without_containers() {
    assert_snapshot!(Folder::with_map("name: site\n").dmap(&["graph"]), @r"
    exit 0
    --- stdout
    map `site`

    no containers
    ");
}

#[test]
fn of_many_instances() {
    let folder = Folder::with_map("name: site\nweb: {instances: [a, b, c, d, e, f, g], links: db}\ndb: {}\n");
    assert_snapshot!(folder.dmap(&["graph"]), @r"
    exit 0
    --- stdout
    map `site`

    web [7 instances]
    └─ db (link)
    ");
}

#[test]
fn of_layers_in_which_each_needs_all_below() {
    let mut map = "name: site\n".to_owned();
    for layer in 0..10 {
        let below = if layer == 0 { String::new() } else { format!("links: [a{0}, b{0}, c{0}]", layer - 1) };
        let _ = writeln!(map, "a{layer}: {{{below}}}\nb{layer}: {{{below}}}\nc{layer}: {{{below}}}");
    }
    let shown = Folder::with_map(&map).dmap(&["graph"]);
    // Each need is a line, whatever the number of ways there are to it.
    assert_eq!(shown.lines().filter(|line| line.contains("(link)")).count(), 9 * 9, "{shown}");
}

#[test]
fn of_a_long_chain() {
    let mut map = "name: site\nc0: {}\n".to_owned();
    for link in 1..2000 {
        let _ = writeln!(map, "c{link}: {{links: c{}}}", link - 1);
    }
    let shown = Folder::with_map(&map).dmap(&["graph"]);
    assert!(shown.starts_with("exit 0\n"));
    assert_eq!(shown.lines().filter(|line| line.contains("(link)")).count(), 1999);
}
