//! Reading of build contexts: what is in them decides whether an image is built anew.

use std::collections::BTreeSet;

use container_map::ImageRef;
use container_map::config::BuildConfig;
use docker_exec::BuildSource;
use dockerfile_builder::ContextError;
use map_planner::{Action, ContextDigest, Contexts, Plan, ReadContext};

use crate::deployment::Deployment;
use crate::failure::Failure;

/// Reads the contexts of all images that a deployment may have to build, and of those of the map that these are based on.
///
/// # Errors
///
/// One cannot be read.
pub(super) fn contexts(deployment: &Deployment<'_>) -> Result<Contexts, Failure> {
    let mut contexts = Contexts::new();
    let mut known: Vec<(&BuildConfig, ContextDigest)> = Vec::new();
    let all = deployment.map.builds();
    let mut open: Vec<(&ImageRef, &BuildConfig)> = deployment.builds().into_iter().collect();
    while let Some((image, build)) = open.pop() {
        if contexts.contains_key(image) {
            continue;
        }
        let note = |failure: Failure| failure.note(format!("image `{image}` is built from it"));
        let same = |(other, _): &&(&BuildConfig, ContextDigest)| {
            (&other.context, &other.dockerfile) == (&build.context, &build.dockerfile)
        };
        let digest = match known.iter().find(same) {
            Some((_, digest)) => digest.clone(),
            None => digest(build).map_err(note)?,
        };
        known.push((build, digest.clone()));
        let bases = BuildSource::new(build).bases(build);
        let bases = bases.map_err(|error| note(unreadable(build, &error)))?;
        let own = bases.iter().filter_map(|name| all.get_key_value(deployment.map.built_as(name)?));
        open.extend(own.map(|(image, build)| (*image, *build)));
        contexts.insert(image.clone(), ReadContext { digest, bases });
    }
    Ok(contexts)
}

/// Says what of the contexts that plans build from is not as it was when they were made.
///
/// # Errors
///
/// One cannot be read.
pub(super) fn moved(plans: &[Plan]) -> Result<Vec<String>, Failure> {
    let mut moved = Vec::new();
    for (image, build, wanted) in plans.iter().flat_map(Plan::builds) {
        if digest(build)? != *wanted {
            moved.push(format!("the build context of image/{image} is not as it was"));
        }
    }
    Ok(moved)
}

/// Returns the registries from which a plan takes images, those that its builds are based on among them.
///
/// # Errors
///
/// A Dockerfile cannot be read.
pub(super) fn registries(plan: &Plan) -> Result<BTreeSet<String>, Failure> {
    let mut registries = BTreeSet::new();
    for step in plan.steps() {
        match &step.action {
            Action::PullImage { image, .. } => drop(registries.insert(image.registry().to_owned())),
            Action::BuildImage { build, .. } => {
                let bases =
                    BuildSource::new(build).bases(build).map_err(|error| unreadable(build, &error))?;
                registries.extend(bases.iter().map(|image| image.registry().to_owned()));
            }
            _ => {}
        }
    }
    Ok(registries)
}

fn digest(build: &BuildConfig) -> Result<ContextDigest, Failure> {
    BuildSource::new(build).digest().map_err(|error| unreadable(build, &error))
}

fn unreadable(build: &BuildConfig, error: &ContextError) -> Failure {
    let folder = build.context.as_ref().map_or(".", |folder| folder.as_str());
    Failure::context_of_map(folder.as_ref(), error)
}
