//! The server as strangers meet it: its routes on a paused clock, its sockets, its
//! program.

#![expect(
    clippy::unwrap_used,
    clippy::panic,
    reason = "a test that unwraps says where it broke, in its helpers too"
)]

mod bounds;
mod common;
mod counts;
mod dashboard;
#[cfg(target_os = "linux")]
mod guarantees;
mod http2;
mod one_path;
mod program;
mod request_meta;
mod routes;
mod schedule;
mod settings;
#[cfg(unix)]
mod signals;
mod sockets;
mod storms;
mod strangers;
