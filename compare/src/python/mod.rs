//! The tutorial's own programs and server, which are in `python/` at the root of the workspace.
//!
//! Nothing here is part of an ordinary run: `--python` and `--server flask` ask for it, and
//! `--python-setup` installs the packages that it needs.

mod args;
mod flask;
mod interpreter;
mod programs;
mod setup;

pub(crate) use args::PythonArgs;
pub(crate) use flask::FlaskServer;
pub(crate) use programs::programs;
pub(crate) use setup::setup;
