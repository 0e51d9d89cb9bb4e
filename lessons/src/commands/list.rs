//! `cargo lesson list`: all exercises and examples, with the progress.

use std::io::{self, Write};

use unicode_width::UnicodeWidthStr as _;

use crate::pack::Exercise;
use crate::student::Student;
use crate::student::progress::Progress;
use crate::terminal::{BOLD, DIM, GREEN, YELLOW, display_path, localized};

/// The columns of a title.
const TITLE_WIDTH: usize = 46;

/// The columns of the progress bar.
const BAR_WIDTH: usize = 20;

/// Writes the list.
pub(super) fn write(out: &mut impl Write, student: &Student) -> io::Result<()> {
    let language = student.language;
    let progress = student.progress();
    let pack = &student.pack;
    let (title, bar) = (pack.title(language), bar(student, &progress));
    writeln!(out, "{BOLD}{title}{BOLD:#}  {bar}\n")?;
    let next = student.next_after(&progress, 0).map(|exercise| exercise.number);
    for exercise in &pack.exercises {
        let is_next = next == Some(exercise.number);
        write_exercise(out, student, exercise, &progress, is_next)?;
    }
    if !pack.examples.is_empty() {
        let title = language.pick("Programs to look at", "可以看的程序");
        writeln!(
            out,
            "\n{BOLD}{title}{BOLD:#}  {DIM}cargo lesson show 3.1{DIM:#}\n"
        )?;
    }
    for example in &pack.examples {
        let title = &example.texts(language).title;
        writeln!(out, "      {DIM}{:<4}{DIM:#} {title}", example.section)?;
    }
    let path = display_path(&student.progress_file.path);
    let kept = language.pick("Your progress is kept in", "你的进度保存在");
    writeln!(out, "\n{DIM}{kept} {path}{DIM:#}")
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
        (true, _) => (GREEN, localized!(language, "solved", "已解决")),
        (false, 0) => (DIM, String::new()),
        (false, 1) => (YELLOW, localized!(language, "1 try", "试过 1 次")),
        (false, tries) => {
            (YELLOW, localized!(language, "{tries} tries", "试过 {tries} 次"))
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
