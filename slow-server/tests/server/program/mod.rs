//! The program: its banner, what it refuses, and how it stops.

mod options;
#[cfg(unix)]
mod signals;
