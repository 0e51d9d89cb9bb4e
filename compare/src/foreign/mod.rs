//! Programs of others as rows of the table: a command that fetches the page in its own way.
//!
//! Nothing is known of such a program but what the server records of its requests, and what the
//! system tells of its processes.

mod args;
mod command;
mod lookup;
mod process;
mod processes;
mod records;
mod report;

pub(crate) use args::ForeignArgs;
pub(crate) use command::ForeignProgram;
pub(crate) use process::{Ended, ForeignProcess};
pub(crate) use records::{RecordsClient, named};
pub(crate) use report::Recorded;
