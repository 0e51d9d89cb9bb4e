//! Connections: their protocols, limits and ends, on real sockets.

mod connections;
mod fuzz;
mod http2;
mod quotas;
mod storms;
mod timeouts;
