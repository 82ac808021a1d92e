//! An engine, a map, and what is asked: planned, applied, judged.

use std::collections::{BTreeMap, BTreeSet};

use container_map::config::{ExecPolicy, FollowPolicy, UpdateOrder};

use container_map::{ClientConfig, ContainerKey, ContainerMap, LoadOptions, Secret, SecretSource};
use map_planner::engine::{Moment, RunState, Scope};
use map_planner::sim::{Applied, Damage, SimEngine, SimImage};
use map_planner::spec::ExecSpec;
use map_planner::{
    Action, Builds, Company, Condition, ContainerRef, ContextDigest, Contexts, EngineState, Foreign, Goal,
    Plan, PlanError, PlanInput, Policy, ReadContext, Request, Select, Slot, Step, StepId, Verb, label,
};

use crate::fixture::{engine, image, job, publishing, server, store, volume_of, work};
use crate::model::{Case, Genome};
use crate::text::text;

/// What a property found out, or what is wrong.
pub(crate) type Judgement<T> = Result<T, String>;

/// An engine and what is wanted of it.
#[derive(Debug, Clone)]
pub(crate) struct World {
    pub(crate) engine: SimEngine,
    pub(crate) map: ContainerMap,
    pub(crate) request: Request,
    /// What is in the build contexts.
    pub(crate) contexts: Contexts,
    pub(crate) damages: Vec<Damage>,
}

/// Returns the map of a genome; a genome always makes a valid one.
pub(crate) fn load(genome: &Genome) -> ContainerMap {
    let text = text(genome);
    container_map::load(&text, LoadOptions::default()).unwrap_or_else(|error| {
        let source = std::error::Error::source(&error).map(ToString::to_string);
        panic!("{}\n{text}", source.unwrap_or_default())
    })
}

/// Asks for the whole map.
pub(crate) fn all(verb: impl Into<Verb>) -> Request {
    Request { verb: verb.into(), select: Select::All, policy: Policy::default() }
}

/// Returns what the secrets of generated maps hold.
pub(crate) fn secrets() -> BTreeMap<SecretSource, Secret> {
    BTreeMap::from([(SecretSource::Env("TOKEN".into()), Secret::new("secret-value"))])
}

/// The images that generated maps name.
fn images() -> [(&'static str, SimImage); 6] {
    let mut tool = server();
    tool.environment.insert("LANG".into(), "en".into());
    tool.command = vec!["tool".into()];
    tool.volumes = BTreeSet::from(["/srv/data".into()]);
    let mut remote = server();
    remote.environment.insert("FROM".into(), "afar".into());
    [
        ("server", server()),
        ("store", store()),
        ("tool", tool),
        ("remote", remote),
        ("job", job(0)),
        ("work", work(0)),
    ]
}

/// Publishes all images anew, and makes those that are built come out anew.
fn publish(engine: &mut SimEngine, build: &str) {
    let anew = |mut content: SimImage| {
        content.environment.insert("BUILD".into(), build.into());
        content
    };
    for (name, content) in images() {
        engine.publish(image(name), anew(content));
    }
    engine.provide(image("made"), anew(server()));
    engine.provide(image("based"), anew(store()));
}

/// Returns an engine with everything a generated map may want, and with things that are none of its business.
pub(crate) fn furnished() -> SimEngine {
    let mut engine = engine();
    let [_, _, (_, tool), ..] = images();
    engine.tag(image("tool"), tool);
    // What is pulled is newer than what was there: whether it would be the same shows only afterwards.
    publish(&mut engine, "later");
    for (source, secret) in secrets() {
        engine.tell(source, secret);
    }
    engine.create_volume("other.data", &volume_of("somebody"));
    engine.create_network("other.net", &crate::fixture::bridge()).unwrap();
    engine.create_container("other.web", &publishing("80", 9000)).unwrap();
    engine.start("other.web").unwrap();
    engine
}

/// Returns what is in the build contexts of generated maps, in one of its versions.
pub(crate) fn contexts(version: u8) -> Contexts {
    let digest = format!("sha256:{}", format!("{version:02x}").repeat(32));
    let digest: ContextDigest = digest.parse().unwrap();
    let based = ReadContext { digest: digest.clone(), bases: [image("made"), image("tool")].into() };
    Contexts::from([(image("made"), digest.into()), (image("based"), based)])
}

impl World {
    /// Returns the world with newer images to pull and to build. Whether one that is pulled or built is another shows only
    /// afterwards; if it is not, what was to follow it is not needed, and a run that was interrupted leaves it out.
    pub(crate) fn with_newer_images(&self) -> Self {
        let mut world = self.clone();
        publish(&mut world.engine, "even later");
        world
    }

    /// Returns an engine, and what is wanted of it.
    pub(crate) fn of(engine: SimEngine, map: ContainerMap, request: Request) -> Self {
        Self { engine, map, request, contexts: Contexts::new(), damages: Vec::new() }
    }

    /// Returns the world of a case: the old map is up, the engine was damaged, the new map is wanted.
    ///
    /// # Errors
    ///
    /// The old map could not be brought up.
    pub(crate) fn new(case: &Case) -> Judgement<Self> {
        let mut world =
            Self { contexts: contexts(0), ..Self::of(furnished(), load(&case.old), all(Goal::Up)) };
        let plan = world.plan().map_err(|error| format!("planning the old map: {error}"))?;
        world.apply(&plan)?;
        for pick in &case.damages {
            let scope = world.scope();
            let possible = world.engine.damages(&scope);
            let Some(damage) = possible.get(usize::from(*pick) % possible.len().max(1)) else {
                continue;
            };
            // What cannot happen now does not: a container of a missing image does not restart.
            let mut engine = world.engine.clone();
            if engine.damage(damage).is_ok() {
                world.engine = engine;
                world.damages.push(damage.clone());
            }
        }
        world.map = load(&case.new_map());
        let keys: Vec<ContainerKey> = world.map.keys().collect();
        if !case.select.is_empty() {
            let picked = case.select.iter().map(|pick| keys[usize::from(*pick) % keys.len()].clone());
            world.request.select = Select::Only(picked.collect());
        }
        world.contexts = contexts(u8::from(case.touched));
        world.request.policy.builds = if case.builds { Builds::Changed } else { Builds::Missing };
        world.request.policy.foreign = if case.adopts { Foreign::Adopt } else { Foreign::Refuse };
        Ok(world)
    }

    pub(crate) fn scope(&self) -> map_planner::engine::Scope {
        map_planner::scope(&self.map, &ClientConfig::default(), &self.request).unwrap()
    }

    /// Observes and plans.
    pub(crate) fn plan(&self) -> Result<Plan, PlanError> {
        self.plan_for(&self.engine.observe(&self.scope()))
    }

    /// Plans for what was observed.
    pub(crate) fn plan_for(&self, engine: &EngineState) -> Result<Plan, PlanError> {
        let client = ClientConfig::default();
        map_planner::plan(&PlanInput {
            map: &self.map,
            client: &client,
            engine,
            request: &self.request,
            secrets: &secrets(),
            contexts: &self.contexts,
        })
    }

    /// Applies a plan in the order of its list.
    pub(crate) fn apply(&mut self, plan: &Plan) -> Judgement<()> {
        plan.steps().iter().try_for_each(|step| self.step(plan, step))
    }

    /// Applies one step; it has to change something, and nothing starts before what it waits for is ready.
    pub(crate) fn step(&mut self, plan: &Plan, step: &Step) -> Judgement<()> {
        let early = self.starts_early(&step.action);
        let outlasts = self.outlasts(plan, step);
        let problem = match self.engine.apply(&step.action) {
            Ok(Applied::Done) => {
                self.note(&step.action).or(early).or(outlasts).or_else(|| self.rivals(&step.action))
            }
            Ok(Applied::AlreadyDone) => Some("it was done already".to_owned()),
            Err(error) => Some(error.to_string()),
        };
        problem.map_or(Ok(()), |problem| Err(self.explain(plan, &format!("step {}: {problem}", step.id))))
    }

    /// Says if something that is stopped later runs on when what it follows stops.
    fn outlasts(&self, plan: &Plan, step: &Step) -> Option<String> {
        let Action::StopContainer { container: stopped, .. } = &step.action else { return None };
        let later = plan.steps().iter().filter_map(|other| match &other.action {
            Action::StopContainer { container, .. } => Some(container),
            _ => None,
        });
        let mut followers = later.filter(|other| {
            let follows =
                self.map.config(&other.key).map(|config| config.follow.as_slice()).unwrap_or_default();
            let mut hard = follows.iter().filter(|follow| follow.policy != FollowPolicy::Leave);
            let is_up = self.engine.state_of(&other.docker_name()).is_some_and(RunState::is_up);
            stopped.slot == Slot::Current
                && is_up
                && self.map.dependencies(&other.key).contains(&stopped.key)
                && hard.any(|follow| {
                    self.map.resolve(&follow.config, follow.instance.as_ref()).contains(&stopped.key)
                })
        });
        followers.next().map(|other| format!("{other} runs while {stopped}, which it follows, stops"))
    }

    /// Notes a command that was run, and says if it should not have been.
    fn note(&mut self, action: &Action) -> Option<String> {
        let Action::Exec { container, command } = action else {
            return None;
        };
        let now = self.engine.observe(&Scope { record: true, ..self.scope() });
        let record = now.record.clone().unwrap_or_default().with_commands([action], &now);
        self.engine.note(Some(record));
        let name = container.docker_name();
        let start = self.engine.last_start(&name);
        let wanted = self.commands(&container.key);
        let is_initial =
            wanted.iter().any(|(exec, policy)| exec == command && *policy == ExecPolicy::Initial);
        let executed = self.engine.executed(&name);
        let same = executed.iter().filter(|(when, exec)| exec == command && (is_initial || *when == start));
        (same.count() > 1).then(|| "it was run there before".to_owned())
    }

    /// Returns the commands that the map wants to be run in a container.
    fn commands(&self, key: &ContainerKey) -> Vec<(ExecSpec, ExecPolicy)> {
        let config = self.map.config(key).into_iter();
        let commands = config.flat_map(|config| &config.exec_commands);
        let commands = commands.map(|wanted| {
            let user = wanted.user.as_ref().map(ToString::to_string);
            (ExecSpec { command: wanted.command.0.clone(), user }, wanted.policy)
        });
        commands.collect()
    }

    /// Says which command was not run in a container that runs.
    fn missing_command(&self) -> Option<String> {
        let asked = self.asked_for();
        let is_asked = |name: &String| asked.as_ref().is_none_or(|asked| asked.contains(name));
        let included = self.map.keys().filter(|key| !self.is_left_out(key));
        let all = included.map(|key| (key.docker_name(), self.commands(&key)));
        all.filter(|(name, _)| is_asked(name) && self.engine.state_of(name) == Some(RunState::Running))
            .find_map(|(name, commands)| {
                let (start, executed) = (self.engine.last_start(&name), self.engine.executed(&name));
                let was_run = |exec: &ExecSpec, policy| {
                    let counts = |when: &Option<Moment>| policy == ExecPolicy::Initial || *when == start;
                    executed.iter().any(|(when, found)| found == exec && counts(when))
                };
                let missing = commands.iter().find(|(exec, policy)| !was_run(exec, *policy));
                missing.map(|(exec, _)| format!("`{exec}` was not run in {name}"))
            })
    }

    /// Says if a start comes before what the container waits for.
    fn starts_early(&self, action: &Action) -> Option<String> {
        let (Action::StartContainer { container, .. } | Action::RestartContainer { container, .. }) = action
        else {
            return None;
        };
        let waits = &self.map.config(&container.key)?.start;
        let targets = waits.iter().flat_map(|first| {
            let targets = self.map.resolve(&first.config, first.instance.as_ref());
            targets.into_iter().map(|target| (target, first.condition.into()))
        });
        // What an interrupted run left under another name can be as far as it should be.
        let has_reached = |target: &ContainerKey, condition| {
            let mut names = Slot::ALL.into_iter().map(|slot| ContainerRef::new(target, slot).docker_name());
            let checked = self.map.config(target).is_some_and(|config| config.healthcheck.is_some());
            // What is left without the check that it should have can only run.
            let at_most = |name: &str| match condition {
                Condition::Healthy if checked && !self.engine.is_checked(name) => Condition::Started,
                other => other,
            };
            names.any(|name| self.engine.has_reached(&name, at_most(&name)))
        };
        // Nobody waits for who is left out.
        let targets = targets.filter(|(target, _)| !self.is_left_out(target));
        let mut missed = targets.filter(|(target, condition)| !has_reached(target, *condition));
        missed.next().map(|(target, condition)| format!("{target} is not {condition:?} yet"))
    }

    /// Returns whether a container is left as it is, whoever needs it.
    fn is_left_out(&self, key: &ContainerKey) -> bool {
        let policy = &self.request.policy;
        let is_alone = matches!(&self.request.select, Select::Only(keys) if policy.company == Company::Nobody && !keys.contains(key));
        is_alone || policy.exclude.contains(key)
    }

    /// Says if two objects run for one container after a start, unless a successor starts first.
    fn rivals(&self, action: &Action) -> Option<String> {
        let Action::StartContainer { container, .. } = action else {
            return None;
        };
        let order = self.map.config(&container.key)?.update.order;
        if container.slot == Slot::Next && order == UpdateOrder::StartFirst {
            return None;
        }
        let is_up = |slot| {
            let name = ContainerRef::new(&container.key, slot).docker_name();
            self.engine.state_of(&name).is_some_and(RunState::is_up)
        };
        (Slot::ALL.into_iter().filter(|slot| is_up(*slot)).count() > 1)
            .then(|| "two of one container run".to_owned())
    }

    /// Applies the steps that are left of a plan that is made now, and returns an error unless nothing is left to do then.
    pub(crate) fn converge(&mut self) -> Judgement<()> {
        let plan = self.plan().map_err(|error| format!("planning again: {error}"))?;
        self.apply(&plan)?;
        self.expect_done(&plan)
    }

    /// Returns an error unless nothing is left to do after a plan.
    pub(crate) fn expect_done(&self, before: &Plan) -> Judgement<()> {
        let again = self.plan().map_err(|error| self.explain(before, &format!("planning again: {error}")))?;
        if again.is_empty() {
            // Going down runs nothing.
            let missing = self.missing_command().filter(|_| self.request.verb == Goal::Up.into());
            return missing.map_or(Ok(()), |missing| Err(self.explain(before, &missing)));
        }
        Err(self.explain(before, &format!("something is left to do:\n{}", again.text())))
    }

    pub(crate) fn explain(&self, plan: &Plan, problem: &str) -> String {
        format!("{problem}\nafter {:?}, asked for {:?}\n{}", self.damages, self.request.select, plan.text())
    }

    /// Returns an error unless a refusal to plan is about something the planner may not touch.
    pub(crate) fn expect_refusal(&self, error: &PlanError) -> Judgement<()> {
        let seen = self.engine.observe(&self.scope());
        let justified = match error {
            PlanError::Foreign { name } => {
                let found = seen.containers.get(name);
                found.is_some_and(|found| !label::is_ours(name, &found.labels))
            }
            PlanError::PortHeld { held_by, .. } | PlanError::AddressHeld { held_by, .. } => {
                // Only `up` makes somebody give up what he has.
                self.request.verb != Goal::Up.into() || !self.is_asked_for(held_by, &seen)
            }
            PlanError::LeftOut { needs, .. } => self.is_left_out(needs),
            _ => false,
        };
        if justified {
            Ok(())
        } else {
            Err(format!("refused without need: {error}\nafter {:?}", self.damages))
        }
    }

    /// Returns whether a container is one that the plan could stop.
    fn is_asked_for(&self, name: &str, seen: &map_planner::EngineState) -> bool {
        let ours = seen.containers.get(name).is_some_and(|found| label::is_ours(name, &found.labels));
        let Ok(at) = name.parse::<ContainerRef>() else {
            return false;
        };
        let known = self.map.keys().any(|key| key == at.key);
        let asked = self.asked_for();
        ours && known
            && !self.is_left_out(&at.key)
            && asked.is_none_or(|asked| asked.contains(&at.key.docker_name()))
    }

    /// Returns the names of the containers that were asked for and of those they depend on; none for all.
    pub(crate) fn asked_for(&self) -> Option<BTreeSet<String>> {
        let mut open: Vec<ContainerKey> = match &self.request.select {
            Select::All => return None,
            Select::Only(keys) => keys.iter().cloned().collect(),
            Select::Needs(key) => self.map.dependencies(key).into_iter().collect(),
        };
        let mut found = BTreeSet::new();
        while let Some(key) = open.pop() {
            if found.insert(key.docker_name()) {
                open.extend(self.map.dependencies(&key));
            }
        }
        Some(found)
    }
}

/// Returns the steps of a plan in another order that its edges allow.
pub(crate) fn shuffled<'a>(plan: &'a Plan, seed: &mut u64) -> Vec<&'a Step> {
    let mut left: Vec<&Step> = plan.steps().iter().collect();
    let mut done: BTreeSet<StepId> = BTreeSet::new();
    let mut order = Vec::new();
    while !left.is_empty() {
        let ready: Vec<usize> = (0..left.len())
            .filter(|index| left[*index].after.iter().all(|after| done.contains(after)))
            .collect();
        let step = left.remove(ready[pick(seed, ready.len())]);
        done.insert(step.id);
        order.push(step);
    }
    order
}

/// Returns a number below a limit, and moves the seed on (a linear congruence is random enough here).
pub(crate) fn pick(seed: &mut u64, limit: usize) -> usize {
    *seed = seed.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
    usize::try_from(*seed >> 33).unwrap() % limit.max(1)
}
