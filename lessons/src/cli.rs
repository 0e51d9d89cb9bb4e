//! The command line of `cargo lesson`.

use std::path::PathBuf;

use clap::{Parser, Subcommand};
use clap_complete::Shell;
use units::{LanguageArgs, Localized, localized};

/// Fix broken clients, and learn what waiting costs
///
/// Each exercise is a small program that waits in the wrong way. Fix it in any editor; `check`
/// runs it against a slow server, says what the server saw, draws it, and names the mistake.
/// Without a command, `cargo lesson` says what to do next.
#[derive(Debug, Parser)]
#[command(name = "lesson", bin_name = "cargo lesson", version, max_term_width = 80)]
#[command(after_help = EXIT_CODES)]
pub(crate) struct Cli {
    #[command(subcommand)]
    pub(crate) command: Option<Command>,

    #[command(flatten)]
    language: LanguageArgs,

    /// Folder of another lesson pack; lessons/packs/README.md says how to make one
    #[arg(long, global = true, value_name = "DIR", env = "LESSON_PACK")]
    pub(crate) pack: Option<PathBuf>,

    /// Folder for your files, with a subfolder for each pack [default: my-lessons]
    #[arg(long, global = true, value_name = "DIR", env = "LESSON_DIR")]
    pub(crate) dir: Option<PathBuf>,
}

fn number(text: &str) -> Result<usize, Localized> {
    text.parse().map_err(|_| {
        localized!(
            "write the number of an exercise, such as 4",
            "请写练习的编号，例如 4",
        )
    })
}

/// A command.
#[derive(Debug, Subcommand)]
pub(crate) enum Command {
    /// List the exercises and the shows, with your progress
    List {
        /// Order them by the tutorial's sections, with the client of each
        #[arg(long)]
        by_section: bool,
    },
    /// Run your program against a slow server, and say what the server saw
    Check {
        /// Exercise; the default is the first that is not solved
        #[arg(value_parser = number)]
        number: Option<usize>,
        /// Check all exercises, with a line for each
        #[arg(long, conflicts_with = "number")]
        all: bool,
    },
    /// Run your program against a slow server, and show what it prints
    ///
    /// The exit status is that of your program.
    Run {
        /// Exercise; the default is the first that is not solved
        #[arg(value_parser = number)]
        number: Option<usize>,
    },
    /// Check on every save, with keys for hints and other commands
    Watch {
        /// Exercise to begin with; the default is the first that is not solved
        #[arg(value_parser = number)]
        number: Option<usize>,
    },
    /// Show the next hint, below the earlier ones
    Hint {
        /// Exercise; the default is the first that is not solved
        #[arg(value_parser = number)]
        number: Option<usize>,
        /// Show all hints
        #[arg(long)]
        all: bool,
    },
    /// Show a solution, with the changed lines marked
    Solution {
        /// Exercise; the default is the first that is not solved
        #[arg(value_parser = number)]
        number: Option<usize>,
        /// Show it even if the exercise is not solved
        #[arg(long)]
        anyway: bool,
        /// Show the other correct solutions too
        #[arg(long)]
        others: bool,
    },
    /// Restore the broken program, and keep a copy of yours
    Reset {
        /// Exercise; the default is the first that is not solved
        #[arg(value_parser = number)]
        number: Option<usize>,
    },
    /// Run a small program for a section of the tutorial, and say what Python does
    Show {
        /// Section, such as 3.1, or name of a show; without it, all shows are listed. For a
        /// section without a show, its exercises and its client are listed
        which: Option<String>,
    },
    /// Commands for teachers
    Class {
        #[command(subcommand)]
        command: ClassCommand,
    },
    /// Check all programs of a pack, for its author
    ///
    /// Each broken program must have its mistake and no other, and every solution must be
    /// correct.
    Prove,
    /// Print a completion script for a shell
    Completions {
        /// Shell
        shell: Shell,
    },
}

/// What a teacher can ask for.
#[derive(Debug, Subcommand)]
pub(crate) enum ClassCommand {
    /// Summarise the progress files of a class
    ///
    /// A progress file is the progress.json in a student's my-lessons/waiting. Collect them in one
    /// folder: as NAME.json, as NAME/progress.json, or as a whole NAME/my-lessons.
    Report {
        /// Folder with the progress files
        dir: PathBuf,
        /// Print the summary as JSON
        #[arg(long)]
        json: bool,
    },
}

const EXIT_CODES: &str = "Exit status: 0 if the command succeeded, and what it checked is \
    correct; 1 if that is not correct yet, or something failed; 2 for wrong usage; 130 after \
    Ctrl-C. The exit status of run is that of your program.";

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

#[cfg(test)]
mod tests {
    use clap::CommandFactory as _;

    use super::*;

    #[test]
    fn the_command_line_is_well_formed() {
        Cli::command().debug_assert();
    }

    #[test]
    fn its_help_is_in_chinese_too() {
        assert_eq!(units::untranslated(Cli::command()), [""; 0]);
    }
}
