//! `dmap cleanup` and `dmap remove-all`: look, choose by rules, show, ask, remove, report. No map is read.

use std::collections::BTreeSet;

use container_map::{ClientConfig, ClientName};
use docker_exec::{
    CancellationToken, Cleared, ConnectOptions, ContainerRules, DockerEngine, EngineError, FoundContainer,
    FoundImage, ImageRules, LabelFilter, NamePattern, OldTags, Reach, Stopping,
};

use super::interrupt::Interrupts;
use crate::args::{
    CleanWayArgs, CleanupCommand, CleanupContainersArgs, CleanupImagesArgs, CommonArgs, RemoveAllArgs,
};
use crate::exit::Exit;
use crate::failure::Failure;
use crate::settings::Hosts;
use crate::ui::{Removal, Ui};

/// The tag that is never old.
const LATEST: &str = "latest";

/// Removes what is not needed.
///
/// # Errors
///
/// The engine is not there or does not answer, or the user does not want it.
pub(super) async fn run(common: &CommonArgs, command: &CleanupCommand, ui: Ui) -> Result<Exit, Failure> {
    let engine = connect(common, ui).await?;
    match command {
        CleanupCommand::Containers(args) => {
            containers(&engine, &stopped(args), Stopping::Never, args.way, ui).await
        }
        CleanupCommand::Images(args) => images(&engine, &unneeded(args), args.way, ui).await,
    }
}

/// Stops and removes containers.
///
/// # Errors
///
/// As for [`run`].
pub(super) async fn remove_all(common: &CommonArgs, args: &RemoveAllArgs, ui: Ui) -> Result<Exit, Failure> {
    let engine = connect(common, ui).await?;
    let rules = ContainerRules {
        maps: args.map.iter().cloned().collect(),
        names: patterns(&args.name),
        labels: labels(&args.label),
        exclude: patterns(&args.exclude),
        ..ContainerRules::all()
    };
    containers(&engine, &rules, Stopping::Within(args.grace.timeout), args.way, ui).await
}

fn stopped(args: &CleanupContainersArgs) -> ContainerRules {
    ContainerRules {
        reach: if args.never_started { Reach::Idle } else { Reach::Stopped },
        of_maps: args.of_maps,
        labels: labels(&args.label),
        exclude: patterns(&args.exclude),
        ..ContainerRules::stopped()
    }
}

fn unneeded(args: &CleanupImagesArgs) -> ImageRules {
    let old = args.old.then(|| OldTags {
        prefix: args.tag_prefix.clone().unwrap_or_default(),
        keep: args.keep_tag.iter().map(String::as_str).chain([LATEST]).map(str::to_owned).collect(),
        newest: args.keep,
    });
    ImageRules { old, labels: labels(&args.label) }
}

fn patterns(names: &[String]) -> Vec<NamePattern> {
    names.iter().map(|name| NamePattern::new(name)).collect()
}

fn labels(labels: &[String]) -> Vec<LabelFilter> {
    labels.iter().map(|label| LabelFilter::new(label)).collect()
}

/// Connects to the default client's engine.
async fn connect(common: &CommonArgs, ui: Ui) -> Result<DockerEngine, Failure> {
    let options = ConnectOptions { host: Hosts::new(common).of(&ClientConfig::default()) };
    let engine = DockerEngine::connect(&options).await.map_err(|error| failure(&error))?;
    let info = engine.info();
    ui.detail(format_args!("connected to engine {}, API {}", info.version, info.api_version));
    Ok(engine)
}

fn failure(error: &EngineError) -> Failure {
    Failure::engine(error, &ClientName::default())
}

async fn containers(
    engine: &DockerEngine,
    rules: &ContainerRules,
    stopping: Stopping,
    way: CleanWayArgs,
    ui: Ui,
) -> Result<Exit, Failure> {
    let found = async || engine.containers().await.map_err(|error| failure(&error));
    let choice = rules.choose(&found().await?);
    ui.containers_to_remove(&choice)?;
    let Some(asked) = go_ahead(choice.chosen.len(), way, ui)? else { return Ok(Exit::Done) };
    let chosen = match asked {
        Asked::Nobody => choice.chosen,
        // An answer can take long: what is no longer to be removed by then is not.
        Asked::Somebody => {
            let shown: BTreeSet<String> = choice.chosen.into_iter().map(|container| container.id).collect();
            let mut chosen = rules.choose(&found().await?).chosen;
            chosen.retain(|container| shown.contains(&container.id));
            chosen
        }
    };
    let told = |container: &FoundContainer, result: Result<(), &EngineError>| {
        ui.removal(&Removal::Container(container), result);
    };
    let cancel = CancellationToken::new();
    let work = Box::pin(engine.remove_containers(chosen, stopping, &cancel, told));
    finish(work, &cancel, ui).await
}

async fn images(
    engine: &DockerEngine,
    rules: &ImageRules,
    way: CleanWayArgs,
    ui: Ui,
) -> Result<Exit, Failure> {
    let found = async || engine.images().await.map_err(|error| failure(&error));
    let choice = rules.choose(&found().await?);
    ui.images_to_remove(&choice)?;
    let Some(asked) = go_ahead(choice.chosen.len(), way, ui)? else { return Ok(Exit::Done) };
    let chosen = match asked {
        Asked::Nobody => choice.chosen,
        Asked::Somebody => {
            let shown: BTreeSet<String> = choice.chosen.into_iter().map(|image| image.id).collect();
            let mut chosen = rules.choose(&found().await?).chosen;
            chosen.retain(|image| shown.contains(&image.id));
            chosen
        }
    };
    let told = |image: &FoundImage, result: Result<(), &EngineError>| {
        ui.removal(&Removal::Image(image), result);
    };
    let cancel = CancellationToken::new();
    let work = Box::pin(engine.remove_images(chosen, &cancel, told));
    finish(work, &cancel, ui).await
}

/// Who agreed to a removal.
enum Asked {
    /// The command line.
    Nobody,
    /// The user, after a while.
    Somebody,
}

/// Finds out whether to go ahead; none if there is nothing to do.
fn go_ahead(count: usize, way: CleanWayArgs, ui: Ui) -> Result<Option<Asked>, Failure> {
    if count == 0 {
        return Ok(None);
    }
    if way.dry_run {
        ui.say("nothing was changed: this is a dry run");
        return Ok(None);
    }
    if way.yes {
        return Ok(Some(Asked::Nobody));
    }
    ui.consent_to_removal()?;
    Ok(Some(Asked::Somebody))
}

/// Waits for a removal, or for the user who would wait no longer, and says what became of it.
async fn finish<T>(
    work: impl Future<Output = Cleared<T>>,
    cancel: &CancellationToken,
    ui: Ui,
) -> Result<Exit, Failure> {
    let mut interrupts = Interrupts::new().map_err(|error| Failure::system(&error))?;
    let interrupted_twice = async {
        interrupts.next().await;
        cancel.cancel();
        ui.say("interrupted: waiting for what is under way; interrupt again to abort at once");
        interrupts.next().await;
    };
    let cleared = tokio::select! {
        biased;
        cleared = work => cleared,
        () = interrupted_twice => {
            ui.say("aborted: whether what was under way was removed is not known");
            return Ok(Exit::Interrupted);
        }
    };
    let (removed, failed, left) = (cleared.removed.len(), cleared.failed.len(), cleared.left.len());
    ui.cleared(removed, failed, left);
    Ok(match (cancel.is_cancelled(), removed, failed) {
        (true, ..) => Exit::Interrupted,
        (false, _, 0) => Exit::Done,
        (false, 0, _) => Exit::Failed,
        (false, ..) => Exit::Partly,
    })
}
