//! The live page: its files, and its stream of snapshots.

pub(crate) mod assets;
pub(crate) mod feed;
