//! What holds in every file of the workspace. Each rule is a test that names what breaks it.

#![expect(clippy::unwrap_used, reason = "a test may panic")]

mod ascii;
mod clients;
mod edges;
mod files;
mod languages;
mod modules;
mod names;
mod prose;
mod python;
mod workspace;
