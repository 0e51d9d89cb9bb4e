//! Small programs to look at, and broken clients to mend, judged by what the server saw.

pub mod check;
mod cli;
pub mod commands;
pub mod diagnosis;
pub mod pack;
pub mod paragraph;
pub mod program;
pub mod student;
pub mod verdict;

use std::io::{self, Write};
use std::path::PathBuf;
use std::process::ExitCode;

use clap::Parser as _;
use client_core::{Language, warn};

use cli::{ClassCommand, Cli, Command};
use commands::class::Class;
use commands::{example, list as listing, verify, watch};
use pack::{Exercise, NotFound, Pack};
use program::{cargo_project, interrupts};
use student::Student;

/// The whole program.
#[must_use]
pub fn run() -> ExitCode {
    match lesson(&Cli::parse()) {
        Ok(true) => ExitCode::SUCCESS,
        Ok(false) => ExitCode::FAILURE,
        // Nobody is there to read any more, as behind `| head`.
        Err(error) if is_closed_pipe(&error) => ExitCode::SUCCESS,
        Err(error) => {
            warn(format_args!("lesson: {error:#}"));
            // As clap says of wrong usage.
            if error.is::<NotFound>() {
                ExitCode::from(2)
            } else {
                ExitCode::FAILURE
            }
        }
    }
}

fn is_closed_pipe(error: &anyhow::Error) -> bool {
    let cause = error.root_cause().downcast_ref::<io::Error>();
    cause.is_some_and(|cause| cause.kind() == io::ErrorKind::BrokenPipe)
}

/// Does what is asked; tells whether all that was checked is right.
fn lesson(cli: &Cli) -> anyhow::Result<bool> {
    let out = &mut anstream::stdout();
    match &cli.command {
        Some(Command::Completions { shell }) => {
            out.write_all(&cli::completions(*shell))?;
            return Ok(true);
        }
        Some(Command::Class { command: ClassCommand::Report { dir, json } }) => {
            let class = Class::read(dir, &Pack::read(&pack_folder(cli)?)?)?;
            if *json {
                writeln!(out, "{}", serde_json::to_string_pretty(&class)?)?;
            } else {
                class.write(out, cli.language())?;
            }
            return Ok(true);
        }
        _ => {}
    }
    interrupts::end_all_on_ctrl_c()?;
    let folder = pack_folder(cli)?;
    if let Some(Command::Prove) = &cli.command {
        return verify::write(out, &Pack::read(&folder)?, cli.language());
    }
    let student = Student::open(&folder, cli.dir.as_deref(), cli.language())?;
    match &cli.command {
        None => next(out, &student)?,
        Some(Command::List) => listing::write(out, &student)?,
        Some(Command::Check { all: true, .. }) => return check_all(out, &student),
        Some(Command::Check { number, .. }) => {
            return with(out, &student, *number, |out, exercise| {
                check(out, &student, exercise)
            });
        }
        Some(Command::Hint { number, all }) => {
            return with(out, &student, *number, |out, exercise| {
                student.write_hint(out, exercise, *all).map(|()| true)
            });
        }
        Some(Command::Solution { number, anyway, others }) => {
            return with(out, &student, *number, |out, exercise| {
                show_solution(out, &student, exercise, *anyway, *others)
            });
        }
        Some(Command::Reset { number }) => {
            return with(out, &student, *number, |out, exercise| {
                student.write_reset(out, exercise).map(|()| true)
            });
        }
        Some(Command::Show { which: Some(which) }) => {
            example::write(out, &student, which)?;
        }
        Some(Command::Show { which: None }) => example::list(out, &student)?,
        Some(Command::Watch { number }) => {
            return with(out, &student, *number, |out, exercise| {
                watch::watch(out, &student, exercise).map(|()| true)
            });
        }
        Some(
            Command::Class { .. } | Command::Completions { .. } | Command::Prove,
        ) => {}
    }
    Ok(true)
}

/// The pack that was asked for, or the one that comes with the workspace.
fn pack_folder(cli: &Cli) -> anyhow::Result<PathBuf> {
    match &cli.pack {
        Some(folder) => Ok(folder.clone()),
        None => Ok(cargo_project::workspace()?.join("lessons/packs/waiting")),
    }
}

/// Does something with the exercise of this number, or the first that is not solved.
fn with<W: Write>(
    out: &mut W,
    student: &Student,
    number: Option<usize>,
    action: impl FnOnce(&mut W, &Exercise) -> anyhow::Result<bool>,
) -> anyhow::Result<bool> {
    match student.exercise(number)? {
        Some(exercise) => action(out, exercise),
        None => {
            write_all_solved(out, student)?;
            Ok(true)
        }
    }
}

fn write_all_solved(out: &mut impl Write, student: &Student) -> io::Result<()> {
    let bar = listing::bar(student, &student.progress());
    let said = student.language.pick(
        "All exercises are solved. Read the four clients now: each is one slide.",
        "所有练习都已解决。现在去读那四个客户端吧：每个只有一页。",
    );
    writeln!(out, "{bar}\n\n{said}")
}

/// Says what to do next.
fn next(out: &mut impl Write, student: &Student) -> anyhow::Result<()> {
    let progress = student.progress();
    let Some(exercise) = student.next_after(&progress, 0) else {
        return Ok(write_all_solved(out, student)?);
    };
    writeln!(out, "{}\n", listing::bar(student, &progress))?;
    student.write_task(out, exercise)?;
    let number = exercise.number;
    match student.language {
        Language::En => writeln!(
            out,
            "\n  cargo lesson check          what the server sees of your program\n  \
             cargo lesson watch          the same on every save\n  \
             cargo lesson hint           a nudge, then more\n  \
             cargo lesson list           all exercises, and the programs to look at\n  \
             cargo lesson solution {number:<5} once it is solved"
        )?,
        Language::Zh => writeln!(
            out,
            "\n  cargo lesson check          看服务器如何看待你的程序\n  \
             cargo lesson watch          每次保存都检查\n  \
             cargo lesson hint           先点拨一下，再多说一点\n  \
             cargo lesson list           全部练习，以及可以看的程序\n  \
             cargo lesson solution {number:<5} 解决之后再看"
        )?,
    }
    Ok(())
}

fn check(
    out: &mut impl Write,
    student: &Student,
    exercise: &Exercise,
) -> anyhow::Result<bool> {
    let verdict = student.check(exercise)?;
    verdict.write(out, student.language)?;
    if verdict.is_right() {
        student.write_learned(out, exercise)?;
    }
    Ok(verdict.is_right())
}

fn check_all(out: &mut impl Write, student: &Student) -> anyhow::Result<bool> {
    let mut all_right = true;
    for exercise in &student.pack.exercises {
        let verdict = student.check(exercise)?;
        verdict.write_line(out, student.language)?;
        out.flush()?;
        all_right &= verdict.is_right();
    }
    Ok(all_right)
}

fn show_solution(
    out: &mut impl Write,
    student: &Student,
    exercise: &Exercise,
    anyway: bool,
    others: bool,
) -> anyhow::Result<bool> {
    let solved = student.progress().record(&exercise.id).solved;
    let number = exercise.number;
    if !solved && !anyway {
        match student.language {
            Language::En => writeln!(
                out,
                "Exercise {number} is not solved yet. A hint may do:\n  \
                 cargo lesson hint {number}\n\
                 To see the solution all the same, add --anyway."
            )?,
            Language::Zh => writeln!(
                out,
                "第 {number} 题还没有解决。先看看提示：\n  \
                 cargo lesson hint {number}\n\
                 仍要看解法，请加上 --anyway。"
            )?,
        }
        return Ok(false);
    }
    student.write_solution(out, exercise, others)?;
    Ok(true)
}
