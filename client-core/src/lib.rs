//! Everything about a client except its strategy: the plan, one fetch, its outcome, the
//! report, the progress.
//!
//! This crate never starts a thread, a task or a runtime to do a client's work, so a
//! client's `main.rs` shows all there is to its strategy. (One thread waits for Ctrl-C,
//! and one for the end of whoever started the client; a task moves the bytes of each shared
//! connection. None of them sends a request.)

mod axis;
pub mod blocking;
pub mod cli;
pub mod clients;
pub mod control;
mod cpus;
pub mod destination;
mod failure;
pub mod guard;
mod headers;
mod http;
pub mod ideal;
mod interrupt;
pub mod lanes;
mod language;
mod latency;
pub mod layout;
mod ledger;
pub mod limits;
pub mod machine;
mod moments;
pub mod nonblocking;
pub mod notice;
mod outcome;
mod pages;
mod parent;
pub mod pictures;
mod plan;
pub mod preflight;
mod progress;
pub mod report;
mod run;
pub mod server;
pub mod signs;
mod simulation;
mod spreadsheet;
mod stop;
mod tally;
pub mod text;
pub mod timeline;
pub mod timing;
mod trace;
mod transport;
pub mod usage;
mod work;

pub use failure::{Failure, Kind};
pub use language::{Language, Localized};
pub use layout::Layout;
pub use plan::{Plan, Request};
pub use report::Report;
pub use run::run;
pub use transport::{Transport, TransportArgs, connections_without_http2, label};
