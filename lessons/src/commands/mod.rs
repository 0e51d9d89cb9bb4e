//! The commands of `cargo lesson`.

pub(crate) mod class;
pub(crate) mod example;
mod key_bindings;
pub(crate) mod list;
pub(crate) mod solution;
pub mod verify;
pub(crate) mod watch;
