//! Running: the clients' programs one after another against one server, at one size or at
//! several, and then foreign programs.

mod binaries;
mod client_process;
mod cpu_clock;
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
