//! What tests and `compare` need of a server: one in the background, and a gate that holds
//! its responses back.

pub(crate) mod background;
pub(crate) mod gate;
