//! How the page behaves: as configured, as set now, and for each request.

pub(crate) mod concurrency;
pub(crate) mod config;
pub(crate) mod schedule;
pub(crate) mod settings;
