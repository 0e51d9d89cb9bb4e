//! Small programs to look at, and broken clients to mend, judged by what the server saw.

pub mod bench;
pub mod check;
pub mod language;
pub mod mistake;
pub mod pack;
pub mod verdict;
