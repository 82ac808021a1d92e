//! Pass 1: compares each object with what the map wants of it, by itself.
//!
//! Three values decide about a fixed attribute: what the map wants, what the engine has, and what the object was made
//! with (its birth certificate). An attribute the map does not set is not compared, unless the certificate says that the
//! map set it once; what the image or the engine fills in is therefore never a difference.

mod born;
mod container;
mod endpoint;
mod facts;
mod limits;
mod live;
mod network;
mod note;
mod options;
mod record;
mod strict;
pub(crate) mod table;
mod volume;

pub(crate) use born::{certificate, was_set, were_set};
pub(crate) use container::{Comparison, compare};
pub(crate) use network::compare_network;
pub(crate) use note::noted;
pub(crate) use record::Noted;
pub(crate) use volume::{Naming, compare_volume};
