//! The live page: its files, the snapshots in its event stream, and the stream as a connection.

mod assets;
mod snapshots;
mod streams;
