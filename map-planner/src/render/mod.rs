//! Views of a plan. Nothing is decided here: every view says what the plan already holds.

mod explained;
mod markdown;
pub(crate) mod quote;
mod reason;
mod script;
mod text;
mod width;
mod words;

pub(crate) use explained::Explained;
pub(crate) use markdown::Markdown;
pub use reason::describe_reason;
pub(crate) use script::Script;
pub(crate) use text::Text;
pub use words::describe_action;
