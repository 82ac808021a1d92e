//! The plans of the fixture maps, as files: on an engine that has nothing, on one that has everything, and after three
//! kinds of drift. All as text, and a dozen as JSON and as script too.

use std::collections::{BTreeMap, BTreeSet};

use container_map::config::Variable;
use container_map::{ClientConfig, ContainerMap, ImageRef, LoadOptions, Secret, SecretSource};
use map_planner::engine::{ObservedContainer, RunState};
use map_planner::sim::{SimEngine, SimImage, SimProcess};
use map_planner::{Action, Condition, ContextDigest, Contexts, EngineState, Goal, Plan, PlanFile, PlanInput};

use crate::fixture::{image, run, server, spec};
use crate::schema;
use crate::world::all;

/// The maps that are shown as JSON and as script too: each has something that the others have not.
const IN_FULL: [&str; 13] = [
    "build",
    "smallest",
    "instances",
    "networks",
    "permissions",
    "secrets",
    "start",
    "healthcheck_forms",
    "options_limits",
    "network_mode_forms",
    "links_forms",
    "lifecycle",
    "seed",
];

/// A map, on a client that has every interface a fixture names.
struct Fixture {
    map: ContainerMap,
    client: ClientConfig,
    secrets: BTreeMap<SecretSource, Secret>,
}

impl Fixture {
    /// Reads a fixture; none if it is for other clients, or takes several files.
    fn load(text: &str) -> Option<Self> {
        let map = container_map::load(text, LoadOptions::default()).ok()?;
        let address = "10.0.0.1".parse().unwrap();
        let interfaces = ["lan", "public", "private", "dmz"].map(|name| (name.parse().unwrap(), address));
        let client = ClientConfig { interfaces: interfaces.into(), ..ClientConfig::default() };
        let variables =
            map.containers().values().flat_map(|config| config.create_options.environment.values());
        let secrets = variables.flatten().filter_map(|variable| match variable {
            Variable::Secret(source) => Some((source.clone(), Secret::new("secret-value"))),
            Variable::Text(_) => None,
        });
        let secrets = secrets.collect();
        let fixture = Self { map, client, secrets };
        map_planner::scope(&fixture.map, &fixture.client, &all(Goal::Up)).ok()?;
        Some(fixture)
    }

    /// Returns something that each build could be from.
    fn contexts(&self) -> Contexts {
        let digest = |digit: usize| -> ContextDigest {
            format!("sha256:{}", format!("{digit:02x}").repeat(32)).parse().unwrap()
        };
        let images = self.map.builds().into_keys().enumerate();
        images.map(|(number, image)| (image.clone(), digest(number).into())).collect()
    }

    fn observe(&self, engine: &SimEngine) -> EngineState {
        engine.observe(&map_planner::scope(&self.map, &self.client, &all(Goal::Up)).unwrap())
    }

    fn plan(&self, engine: &EngineState) -> Plan {
        let request = all(Goal::Up);
        let input = PlanInput {
            map: &self.map,
            client: &self.client,
            engine,
            request: &request,
            secrets: &self.secrets,
            contexts: &self.contexts(),
        };
        map_planner::plan(&input).unwrap_or_else(|error| panic!("{error}"))
    }

    /// Returns an engine that has the images, and a container that some maps name without having it.
    fn furnished(&self, first: &Plan) -> SimEngine {
        let mut engine = SimEngine::new();
        engine.tag(image("server"), server());
        run(&mut engine, "other", &spec());
        for image in map_planner::scope(&self.map, &self.client, &all(Goal::Up)).unwrap().images {
            let command = vec![image.to_string()];
            let process =
                if jobs(first).contains(&image) { SimProcess::Works(0) } else { SimProcess::default() };
            engine.tag(
                image,
                SimImage { command, process, accounts: server().accounts, ..SimImage::default() },
            );
        }
        for image in self.map.builds().into_keys() {
            engine.provide(image.clone(), server());
        }
        for (source, secret) in &self.secrets {
            engine.tell(source.clone(), secret.clone());
        }
        engine
    }
}

/// Returns the images of containers that others wait for until they have ended.
fn jobs(plan: &Plan) -> BTreeSet<ImageRef> {
    let awaited: BTreeSet<_> = plan
        .steps()
        .iter()
        .filter_map(|step| match &step.action {
            Action::AwaitContainer { container, until: Condition::Completed, .. } => Some(&container.key),
            _ => None,
        })
        .collect();
    let images = plan.steps().iter().filter_map(|step| match &step.action {
        Action::CreateContainer { container, spec } if awaited.contains(&container.key) => {
            Some(spec.image.clone())
        }
        _ => None,
    });
    images.collect()
}

/// What somebody does to the first container.
fn drifted(mut state: EngineState, how: fn(&mut ObservedContainer)) -> EngineState {
    state.containers.values_mut().take(1).for_each(how);
    state
}

#[test]
fn plans_of_the_fixture_maps() {
    let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/../container-map/testdata/valid");
    let mut files: Vec<_> = std::fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()).collect();
    files.sort();
    let mut planned = 0;
    for path in files {
        let name = path.file_stem().unwrap().to_str().unwrap();
        let Some(fixture) = Fixture::load(&std::fs::read_to_string(&path).unwrap()) else { continue };
        planned += 1;
        let nothing = fixture.plan(&fixture.observe(&SimEngine::new()));
        let mut engine = fixture.furnished(&nothing);
        let first = fixture.plan(&fixture.observe(&engine));
        for step in first.steps() {
            engine.apply(&step.action).unwrap_or_else(|error| panic!("{name}: step {}: {error}", step.id));
            if matches!(step.action, Action::Exec { .. }) {
                let now = fixture.observe(&engine);
                engine.note(Some(now.record.clone().unwrap_or_default().with_commands([&step.action], &now)));
            }
        }
        let state = fixture.observe(&engine);
        let converged = fixture.plan(&state);
        assert!(converged.is_empty(), "{name}: {}", converged.text());
        let renamed = drifted(state.clone(), |live| live.hostname = "elsewhere".to_owned());
        let ended = drifted(state.clone(), |live| live.state = RunState::Exited(1));
        let detached = drifted(state, |live| live.endpoints.clear());
        let plans = [
            ("nothing is there", nothing),
            ("all is there", converged),
            ("the first container has another host name", fixture.plan(&renamed)),
            ("the first container has ended", fixture.plan(&ended)),
            ("the first container is in no network", fixture.plan(&detached)),
        ];
        let shown = |show: &dyn Fn(&Plan) -> String| -> String {
            let parts = plans.iter().map(|(title, plan)| format!("### {title}\n\n{}\n", show(plan)));
            parts.collect::<Vec<_>>().concat()
        };
        let file = |plan: &Plan| PlanFile::new(vec![plan.clone()]);
        for (title, plan) in &plans {
            let json = file(plan).to_json();
            assert_eq!(schema::judged(&json), Ok(()), "{name}: {title}");
            assert_eq!(serde_json::from_str::<PlanFile>(&json).unwrap(), file(plan), "{name}: {title}");
        }
        insta::assert_snapshot!(format!("{name}.text"), shown(&|plan| plan.text().to_string()));
        if IN_FULL.contains(&name) {
            insta::assert_snapshot!(format!("{name}.json"), shown(&|plan| file(plan).to_json()));
            insta::assert_snapshot!(format!("{name}.script"), shown(&|plan| plan.script().to_string()));
        }
    }
    assert!(planned > 40, "only {planned} maps are planned");
}
