//! The command line of `cargo lesson`.

use std::path::PathBuf;

use clap::{Parser, Subcommand};
use clap_complete::Shell;
use units::Language;

/// Mend broken clients, and learn what waiting costs
///
/// Each exercise is a small program that waits in a wrong way. Mend it in any editor; the
/// check runs it against a slow server inside itself, says what the server saw, draws it,
/// and names the mistake. Without a command it says what to do next.
#[derive(Debug, Parser)]
#[command(name = "lesson", bin_name = "cargo lesson", version, max_term_width = 80)]
#[command(after_help = EXIT_CODES)]
pub(crate) struct Cli {
    #[command(subcommand)]
    pub(crate) command: Option<Command>,

    /// The language of the lessons; the default is that of your system
    #[arg(long, global = true, value_name = "LANGUAGE")]
    lang: Option<Language>,

    /// The folder of another lesson pack; lessons/packs/README.md says how one is made
    #[arg(long, global = true, value_name = "DIR", env = "LESSON_PACK")]
    pub(crate) pack: Option<PathBuf>,

    /// Where your files are kept, in a folder for each pack [default: my-lessons]
    #[arg(long, global = true, value_name = "DIR", env = "LESSON_DIR")]
    pub(crate) dir: Option<PathBuf>,
}

fn number(text: &str) -> Result<usize, String> {
    text.parse().map_err(|_| "write the number of an exercise, such as 4".to_owned())
}

/// A command.
#[derive(Debug, Subcommand)]
pub(crate) enum Command {
    /// List the exercises and the shows, and how far you are
    List {
        /// In the order of the tutorial's sections, with the client of each
        #[arg(long)]
        by_section: bool,
    },
    /// Run your program against a slow server, and say what it saw
    Check {
        /// The exercise; the default is the first that is not solved
        #[arg(value_parser = number)]
        number: Option<usize>,
        /// Check them all, with a line for each
        #[arg(long, conflicts_with = "number")]
        all: bool,
    },
    /// Run your program against such a server, and pass on what it prints
    ///
    /// The exit status is that of your program.
    Run {
        /// The exercise; the default is the first that is not solved
        #[arg(value_parser = number)]
        number: Option<usize>,
    },
    /// Check on every save, with keys for hints and all else
    Watch {
        /// The exercise to begin with; the default is the first that is not solved
        #[arg(value_parser = number)]
        number: Option<usize>,
    },
    /// Give the next hint, below those you have
    Hint {
        /// The exercise; the default is the first that is not solved
        #[arg(value_parser = number)]
        number: Option<usize>,
        /// All hints, to the last
        #[arg(long)]
        all: bool,
    },
    /// Show a solution, with the changed lines marked
    Solution {
        /// The exercise; the default is the first that is not solved
        #[arg(value_parser = number)]
        number: Option<usize>,
        /// Show it though the exercise is not solved
        #[arg(long)]
        anyway: bool,
        /// Show the other right ways too
        #[arg(long)]
        others: bool,
    },
    /// Put the broken program back, and keep a copy of yours
    Reset {
        /// The exercise; the default is the first that is not solved
        #[arg(value_parser = number)]
        number: Option<usize>,
    },
    /// Run a small program of the tutorial's first sections, and say what Python does
    Show {
        /// The section, such as 3.1, or a show's name; without it they are listed. Sections
        /// that have none have exercises and a client, which are named
        which: Option<String>,
    },
    /// For teachers
    Class {
        #[command(subcommand)]
        command: ClassCommand,
    },
    /// Check all programs of a pack, for those who write one
    ///
    /// Each broken program must have its mistake and no other, and every solution must be
    /// right.
    Prove,
    /// Print a completion script for this shell
    Completions {
        /// The shell
        shell: Shell,
    },
}

/// What a teacher can ask for.
#[derive(Debug, Subcommand)]
pub(crate) enum ClassCommand {
    /// Sum up the progress files of a class
    ///
    /// A progress file is the progress.json in a student's my-lessons/waiting. Collect them
    /// in one folder, as NAME.json, as NAME/progress.json, or in the whole of a student's
    /// my-lessons as NAME/my-lessons.
    Report {
        /// The folder with the progress files
        dir: PathBuf,
        /// Print it as JSON, for programs
        #[arg(long)]
        json: bool,
    },
}

const EXIT_CODES: &str = "\
Exit status: 0 done, and right where something was checked; 1 not right yet,
or something went wrong; 2 wrong usage; 130 stopped with Ctrl-C. That of run is
your program's.";

impl Command {
    /// The number of the exercise that was asked for.
    pub(crate) fn exercise(&self) -> Option<usize> {
        match *self {
            Self::Check { number, .. }
            | Self::Run { number }
            | Self::Watch { number }
            | Self::Hint { number, .. }
            | Self::Solution { number, .. }
            | Self::Reset { number } => number,
            _ => None,
        }
    }
}

impl Cli {
    /// The language that was asked for, or that of the system.
    pub(crate) fn language(&self) -> Language {
        self.lang.unwrap_or_else(Language::of_this_system)
    }
}

#[cfg(test)]
mod tests {
    use clap::CommandFactory as _;

    use super::*;

    #[test]
    fn the_command_line_is_well_formed() {
        Cli::command().debug_assert();
    }
}
