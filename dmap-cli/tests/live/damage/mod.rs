//! Damage by hand and edits of the map: each is found, named with its reason, and repaired; the rest is left alone.

mod container;
mod foreign;
mod image_volume;
mod map;
mod namespace;
mod network;
mod odd;
mod port;
mod volume;
