//! The engine's JSON: specifications become request bodies, answers become what was observed.
//!
//! Answers are decoded into small structures of our own with every word kept as text: a word that is new to bollard's
//! models would fail the whole answer. Bodies are bollard's models, or plain JSON where they lack a field.

pub(super) mod abilities;
pub(super) mod body;
pub(super) mod endpoint;
mod given;
mod health;
mod host;
pub(super) mod image;
pub(super) mod inspect;
pub(super) mod inventory;
pub(super) mod list;
pub(super) mod network;
pub(super) mod stat;
pub(super) mod volume;

use serde::{Deserialize, Deserializer};

/// Reads `null` as the type's empty value: the engine writes it for empty lists and objects.
fn nullable<'de, D: Deserializer<'de>, T: Default + Deserialize<'de>>(
    deserializer: D,
) -> Result<T, D::Error> {
    Ok(Option::deserialize(deserializer)?.unwrap_or_default())
}
