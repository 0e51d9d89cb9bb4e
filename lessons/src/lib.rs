//! Small programs to look at, and broken clients to mend, judged by what the server saw.

pub mod bench;
pub mod check;
mod conductor;
mod diagnosis;
mod explanation;
pub mod language;
mod leftovers;
pub mod mistake;
pub mod pack;
pub mod paragraph;
mod picture;
mod program;
mod seen;
pub mod verdict;
mod visits;
