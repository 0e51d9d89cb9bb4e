//! Servers that fail, connections that end, and Ctrl-C: every request is accounted for.

mod connecting;
mod faults;
#[cfg(unix)]
mod interrupts;
#[cfg(target_os = "linux")]
mod machine;
#[cfg(target_os = "linux")]
mod pauses;
mod random_responses;
mod retries;
