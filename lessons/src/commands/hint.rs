//! `cargo lesson hint`: the next hint below those that were given before, or all of them.

use std::io::Write;

use crate::pack::Exercise;
use crate::student::Student;
use crate::terminal::{BOLD, in_language, write_paragraph};

/// Writes the hints given so far and the next one, or all hints, and notes it.
pub(super) fn write(
    out: &mut impl Write,
    student: &Student,
    exercise: &Exercise,
    all: bool,
) -> anyhow::Result<()> {
    let language = student.language;
    let hints = &exercise.texts(language).hints;
    let count = hints.len();
    let before = student.progress().record(&exercise.id).hints;
    let taken = if all { count } else { count.min(before + 1) };
    student.note(exercise, |record| record.hints = taken);
    for (number, hint) in (1..).zip(hints).take(taken) {
        let title = in_language!(
            language,
            "Hint {number} of {count}",
            "提示 {number}/{count}",
        );
        writeln!(out, "{BOLD}{title}{BOLD:#}")?;
        write_paragraph(out, hint)?;
    }
    if taken == count {
        let number = exercise.number;
        let last = in_language!(
            language,
            "That was the last hint. cargo lesson solution {number} --anyway shows a solution.",
            "这是最后一条提示。cargo lesson solution {number} --anyway 会显示一种解法。",
        );
        writeln!(out)?;
        write_paragraph(out, &last)?;
    }
    Ok(())
}
