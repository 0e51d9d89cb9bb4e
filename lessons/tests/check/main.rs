//! The checker, with real programs.

mod common;
mod rogues;
