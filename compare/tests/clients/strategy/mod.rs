//! What each client sends, when, and on which connections.

mod cpu_work;
mod duration;
#[cfg(target_os = "linux")]
mod keepalive;
#[cfg(target_os = "linux")]
mod ports;
mod requests;
mod settings;
mod transports;
mod waves;
