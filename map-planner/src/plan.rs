//! The plan: an ordered list of steps that are valid in every order their edges allow.

use alloc::collections::{BTreeMap, BTreeSet};
use alloc::string::String;
use alloc::vec::Vec;
use core::fmt;

use container_map::config::BuildConfig;
use container_map::{ClientName, ImageRef, MapName, NetworkKey, ResourceKey, SecretSource, VolumeKey};
use schemars::JsonSchema;
use schemars::generate::SchemaSettings;
use serde::{Deserialize, Serialize, Serializer};

use crate::action::{Action, Effect};
use crate::anonymous::AnonymousVolume;
use crate::build::ContextDigest;
use crate::check::{Flaw, check};
use crate::engine::{EngineState, Fingerprint, Scope, VolumeFacts};
use crate::overview::Overview;
use crate::reason::{Note, Reason};
use crate::render;
use crate::spec::EnvValue;

/// The number of a step in its plan, from 1.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, JsonSchema)]
#[serde(transparent)]
pub struct StepId(pub u32);

impl fmt::Display for StepId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

/// One action, why it is taken, and what must be done before.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[schemars(deny_unknown_fields)]
pub struct Step {
    /// Its number.
    pub id: StepId,
    /// What is done.
    #[serde(flatten)]
    pub action: Action,
    /// Why.
    pub reason: Reason,
    /// The steps that must be done before; each has a smaller number.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub after: Vec<StepId>,
    /// The map's networks whose endpoints the step touches: engines before 28.2 lose count of endpoints when more than
    /// two such steps overlap on one network.
    #[serde(default, skip_serializing_if = "BTreeSet::is_empty")]
    pub networks: BTreeSet<NetworkKey>,
}

/// What there is to do on one engine for one map.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(try_from = "RawPlan")]
pub struct Plan {
    client: ClientName,
    map: MapName,
    engine: Option<Fingerprint>,
    base: BTreeMap<ResourceKey, Fingerprint>,
    looked_into: BTreeMap<VolumeKey, VolumeFacts>,
    // Invariant: ids are 1..=n in list order; `after` names smaller ids only; steps that change one resource form a chain.
    steps: Vec<Step>,
    unchanged: BTreeSet<ResourceKey>,
    anonymous_volumes: Vec<AnonymousVolume>,
    notes: Vec<Note>,
}

/// A plan as a file holds it, not yet checked.
#[derive(Debug, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct RawPlan {
    pub(crate) client: ClientName,
    pub(crate) map: MapName,
    /// Which engine it is for, if that was known.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) engine: Option<Fingerprint>,
    /// What it touches or relies on, as it was.
    pub(crate) base: BTreeMap<ResourceKey, Fingerprint>,
    /// What of the volumes' directories was looked at: the fingerprints are of that.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub(crate) looked_into: BTreeMap<VolumeKey, VolumeFacts>,
    pub(crate) steps: Vec<Step>,
    #[serde(default)]
    pub(crate) unchanged: BTreeSet<ResourceKey>,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub(crate) anonymous_volumes: Vec<AnonymousVolume>,
    #[serde(default)]
    pub(crate) notes: Vec<Note>,
    /// It follows from the rest; one that was written down must agree with it.
    #[serde(flatten)]
    pub(crate) overview: Option<Overview>,
}

impl TryFrom<RawPlan> for Plan {
    type Error = Flaw;

    fn try_from(raw: RawPlan) -> Result<Self, Flaw> {
        let overview = raw.overview.clone();
        let plan = Self::assemble(raw);
        plan.check()?;
        if overview.is_some_and(|overview| overview != plan.overview()) {
            return Err(Flaw::Overview);
        }
        Ok(plan)
    }
}

impl Serialize for Plan {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        RawPlan::from(self.clone()).serialize(serializer)
    }
}

impl From<Plan> for RawPlan {
    fn from(plan: Plan) -> Self {
        let overview = Some(plan.overview());
        let Plan { client, map, engine, base, looked_into, steps, unchanged, anonymous_volumes, notes } =
            plan;
        Self { client, map, engine, base, looked_into, steps, unchanged, anonymous_volumes, notes, overview }
    }
}

impl Plan {
    pub(crate) fn assemble(raw: RawPlan) -> Self {
        let RawPlan {
            client,
            map,
            engine,
            base,
            looked_into,
            steps,
            unchanged,
            anonymous_volumes,
            notes,
            overview: _,
        } = raw;
        Self { client, map, engine, base, looked_into, steps, unchanged, anonymous_volumes, notes }
    }

    /// Returns the client it is for.
    pub fn client(&self) -> &ClientName {
        &self.client
    }

    /// Returns the map it is for.
    pub fn map(&self) -> &MapName {
        &self.map
    }

    /// Returns the steps; the list is one of the orders that the edges allow, and the one with the shortest outages.
    pub fn steps(&self) -> &[Step] {
        &self.steps
    }

    /// Returns a step by its number.
    pub fn step(&self, id: StepId) -> Option<&Step> {
        self.steps.get((id.0 as usize).checked_sub(1)?)
    }

    /// Returns the resources that were looked at and are as wanted.
    pub fn unchanged(&self) -> &BTreeSet<ResourceKey> {
        &self.unchanged
    }

    /// Returns the anonymous volumes of containers that are replaced or removed, and what becomes of them.
    pub fn anonymous_volumes(&self) -> &[AnonymousVolume] {
        &self.anonymous_volumes
    }

    /// Returns what the reader should know besides.
    pub fn notes(&self) -> &[Note] {
        &self.notes
    }

    /// Returns the fingerprints of the objects the plan touches or relies on.
    pub fn base(&self) -> &BTreeMap<ResourceKey, Fingerprint> {
        &self.base
    }

    /// Returns what must be looked at to find out whether the plan still holds.
    pub fn scope(&self) -> Scope {
        let mut scope = Scope {
            map: self.map.clone(),
            containers: BTreeSet::new(),
            processes: BTreeSet::new(),
            volumes: BTreeMap::new(),
            networks: BTreeSet::new(),
            images: BTreeSet::new(),
            record: false,
        };
        for key in self.base.keys() {
            match key {
                ResourceKey::Container(key) => drop(scope.containers.insert(key.clone())),
                ResourceKey::Image(image) => drop(scope.images.insert(image.clone())),
                ResourceKey::Network(key) => drop(scope.networks.insert(key.clone())),
                ResourceKey::Volume(key) => {
                    let facts = self.looked_into.get(key).copied().unwrap_or_default();
                    scope.volumes.insert(key.clone(), facts);
                }
            }
        }
        scope
    }

    /// Returns whether an engine is another one than the plan was made for, as far as either is known.
    pub fn is_for_another(&self, engine: &EngineState) -> bool {
        let found = engine.own_fingerprint();
        self.engine.as_ref().zip(found).is_some_and(|(meant, found)| *meant != found)
    }

    /// Returns what the plan touches or relies on and is not as it was any more.
    pub fn moved<'a>(&'a self, engine: &EngineState) -> impl Iterator<Item = &'a ResourceKey> {
        self.base.iter().filter(|(key, was)| engine.fingerprint(key) != **was).map(|(key, _)| key)
    }

    /// Returns where the secrets are read from that its containers are created with, and its images built with.
    pub fn secrets(&self) -> BTreeSet<&SecretSource> {
        let builds = self.builds().flat_map(|(_, build, _)| build.secrets.values());
        self.container_secrets().into_iter().chain(builds).collect()
    }

    /// Returns the images that are built, how, and from which contexts.
    pub fn builds(&self) -> impl Iterator<Item = (&ImageRef, &BuildConfig, &ContextDigest)> {
        self.steps.iter().filter_map(|step| match &step.action {
            Action::BuildImage { image, build, context, .. } => Some((image, &**build, context)),
            _ => None,
        })
    }

    /// Returns where the secrets are read from that its containers are created with.
    pub(crate) fn container_secrets(&self) -> BTreeSet<&SecretSource> {
        let specs = self.steps.iter().filter_map(|step| match &step.action {
            Action::CreateContainer { spec, .. } => Some(spec),
            _ => None,
        });
        let values = specs.flat_map(|spec| spec.environment.values().flatten());
        values
            .filter_map(|value| match value {
                EnvValue::Secret { secret } => Some(secret),
                EnvValue::Text(_) => None,
            })
            .collect()
    }

    /// Returns whether there is nothing to do.
    pub fn is_empty(&self) -> bool {
        self.steps.is_empty()
    }

    /// Returns whether a step ends or removes something that exists, which takes the user's consent.
    pub fn is_disruptive(&self) -> bool {
        self.steps.iter().any(|step| matches!(step.action.effect(), Effect::Stop | Effect::Destroy))
    }

    /// Checks the plan's invariants, independently of how it was made.
    ///
    /// # Errors
    ///
    /// The first flaw found.
    pub fn check(&self) -> Result<(), Flaw> {
        check(self)
    }

    /// Returns the text view, in lines as long as it takes.
    pub fn text(&self) -> impl fmt::Display + '_ {
        render::Text { plan: self, width: None }
    }

    /// Returns the text view for a terminal of so many columns: steps are cut, details and notes go on in another line.
    pub fn text_within(&self, width: usize) -> impl fmt::Display + '_ {
        render::Text { plan: self, width: Some(width) }
    }

    /// Returns the view for a pull request, in Markdown.
    pub fn markdown(&self) -> impl fmt::Display + '_ {
        render::Markdown(self)
    }

    /// Returns a POSIX shell script of `docker` commands that reaches the same state. It holds the values of environment
    /// variables, as the plan does; secrets it reads from where the map says.
    pub fn script(&self) -> impl fmt::Display + '_ {
        render::Script(self)
    }

    /// Returns what it comes to.
    pub fn overview(&self) -> Overview {
        Overview::of(self)
    }
}

/// A file of plans, one per client and map: the machine-readable view.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
#[schemars(title = "A file of plans")]
pub struct PlanFile {
    /// The format's name and version.
    pub format: PlanFormat,
    /// The plans.
    pub plans: Vec<Plan>,
}

/// The version of the file format. It is raised when a reader of the older one would misread a file.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub enum PlanFormat {
    /// The first one.
    #[serde(rename = "dmap-plan/1")]
    V1,
}

impl PlanFile {
    /// Wraps plans in the present format.
    pub fn new(plans: Vec<Plan>) -> Self {
        Self { format: PlanFormat::V1, plans }
    }

    /// Returns the JSON Schema (2020-12) of the file, made from the types that are written and read.
    ///
    /// It knows every action and every field, and says nothing about what [`Plan::check`] finds.
    ///
    /// ```
    /// let schema = serde_json::to_value(map_planner::PlanFile::schema()).expect("because a schema is a tree");
    /// assert_eq!(schema["$schema"], "https://json-schema.org/draft/2020-12/schema");
    /// assert_eq!(schema["title"], "A file of plans");
    /// ```
    pub fn schema() -> impl Serialize {
        SchemaSettings::draft2020_12().into_generator().into_root_schema_for::<Self>()
    }

    /// Returns the file's text: pretty JSON with a line break at the end.
    ///
    /// # Panics
    ///
    /// Never: every key of a map in a plan is written as a string.
    pub fn to_json(&self) -> String {
        let mut text =
            serde_json::to_string_pretty(self).expect("because all map keys of a plan are strings");
        text.push('\n');
        text
    }
}
