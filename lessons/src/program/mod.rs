//! A program of a lesson: how it is built, started, run against a server, and ended.

pub mod cargo_project;
pub(crate) mod gated_run;
pub(crate) mod interrupts;
pub(crate) mod live_run;
pub(crate) mod orphans;
pub(crate) mod output;
pub(crate) mod process;
pub(crate) mod release;
mod request_log;
mod server;
pub(crate) mod source;
