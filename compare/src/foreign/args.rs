//! The options that add programs to the clients.

use std::path::Path;
use std::time::Duration;

use clap::Args;
use client_core::run::cli::timeout;
use units::{Localized, localized, usage_error, warn};

use super::command::{ForeignProgram, parse, read_file};

/// What to run beside the clients.
#[derive(Debug, Args)]
#[command(next_help_heading = "Programs of your own")]
pub(crate) struct ForeignArgs {
    /// Run a program as one more row. {url} and {requests} in its command are replaced by
    /// their values, which are also set as the environment variables URL and REQUESTS; no
    /// shell is used. Example: --with 'mine=python3 my.py {url} {requests}'
    #[arg(long, value_name = "NAME=COMMAND", value_parser = parse)]
    #[arg(conflicts_with_all = ["sweep", "duration"])]
    pub(crate) with: Vec<ForeignProgram>,

    /// Read such programs from a file, one NAME=COMMAND per line; a line that begins with # is
    /// a comment
    #[arg(long, value_name = "FILE", value_parser = file)]
    #[arg(conflicts_with_all = ["sweep", "duration"])]
    with_file: Vec<Programs>,

    /// Time limit of one such program [default: --timeout, plus twice the time that its
    /// requests take one after another]
    #[arg(long, value_name = "TIME", value_parser = timeout)]
    pub(crate) with_timeout: Option<Duration>,
}

#[derive(Debug, Clone)]
struct Programs(Vec<ForeignProgram>);

fn file(path: &str) -> Result<Programs, Localized> {
    read_file(Path::new(path)).map(Programs)
}

impl ForeignArgs {
    /// All programs, in the order in which they run.
    ///
    /// # Errors
    ///
    /// Two have one name.
    pub(crate) fn programs(&self) -> Result<Vec<ForeignProgram>, clap::Error> {
        let of_files = self.with_file.iter().flat_map(|file| &file.0);
        let programs: Vec<_> = self.with.iter().chain(of_files).cloned().collect();
        for (index, program) in programs.iter().enumerate() {
            let name = &program.name;
            if programs[..index].iter().any(|before| before.name == *name) {
                return Err(usage_error(localized!(
                    "two programs of --with have the name {name}",
                    "--with 有两个程序都叫 {name}",
                )));
            }
        }
        Ok(programs)
    }

    /// Whether these programs can be meant so, before anything runs: a warning where one looks
    /// mistyped.
    ///
    /// # Errors
    ///
    /// One of them is not there.
    pub(crate) fn check(programs: &[ForeignProgram]) -> Result<(), clap::Error> {
        for program in programs {
            program.require().map_err(usage_error)?;
            if let Some((found, meant)) = program.misspelt_placeholder() {
                let name = &program.name;
                let said = localized!(
                    "the command of {name} has {found}, which is not replaced: did you mean \
                     {meant}?",
                    "{name} 的命令里有 {found}，它不会被替换：是不是要写 {meant}？",
                );
                warn(format_args!("compare: {said}"));
            }
        }
        Ok(())
    }
}
