//! Running: the clients' programs in turn against one server, at one size or at several, and
//! those of others after them.

mod binaries;
mod client_process;
mod embedded_server;
mod interrupts;
mod program;
mod progress;
mod rounds;
mod runner;
mod stats_client;
mod sweep;

pub(crate) use runner::Runner;
pub(crate) use sweep::sweep;
