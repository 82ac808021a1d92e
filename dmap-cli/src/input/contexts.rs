//! Reading of build contexts: what is in them decides whether an image is built anew.

use container_map::config::BuildConfig;
use docker_exec::BuildSource;
use map_planner::{ContextDigest, Contexts, Plan};

use crate::deployment::Deployment;
use crate::failure::Failure;

/// Reads the contexts of all images that a deployment may have to build.
///
/// # Errors
///
/// One cannot be read.
pub(super) fn contexts(deployment: &Deployment<'_>) -> Result<Contexts, Failure> {
    let mut contexts = Contexts::new();
    let mut known: Vec<(&BuildConfig, ContextDigest)> = Vec::new();
    for (image, build) in deployment.builds() {
        let same = |(other, _): &&(&BuildConfig, ContextDigest)| {
            (&other.context, &other.dockerfile) == (&build.context, &build.dockerfile)
        };
        let digest = match known.iter().find(same) {
            Some((_, digest)) => digest.clone(),
            None => {
                digest(build).map_err(|failure| failure.note(format!("image `{image}` is built from it")))?
            }
        };
        known.push((build, digest.clone()));
        contexts.insert(image.clone(), digest);
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

fn digest(build: &BuildConfig) -> Result<ContextDigest, Failure> {
    let folder = build.context.as_ref().map_or(".", |folder| folder.as_str());
    BuildSource::new(build).digest().map_err(|error| Failure::context_of_map(folder.as_ref(), &error))
}
