//! Properties of the public interface.

mod pack;
mod render;
