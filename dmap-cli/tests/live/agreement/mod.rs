//! The simulator and the engine agree after the same plan: the test of the model that judges the planner.

mod model;

use std::collections::{BTreeMap, BTreeSet};

use container_map::{ClientConfig, ContainerMap, LoadOptions};
use map_planner::sim::{Damage, SimEngine};
use map_planner::{EngineState, Goal, Plan, PlanFile, PlanInput, Policy, Request, Select};

use crate::checks::in_volume;
use crate::docker::docker;
use crate::site::{Site, free_port};
use crate::state::differences;
use model::{image, kept_names, normalised};

/// The real engine and the simulated one, side by side.
struct Pair {
    site: Site,
    sim: SimEngine,
    port: u16,
}

impl Pair {
    #[track_caller]
    fn new(scenario: &str) -> Self {
        let mut sim = SimEngine::new();
        for name in ["nginx", "uwsgi", "data"] {
            let (reference, content) = image(name);
            sim.tag(reference, content);
        }
        Self { site: Site::new(scenario), sim, port: free_port() }
    }

    /// A map with something of every rule: the value changes what a container is made with, the alias what it is called.
    #[track_caller]
    fn write(&self, value: u32, alias: &str) {
        let port = self.port;
        self.site.write(&format!(
            "app: {{image: uwsgi, instances: [one, two], attaches: [socket, log], user: www-data, \
             permissions: 'u=rwX,g=rX,o=', networks: [back: {{aliases: [{alias}]}}]}}\n\
             web: {{image: nginx, uses: [[socket, /run/app], {{log: ro}}], networks: [front, back], \
             exposes: {{80: {port}, 443: null}}}}\n\
             owner: {{image: data, shares: [/shared], user: app, \
             create_options: {{command: [/bin/idle, x], environment: {{A: {value}, LANG: null}}}}}}\n\
             guest: {{image: nginx, network_mode: owner}}\n\
             linked: {{image: nginx, links: [[owner, db]], stop_signal: INT, stop_timeout: 3, \
             healthcheck: {{test: [CMD, 'true'], interval: 30s}}}}\n\
             borrower: {{image: nginx, uses: owner, create_options: {{entrypoint: [/bin/idle]}}}}\n\
             alone: {{image: nginx, network_mode: none}}\n\
             volumes: {{socket: /var/lib/uwsgi/socket, log: /var/lib/app/log}}\n\
             networks: {{front: {{}}, back: {{internal: true}}}}"
        ));
    }

    #[track_caller]
    fn map(&self) -> ContainerMap {
        let text = std::fs::read_to_string(self.site.map()).expect("the map is there");
        container_map::load(&text, LoadOptions::default()).expect("the map is valid")
    }

    /// What `up` looks at, on the engine and in the simulator.
    #[track_caller]
    fn states(&self) -> [EngineState; 2] {
        let snapshot = self.site.dmap_ends(&["snapshot", "--with-env"], 0).stdout;
        let mut real: EngineState = serde_json::from_str(&snapshot).expect("a snapshot is an engine's state");
        // What runs note changes words, and is written by the command, not by plans.
        real.record = None;
        let scope = map_planner::scope(&self.map(), &ClientConfig::default(), &request(Goal::Up));
        [real, self.sim.observe(&scope.expect("the client can satisfy the map"))]
    }

    /// Plans on the engine, applies that plan to both, and compares.
    #[track_caller]
    fn both(&mut self, goal: Goal, what: &str) {
        let plan = self.plan(goal, what);
        for step in plan.steps() {
            let applied = self.sim.apply(&step.action);
            assert!(applied.is_ok(), "{what}: the simulator refuses step {}: {applied:?}", step.id);
        }
        self.site.dmap_ends(&[word(goal), "--yes"], 0);
        self.agree(what);
    }

    /// The engine's plan, in the simulator's terms; the simulator's own state gives the same one.
    #[track_caller]
    fn plan(&self, goal: Goal, what: &str) -> Plan {
        let [real, simulated] = self.states();
        let map = self.map();
        let planned = |engine: &EngineState| {
            let (client, request) = (ClientConfig::default(), request(goal));
            let secrets = BTreeMap::new();
            let input = PlanInput {
                map: &map,
                client: &client,
                engine,
                request: &request,
                secrets: &secrets,
                contexts: &map_planner::Contexts::new(),
            };
            map_planner::plan(&input).expect("there is a plan")
        };
        let names = kept_names(&real, &simulated);
        let mut shown = planned(&real).text().to_string();
        for (theirs, ours) in &names {
            shown = shown.replace(&theirs[..SHOWN], &ours[..SHOWN]);
        }
        let sorted = |text: &str| text.lines().map(str::to_owned).collect::<BTreeSet<_>>();
        let expected = planned(&simulated).text().to_string();
        assert_eq!(sorted(&expected), sorted(&shown), "{what}: the plans");
        // As a goal, pulling is about missing images only.
        let words = ["plan", "--goal", word(goal), "--missing", "--format", "json"];
        let mut json = self.site.dmap_ends(&words, 0).stdout;
        for (theirs, ours) in names {
            json = json.replace(&theirs, &ours);
        }
        let mut file: PlanFile = serde_json::from_str(&json).expect("the plan can be read");
        file.plans.pop().expect("there is one plan")
    }

    /// Both have the same, but for identifiers.
    #[track_caller]
    fn agree(&self, what: &str) {
        let [real, simulated] = self.states().map(|state| normalised(&state));
        let found = differences(&real, &simulated);
        assert!(
            found.is_empty(),
            "{what}: what the engine and the simulator have differs at\n{}",
            found.join("\n")
        );
    }

    /// Something happens to both behind dmap's back.
    #[track_caller]
    fn damage(&mut self, words: &[&str], damage: &Damage) {
        docker(words);
        self.sim.damage(damage).unwrap_or_else(|error| panic!("{damage:?}: {error}"));
    }
}

/// How much of an anonymous volume's name plans show.
const SHOWN: usize = 12;

fn request(goal: Goal) -> Request {
    Request { verb: goal.into(), select: Select::All, policy: Policy::default() }
}

/// The command that reaches a goal.
fn word(goal: Goal) -> &'static str {
    match goal {
        Goal::Create => "create",
        Goal::Start => "start",
        Goal::Startup => "startup",
        Goal::Up => "up",
        Goal::Stop => "stop",
        Goal::Remove => "rm",
        Goal::Down => "down",
        Goal::Pull => "pull",
        Goal::Build => "build",
    }
}

#[test]
#[ignore = "needs a Docker daemon: cargo xtask e2e"]
fn engine_and_simulator_agree_after_the_same_plans() {
    let mut pair = Pair::new("agree");
    pair.write(1, "site");
    pair.both(Goal::Up, "up from nothing");
    pair.write(2, "site");
    pair.both(Goal::Up, "a replacement, and who follows");
    pair.write(2, "other");
    pair.both(Goal::Up, "another alias");
    pair.both(Goal::Down, "down");
    pair.both(Goal::Up, "up with volumes that are there");
}

#[test]
#[ignore = "needs a Docker daemon: cargo xtask e2e"]
fn engine_and_simulator_agree_after_damage_and_repair() {
    let mut pair = Pair::new("agreedamage");
    pair.write(1, "site");
    pair.both(Goal::Up, "up from nothing");
    let full = |pair: &Pair, name: &str| pair.site.full(name);

    let (one, back) = (full(&pair, "app.one"), full(&pair, "back"));
    let damage = Damage::Disconnect { container: one.clone(), network: back.clone() };
    pair.damage(&["network", "disconnect", &back, &one], &damage);
    let two = full(&pair, "app.two");
    pair.damage(&["rm", "--force", &two], &Damage::RemoveContainer(two.clone()));
    let linked = full(&pair, "linked");
    pair.damage(&["stop", &linked], &Damage::StopContainer(linked.clone()));
    let log = full(&pair, "log");
    in_volume(&pair.site, "log", &["sh", "-c", "chown 5:6 /v && chmod 0707 /v"]);
    let owner = map_planner::engine::NumericOwner { uid: 5, gid: 6 };
    pair.sim.damage(&Damage::ChangeTop(log, owner, 0o707)).expect("the volume is there");
    pair.agree("damage");
    pair.both(Goal::Up, "repair");

    let owner = full(&pair, "owner");
    pair.damage(&["restart", &owner], &Damage::RestartContainer(owner.clone()));
    pair.agree("a restarted owner");
    pair.both(Goal::Up, "repair after a restart");
    pair.damage(&["rm", "--force", &owner], &Damage::RemoveContainer(owner.clone()));
    pair.agree("an owner that is gone");
    pair.both(Goal::Up, "repair of what was bound to it");
}
