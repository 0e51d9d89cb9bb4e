//! `cargo lesson list`: all exercises and examples, with the progress.

use std::io::{self, Write};

use client_core::clients::CLIENTS;
use unicode_width::UnicodeWidthStr as _;
use units::Language;

use crate::pack::{Example, Exercise, Pack};
use crate::student::Student;
use crate::student::progress::Progress;
use crate::terminal::{BOLD, DIM, GREEN, YELLOW, display_path, in_language};

/// The columns of a title.
const TITLE_WIDTH: usize = 46;

/// The columns of the progress bar.
const BAR_WIDTH: usize = 20;

/// Writes the list, in the order of the exercises or of the tutorial's sections.
pub(super) fn write(
    out: &mut impl Write,
    student: &Student,
    by_section: bool,
) -> io::Result<()> {
    let language = student.language;
    let pack = &student.pack;
    if by_section {
        write_head(out, student)?;
        for section in sections(pack) {
            writeln!(out)?;
            write_examples(out, student, |example| example.section == section)?;
            write_exercises(out, student, |exercise| exercise.section == section)?;
            write_clients(out, section, language)?;
        }
    } else {
        if !pack.examples.is_empty() {
            let title = language.pick("Shows", "示例");
            writeln!(
                out,
                "{BOLD}{title}{BOLD:#}  {DIM}cargo lesson show 3.1{DIM:#}\n"
            )?;
            write_examples(out, student, |_| true)?;
            writeln!(out)?;
        }
        // Last, since it fits a screen and the whole does not.
        write_all_exercises(out, student)?;
    }
    let path = display_path(&student.progress_file.path);
    let kept = language.pick("Your progress is saved in", "进度保存在");
    writeln!(out, "\n{DIM}{kept} {path}{DIM:#}")
}

/// Writes the list without examples, which fits a screen.
pub(super) fn write_all_exercises(
    out: &mut impl Write,
    student: &Student,
) -> io::Result<()> {
    write_head(out, student)?;
    writeln!(out)?;
    write_exercises(out, student, |_| true)
}

fn write_head(out: &mut impl Write, student: &Student) -> io::Result<()> {
    let title = student.pack.title(student.language);
    writeln!(out, "{BOLD}{title}{BOLD:#}  {}", bar(student, &student.progress()))
}

/// The sections of the tutorial, in its order, that have anything here.
fn sections(pack: &Pack) -> Vec<&str> {
    let examples = pack.examples.iter().map(|example| &*example.section);
    let exercises = pack.exercises.iter().map(|exercise| &*exercise.section);
    let clients = CLIENTS.iter().map(|client| client.section);
    let mut sections: Vec<_> = examples.chain(exercises).chain(clients).collect();
    // 3.10 comes after 3.9.
    sections.sort_by_key(|section| {
        let numbers = section.split('.').map(str::parse::<u32>);
        (numbers.map(Result::ok).collect::<Vec<_>>(), *section)
    });
    sections.dedup();
    sections
}

fn write_examples(
    out: &mut impl Write,
    student: &Student,
    is_listed: impl Fn(&&Example) -> bool,
) -> io::Result<()> {
    student.pack.examples.iter().filter(is_listed).try_for_each(|example| {
        let title = &example.texts(student.language).title;
        writeln!(out, "      {DIM}{:<4}{DIM:#} {title}", example.section)
    })
}

/// Writes a line for each of these exercises.
pub(super) fn write_exercises(
    out: &mut impl Write,
    student: &Student,
    is_listed: impl Fn(&&Exercise) -> bool,
) -> io::Result<()> {
    let progress = student.progress();
    let next = student.next_after(&progress, 0).map(|exercise| exercise.number);
    student.pack.exercises.iter().filter(is_listed).try_for_each(|exercise| {
        let is_next = next == Some(exercise.number);
        write_exercise(out, student, exercise, &progress, is_next)
    })
}

/// Writes where the clients of this section are.
pub(super) fn write_clients(
    out: &mut impl Write,
    section: &str,
    language: Language,
) -> io::Result<()> {
    let text = language.pick("The client of this section: ", "本节的客户端：");
    let clients = CLIENTS.iter().filter(|client| client.section == section);
    for client in clients {
        let program = client.program();
        writeln!(out, "      {DIM}{section:<4}{DIM:#} {text}{program}/src/main.rs")?;
    }
    Ok(())
}

/// A progress bar of the exercises that are solved.
pub(super) fn bar(student: &Student, progress: &Progress) -> String {
    let exercises = &student.pack.exercises;
    let solved = exercises.iter().filter(|e| progress.record(&e.id).solved).count();
    let all = exercises.len();
    let full = solved * BAR_WIDTH / all.max(1);
    let text = student.language.pick("solved", "已解决");
    format!(
        "{GREEN}{}{GREEN:#}{DIM}{}{DIM:#} {solved}/{all} {text}",
        "#".repeat(full),
        ".".repeat(BAR_WIDTH - full)
    )
}

fn write_exercise(
    out: &mut impl Write,
    student: &Student,
    exercise: &Exercise,
    progress: &Progress,
    is_next: bool,
) -> io::Result<()> {
    let language = student.language;
    let Exercise { number, section, minutes, .. } = exercise;
    let title = &exercise.texts(language).title;
    let padding = TITLE_WIDTH.saturating_sub(title.width());
    let marker = if is_next { ">" } else { " " };
    let record = progress.record(&exercise.id);
    let (style, state) = match (record.solved, record.checks) {
        _ if record.is_broken_again() => {
            (YELLOW, in_language!(language, "broken again", "又出错了"))
        }
        (true, _) => (GREEN, in_language!(language, "solved", "已解决")),
        (false, 0) => (DIM, String::new()),
        (false, 1) => (YELLOW, in_language!(language, "1 check", "检查过 1 次")),
        (false, checks) => {
            (YELLOW, in_language!(language, "{checks} checks", "检查过 {checks} 次"))
        }
    };
    let unit = language.pick("min", "分钟");
    writeln!(
        out,
        "{marker} {number:>2}  {DIM}{section:<4}{DIM:#} {title}{:padding$} \
         {DIM}{minutes:>2} {unit}{DIM:#}  {style}{state}{style:#}",
        ""
    )
}
