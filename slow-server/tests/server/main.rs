//! The server from outside: its routes on a paused clock, its sockets, its program.

#![expect(
    clippy::unwrap_used,
    clippy::panic,
    reason = "a test that unwraps says where it broke, in its helpers too"
)]

mod admin;
mod common;
#[cfg(target_os = "linux")]
mod guarantees;
mod live;
mod net;
mod page;
mod program;
