//! The commands of `cargo lesson`, a file for each.

mod check;
mod class;
mod example;
mod hint;
mod list;
mod reset;
mod run;
mod solution;
mod task;
pub mod verify;
mod watch;

use std::io::Write;
use std::process::ExitCode;

use clap::CommandFactory as _;
use units::Language;

use crate::cli::{ClassCommand, Cli, Command};
use crate::pack::{Exercise, Pack};
use crate::program::{cargo_project, interrupts};
use crate::student::Student;

/// Runs the command; returns the exit code, which says whether all that was checked is right.
pub(crate) fn run(cli: &Cli) -> anyhow::Result<ExitCode> {
    let out = &mut units::stdout();
    if let Some(Command::Completions { shell }) = &cli.command {
        units::print_completions(&mut Cli::command(), *shell)?;
        return Ok(ExitCode::SUCCESS);
    }
    let folder = match &cli.pack {
        Some(folder) => folder.clone(),
        None => cargo_project::workspace()?.join("lessons/packs/waiting"),
    };
    let language = Language::current();
    match &cli.command {
        Some(Command::Class { command: ClassCommand::Report { dir, json } }) => {
            class::write_report(out, dir, &Pack::read(&folder)?, *json, language)?;
            return Ok(ExitCode::SUCCESS);
        }
        Some(Command::Prove) => {
            interrupts::exit_on_ctrl_c()?;
            return verify::write(out, &Pack::read(&folder)?, language)
                .map(exit_code);
        }
        _ => interrupts::exit_on_ctrl_c()?,
    }
    let student = &Student::open(&folder, cli.dir.as_deref(), language)?;
    match &cli.command {
        None => task::write_next(out, student)?,
        Some(Command::List { by_section }) => {
            list::write(out, student, *by_section)?;
        }
        Some(Command::Show { which: Some(which) }) => {
            example::write(out, student, which)?;
        }
        Some(Command::Show { which: None }) => example::list(out, student)?,
        Some(Command::Check { all: true, .. }) => {
            return check::write_all(out, student).map(exit_code);
        }
        Some(command) => match student.exercise(command.exercise())? {
            Some(exercise) => return run_for(out, student, exercise, command),
            None => task::write_all_solved(out, student)?,
        },
    }
    Ok(ExitCode::SUCCESS)
}

/// Runs a command that is for one exercise.
fn run_for(
    out: &mut impl Write,
    student: &Student,
    exercise: &Exercise,
    command: &Command,
) -> anyhow::Result<ExitCode> {
    match *command {
        Command::Check { .. } => {
            let verdict = check::write(out, student, exercise)?;
            return Ok(exit_code(verdict.is_right()));
        }
        Command::Run { .. } => return run::write(out, student, exercise),
        Command::Hint { all, .. } => hint::write(out, student, exercise, all)?,
        Command::Reset { .. } => reset::write(out, student, exercise)?,
        Command::Solution { anyway: false, others, .. } => {
            return solution::write_if_solved(out, student, exercise, others)
                .map(exit_code);
        }
        Command::Solution { others, .. } => {
            solution::write(out, student, exercise, others)?;
        }
        Command::Watch { .. } => watch::watch(out, student, exercise)?,
        _ => {}
    }
    Ok(ExitCode::SUCCESS)
}

fn exit_code(is_right: bool) -> ExitCode {
    if is_right { ExitCode::SUCCESS } else { ExitCode::FAILURE }
}
