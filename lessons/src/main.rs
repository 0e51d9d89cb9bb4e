//! `cargo lesson`: what to do next, and whether it is done.

fn main() {}
