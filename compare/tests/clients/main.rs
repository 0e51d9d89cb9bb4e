//! The real programs, run as a person runs them, and proved by what the server saw.

#![expect(
    clippy::unwrap_used,
    clippy::panic,
    reason = "a test that unwraps says where it broke, in its helpers too"
)]

mod advice;
mod common;
mod faults;
mod faulty;
#[cfg(unix)]
mod interrupts;
#[cfg(target_os = "linux")]
mod keepalive;
mod output;
mod page;
#[cfg(target_os = "linux")]
mod ports;
mod relay;
mod requests;
mod retries;
mod settings;
mod strangers;
mod strategies;
mod sweep;
mod transports;
mod work;
