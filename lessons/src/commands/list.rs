//! All exercises and shows at a glance, with what was achieved.

use std::io::{self, Write};

use anstyle::{AnsiColor, Style};
use unicode_width::UnicodeWidthStr as _;

use crate::pack::Exercise;
use crate::student::progress::{Progress, Record};
use crate::student::{Student, shown};
use client_core::Language;

const BOLD: Style = Style::new().bold();
const DIM: Style = Style::new().dimmed();
const GREEN: Style = AnsiColor::Green.on_default();
const YELLOW: Style = AnsiColor::Yellow.on_default();

/// The columns of a title.
const TITLE: usize = 46;

/// The columns of the progress bar.
const BAR: usize = 20;

/// Writes the list.
///
/// Errors: `out` cannot be written to.
pub(crate) fn write(out: &mut impl Write, student: &Student) -> io::Result<()> {
    let language = student.language;
    let progress = student.progress();
    let pack = &student.pack;
    let title = &pack.titles.of(language).title;
    writeln!(out, "{BOLD}{title}{BOLD:#}  {}\n", bar(student, &progress))?;
    let next = student.next_after(&progress, 0).map(|exercise| exercise.number);
    for exercise in &pack.exercises {
        let record = progress.record(&exercise.id);
        write_exercise(out, exercise, &record, next, language)?;
    }
    if !pack.shows.is_empty() {
        let shows = language.pick("Programs to look at", "可以看的程序");
        writeln!(
            out,
            "\n{BOLD}{shows}{BOLD:#}  {DIM}cargo lesson show 3.1{DIM:#}\n"
        )?;
    }
    for show in &pack.shows {
        let title = &show.texts.of(language).title;
        writeln!(out, "      {DIM}{:<4}{DIM:#} {title}", show.section)?;
    }
    let path = shown(student.notebook.path());
    let kept = language.pick("Your progress is kept in", "你的进度保存在");
    writeln!(out, "\n{DIM}{kept} {path}{DIM:#}")
}

/// The share that is solved.
pub(crate) fn bar(student: &Student, progress: &Progress) -> String {
    let exercises = &student.pack.exercises;
    let solved = exercises.iter().filter(|e| progress.record(&e.id).solved).count();
    let all = exercises.len();
    let full = solved * BAR / all.max(1);
    let said = student.language.pick("solved", "已解决");
    format!(
        "{GREEN}{}{GREEN:#}{DIM}{}{DIM:#} {solved}/{all} {said}",
        "#".repeat(full),
        ".".repeat(BAR - full)
    )
}

fn write_exercise(
    out: &mut impl Write,
    exercise: &Exercise,
    record: &Record,
    next: Option<usize>,
    language: Language,
) -> io::Result<()> {
    let number = exercise.number;
    let title = &exercise.texts.of(language).title;
    let padding = TITLE.saturating_sub(title.width());
    let mark = if next == Some(number) { ">" } else { " " };
    let (style, state) = match (record.solved, record.checks, language) {
        (true, _, Language::En) => (GREEN, "solved".to_owned()),
        (true, _, Language::Zh) => (GREEN, "已解决".to_owned()),
        (false, 0, _) => (DIM, String::new()),
        (false, 1, Language::En) => (YELLOW, "1 try".to_owned()),
        (false, tries, Language::En) => (YELLOW, format!("{tries} tries")),
        (false, tries, Language::Zh) => (YELLOW, format!("试过 {tries} 次")),
    };
    let minutes = exercise.minutes;
    let unit = language.pick("min", "分钟");
    let section = &exercise.section;
    writeln!(
        out,
        "{mark} {number:>2}  {DIM}{section:<4}{DIM:#} {title}{:padding$} \
         {DIM}{minutes:>2} {unit}{DIM:#}  {style}{state}{style:#}",
        ""
    )
}
