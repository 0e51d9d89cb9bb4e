//! Examples to run and broken clients to fix, judged by what the server saw.
//!
//! # Layout
//!
//! - `cli`: the command line
//! - `commands`: a file for each command
//! - [`student`]: a student's files, progress and language
//! - [`check`]: one check, from the program's text to the verdict
//! - [`pack`]: a folder of examples and exercises, and what its files say
//! - [`program`]: builds a program, runs it against a gated server, and kills what it left
//! - [`verdict`]: the mistakes in words, with the figures and the timeline of the run
//! - `errors`: errors of more than one module, in both languages
//! - `terminal`: styles, paragraphs, and sentences in both languages
//! - `tutorial`: which page explains a section of the tutorial

pub mod check;
mod cli;
pub mod commands;
mod errors;
pub mod pack;
pub mod program;
pub mod student;
mod terminal;
mod tutorial;
pub mod verdict;

use std::process::ExitCode;

use clap::{CommandFactory as _, FromArgMatches as _};
use client_core::run::interrupt;
use units::warn;

use cli::Cli;
use pack::NotFound;

/// The whole program.
#[must_use]
pub fn run() -> ExitCode {
    interrupt::heed_nohup();
    match commands::run(&units::parse(Cli::command(), Cli::from_arg_matches)) {
        Ok(code) => code,
        Err(error) => {
            warn(format_args!("lesson: {error:#}"));
            // clap's code for wrong usage.
            if error.is::<NotFound>() {
                ExitCode::from(2)
            } else {
                ExitCode::FAILURE
            }
        }
    }
}
