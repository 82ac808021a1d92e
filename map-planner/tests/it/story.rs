//! Worlds that are told, not generated.

use container_map::{ContainerKey, ContainerMap, LoadOptions};
use map_planner::sim::Damage;
use map_planner::{Goal, Select};

use crate::laws;
use crate::world::{World, all, furnished};

/// Reads a map, which has to be valid.
#[track_caller]
pub(crate) fn map(text: &str) -> ContainerMap {
    container_map::load(text, LoadOptions::default()).unwrap_or_else(|error| {
        panic!(
            "{error}: {}\n{text}",
            std::error::Error::source(&error).map(ToString::to_string).unwrap_or_default()
        )
    })
}

/// Returns the text of a map `site` with these configurations, the usual volumes and one network.
pub(crate) fn site(containers: &str) -> String {
    let volumes = "{v0: /run/app, v1: /var/log/app, v2: /var/lib/store, v3: /srv/data}";
    let networks = "{n0: {create_options: {ipam: {pools: [{subnet: 10.1.0.0/24}]}}}, n1: }";
    format!("name: site\nvolumes: {volumes}\nnetworks: {networks}\ncontainers:\n{containers}")
}

/// Returns a furnished engine on which nothing of the map is there yet.
#[track_caller]
pub(crate) fn wanted(text: &str) -> World {
    World::of(furnished(), map(text), all(Goal::Up))
}

/// Returns a furnished engine on which the map was brought up.
#[track_caller]
pub(crate) fn up(text: &str) -> World {
    let mut world = wanted(text);
    if let Err(problem) = world.converge() {
        panic!("{problem}");
    }
    world
}

impl World {
    /// Lets something happen, which has to be possible.
    #[track_caller]
    pub(crate) fn suffers(mut self, damage: Damage) -> Self {
        assert_eq!(self.engine.damage(&damage), Ok(()), "{damage:?}");
        self.damages.push(damage);
        self
    }

    /// Wants another map from now on.
    #[track_caller]
    pub(crate) fn edits(mut self, text: &str) -> Self {
        self.map = map(text);
        self
    }

    /// Returns the text of the plan, or why there is none.
    pub(crate) fn shows(&self) -> String {
        match self.plan() {
            Ok(plan) => plan.text().to_string(),
            Err(error) => format!("refused: {error}"),
        }
    }

    /// Does so many steps of the plan, as a run does that is interrupted.
    #[track_caller]
    pub(crate) fn cut_after(mut self, steps: usize) -> Self {
        let plan = self.plan().unwrap_or_else(|error| panic!("{error}"));
        for step in &plan.steps()[..steps] {
            if let Err(problem) = self.step(&plan, step) {
                panic!("{problem}");
            }
        }
        self
    }

    /// Asks for one container only.
    pub(crate) fn asks_for(mut self, key: &str) -> Self {
        let key: ContainerKey = key.parse().unwrap();
        self.request.select = Select::Only([key].into());
        self
    }

    /// Checks every law, from every prefix and for every step that can fail.
    #[track_caller]
    pub(crate) fn obeys(self) {
        let plan = self.plan().unwrap_or_else(|error| panic!("{error}"));
        let seed = &mut 1;
        let judgement = laws::converges(&self, &plan)
            .and_then(|_| laws::any_order(&self, &plan, seed, 32))
            .and_then(|()| laws::resumable(&self, &plan, seed, usize::MAX))
            .and_then(|()| laws::survives_failures(&self, &plan, seed, usize::MAX))
            .and_then(|()| plan.check().map_err(|flaw| self.explain(&plan, &flaw.to_string())));
        if let Err(problem) = judgement {
            panic!("{problem}");
        }
    }
}
