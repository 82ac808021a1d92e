//! Sets owner and mode of a volume's files, without a helper image and without starting anything.
//!
//! # Flow
//!
//! A *carrier* is a container that is created and never started, of the owner's image. It mounts the volume at `/.dmap/v`.
//! What the image has where the owner mounts the volume is read as an archive, the headers changed, and the archive is
//! written into the volume. So the engine would fill it, but an engine that ends meanwhile leaves a part of the files and
//! no trace of that, and fills no volume twice. The volume's own directory is written as an entry of `/.dmap`, because
//! the engine leaves the directory it extracts into as it is.
//!
//! If files were there before, they are read and written back instead. Then the carrier also mounts the volume where its
//! owner does, and whoever finds it knows.
//!
//! # Guarantees
//!
//! The carrier of a whole volume is removed last. While it exists the preparation is unfinished, and the next plan does
//! it again from the beginning. Looking at a volume, and changing its directory alone, takes a carrier of another name: files in a
//! volume that holds data must not be rewritten because that was interrupted.
//!
//! # Caveats
//!
//! What an image would keep at a path that is prepared is copied at every creation of a container that mounts the still
//! empty volume with copying, so preparing has to come first, and mounts of prepared volumes do not copy.

use bollard::body_try_stream;
use bollard::query_parameters::{RemoveContainerOptionsBuilder, UploadToContainerOptionsBuilder};
use bytes::Bytes;
use container_map::{ContainerPath, ImageRef, Mode, Owner, VolumeKey};
use futures_util::StreamExt;
use map_planner::engine::{Accounts, NumericOwner};
use map_planner::label::Helper;
use map_planner::{Depth, label};

use super::DockerEngine;
use super::archive::{Change, Rewriter};
use super::cause::Cause;
use super::pool::{PATIENCE, within};
use super::spool::Spool;
use super::wire::body;
use super::wire::inspect::Container;
use super::wire::volume::Volume;
use super::{create, nothing, observe, volume_facts};
use crate::engine::Applied;

/// The parent of [`body::CARRIED`].
const PARENT: &str = "/.dmap";
/// An archive without entries: two empty blocks.
const EMPTY_ARCHIVE: [u8; 1024] = [0; 1024];

/// What is prepared, and how.
#[derive(Debug, Clone, Copy)]
pub(super) struct Preparation<'a> {
    pub(super) volume: &'a VolumeKey,
    pub(super) image: &'a ImageRef,
    pub(super) at: &'a ContainerPath,
    pub(super) owner: Option<&'a Owner>,
    pub(super) mode: Option<&'a Mode>,
}

/// Prepares a volume.
pub(super) async fn prepare(
    engine: &DockerEngine,
    what: Preparation<'_>,
    depth: Depth,
) -> Result<Applied, Cause> {
    // A carrier would make a missing volume by mounting it, without the labels that say whose it is.
    let volume: Volume = engine.pool.get(&format!("/volumes/{}", what.volume)).await?;
    // A preparation of the whole volume that broke off in an earlier try is finished as one.
    let is_begun = depth != Depth::Whole && has_carrier(engine, what.volume).await?;
    if depth == Depth::Whole || is_begun {
        drop_look(engine, what.volume).await?;
        // On something that can have held files before there was a volume, these count.
        let has_files = !is_begun && volume.may_hold_files() && !is_empty(engine, what).await?;
        whole(engine, what, if has_files { Work::Rewrite } else { Work::Fill }).await?;
    } else if !top_unless_empty(engine, what, depth).await? {
        whole(engine, what, Work::Fill).await?;
    }
    Ok(Applied::Done)
}

/// What is done with a whole volume.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Work {
    /// It gets what the image has; only an earlier try can have written to it.
    Fill,
    /// The files that are there are changed.
    Rewrite,
}

/// Changes every file. A failure leaves the carrier, which says that the preparation is unfinished; one that is there
/// says what is to be done.
async fn whole(engine: &DockerEngine, what: Preparation<'_>, work: Work) -> Result<(), Cause> {
    let name = label::carrier_name(what.volume);
    let (carrier, work) = Carrier::make(engine, what, name, work).await?;
    match work {
        Work::Fill => {
            carrier.fill().await?;
            carrier.rewrite_top().await?;
        }
        Work::Rewrite => carrier.rewrite_all().await?,
    }
    carrier.remove().await
}

/// Removes what an interrupted look left: once everything is rewritten there is nothing more to look for.
async fn drop_look(engine: &DockerEngine, volume: &VolumeKey) -> Result<(), Cause> {
    remove_helper(engine, &Helper::Look(volume.clone())).await.map(drop)
}

/// Removes a helper by its identifier, if it is one and does not run: what has its name may be something else by now.
pub(super) async fn remove_helper(engine: &DockerEngine, helper: &Helper) -> Result<Applied, Cause> {
    let path = format!("/containers/{}/json", helper.docker_name());
    let found: Option<Container> = engine.pool.find(&path).await?;
    let Some(found) = found.filter(|found| found.is_helper(helper)) else { return Ok(Applied::AlreadyDone) };
    delete(engine, &found.id).await?;
    // What is left of a carrier whose owner's image was not there either.
    nothing::sweep(engine).await;
    Ok(Applied::Done)
}

/// Returns whether a preparation of the whole volume was begun.
async fn has_carrier(engine: &DockerEngine, volume: &VolumeKey) -> Result<bool, Cause> {
    let path = format!("/containers/{}/json", label::carrier_name(volume));
    let found: Option<Container> = engine.pool.find(&path).await?;
    Ok(found.is_some_and(|found| found.is_fresh(&label::carrier(volume))))
}

/// Returns whether there is nothing in a volume.
async fn is_empty(engine: &DockerEngine, what: Preparation<'_>) -> Result<bool, Cause> {
    let carrier = Carrier::look(engine, what).await?;
    let result = carrier.is_empty().await;
    let removed = carrier.remove().await;
    result.and_then(|is_empty| removed.map(|()| is_empty))
}

/// Changes the volume's directory; of an empty volume that is to be prepared whole, nothing. Returns whether it did.
async fn top_unless_empty(engine: &DockerEngine, what: Preparation<'_>, depth: Depth) -> Result<bool, Cause> {
    let carrier = Carrier::look(engine, what).await?;
    let work = async {
        if depth == Depth::WholeIfEmpty && carrier.is_empty().await? {
            return Ok(false);
        }
        carrier.rewrite_top().await.map(|()| true)
    };
    let result = work.await;
    let removed = carrier.remove().await;
    result.and_then(|done| removed.map(|()| done))
}

/// A container that is never started, through which a volume's files are read and written.
struct Carrier<'a> {
    engine: &'a DockerEngine,
    what: Preparation<'a>,
    name: String,
    /// Whether it is of the image of nothing, where the owner's image is not there.
    of_nothing: bool,
}

/// What an earlier run left.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Leftover {
    Nothing,
    /// A carrier that can be used, and what it is for.
    Usable(Work),
    /// The same of a carrier that could not be used and is gone now.
    Gone(Work),
}

impl<'a> Carrier<'a> {
    /// Makes one to look through, or at a volume's directory alone. It mounts no more than one that fills.
    async fn look(engine: &'a DockerEngine, what: Preparation<'a>) -> Result<Self, Cause> {
        let name = label::look_name(what.volume);
        Self::make(engine, what, name, Work::Fill).await.map(|(carrier, _)| carrier)
    }

    /// Makes one, and says what it is for: an earlier run may have left one for something else.
    async fn make(
        engine: &'a DockerEngine,
        what: Preparation<'a>,
        name: String,
        work: Work,
    ) -> Result<(Self, Work), Cause> {
        let mut carrier = Self { engine, what, name, of_nothing: false };
        let image = observe::find_image(&engine.pool, &what.image.to_string()).await?;
        let leftover = carrier.leftover(image.as_ref().map(|image| image.id.as_str())).await?;
        let work = match leftover {
            Leftover::Nothing => work,
            Leftover::Usable(begun) => return Ok((carrier, begun)),
            Leftover::Gone(begun) => begun,
        };
        let also_at = (work == Work::Rewrite).then_some(what.at);
        if let Some(image) = &image {
            let body = body::carrier(&image.id, what.volume, also_at, image.volumes())?;
            create::from_body(engine, &carrier.name, None, &body).await?;
        } else {
            let body = |image: &str| body::carrier(image, what.volume, also_at, std::iter::empty());
            nothing::container(engine, &carrier.name, body).await?;
            carrier.of_nothing = true;
        }
        Ok((carrier, work))
    }

    /// Returns whether an earlier run left a carrier that can be used. One that cannot is removed; but a usable one is
    /// not made anew, because between removal and creation nothing would say that the preparation is unfinished.
    async fn leftover(&self, image: Option<&str>) -> Result<Leftover, Cause> {
        let path = format!("/containers/{}/json", self.name);
        let Some(found) = self.engine.pool.find::<Container>(&path).await? else {
            return Ok(Leftover::Nothing);
        };
        if !found.is_fresh(&label::carrier(self.what.volume)) {
            let message = format!("container `{}` is there and is not dmap's", self.name);
            return Err(Cause::Answered { status: 409, message });
        }
        let had_files = found.mounts_volume_at(&self.what.volume.docker_name(), self.what.at.as_str());
        let work = if had_files { Work::Rewrite } else { Work::Fill };
        if Some(found.image.as_str()) == image {
            return Ok(Leftover::Usable(work));
        }
        delete(self.engine, &self.name).await.map(|()| Leftover::Gone(work))
    }

    /// Returns whether there is nothing in the volume but its directory.
    async fn is_empty(&self) -> Result<bool, Cause> {
        let work = async {
            let mut archive = volume_facts::read(&self.engine.pool, &self.name, body::CARRIED).await?;
            let mut scanner = Rewriter::new(Change::default());
            while let Some(piece) = archive.next().await.transpose()? {
                scanner.push(&piece, &mut Vec::new()).map_err(Cause::Archive)?;
                if scanner.entries() > 1 {
                    return Ok(false);
                }
            }
            Ok(true)
        };
        within(PATIENCE, work).await
    }

    async fn rewrite_top(&self) -> Result<(), Cause> {
        let mut rewriter = Rewriter::new(self.change().await?);
        let work = async {
            let mut archive = volume_facts::read(&self.engine.pool, &self.name, body::CARRIED).await?;
            let mut entry = Vec::new();
            while let Some(piece) = archive.next().await.transpose()? {
                if rewriter.push_first(&piece, &mut entry).map_err(Cause::Archive)? {
                    break;
                }
            }
            // The engine lets go of the container, which it needs for writing, when nobody reads any more.
            drop(archive);
            entry.extend_from_slice(&EMPTY_ARCHIVE);
            let body = bollard::body_full(Bytes::from(entry));
            let options = UploadToContainerOptionsBuilder::default().path(PARENT).build();
            let upload = self.engine.docker.upload_to_container(&self.name, Some(options), body);
            Ok(upload.await?)
        };
        within(PATIENCE, work).await
    }

    /// Writes into the volume what the image has where the volume belongs, if it has anything there.
    async fn fill(&self) -> Result<(), Cause> {
        // The contents of the directory, whatever it is called.
        match self.rewrite(&format!("{}/.", self.what.at), body::CARRIED).await {
            Err(cause) if cause.status() == Some(404) => Ok(()),
            result => result,
        }
    }

    async fn rewrite_all(&self) -> Result<(), Cause> {
        self.rewrite(body::CARRIED, PARENT).await
    }

    /// Reads files in one place and writes them in another one.
    async fn rewrite(&self, from: &str, to: &str) -> Result<(), Cause> {
        let mut rewriter = Rewriter::new(self.change().await?);
        let mut archive = volume_facts::read(&self.engine.pool, &self.name, from).await?;
        let (mut spool, mut changed) = (Spool::default(), Vec::new());
        while let Some(piece) = archive.next().await.transpose()? {
            rewriter.push(&piece, &mut changed).map_err(Cause::Archive)?;
            spool.push(&mut changed).await.map_err(Cause::Spool)?;
        }
        let body = body_try_stream(spool.read().await.map_err(Cause::Spool)?);
        let options = UploadToContainerOptionsBuilder::default().path(to).build();
        // No limit: how much there is to write is the volume's business.
        Ok(self.engine.docker.upload_to_container(&self.name, Some(options), body).await?)
    }

    /// Returns what is changed, with names of users and groups looked up in the carrier's own files.
    async fn change(&self) -> Result<Change, Cause> {
        let owner = match self.what.owner {
            Some(owner) => Some(self.resolve(owner).await?),
            None => None,
        };
        Ok(Change { owner, mode: self.what.mode.cloned() })
    }

    async fn resolve(&self, owner: &Owner) -> Result<NumericOwner, Cause> {
        // Numbers need no accounts, and reading them is slow on older engines.
        if let Some(numbers) = Accounts::default().resolve(owner) {
            return Ok(numbers);
        }
        let accounts = volume_facts::of_container(&self.engine.pool, &self.name).await?;
        accounts.resolve(owner).ok_or_else(|| Cause::UnknownOwner {
            image: self.what.image.to_string(),
            owner: owner.to_string(),
        })
    }

    async fn remove(self) -> Result<(), Cause> {
        delete(self.engine, &self.name).await?;
        if self.of_nothing {
            nothing::sweep(self.engine).await;
        }
        Ok(())
    }
}

/// Removes a carrier with what anonymous volumes it has: nobody else knows them.
async fn delete(engine: &DockerEngine, name: &str) -> Result<(), Cause> {
    let options = RemoveContainerOptionsBuilder::default().v(true).build();
    let work = async { Ok(engine.docker.remove_container(name, Some(options)).await?) };
    match within(PATIENCE, work).await {
        Err(cause) if cause.status() == Some(404) => Ok(()),
        result => result,
    }
}
