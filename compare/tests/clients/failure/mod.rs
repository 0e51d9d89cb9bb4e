//! Servers that fail, connections that end, and Ctrl-C: every request is accounted for.

mod faults;
#[cfg(unix)]
mod interrupts;
mod random_responses;
mod retries;
