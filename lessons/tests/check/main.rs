//! The checker, with real programs.

#![expect(
    clippy::unwrap_used,
    reason = "a test that unwraps says where it broke, in its helpers too"
)]

mod common;
mod exercises;
mod matrix;
mod rogues;
