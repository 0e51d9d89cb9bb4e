//! How the page behaves: delays, failures, the concurrency limit, and which settings can change.

pub(crate) mod concurrency;
pub(crate) mod gate;
pub(crate) mod schedule;
pub(crate) mod settings;
