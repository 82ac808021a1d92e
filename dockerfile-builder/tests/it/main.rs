//! Properties of the public interface.

mod ignore;
mod pack;
mod render;
mod round_trip;
