//! Shows the main job on a real engine: plan, bring up, damage, repair, take down; every claim is checked.

mod site;

use crate::engine::Engine;
use crate::error::{Failure, Result};
use crate::{fixtures, usage, workspace};
use site::Site;

/// The container that is asked for, and the one it needs.
const SERVER: &str = "nginx";
const APPLICATION: &str = "demo.uwsgi";
/// The volume they share, and the owner and mode the map wants for it.
const SOCKET: &str = "demo.uwsgi_socket";
const SOCKET_RIGHTS: &str = "2000 750";
/// Exit codes of `plan --detailed-exitcode`.
const NOTHING_TO_DO: i32 = 0;
const CHANGES: i32 = 2;

/// A stage: its headline, what it shows, and what it does.
type Stage = (&'static str, &'static str, fn(&Site<'_>) -> Result);

/// The stages, in their order.
const STAGES: [Stage; 7] = [
    ("plan", "Nothing is there yet: the plan says what would be made. It changes nothing.", plan),
    (
        "up",
        "The same plan, carried out. The socket volume gets its owner and mode before any container sees it.",
        up,
    ),
    ("plan again", "The engine is as the map wants it: there is nothing to do.", converged),
    ("damage", "Somebody removes the application's container by hand: the plan names it.", damage),
    ("repair", "Only what is missing is made again; the web server keeps running.", repair),
    ("plan again", "Converged again.", converged),
    ("down", "The containers go. The volumes stay: they hold data, and dmap does not guess.", down),
];

/// `cargo xtask demo`.
pub(crate) fn command(words: &[&str]) -> Result {
    usage::no_words(words)?;
    let engine = Engine::find_or_start()?;
    fixtures::make(&engine)?;
    let program = workspace::build_dmap()?;
    let site = Site::prepare(&engine, program)?;
    let shown = show(&site);
    println!("\n--- tidying up: the demo's volumes and folders ---");
    let cleaned = site.clean();
    shown.and(cleaned)?;
    println!("\ndemo: all {} stages went as expected", STAGES.len());
    println!(
        "The images `{}/…` stay for the next time; `cargo xtask fixtures --remove` removes them.",
        fixtures::REPOSITORY
    );
    Ok(())
}

/// Runs the stages up to the first that does not go as expected.
fn show(site: &Site<'_>) -> Result {
    for (index, (headline, sentence, run)) in STAGES.iter().enumerate() {
        let (number, total) = (index + 1, STAGES.len());
        println!("\n=== {number}/{total} {headline} ===\n{sentence}\n");
        run(site)
            .map_err(|failure| Failure::new(format!("demo stage {number}/{total}, {headline}: {failure}")))?;
    }
    Ok(())
}

/// Planning changes nothing.
fn plan(site: &Site<'_>) -> Result {
    site.dmap(&["plan"], 0)?;
    expect("containers after `plan`", &site.containers()?.join(" "), "")
}

/// Both containers run, and the socket volume is prepared.
fn up(site: &Site<'_>) -> Result {
    site.dmap(&["up", "--yes"], 0)?;
    for name in ["demo.nginx", APPLICATION] {
        expect(&format!("state of {name}"), &site.state(name)?, "running")?;
    }
    expect_socket_rights(site)
}

/// There is nothing to do.
fn converged(site: &Site<'_>) -> Result {
    site.dmap(&["plan", "--detailed-exitcode"], NOTHING_TO_DO).map(drop)
}

/// A removed container is missed, by name.
fn damage(site: &Site<'_>) -> Result {
    site.docker(&["rm", "--force", APPLICATION])?;
    let output = site.dmap(&["plan", "--detailed-exitcode"], CHANGES)?;
    if output.contains(APPLICATION) {
        return Ok(());
    }
    Err(Failure::new(format!("expected the plan to name {APPLICATION}; it does not")))
}

/// The missing container is back, and the other one was left alone.
fn repair(site: &Site<'_>) -> Result {
    let before = site.container_id("demo.nginx")?;
    site.dmap(&["up", "--yes", SERVER], 0)?;
    expect("id of demo.nginx", &site.container_id("demo.nginx")?, &before)?;
    for name in ["demo.nginx", APPLICATION] {
        expect(&format!("state of {name}"), &site.state(name)?, "running")?;
    }
    println!("demo.nginx is still the container {}", before.get(..12).unwrap_or(&before));
    expect_socket_rights(site)
}

/// The containers are gone, the volumes are not.
fn down(site: &Site<'_>) -> Result {
    site.dmap(&["down", "--yes"], 0)?;
    expect("containers after `down`", &site.containers()?.join(" "), "")?;
    let volumes = site.docker(&["volume", "ls", "--quiet", "--filter", "label=dmap.key"])?;
    let kept = volumes.lines().any(|volume| volume == SOCKET);
    if kept { Ok(()) } else { Err(Failure::new(format!("expected the volume {SOCKET} to stay; it is gone"))) }
}

/// Looks into the socket volume with a container of its own.
fn expect_socket_rights(site: &Site<'_>) -> Result {
    let (mount, image) = (format!("{SOCKET}:/v"), format!("{}/nginx", fixtures::REPOSITORY));
    let rights = site.docker(&["run", "--rm", "-v", &mount, &image, "stat", "-c", "%u %a", "/v"])?;
    expect(&format!("owner and mode of {SOCKET}"), rights.trim(), SOCKET_RIGHTS)
}

/// Compares what is with what was expected.
fn expect(what: &str, actual: &str, expected: &str) -> Result {
    if actual == expected {
        return Ok(());
    }
    let shown = |text: &str| {
        if text.is_empty() { "nothing".to_owned() } else { format!("`{text}`") }
    };
    Err(Failure::new(format!("{what}: expected {}, found {}", shown(expected), shown(actual))))
}
