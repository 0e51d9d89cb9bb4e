//! Everything about a client except its strategy: the plan, one fetch, its outcome, the
//! report, the progress.
//!
//! This crate never starts a thread, a task or a runtime to do a client's work, so a
//! client's `main.rs` shows all there is to its strategy. (What it does start
//! sends no request: CONTRIBUTING.md, invariant 2.)
//!
//! # Layout
//!
//! - `clients`: the table of clients, with the options that only one of them has
//! - `settings`: what a run is asked for: layout, transport, limits, what it takes of the machine
//! - `plan`: the run itself, from its first request to its last: headers, progress, stop
//! - `fetch`: one request, blocking or not, over each transport
//! - `outcome`: what became of the requests: failures, log, latency, report
//! - `model`: the ideal time, by a simulation
//! - `server`: what the server says about itself
//! - `machine`: what this machine allows a process and did during a run, and what this process
//!   has used of it
//! - `export`: timeline, trace and CSV of a run, and the files that they go to
//! - `run`: a client from its command line to its exit status
//! - `progress_bar`: a bar on a terminal, while a client runs

pub mod clients;
pub mod export;
mod fetch;
pub mod machine;
pub mod model;
pub mod outcome;
mod plan;
mod progress_bar;
pub mod run;
pub mod server;
pub mod settings;

pub use fetch::{blocking, nonblocking};
pub use outcome::failure::{Failure, FailureKind};
pub use outcome::report::Report;
pub use plan::{Plan, Request};
pub use progress_bar::progress_bar;
pub use run::run;
pub use settings::layout::Layout;
pub use settings::transport::{
    Transport, TransportArgs, connections_without_http2, label,
};
