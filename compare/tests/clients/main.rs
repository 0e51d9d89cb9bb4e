//! The real programs, run as a person runs them, and proved by what the server saw.

#![expect(
    clippy::unwrap_used,
    clippy::panic,
    reason = "a test that unwraps says where it broke, in its helpers too"
)]

mod failure;
mod fixture;
#[cfg(unix)]
mod foreign;
mod measuring;
mod output;
mod python;
mod strategy;
