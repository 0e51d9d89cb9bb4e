//! Sockets: from the listener to the connections that hyper serves.

pub(crate) mod accept;
pub(crate) mod connection;
pub(crate) mod in_flight;
pub(crate) mod ip_quota;
pub(crate) mod lan;
pub(crate) mod limits;
pub(crate) mod listen_args;
pub(crate) mod listeners;
