//! Views of a plan. Nothing is decided here: every view says what the plan already holds.

mod reason;
mod text;

pub use reason::describe_reason;
pub(crate) use text::Text;
