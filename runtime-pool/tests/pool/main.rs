//! What a pool promises, in tests by subject. Nothing here depends on how fast anything is:
//! tasks wait for one another at gates, or sleep on a paused clock.

#![expect(
    clippy::unwrap_used,
    reason = "a test that unwraps says where it broke, in its helpers too"
)]

mod common;
mod idle;
mod map;
mod nested;
mod outcomes;
mod replace;
mod scheduling;
mod shutdown;
mod start;
