//! The live page: its files, and the stream of snapshots behind it.

pub(crate) mod assets;
pub(crate) mod feed;
