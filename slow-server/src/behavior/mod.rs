//! How the page behaves: its delays and failures, how many it serves at once, what can change.

pub(crate) mod concurrency;
pub(crate) mod gate;
pub(crate) mod schedule;
pub(crate) mod settings;
